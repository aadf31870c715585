// The search page: the address holds the whole state; every change asks the engine and shows answer, counts and chips.
// The page as it was built answers an address without conditions; the index, which the page preloads, is opened when a
// reader touches the form or the address asks for something, so that looking costs a phone no work.
import { count, el, href, icon, keepOffline, money, readMoney, plan, say } from "./alat.js";
import { cardElement } from "./kartu.js";
import { openCatalog } from "./search/engine.js";

const MANY = ["tingkat", "platform", "kategori", "cara", "kota", "lembaga", "durasi", "mulai", "sertifikat", "prakerja", "buyable"];
const ORDER = ["q", "tingkat", "harga_min", "harga_maks", "platform", "kategori", "cara", "kota", "lembaga", "durasi", "mulai", "sertifikat", "rating", "prakerja", "buyable", "urut", "hal"];
const SORTS = ["relevan", "harga", "-harga", "per_jam", "rating", "terbaru"];
const PAGE = 10;
const PATIENCE = 200; // milliseconds after which the page says that it is searching
const TOUCHES = ["pointerdown", "focusin", "input"];

const finder = document.querySelector("[data-finder]");
const form = finder.querySelector("[data-form]");
const results = finder.querySelector("[data-results]");
const priceError = finder.querySelector("[data-price-error]");
const filters = finder.querySelector("[data-filters]");
// Sample data are of another year: there the night is "today".
const sampleDay = Number((finder.dataset.today || "").replaceAll("-", "")) || null;
let opening = null;
let turn = 0;

