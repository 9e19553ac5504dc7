// VERSION and FILES (name → integrity) are written above by yanmen/base/phone_pages.py. Files are taken with their hashes, so
// one version is never mixed with another, and found without looking at Vary. Everything else goes to the network.

const SCOPE = new URL("./", self.location).pathname;
/** Each application of an origin has caches of its own: yanmen-phone-… for /phone/. */
const FAMILY = `yanmen${SCOPE.replaceAll("/", "-")}`;
const CACHE = FAMILY + VERSION;

self.addEventListener("install", (event) => event.waitUntil(precache()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "keep me") event.waitUntil(self.clients.claim());
});
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const ours = event.request.method === "GET" && origin === self.location.origin && pathname.startsWith(SCOPE);
  if (!ours) return;
  const name = pathname.slice(SCOPE.length) || "index.html";
  if (name in FILES) event.respondWith(kept(name, event.request));
});

async function precache() {
  const cache = await caches.open(CACHE);
  await Promise.all(Object.entries(FILES).map(([name, integrity]) => take(cache, name, integrity)));
}

async function take(cache, name, integrity) {
  const answer = await fetch(SCOPE + name, { cache: "no-cache", integrity, credentials: "omit" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  await cache.put(SCOPE + name, answer);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(FAMILY) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(SCOPE + name, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
}
