/// The pages work without it: it only looks again when something changed, and replaces what is different.
enum ConsoleScript {
    static let text = """
        "use strict";
        (() => {
          const body = document.body;
          const light = document.getElementById("live");
          const show = (text, state) => {
            if (!light || light.textContent === text) return;
            light.textContent = text;
            light.dataset.state = state;
          };
          let timer = 0, running = false, again = false;

          async function refresh() {
            if (running) { again = true; return; }
            running = true;
            try {
              const answer = await fetch(location.href, { cache: "no-store" });
              if (!answer.ok) return;
              const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
              for (const old of document.querySelectorAll("[data-live]")) {
                const now = fresh.getElementById(old.id);
                if (!now || now.outerHTML === old.outerHTML) continue;
                const focus = old.contains(document.activeElement) ? document.activeElement : null;
                const places = [...old.querySelectorAll(".diagram")].map((box) => box.scrollLeft);
                old.replaceWith(now);
                now.querySelectorAll(".diagram").forEach((box, index) => { box.scrollLeft = places[index] || 0; });
                if (focus) {
                  const href = focus.getAttribute("href");
                  const same = href && now.querySelector(`a[href="${CSS.escape(href)}"]`);
                  if (same) same.focus({ preventScroll: true });
                }
              }
            } catch {
              // The server is away; the events' own reconnecting tells when it is back.
            } finally {
              running = false;
              if (again) { again = false; later(); }
            }
          }

          // Changes of one second are shown together.
          function later() { if (!timer) timer = setTimeout(() => { timer = 0; refresh(); }, 1000); }

          if (body.dataset.poll) setInterval(refresh, 1000 * Number(body.dataset.poll));
          if (body.dataset.events && "EventSource" in window) {
            let wasAway = false;
            const events = new EventSource(body.dataset.events);
            events.onopen = () => { show("live", "on"); if (wasAway) refresh(); };
            events.onerror = () => { wasAway = true; show("not connected", "off"); };
            events.addEventListener("change", later);
          }
        })();
        """
}