/** The search engine, opened for words that will be asked for; after a failure the next call tries again. */
function engine(words) {
  opening ??= openCatalog(finder.dataset.boot, words).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

const defaultSort = (state) => (state.q ? "relevan" : "harga");

/** The address's query -> state. What can't be read is left out, not guessed. */
export function readState(search) {
  const query = new URLSearchParams(search);
  const state = { q: (query.get("q") || "").trim().slice(0, 200) };
  for (const key of MANY) state[key] = [...new Set(query.getAll(key).filter(Boolean))];
  for (const key of ["harga_min", "harga_maks"]) {
    const value = readMoney(query.get(key) || "");
    state[key] = Number.isNaN(value) ? null : value;
  }
  state.rating = query.get("rating") || null;
  const sort = query.get("urut");
  state.urut = SORTS.includes(sort) ? sort : defaultSort(state);
  const page = Number(query.get("hal"));
  state.hal = Number.isInteger(page) && page > 0 ? page : 1;
  return state;
}

/** State -> the address's query in a fixed order, without what is default. */
export function writeState(state) {
  const query = new URLSearchParams();
  for (const key of ORDER) {
    const value = state[key];
    if (Array.isArray(value)) value.forEach((one) => query.append(key, one));
    else if (key === "urut" ? value !== defaultSort(state) : key === "hal" ? value > 1 : value !== null && value !== "") query.set(key, value);
  }
  return query.toString();
}

const address = (state) => {
  const query = writeState(state);
  return href("/pelatihan/") + (query ? `?${query}` : "");
};

// --- form <-> state ---

function inputs(name) {
  return [...form.querySelectorAll(`input[name="${name}"]`)];
}

/** A chosen value that has no option (an old link, a provider past the list) gets one, so that it can be taken away. */
function addMissing(name, value) {
  const group = filters.querySelector(`[data-filter="${name}"] .opts`);
  if (!group || inputs(name).some((input) => input.value === value)) return;
  group.append(el("label", { class: "opt" }, el("input", { type: "checkbox", name, value }), el("span", {}, value), el("data", { value: 0 }, "0")));
}

function fillForm(state) {
  form.elements.q.value = state.q;
  form.elements.urut.value = state.urut;
  for (const key of ["harga_min", "harga_maks"]) form.elements[key].value = state[key] === null ? "" : count(state[key]);
  for (const key of MANY) {
    state[key].forEach((value) => addMissing(key, value));
    for (const input of inputs(key)) input.checked = state[key].includes(input.value);
  }
  for (const input of inputs("rating")) input.checked = input.value === (state.rating || "");
}

/** Reads the form; null when a price can't be understood (the error stands beside the field in words). */
function readForm() {
  const state = readState("");
  state.q = form.elements.q.value.trim();
  for (const key of MANY) state[key] = inputs(key).filter((input) => input.checked).map((input) => input.value);
  state.rating = inputs("rating").find((input) => input.checked)?.value || null;
  let problem = "";
  for (const key of ["harga_min", "harga_maks"]) {
    const value = readMoney(form.elements[key].value);
    const wrong = Number.isNaN(value);
    form.elements[key].toggleAttribute("aria-invalid", false);
    if (wrong) {
      problem = "Tulis harga dengan angka, misalnya 500000 atau 500 ribu.";
      form.elements[key].setAttribute("aria-invalid", "true");
    }
    state[key] = wrong ? null : value;
  }
  if (!problem && state.harga_min !== null && state.harga_maks !== null && state.harga_min > state.harga_maks) {
    problem = `Harga paling rendah (${money(state.harga_min)}) lebih besar daripada harga paling tinggi (${money(state.harga_maks)}). Ubah salah satunya.`;
    for (const key of ["harga_min", "harga_maks"]) form.elements[key].setAttribute("aria-invalid", "true");
  }
  priceError.textContent = problem;
  priceError.hidden = !problem;
  return problem ? null : state;
}

// --- showing ---

function labelOf(key, value) {
  const input = inputs(key).find((one) => one.value === value);
  const text = input?.closest("label").querySelector("span").textContent.trim() || value;
  const group = filters.querySelector(`[data-filter="${key}"] summary`)?.textContent.trim();
  return value === "tidak-disebutkan" && group ? `${group}: ${text.toLowerCase()}` : text;
}

/** Every condition as [words, state without it]. */
function conditions(state) {
  const list = [];
  for (const key of MANY) for (const value of state[key]) list.push([labelOf(key, value), { ...state, [key]: state[key].filter((v) => v !== value), hal: 1 }]);
  if (state.harga_min !== null) list.push([`mulai ${money(state.harga_min)}`, { ...state, harga_min: null, hal: 1 }]);
  if (state.harga_maks !== null) list.push([`sampai ${money(state.harga_maks)}`, { ...state, harga_maks: null, hal: 1 }]);
  if (state.rating) list.push([`Rating rata-rata ${labelOf("rating", state.rating)}`, { ...state, rating: null, hal: 1 }]);
  return list;
}

function showChips(state) {
  const box = finder.querySelector("[data-chips]");
  const list = conditions(state);
  const items = list.map(([words, without]) => el("li", {}, el("button", { class: "btn", type: "button", onclick: () => go(without) }, words, icon("hapus"), el("span", { class: "sr" }, " hapus saringan"))));
  if (list.length > 1) items.push(el("li", {}, el("button", { class: "btn", type: "button", onclick: () => go({ ...readState(""), q: state.q }) }, "Hapus semua saringan")));
  const hadFocus = box.contains(document.activeElement);
  box.replaceChildren(...items);
  box.hidden = !list.length;
  if (hadFocus) (box.querySelector("button") || form.elements.q).focus({ preventScroll: true });
  const badge = finder.querySelector("[data-active-count]");
  badge.textContent = list.length;
  badge.hidden = !list.length;
}

function showCounts(state, facets) {
  for (const group of filters.querySelectorAll("[data-filter]")) {
    let off = false;
    for (const input of group.querySelectorAll("input[name]")) {
      const counts = facets[input.name];
      const figure = input.closest("label")?.querySelector("data");
      if (!counts || !figure) continue;
      const n = counts[input.value] || 0;
      input.disabled = n === 0 && !input.checked;
      off ||= input.disabled;
      input.closest("label").classList.toggle("off", input.disabled);
      if (figure.value === String(n)) continue; // what stays as it is need not be laid out anew
      figure.value = String(n);
      figure.textContent = count(n);
    }
    let why = group.querySelector(".why");
    if (!why && !off) continue;
    if (!why) {
      why = el("p", { class: "why small soft" }, "Pilihan berangka 0 dimatikan: bersama saringan lain tidak ada hasilnya.");
      group.querySelector("fieldset").append(why);
    }
    why.hidden = !off;
  }
}

function pageLink(state, n, label, rel) {
  return el("li", {}, el("a", { href: address({ ...state, hal: n }), "data-page": n, rel }, label));
}

function showPages(state, total) {
  const last = Math.ceil(total / PAGE);
  const nav = finder.querySelector("[data-pages]");
  nav.hidden = last < 2;
  if (last < 2) return nav.replaceChildren();
  const near = [...new Set([1, state.hal - 1, state.hal, state.hal + 1, last])].filter((n) => n >= 1 && n <= last);
  const items = [];
  near.forEach((n, i) => {
    if (i && n > near[i - 1] + 1) items.push(el("li", { "aria-hidden": "true" }, "…"));
    items.push(n === state.hal ? el("li", {}, el("span", { "aria-current": "page" }, n)) : pageLink(state, n, el("span", {}, el("span", { class: "sr" }, "Halaman "), n), n === state.hal + 1 ? "next" : null));
  });
  nav.replaceChildren(el("ul", {}, items));
}

function showRepair(state, answer) {
  const box = finder.querySelector("[data-repair]");
  const parts = [];
  if (answer.suggestion && answer.suggestion !== state.q) {
    parts.push(el("p", { class: "note" }, "Maksud Anda ", el("a", { href: address({ ...state, q: answer.suggestion, hal: 1 }), "data-query-link": true }, answer.suggestion), "?"));
  }
  if (answer.ignored?.length && answer.total) {
    parts.push(el("p", { class: "note" }, `Tidak ada pelatihan dengan kata ${answer.ignored.map((word) => `“${word}”`).join(", ")}; kata itu diabaikan.`));
  }
  if (answer.total === 0) {
    const repair = answer.repair;
    if (repair) {
      const without = dropped(state, repair);
      const words = repair.key === "q" ? `kata “${state.q}”` : `saringan ${repairWords(state, repair)}`;
      parts.push(el("div", { class: "note warn" }, el("p", {}, `Tidak ada hasil. Tanpa ${words} ada ${count(repair.total)} pelatihan.`), el("button", { class: "btn", type: "button", "data-repair-apply": true, onclick: () => go(without) }, `Hapus ${words}`)));
    } else if (!state.q && !conditions(state).length) {
      parts.push(el("p", { class: "note warn" }, "Saat ini tidak ada pelatihan aktif di katalog. ", el("a", { href: href("/daftar/arsip/") }, "Lihat arsip"), "."));
    } else {
      parts.push(el("p", { class: "note warn" }, "Tidak ada hasil. Coba kata lain yang lebih umum, atau ", el("a", { href: href("/daftar/") }, "buka daftar lengkap"), "."));
    }
    const near = answer.category && inputs("kategori").find((input) => input.closest("label").querySelector("span").textContent === answer.category);
    if (near) parts.push(el("p", {}, el("a", { class: "btn", href: address({ ...readState(""), kategori: [near.value] }), "data-query-link": true }, icon("kategori"), `Lihat kategori ${answer.category}`)));
  }
  box.replaceChildren(...parts);
  box.hidden = !parts.length;
}

function repairWords(state, repair) {
  if (repair.key === "harga_maks") return `sampai ${money(state.harga_maks)}`;
  if (repair.key === "harga_min") return `mulai ${money(state.harga_min)}`;
  return [].concat(state[repair.key]).map((value) => labelOf(repair.key, String(value))).join(", ");
}

function dropped(state, repair) {
  const next = { ...state, hal: 1 };
  const empty = Array.isArray(state[repair.key]) ? [] : repair.key === "q" ? "" : null;
  next[repair.key] = empty;
  return next;
}

function totalWords(state) {
  return `pelatihan${state.q ? ` untuk “${state.q}”` : ""}`;
}

function show(state, answer) {
  const names = Object.fromEntries(inputs("platform").map((input) => [input.value, labelOf("platform", input.value)]));
  results.replaceChildren(...answer.cards.map((card) => cardElement(card, names)));
  results.start = (state.hal - 1) * PAGE + 1;
  showCounts(state, answer.facets);
  showChips(state);
  showPages(state, answer.total);
  showRepair(state, answer);
  finder.querySelector("[data-total]").textContent = count(answer.total);
  finder.querySelector("[data-total-words]").textContent = totalWords(state);
  results.dataset.query = writeState(state);
  results.dataset.state = "ready";
  rest();
  document.title = document.title.replace(/^.*? ·/, `${state.q || "Cari pelatihan"} ·`);
  dispatchEvent(new Event("cards"));
  markLanguages().catch(() => {});
}

/** Says in which language titles are, for screen readers; showing them does not wait for what tells it. */
async function markLanguages() {
  const { languageOf } = await import("./bahasa.js");
  for (const link of results.querySelectorAll("h3 a")) {
    const language = languageOf(link.textContent);
    if (language) link.lang = language;
  }
}

// --- asking ---

let waiting = 0;
function rest() {
  clearTimeout(waiting);
  finder.removeAttribute("data-busy");
}

async function ask(state) {
  const mine = ++turn;
  results.dataset.state = "loading";
  clearTimeout(waiting);
  waiting = setTimeout(() => finder.toggleAttribute("data-busy", true), PATIENCE);
  let answer;
  try {
    answer = await (await engine(state.q)).query(sampleDay ? { ...state, today: sampleDay } : state);
  } catch (error) {
    return mine === turn && fail(error);
  }
  // An answer that a newer question has overtaken is not shown.
  if (mine !== turn) return;
  const last = Math.ceil(answer.total / PAGE);
  if (last && state.hal > last) return go({ ...state, hal: last }, "replace");
  show(state, answer);
  // A large catalog's answer comes before its counts, which need more data; people who save data go without.
  if (answer.counts && !navigator.connection?.saveData) {
    const facets = await answer.counts().catch(() => null);
    if (facets && mine === turn) showCounts(state, facets);
  }
}

function fail(error) {
  console.warn(error);
  rest();
  const why = navigator.onLine
    ? "Pencarian belum dapat dimuat. Periksa sambungan, lalu tekan Cari sekali lagi, atau "
    : "Anda sedang luring dan pencarian belum tersimpan di ponsel ini. Pencarian dilanjutkan begitu ada sambungan. Sementara itu, Anda dapat ";
  const box = finder.querySelector("[data-repair]");
  box.replaceChildren(el("p", { class: "note bad", role: "alert" }, why, el("a", { href: href("/daftar/") }, "buka daftar lengkap"), "."));
  box.hidden = false;
}

addEventListener("online", () => results.dataset.state === "loading" && ask(readState(location.search)));

function go(state, how = "push") {
  fillForm(state);
  priceError.hidden = true;
  for (const key of ["harga_min", "harga_maks"]) form.elements[key].removeAttribute("aria-invalid");
  const to = address(state);
  if (how === "push" && to !== location.pathname + location.search) history.pushState(null, "", to);
  else if (how === "replace") history.replaceState(null, "", to);
  return ask(state);
}

/** The form changed: `typing` keeps the page's history free of every key. */
function changed(typing) {
  const state = readForm();
  if (!state) return;
  const sort = form.elements.urut.value;
  state.urut = chosenSort ? sort : defaultSort(state);
  form.elements.urut.value = state.urut;
  const to = address(state);
  if (to !== location.pathname + location.search) history[typing ? "replaceState" : "pushState"](null, "", to);
  ask(state);
}

let chosenSort = false;
let timer = 0;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  changed(false);
  filters.classList.remove("open");
  toggleButton.setAttribute("aria-expanded", "false");
});
form.addEventListener("input", (event) => {
  if (event.target.name !== "q") return;
  clearTimeout(timer);
  timer = setTimeout(() => changed(true), 90);
});
form.addEventListener("change", (event) => {
  if (!event.target.name || event.target.name === "q") return;
  if (event.target.name === "urut") chosenSort = true;
  changed(false);
});
finder.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-page], a[data-query-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(readState(new URL(link.href).search)).then(() => {
    const heading = document.getElementById("hasil");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    finder.querySelector(".found").scrollIntoView({ block: "start" });
  });
});
addEventListener("popstate", () => go(readState(location.search), "none"));

