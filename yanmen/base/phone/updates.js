// The service worker keeps this version for work without the server. A newer one waits until somebody presses the
// button; records lie in IndexedDB and are not touched by it.

const HOUR = 60 * 60 * 1000;

/** Register the worker; `ready(apply)` is called when a newer version waits. */
export async function watchUpdates(ready) {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("sw.js", { scope: "./" });
  askToBeKept();
  const waits = () => registration.waiting && navigator.serviceWorker.controller && ready(() => apply(registration));
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", waits);
  });
  waits();
  const look = () => registration.update().catch(() => null);
  look();
  setInterval(look, HOUR);
}

/** A page that was asked for before the worker was active is not among those it claims then, until it is loaded anew. */
async function askToBeKept() {
  const { active } = await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) active.postMessage("keep me");
}

function apply(registration) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("take over");
}
