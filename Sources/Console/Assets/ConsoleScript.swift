/// The pages work without it: it only looks again when something changed, and replaces what is different.
enum ConsoleScript {
    static let text = """
        "use strict";
        (() => {
          const body = document.body;
          const light = document.getElementById("live");
          const skew = Date.now() - Date.parse(body.dataset.now);
          let timer = 0, running = false, again = false, events = null;

          function show(text, state) {
            if (!light || light.textContent === text) return;
            light.textContent = text;
            light.dataset.state = state;
          }

          // As Writing.distance does.
          function distance(milliseconds) {
            const seconds = Math.floor(Math.abs(milliseconds) / 1000);
            const text = seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${Math.floor(seconds / 60)} min`
              : seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
            return milliseconds < 0 ? `in ${text}` : `${text} ago`;
          }

          function tick() {
            for (const time of document.querySelectorAll("time.age")) {
              const text = distance(Date.now() - skew - Date.parse(time.dateTime));
              if (time.textContent !== text) time.textContent = text;
            }
          }

          // Without what merely passes.
          function content(element) {
            const copy = element.cloneNode(true);
            for (const time of copy.querySelectorAll("time.age")) time.textContent = "";
            return copy.outerHTML;
          }

          function replace(old, fresh) {
            const focus = old.contains(document.activeElement) ? document.activeElement : null;
            const boxes = ".diagram,.scroll";
            const places = [...old.querySelectorAll(boxes)].map((box) => box.scrollLeft);
            const index = focus ? [...old.querySelectorAll(boxes)].indexOf(focus) : -1;
            old.replaceWith(fresh);
            const now = [...fresh.querySelectorAll(boxes)];
            now.forEach((box, place) => { box.scrollLeft = places[place] || 0; });
            const href = focus && focus.getAttribute("href");
            const same = index >= 0 ? now[index] : href && fresh.querySelector(`a[href="${CSS.escape(href)}"]`);
            if (same) same.focus({ preventScroll: true });
          }

          async function refresh() {
            if (document.hidden) return;
            if (running) { again = true; return; }
            running = true;
            try {
              const answer = await fetch(location.href, { cache: "no-store" });
              if (!answer.ok) return;
              const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
              for (const old of document.querySelectorAll("[data-live]")) {
                const now = fresh.getElementById(old.id);
                if (now && content(now) !== content(old)) replace(old, now);
              }
              tick();
            } catch {
              // The server is away; the events' own reconnecting tells when it is back.
            } finally {
              running = false;
              if (again) { again = false; later(); }
            }
          }

          // Changes of one second are shown together.
          function later() { if (!timer) timer = setTimeout(() => { timer = 0; refresh(); }, 1000); }

          // A page that nobody sees holds no connection: browsers allow few to one server.
          function listen() {
            if (!body.dataset.events || events || document.hidden) return;
            let wasAway = false;
            events = new EventSource(body.dataset.events);
            events.onopen = () => { show("live", "on"); if (wasAway) refresh(); };
            events.onerror = () => {
              wasAway = true;
              show("not connected", "off");
              // Refused for good, for example because too many listen: try again at the next look.
              if (events && events.readyState === EventSource.CLOSED) events = null;
            };
            events.addEventListener("change", later);
          }

          // How a query may go on, while it is being typed.
          const box = document.getElementById("q");
          const list = document.getElementById("suggestions");
          let asked = 0;
          if (box && list) box.addEventListener("input", async () => {
            const mine = ++asked;
            try {
              const answer = await fetch("/search/suggestions?q=" + encodeURIComponent(box.value));
              const found = answer.ok ? await answer.json() : [];
              if (mine !== asked) return;
              list.replaceChildren(...found.map((text) => new Option(text, text)));
            } catch {
              // Typing goes on without suggestions.
            }
          });

          document.addEventListener("visibilitychange", () => {
            if (document.hidden) {
              if (events) { events.close(); events = null; }
            } else {
              listen();
              refresh();
            }
          });
          if (body.dataset.poll) setInterval(() => { listen(); refresh(); }, 1000 * Number(body.dataset.poll));
          setInterval(tick, 1000);
          listen();
        })();
        """
}