const toggleButton = finder.querySelector("[data-toggle-filters]");
toggleButton.addEventListener("click", () => {
  const open = filters.classList.toggle("open");
  toggleButton.setAttribute("aria-expanded", open);
});

const balance = finder.querySelector("[data-balance]");
balance.addEventListener("click", () => {
  const own = plan().saldo ?? Number(balance.dataset.balance);
  form.elements.harga_maks.value = count(own);
  for (const input of inputs("prakerja")) if (input.value === "ya" && !input.disabled) input.checked = true;
  changed(false);
  say(`Sampai ${money(own)} dan bisa dengan Kartu Prakerja. Ubah saldo di Rencana saya.`);
});

/** Keeps the whole index on the reader's demand. */
function offerSaving() {
  const row = finder.querySelector("[data-save]");
  if (!row || !("serviceWorker" in navigator)) return;
  row.hidden = false;
  row.querySelector("button").addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    const files = row.dataset.save.split(" ").map((name) => new URL(name, new URL(finder.dataset.boot, location)).href);
    const scripts = performance.getEntriesByType("resource").map((entry) => entry.name);
    const kept = await keepOffline([location.pathname, ...files, ...scripts], true).catch(() => false);
    say(kept ? "Tersimpan. Pencarian, Bandingkan, dan Rencana saya dapat dibuka dalam mode pesawat." : "Belum tersimpan. Periksa sambungan atau ruang penyimpanan, lalu coba lagi.");
    row.querySelector("button").disabled = kept;
  });
}

