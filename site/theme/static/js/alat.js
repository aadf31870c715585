// Small tools for every page: elements without innerHTML, addresses under the base path, Indonesian figures, storage.

const root = document.documentElement;
export const base = root.dataset.base || "/";

/** An address on the site: "/banding/" -> "/repo/banding/" (or ".../index.html" where the host needs it). */
export function href(path) {
  const [, head, rest] = /^([^?#]*)(.*)$/.exec(path);
  const full = root.dataset.links === "file" && head.endsWith("/") ? head + "index.html" : head;
  return base + full.replace(/^\/+/, "") + rest;
}

/** An element; strings become text, never markup. Attributes that are null or false are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
const sprite = new URL("../icons.svg", import.meta.url).pathname;

/** A decorative icon of the site's own set. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** The compare and plan buttons of a course in a list. */
export function choices(id, title) {
  const button = (kind, label, glyph) =>
    el("button", { class: "btn", type: "button", [`data-${kind}`]: id, "aria-pressed": "false" }, icon(glyph), label, el("span", { class: "sr" }, ` ${title}`));
  return [button("compare", "Bandingkan", "banding"), button("plan", "Rencanakan", "rencana")];
}

/** A whole number as Indonesian writes it: 1.250.000. (Intl would take a phone's processor 50 milliseconds when a page opens.) */
export const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ".");
export const money = (n, unknown = "Harga tidak disebutkan") => (n === null || n === undefined ? unknown : n === 0 ? "Gratis" : "Rp" + count(n));

/** "6 jam", "1,5 jam", "45 menit", "3 hari", or the words for unknown. */
export function hours(minutes, days, unknown = "tidak disebutkan") {
  if (minutes !== null && minutes !== undefined) return minutes < 60 ? `${minutes} menit` : `${String(Math.round(minutes / 6) / 10).replace(".", ",")} jam`;
  return days ? `${days} hari` : unknown;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
export function day(iso, unknown = "tidak disebutkan") {
  const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso || "");
  return found ? `${Number(found[3])} ${MONTHS[found[2] - 1]} ${found[1]}` : unknown;
}

/** The calendar day in western Indonesia as YYYY-MM-DD. */
export const todayWib = () => new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);

export const LEVELS = { beginner: "pemula", intermediate: "menengah", advanced: "mahir" };
export const SOURCES = { stated: "dinyatakan platform", outline: "dari uraian", title: "dari judul" };
export const MODES = { self_paced: "Belajar mandiri", live_online: "Webinar", onsite: "Tatap muka", blended: "Campuran" };
export const MODE_ICONS = { self_paced: "video", live_online: "webinar", onsite: "tempat", blended: "campuran" };

export function levels(values, unknown = "Tingkat tidak disebutkan") {
  const words = Object.keys(LEVELS).filter((key) => values.includes(key)).map((key) => LEVELS[key]);
  if (!words.length) return unknown;
  const gap = words.length === 2 && !values.includes("intermediate");
  const text = words.length > 1 ? `${words[0]} ${gap ? "dan" : "sampai"} ${words.at(-1)}` : words[0];
  return text[0].toUpperCase() + text.slice(1);
}
export const modes = (values, unknown = "Cara belajar tidak disebutkan") => Object.keys(MODES).filter((key) => values.includes(key)).map((key) => MODES[key]).join(", ") || unknown;

/** Rupiah as people write them: "500000", "Rp 500.000", "500rb", "1,5 juta". null: empty; NaN: not readable. */
export function readMoney(text) {
  const plain = String(text).trim().toLowerCase().replace(/^rp\.?\s*/, "");
  if (!plain) return null;
  const found = /^(\d{1,3}(?:[.\s]\d{3})+|\d+)(?:,(\d{1,2}))?\s*(rb|ribu|k|jt|juta)?$/.exec(plain);
  if (!found) return NaN;
  const factor = { rb: 1e3, ribu: 1e3, k: 1e3, jt: 1e6, juta: 1e6 }[found[3]] || 1;
  if (found[2] && factor === 1 && Number(found[2])) return NaN;
  const value = Number(`${found[1].replace(/\D/g, "")}.${found[2] || 0}`) * factor;
  return value <= 1e12 ? Math.round(value) : NaN;
}

