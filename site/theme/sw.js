// Service worker: what was opened once opens again without a network. Written to the site's root with its settings.
// Pages and course data: network first, so that a new build is there on the next load; files whose name holds
// their hash: cache first. A page names the files that belong to it by hash, so old and new never mix.
const CONFIG = JSON.parse('__CONFIG__');
const PREFIX = `bandingkan:${CONFIG.base}:`;
const HASHED = `${PREFIX}tetap`;
const PAGES = `${PREFIX}halaman`;
const MOST = { [HASHED]: 160, [PAGES]: 200 };

const ours = (url) => url.origin === location.origin && url.pathname.startsWith(CONFIG.base);
const hashed = (url) => url.pathname.startsWith(`${CONFIG.base}aset/`) || url.pathname.startsWith(`${CONFIG.base}indeks/`);

async function precache() {
  const fixed = await caches.open(HASHED);
  await Promise.all(CONFIG.fixed.map(async (path) => (await fixed.match(path)) || fixed.add(path)));
  const pages = await caches.open(PAGES);
  await pages.addAll(CONFIG.pages.map((path) => new Request(path, { cache: "reload" })));
}

/** Oldest first out. */
async function prune(name) {
  const cache = await caches.open(name);
  const keys = await cache.keys();
  const keep = new Set([...CONFIG.fixed, ...CONFIG.pages].map((path) => new URL(path, location).href));
  const loose = keys.filter((request) => !keep.has(request.url));
  await Promise.all(loose.slice(0, Math.max(0, loose.length - MOST[name])).map((request) => cache.delete(request)));
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(precache());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // Caches of earlier versions of this script, under this base path only: other sites may share the origin.
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith(PREFIX) && !(name in MOST)).map((name) => caches.delete(name)));
      await Promise.all(Object.keys(MOST).map(prune));
      await self.clients.claim();
    })(),
  );
});

async function cacheFirst(request) {
  const cache = await caches.open(HASHED);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function networkFirst(request) {
  const cache = await caches.open(PAGES);
  // The state in a query is the page's own business: one copy of the page serves all of them.
  const key = request.mode === "navigate" ? new URL(request.url).pathname : request.url;
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(key, answer.clone());
    return answer;
  } catch (error) {
    const kept = (await cache.match(key)) || (request.mode === "navigate" && (await cache.match(CONFIG.offline)));
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !ours(url)) return;
  const page = request.mode === "navigate" || url.pathname.startsWith(`${CONFIG.base}ringkas/`) || url.pathname.endsWith(".webmanifest");
  if (hashed(url)) event.respondWith(cacheFirst(request));
  else if (page) event.respondWith(networkFirst(request));
});