/** Long lists of options get a field that narrows them. */
function addNarrowing() {
  for (const group of filters.querySelectorAll("[data-filter]")) {
    const options = [...group.querySelectorAll(".opt")];
    if (options.length < 16) continue;
    const id = `sempit-${group.dataset.filter}`;
    const words = group.querySelector("summary").textContent.trim().toLowerCase();
    const field = el("input", { id, type: "search", autocomplete: "off", "data-narrow": true });
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      const wanted = field.value.trim().toLowerCase();
      for (const option of options) option.hidden = Boolean(wanted) && !option.textContent.toLowerCase().includes(wanted) && !option.querySelector("input").checked;
    });
    group.querySelector("fieldset").prepend(el("div", { class: "field" }, el("label", { for: id }, `Cari ${words}`), field));
  }
}

/** A price in the address that can't be read stays in its field, with the reason beside it. */
function showUnreadable() {
  const given = new URLSearchParams(location.search);
  const unreadable = ["harga_min", "harga_maks"].filter((key) => Number.isNaN(readMoney(given.get(key) || "")));
  for (const key of unreadable) form.elements[key].value = given.get(key).slice(0, 40);
  if (unreadable.length) readForm();
}

/** What was built answers this address; the engine is got ready at the first touch. */
function showBuilt(state) {
  const total = Number(finder.dataset.count);
  showPages(state, total);
  showRepair(state, { total });
  results.dataset.state = "ready";
  const touch = () => {
    for (const kind of TOUCHES) form.removeEventListener(kind, touch);
    engine().catch(() => {}); // the reader's question will meet the failure too, and say so
  };
  for (const kind of TOUCHES) form.addEventListener(kind, touch);
}

async function start() {
  const state = readState(location.search);
  const asked = writeState(state);
  // Before anything else, since its files take their time to come; what fails here is told by ask().
  if (asked) engine(state.q).catch(() => {});
  addNarrowing();
  offerSaving();
  chosenSort = new URLSearchParams(location.search).has("urut");
  fillForm(state);
  if (asked) await ask(state);
  else showBuilt(state);
  showUnreadable();
}
start();
