// Service worker: what was opened once opens again without a network. Written to the site's root with its settings.
// Prepaid data is money: it fetches nothing that a page did not need, except a few kilobytes that flight mode stands on.
// Pages and course data: network first, so that a new build is there on the next load; files whose name holds
// their hash: cache first. A page names the files that belong to it by hash, so old and new never mix.
const CONFIG = JSON.parse('__CONFIG__');
const PREFIX = `bandingkan:${CONFIG.base}:`;
const HASHED = `${PREFIX}tetap`;
const PAGES = `${PREFIX}halaman`;
const MOST = { [HASHED]: 240, [PAGES]: 200 };

const ours = (url) => url.origin === location.origin && url.pathname.startsWith(CONFIG.base);
const hashed = (url) => url.pathname.startsWith(`${CONFIG.base}aset/`) || url.pathname.startsWith(`${CONFIG.base}indeks/`);

// Keeps files that are not kept yet. "force-cache" takes what the page has just loaded from the browser's own memory, so
// that the first visit costs nothing twice.
async function keep(addresses, how = "force-cache") {
  const kept = await Promise.all(
    addresses.map(async (address) => {
      const url = new URL(address, location);
      url.hash = "";
      if (!ours(url)) return true;
      const cache = await caches.open(hashed(url) ? HASHED : PAGES);
      if (how === "force-cache" && (await cache.match(url.href))) return true;
      const answer = await fetch(url.href, { cache: how }).catch(() => null);
      if (!answer?.ok || answer.redirected) return false;
      await cache.put(url.href, answer);
      return true;
    }),
  );
  return kept.every(Boolean);
}

// Oldest first out; what flight mode stands on stays.
async function prune(name) {
  const cache = await caches.open(name);
  const keys = await cache.keys();
  const stay = new Set([...CONFIG.tools, CONFIG.offline].map((path) => new URL(path, location).href));
  const loose = keys.filter((request) => !stay.has(request.url));
  await Promise.all(loose.slice(0, Math.max(0, loose.length - MOST[name])).map((request) => cache.delete(request)));
}

// A new version of the scripts: pages that were kept for the reader's tools must name them.
async function renew() {
  const cache = await caches.open(PAGES);
  const there = await Promise.all(CONFIG.tools.map(async (path) => !hashed(new URL(path, location)) && (await cache.match(path))));
  if (there.some(Boolean)) await keep(CONFIG.tools, "no-cache");
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep([CONFIG.offline], "no-cache"));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // Caches of earlier versions of this script, under this base path only: other sites may share the origin.
      const names = await caches.keys();
      await Promise.all(names.filter((name) => name.startsWith(PREFIX) && !(name in MOST)).map((name) => caches.delete(name)));
      await renew();
      await Promise.all(Object.keys(MOST).map(prune));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (!Array.isArray(event.data?.keep)) return;
  const wanted = event.data.tools ? [...event.data.keep, ...CONFIG.tools] : event.data.keep;
  event.waitUntil(keep(wanted).then((done) => event.ports[0]?.postMessage(done)));
});

async function cacheFirst(event) {
  const { request } = event;
  const cache = await caches.open(HASHED);
  const kept = await cache.match(request);
  if (kept) return kept;
  try {
    const answer = await fetch(request);
    // The page reads while the copy is written.
    if (answer.ok) event.waitUntil(cache.put(request, answer.clone()));
    return answer;
  } catch (error) {
    // Without a network, words are looked up in titles, providers and categories; the words of descriptions lie in such files.
    if (/\/indeks\/[nt]\d+-/.test(request.url)) return new Response('{"alias":{},"same":{},"words":{},"keys":{},"counts":""}', { headers: { "Content-Type": "application/json" } });
    throw error;
  }
}

async function networkFirst(request) {
  const cache = await caches.open(PAGES);
  // The state in a query is the page's own business: one copy of the page serves all of them.
  const url = new URL(request.url);
  const key = request.mode === "navigate" ? url.origin + url.pathname : request.url;
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
  if (hashed(url)) event.respondWith(cacheFirst(event));
  else if (page) event.respondWith(networkFirst(request));
});
