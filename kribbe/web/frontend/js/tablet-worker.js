// Keeps the app itself for when there is no network: its page and its files, never a child.
// KRIBBE = {shell, assets} stands above, written by the server.

const NAME = `kribbe ${KRIBBE.shell} ${KRIBBE.assets.join(" ")}`;

async function fill() {
  const cache = await caches.open(NAME);
  await cache.addAll([KRIBBE.shell, ...KRIBBE.assets]);
}

async function sweep() {
  const old = (await caches.keys()).filter((name) => name.startsWith(`kribbe ${KRIBBE.shell} `) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(KRIBBE.shell, answer.clone());
    return answer;
  } catch {
    return (await cache.match(KRIBBE.shell)) ?? Response.error();
  }
}

async function file(request) {
  const cache = await caches.open(NAME);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(sweep()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === KRIBBE.shell) event.respondWith(page(request));
  else if (pathname.startsWith("/static/") || pathname.startsWith("/_web/brand/")) event.respondWith(file(request));
});
