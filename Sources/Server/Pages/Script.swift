/// What the pages do when there is JavaScript: times in the viewer's zone, live progress, no second click.
enum Script {
    static let text = #"""
        "use strict";
        (() => {
          const format = new Intl.DateTimeFormat(undefined, {
            year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit"
          });
          const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
          const localize = (root) => {
            for (const time of root.querySelectorAll("time[datetime]")) {
              const date = new Date(time.dateTime);
              if (!Number.isNaN(date.getTime())) time.textContent = ("clock" in time.dataset ? clock : format).format(date);
            }
          };
          localize(document);

          document.addEventListener("submit", (event) => {
            const form = event.target;
            if (form.dataset.sent) { event.preventDefault(); return; }
            form.dataset.sent = "yes";
            for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
          });
          // A page that comes back from the browser's memory may send its forms again.
          window.addEventListener("pageshow", () => {
            for (const form of document.forms) delete form.dataset.sent;
          });

          const live = document.querySelector("[data-events]");
          if (live) {
            const events = new EventSource(live.dataset.events);
            events.addEventListener("live", (event) => {
              live.innerHTML = event.data;
              localize(live);
            });
            events.addEventListener("state", (event) => {
              if (event.data !== live.dataset.state) { events.close(); location.reload(); }
            });
            window.addEventListener("pagehide", () => events.close());
          }
        })();
        """#
}
