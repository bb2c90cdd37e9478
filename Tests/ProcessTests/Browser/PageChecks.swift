/// Scripts that measure a page in the browser.
enum PageChecks {
    /// Texts whose contrast with what is behind them is less than 4.5 to 1, each with its ratio.
    ///
    /// - Source: WCAG 2.2, success criterion 1.4.3 and the definition of contrast ratio.
    static let lowContrast = """
        const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const rgba = (color) => {
          paint.clearRect(0, 0, 1, 1);
          paint.fillStyle = color;
          paint.fillRect(0, 0, 1, 1);
          const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
          return [r, g, b, a / 255];
        };
        const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
        const light = (color) => {
          const [r, g, b] = color.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (element) => {
          const layers = [];
          for (let at = element; at; at = at.parentElement) {
            // In a drawing, what a text stands on is the shape of its own group.
            const shape = at.matches("g") && at.querySelector(":scope > .s, :scope > rect");
            if (shape && getComputedStyle(shape).fill !== "none") layers.push(rgba(getComputedStyle(shape).fill));
            layers.push(rgba(getComputedStyle(at).backgroundColor));
          }
          return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
        };
        const offenders = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        let measured = 0;
        while (walk.nextNode()) {
          const element = walk.currentNode.parentElement;
          const text = walk.currentNode.textContent.trim();
          const style = getComputedStyle(element);
          if (!text || style.visibility === "hidden" || !element.getClientRects().length) continue;
          if (element.closest("title,.skip")) continue;
          let opacity = 1;
          for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
          const back = behind(element);
          const ink = rgba(element.closest("svg") ? style.fill : style.color);
          const [a, b] = [light(over([ink[0], ink[1], ink[2], ink[3] * opacity], back)), light(back)];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          measured += 1;
          if (ratio < 4.5) offenders.push(`${text}: ${ratio.toFixed(2)}`);
        }
        if (!measured) offenders.push("no text was measured");
        return offenders;
        """

    /// How many pixels the page is wider than the window.
    static let overhang = "return document.documentElement.scrollWidth - window.innerWidth;"

    /// Where the keyboard is, with the width of the outline that shows it.
    static let focus = """
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const style = getComputedStyle(at);
        const width = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
        return { name: at.getAttribute("aria-label") || at.textContent.trim(), outline: width };
        """
}
