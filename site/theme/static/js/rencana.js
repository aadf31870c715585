// "Rencana saya": an ordered list on this device, its sum against the balance, and what does not fit together.
import { count, courseHref, coursesById, day, el, hours, href, icon, modes, money, plan, read, readMoney, say, share, stored, todayWib, write } from "./alat.js";
import { languageOf } from "./bahasa.js";

const page = document.querySelector("[data-plan-page]");
const list = page.querySelector("[data-plan-list]");
const message = page.querySelector("[data-message]");
const incoming = page.querySelector("[data-incoming]");
const field = page.querySelector("#saldo");
const fieldError = page.querySelector("#saldo_salah");
const file = page.querySelector("[data-file]");
const today = page.dataset.today || todayWib();
const defaultBalance = page.dataset.balance ? Number(page.dataset.balance) : null;
let courses = new Map();

const balance = () => plan().saldo ?? defaultBalance;
const save = (change) => write("rencana", { ...read("rencana", {}), ...change });
const priceOf = (course) => course.lowest ?? course.price ?? null;
const sure = (course) => course.lowest !== undefined;

/** The run of a course that the reader chose, else null. */
const chosen = (course, sessions) => (course.sessions || []).find((s) => sessionKey(s) === sessions[course.id]) || null;
const sessionKey = (s) => `${s.start}|${s.from || ""}|${s.place || ""}`;
const sessionWords = (s) => `${day(s.start)}${s.end && s.end !== s.start ? ` sampai ${day(s.end)}` : ""}${s.from ? `, ${s.from}` : ""}${s.place ? `, ${s.place}` : ""}`;

/** Warnings of one entry in its place: passed buy-by day, overlap with or start before the one before it. */
function warnings(course, at, entries, sessions) {
  const found = [];
  if (course.status !== "active") found.push("Tidak dijual sekarang.");
  const runs = course.sessions || [];
  const run = chosen(course, sessions);
  const passed = runs.filter((s) => (s.buy_by || s.start) < today);
  if (run && (run.buy_by || run.start) < today) found.push(run.buy_by ? `Batas beli jadwal ini sudah lewat (${day(run.buy_by)}).` : `Jadwal ini sudah mulai (${day(run.start)}).`);
  else if (!run && runs.length && passed.length === runs.length) found.push("Batas beli semua jadwalnya sudah lewat.");
  if (run) {
    for (const other of entries.slice(0, at)) {
      const before = chosen(other, sessions);
      if (!before) continue;
      const [end, otherEnd] = [run.end || run.start, before.end || before.start];
      if (run.start <= otherEnd && before.start <= end) found.push(`Jadwalnya bertabrakan dengan “${other.title}”.`);
      else if (run.start < before.start) found.push(`Mulai sebelum “${other.title}”, padahal urutannya sesudahnya.`);
    }
  }
  return found;
}

function sessionPicker(course, sessions) {
  if (!course.sessions?.length) return null;
  const id = `jadwal-${course.id}`.replace(/[^A-Za-z0-9_-]/g, "-");
  const select = el("select", { id }, el("option", { value: "" }, "Belum dipilih"), course.sessions.map((s) => el("option", { value: sessionKey(s), selected: sessionKey(s) === sessions[course.id] }, sessionWords(s))));
  select.addEventListener("change", () => {
    save({ jadwal: { ...plan().jadwal, [course.id]: select.value || undefined } });
    render().then(() => document.getElementById(id)?.focus());
  });
  return el("div", { class: "field" }, el("label", { for: id }, "Jadwal"), select);
}

function entry(course, at, entries, sessions) {
  const price = priceOf(course);
  const last = entries.length - 1;
  const step = (label, glyph, what, off) => el("button", { class: "btn", type: "button", "data-step": what, "data-id": course.id, disabled: off }, icon(glyph), label, el("span", { class: "sr" }, ` ${course.title}`));
  return el(
    "li",
    { "data-entry": course.id },
    el("h3", {}, el("a", { href: courseHref(course), lang: languageOf(course.title) }, course.title)),
    el("p", { class: "soft small" }, [course.provider, modes(course.modes || [], ""), hours(course.minutes, course.days, "")].filter(Boolean).join(" · ")),
    el("p", { class: "row" }, el("b", { class: "price" }, money(price)), price !== null && !sure(course) ? el("span", { class: "tag warn" }, course.eligible === "no" ? "tidak bisa dengan Kartu Prakerja" : "periksa syarat") : null),
    sessionPicker(course, sessions),
    warnings(course, at, entries, sessions).map((text) => el("p", { class: "note warn" }, text)),
    el("p", { class: "acts no-print" }, step("Naik", "naik", "up", at === 0), step("Turun", "turun", "down", at === last), step("Hapus", "hapus", "remove", false)),
  );
}

