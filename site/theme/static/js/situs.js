// On every page: marks that scripts run, keeps the compare and plan buttons true, registers the service worker.
import { COMPARE_MAX, base, briefOf, choices, compared, el, href, keepOffline, plan, read, say, share, stored, todayWib, write } from "./alat.js";

document.documentElement.classList.add("js");

for (const box of document.querySelectorAll("li[data-course] > .do:empty")) {
  box.append(...choices(box.parentNode.dataset.course, box.parentNode.querySelector("h3").textContent));
}

/** Button states and the figures in the navigation. */
function refresh() {
  const inCompare = compared();
  const inPlan = plan().items;
  for (const button of document.querySelectorAll("[data-compare]")) button.setAttribute("aria-pressed", inCompare.includes(button.dataset.compare));
  for (const button of document.querySelectorAll("[data-plan]")) button.setAttribute("aria-pressed", inPlan.includes(button.dataset.plan));
  for (const [name, n] of [["compare", inCompare.length], ["plan", inPlan.length]]) {
    for (const node of document.querySelectorAll(`[data-counter="${name}"]`)) {
      node.textContent = n;
      node.hidden = n === 0;
    }
  }
}

function toggle(list, id) {
  return list.includes(id) ? list.filter((other) => other !== id) : [...list, id];
}

const warnUnstored = () => (stored ? "" : " Ponsel ini menolak penyimpanan; pilihan hilang bila halaman ditutup.");

function onCompare(id) {
  const now = compared();
  if (!now.includes(id) && now.length >= COMPARE_MAX) {
    say(`Paling banyak ${COMPARE_MAX} pelatihan dibandingkan. Keluarkan satu dulu di halaman Bandingkan.`);
    return;
  }
  const next = toggle(now, id);
  write("banding", next);
  if (next.includes(id)) keepOffline([briefOf(id)], true);
  say((next.includes(id) ? `Masuk perbandingan: ${next.length} dari ${COMPARE_MAX}.` : `Keluar dari perbandingan: tersisa ${next.length}.`) + warnUnstored());
}

function onPlan(id) {
  const now = plan();
  const items = toggle(now.items, id);
  write("rencana", { ...read("rencana", {}), items });
  if (items.includes(id)) keepOffline([briefOf(id)], true);
  say((items.includes(id) ? `Masuk rencana saya: ${items.length} pelatihan.` : `Keluar dari rencana saya: tersisa ${items.length}.`) + warnUnstored());
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-compare], [data-plan], [data-share]");
  if (!button) return;
  if (button.dataset.compare) onCompare(button.dataset.compare);
  else if (button.dataset.plan) onPlan(button.dataset.plan);
  else {
    const price = document.querySelector(".offers .price")?.textContent.trim();
    const title = document.querySelector("h1").textContent.trim();
    share(title, price ? `${title}: ${price}` : title, location.href);
  }
});

addEventListener("chosen", refresh);
addEventListener("storage", refresh);
// Cards that a script adds get their state too.
addEventListener("cards", refresh);
for (const button of document.querySelectorAll("[data-share]")) button.hidden = false;

// A passed buy-by date is said in words. Sample data is from another year: nothing is said there.
if (!document.querySelector(".sample")) {
  const today = todayWib();
  for (const row of document.querySelectorAll("tr[data-buy-by]")) {
    if (row.dataset.buyBy < today) row.querySelector("[data-limit]").append(" (sudah lewat)");
  }
}

for (const node of document.querySelectorAll("[data-age]")) {
  const days = Math.round((Date.parse(todayWib()) - Date.parse(node.dataset.age)) / 864e5);
  if (days >= 0) node.textContent = days ? ` (umur ${days} hari)` : " (hari ini)";
}

// Without a network the reader must know how old the page is: the day on which it was kept.
async function showOffline() {
  const box = document.querySelector("[data-offline]");
  if (box) box.hidden = navigator.onLine;
  if (navigator.onLine || box) return;
  const kept = "caches" in window ? await caches.match(location.pathname) : null;
  const date = kept?.headers.get("date");
  const when = date ? ` Data per ${new Intl.DateTimeFormat("id-ID", { dateStyle: "long", timeZone: "Asia/Jakarta" }).format(new Date(date))}.` : "";
  document.querySelector("main").prepend(el("p", { class: "note warn", "data-offline": true }, `Anda sedang luring.${when}${document.querySelector("[data-finder]") ? " Kata dicari di judul, lembaga, dan kategori." : ""}`));
}
addEventListener("offline", showOffline);
addEventListener("online", showOffline);
showOffline();

refresh();

/** Who chooses something on the home page is about to see results: the search page's script and index are fetched meanwhile. */
async function fetchSearch() {
  const answer = await fetch(href("/pelatihan/"));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const { boot } = page.querySelector("[data-finder]").dataset;
  const script = page.querySelector("script[type=module]").getAttribute("src");
  for (const address of [script, boot]) if (address) fetch(address);
}
if (!navigator.connection?.saveData) {
  document.querySelector("[data-steps]")?.addEventListener("change", () => fetchSearch().catch(() => {}), { once: true });
}

/** The first page that is visited comes before its worker: it and its files are handed over once it has settled. From the
 * second page on, compare and plan are kept too, unless the reader saves data. */
async function keepVisited() {
  const first = !navigator.serviceWorker.controller;
  await navigator.serviceWorker.register(`${base}sw.js`, { scope: base });
  await new Promise((resolve) => setTimeout(resolve, first ? 1500 : 3000));
  const files = performance.getEntriesByType("resource").map((entry) => entry.name);
  if (first) keepOffline([location.pathname, ...files]);
  else if (!navigator.connection?.saveData) keepOffline([], true);
}

if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
  addEventListener("load", () => keepVisited().catch(() => {}));
}
