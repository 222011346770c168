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

          // Brings what is shown to what was sent, node by node: what stays the same keeps focus, selection and open details.
          const morph = (shown, sent) => {
            for (const { name } of [...shown.attributes]) {
              if (!sent.hasAttribute(name) && name !== "open") shown.removeAttribute(name);
            }
            for (const { name, value } of sent.attributes) {
              if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
            }
            const wanted = [...sent.childNodes];
            while (shown.childNodes.length > wanted.length) shown.lastChild.remove();
            wanted.forEach((node, index) => {
              const old = shown.childNodes[index];
              if (!old) shown.append(node);
              else if (old.nodeType !== node.nodeType || old.nodeName !== node.nodeName) old.replaceWith(node);
              else if (node.nodeType === Node.ELEMENT_NODE) morph(old, node);
              else if (old.data !== node.data) old.data = node.data;
            });
          };

          const live = document.querySelector("[data-events]");
          if (live) {
            const events = new EventSource(live.dataset.events);
            events.addEventListener("live", (event) => {
              const sent = document.createElement("template");
              sent.innerHTML = event.data;
              localize(sent.content);
              const next = live.cloneNode(false);
              next.append(sent.content);
              morph(live, next);
            });
            events.addEventListener("state", (event) => {
              if (event.data !== live.dataset.state) { events.close(); location.reload(); }
            });
            window.addEventListener("pagehide", () => events.close());
          }
        })();
        """#
}