function showSum(entries) {
  const known = entries.map(priceOf).filter((price) => price !== null);
  const sum = known.reduce((total, price) => total + price, 0);
  const have = balance();
  const rows = [["Jumlah harga", money(sum, "Rp0").replace("Gratis", "Rp0")], ["Saldo pelatihan Anda", have === null ? "belum diisi" : money(have).replace("Gratis", "Rp0")]];
  const left = have === null ? null : have - sum;
  if (left !== null) rows.push([left < 0 ? "Kurang" : "Sisa saldo setelah rencana ini", money(Math.abs(left)).replace("Gratis", "Rp0")]);
  page.querySelector("[data-sum]").replaceChildren(...rows.flatMap(([words, value], i) => [el("dt", { class: i === 2 ? "end" : null }, words), el("dd", { class: i === 2 ? "end" : null }, value)]));
  const notes = [];
  const unknown = entries.length - known.length;
  if (unknown) notes.push(el("p", { class: "note warn" }, `Jumlah belum termasuk ${unknown} pelatihan tanpa harga.`));
  const unsure = entries.filter((course) => priceOf(course) !== null && !sure(course)).length;
  if (unsure) notes.push(el("p", { class: "note warn" }, `${unsure} pelatihan belum pasti bisa dibeli dengan Kartu Prakerja; periksa syaratnya.`));
  if (left !== null && left < 0) notes.push(el("p", { class: "note bad" }, `Rencana melebihi saldo sebesar ${money(-left)}. Hapus atau ganti salah satu.`));
  else if (left) notes.push(el("p", {}, el("a", { class: "btn", href: href(`/pelatihan/?harga_maks=${left}&buyable=1`) }, icon("cari"), `Lihat yang masih muat (sampai ${money(left)})`)));
  page.querySelector("[data-fit]").replaceChildren(...notes);
}

async function load(ids) {
  const missing = ids.filter((id) => !courses.has(id));
  if (missing.length) for (const [id, course] of await coursesById(missing)) courses.set(id, course);
}

async function render() {
  const now = plan();
  try {
    await load(now.items);
  } catch (error) {
    console.warn(error);
    message.replaceChildren(el("p", { class: "note bad" }, "Data pelatihan belum dapat dimuat. Rencana Anda tetap tersimpan; muat ulang bila sudah tersambung."));
    return;
  }
  const entries = now.items.filter((id) => courses.has(id)).map((id) => courses.get(id));
  const missing = now.items.filter((id) => !courses.has(id));
  const notes = [];
  if (missing.length) notes.push(el("p", { class: "note warn" }, `Tidak ada lagi di katalog: ${missing.map((id) => id.slice(0, 60)).join(", ")}. `, el("button", { class: "btn", type: "button", onclick: () => { save({ items: now.items.filter((id) => courses.has(id)) }); render(); } }, "Hapus dari rencana")));
  if (!stored) notes.push(el("p", { class: "note warn" }, "Ponsel ini menolak penyimpanan (penuh atau dimatikan). Rencana hilang bila halaman ditutup; simpan sebagai berkas."));
  message.replaceChildren(...notes);
  list.replaceChildren(...entries.map((course, at) => entry(course, at, entries, now.jadwal)));
  if (!entries.length) list.replaceChildren(el("li", {}, el("p", {}, "Rencana masih kosong. Tekan “Rencanakan” pada sebuah pelatihan."), el("p", {}, el("a", { class: "btn main", href: href("/pelatihan/") }, icon("cari"), "Cari pelatihan"))));
  showSum(entries);
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const { id, step } = button.dataset;
  const items = plan().items;
  const at = items.indexOf(id);
  if (step === "remove") items.splice(at, 1);
  else {
    const to = at + (step === "up" ? -1 : 1);
    [items[at], items[to]] = [items[to], items[at]];
  }
  save({ items });
  render().then(() => {
    const again = list.querySelector(`[data-id="${CSS.escape(id)}"][data-step="${step}"]:not(:disabled)`) || list.querySelector(`[data-id="${CSS.escape(id)}"]:not(:disabled)`) || list.querySelector("button, a");
    again?.focus();
    say(step === "remove" ? `Dihapus dari rencana: tersisa ${items.length}.` : `Sekarang urutan ke-${items.indexOf(id) + 1} dari ${items.length}.`);
  });
});

