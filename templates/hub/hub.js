// Live updates: when something changed, the parts marked data-live are fetched anew. Without this file every page works, and is as old as its load.
"use strict";
(() => {
  if (!document.querySelector("[data-events]") || !window.EventSource) return;
  let source = null;
  let fetching = false;
  let again = false;

  const busy = part => part.contains(document.activeElement) && document.activeElement !== document.body
    || [...part.querySelectorAll("textarea, input[type=text]")].some(one => one.value !== one.defaultValue)
    || part.querySelector("details[open]");

  async function renew() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(location.pathname + location.search, { credentials: "same-origin", cache: "no-store" });
      if (answer.ok && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        let changed = false;
        for (const part of document.querySelectorAll("[data-live]")) {
          const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
          if (!other || other.isEqualNode(part)) continue;
          if (part.dataset.live === "actions" && busy(part)) {
            // What is being filled in stays. If something happened since it was begun, the press is told so.
            continue;
          }
          const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
          part.replaceWith(document.adoptNode(other));
          if (focused) document.querySelector(`[data-live] a[href="${CSS.escape(focused)}"]`)?.focus();
          changed = true;
        }
        if (changed) document.getElementById("live").textContent = "Updated.";
      }
    } catch {
      // The next change tries again.
    } finally {
      // Where much happens, a page is fetched once in a second.
      setTimeout(() => {
        fetching = false;
        if (again) { again = false; renew(); }
      }, 1000);
    }
  }

  function listen() {
    if (source || document.visibilityState === "hidden") return;
    source = new EventSource(document.querySelector("[data-events]").dataset.events);
    source.addEventListener("change", renew);
    // Another window of this device listens now; this one does again when it is looked at.
    source.addEventListener("elsewhere", stop);
  }

  function stop() {
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") stop();
    else { renew(); listen(); }
  });
  window.addEventListener("focus", () => { if (!source) { renew(); listen(); } });
  window.addEventListener("pagehide", stop);
  listen();
})();