// --- storage: what the reader chose, on this device only; memory when the browser refuses ---
const memory = new Map();
export let stored = true;
const keyOf = (name) => `bandingkan:${base}:${name}`;

export function read(name, fallback) {
  if (memory.has(name)) return memory.get(name);
  try {
    const text = localStorage.getItem(keyOf(name));
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** Keeps a value; returns whether it will still be there after the page is closed. */
export function write(name, value) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
    memory.delete(name);
    stored = true;
  } catch {
    memory.set(name, value);
    stored = false;
  }
  dispatchEvent(new CustomEvent("chosen", { detail: name }));
  return stored;
}

const ids = (value) => (Array.isArray(value) ? [...new Set(value.filter((id) => typeof id === "string" && id))] : []);
export const COMPARE_MAX = 4;
export const compared = () => ids(read("banding", [])).slice(0, COMPARE_MAX);
export function plan() {
  const value = read("rencana", {}) || {};
  const sessions = value.jadwal && typeof value.jadwal === "object" ? value.jadwal : {};
  return { items: ids(value.items), saldo: Number.isFinite(value.saldo) && value.saldo >= 0 ? value.saldo : null, jadwal: sessions };
}

// --- courses by id: small files, one holding about thirty courses ---
function hash(id) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(id)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** The group that an id belongs to (site/plugins/banding_groups.py). */
const groupOf = (id) => (hash(id) % Number(root.dataset.groups)).toString(16).padStart(3, "0");

/** The file with a course's short form. */
export const briefOf = (id) => `${base}ringkas/${groupOf(id)}.json`;

/** A course's page: its own, or its place on the page that it shares with others. */
export const courseHref = (course) => href(root.dataset.pages === "lists" ? `/kelompok/${groupOf(course.id)}/#${course.slug}` : `/pelatihan/${course.slug}/`);

/** Courses by id from their short forms; ids that don't exist are missing in the map. */
export async function coursesById(wanted) {
  const parts = await Promise.all(
    [...new Set(wanted.map(briefOf))].map(async (name) => {
      const answer = await fetch(name);
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return answer.json();
    }),
  );
  const found = new Map(parts.flatMap((part) => part.courses.map((course) => [course.id, course])));
  return new Map(wanted.filter((id) => found.has(id)).map((id) => [id, found.get(id)]));
}

/** Asks the service worker to keep files for flight mode, `tools` (compare and plan) too; says whether all are kept. */
export async function keepOffline(addresses, tools = false) {
  const worker = (await navigator.serviceWorker?.ready.catch(() => null))?.active;
  if (!worker) return false;
  const { port1, port2 } = new MessageChannel();
  const done = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  worker.postMessage({ keep: addresses, tools }, [port2]);
  return done;
}

/** One announcement for screen readers and eyes, in the page's toast. */
export function say(text) {
  let toast = document.querySelector("[data-toast]");
  if (!toast) {
    toast = el("p", { class: "toast", role: "status", "data-toast": true });
    document.body.append(toast);
  }
  // A live region must exist before its text changes, or nothing is read.
  requestAnimationFrame(() => {
    toast.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => (toast.textContent = ""), 6000);
  });
}

/** Copies text; falls back to a selectable field where the clipboard is refused. */
export async function copy(text, done = "Tersalin.") {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    window.prompt("Salin teks ini:", text);
  }
}

export async function share(title, text, url) {
  if (navigator.share) {
    try {
      await navigator.share({ title, text, url });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  await copy(`${text}\n${url}`, "Tautan tersalin. Tempel di WhatsApp atau tempat lain.");
}