field.value = balance() === null ? "" : count(balance());
field.addEventListener("change", () => {
  const value = readMoney(field.value);
  const wrong = Number.isNaN(value);
  fieldError.textContent = wrong ? "Tulis saldo dengan angka, misalnya 1000000 atau 1 juta." : "";
  fieldError.hidden = !wrong;
  field.toggleAttribute("aria-invalid", false);
  if (wrong) return field.setAttribute("aria-invalid", "true");
  save({ saldo: value });
  field.value = balance() === null ? "" : count(balance());
  render();
});

// --- in and out ---

function link() {
  const now = plan();
  const query = new URLSearchParams(now.items.map((id) => ["id", id]));
  if (now.saldo !== null) query.set("saldo", now.saldo);
  return new URL(href("/rencana/"), location.href).href + (now.items.length ? `?${query}` : "");
}

function toFile() {
  const now = plan();
  const value = { jenis: "rencana pelatihan", versi: 1, saldo: now.saldo, pelatihan: now.items.map((id) => ({ id, judul: courses.get(id)?.title, jadwal: now.jadwal[id] })) };
  const blob = new Blob([JSON.stringify(value, null, 1)], { type: "application/json" });
  const anchor = el("a", { href: URL.createObjectURL(blob), download: "rencana-pelatihan.json" });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

/** A plan from a file's text; null when it is not one of ours. */
export function parsePlan(text) {
  try {
    const value = JSON.parse(text);
    if (value?.jenis !== "rencana pelatihan" || !Array.isArray(value.pelatihan)) return null;
    const rows = value.pelatihan.filter((row) => typeof row?.id === "string" && row.id);
    return {
      items: [...new Set(rows.map((row) => row.id))].slice(0, 100),
      saldo: Number.isFinite(value.saldo) && value.saldo >= 0 ? value.saldo : null,
      jadwal: Object.fromEntries(rows.filter((row) => typeof row.jadwal === "string").map((row) => [row.id, row.jadwal])),
    };
  } catch {
    return null;
  }
}

/** Takes a plan over at once when there is none yet, else asks. */
function offer(other, from) {
  const own = plan();
  const take = () => {
    save(other);
    incoming.hidden = true;
    field.value = balance() === null ? "" : count(balance());
    render();
    say(`Rencana ${from} dipakai: ${other.items.length} pelatihan.`);
  };
  if (!own.items.length || own.items.join() === other.items.join()) return take();
  incoming.replaceChildren(el("div", { class: "note" }, el("p", {}, `Rencana ${from} berisi ${other.items.length} pelatihan. Rencana Anda sendiri berisi ${own.items.length}.`), el("p", { class: "row" }, el("button", { class: "btn main", type: "button", onclick: take }, "Ganti rencana saya"), el("button", { class: "btn", type: "button", onclick: () => (incoming.hidden = true) }, "Tetap pakai punya saya"))));
  incoming.hidden = false;
}

file.addEventListener("change", async () => {
  const chosenFile = file.files[0];
  file.value = "";
  if (!chosenFile) return;
  const other = chosenFile.size > 1e6 ? null : parsePlan(await chosenFile.text());
  if (!other) message.replaceChildren(el("p", { class: "note bad" }, "Berkas ini bukan rencana dari situs ini. Pilih berkas yang disimpan lewat “Simpan sebagai berkas”."));
  else offer(other, "dari berkas");
});

page.querySelector("[data-actions]").addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  const text = plan().items.map((id, i) => `${i + 1}. ${courses.get(id)?.title || id}: ${money(courses.has(id) ? priceOf(courses.get(id)) : null)}`).join("\n");
  if (what === "share") share("Rencana pelatihan", text, link());
  else if (what === "export") toFile();
  else if (what === "import") file.click();
  else if (what === "print") print();
});

const given = new URLSearchParams(location.search);
const ids = [...new Set(given.getAll("id").filter(Boolean))].slice(0, 100);
if (ids.length) {
  const saldo = given.has("saldo") ? readMoney(given.get("saldo")) : null;
  offer({ items: ids, ...(Number.isFinite(saldo) ? { saldo } : {}) }, "dari tautan");
  history.replaceState(null, "", href("/rencana/"));
}
addEventListener("storage", render);
render();
