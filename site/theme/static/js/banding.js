// The compare page: up to four courses in one table; the address says which, so that it can be shared.
import { COMPARE_MAX, SOURCES, compared, copy, count, courseHref, coursesById, day, el, hours, href, icon, levels, modes, money, share, todayWib, write } from "./alat.js";
import { languageOf } from "./bahasa.js";

const page = document.querySelector("[data-compare-page]");
const message = page.querySelector("[data-message]");
const box = page.querySelector("[data-table]");
const actions = page.querySelector("[data-actions]");

const today = page.dataset.today || todayWib();
const unknown = "tidak disebutkan";
const ELIGIBLE = { yes: "bisa", no: "tidak bisa dengan Kartu Prakerja", unknown: "periksa syarat" };
const labelled = (price, eligible) => money(price, unknown) + (eligible && eligible !== "yes" ? ` (${ELIGIBLE[eligible]})` : "");

function offersCell(course) {
  if (!course.offers?.length) return course.status === "gone" ? "tidak dijual lagi" : "tidak dijual sekarang";
  return el("ul", { class: "plain" }, course.offers.map((offer) => el("li", {}, offer.url ? el("a", { href: offer.url, rel: "nofollow noopener external" }, offer.platform) : offer.platform, `: ${labelled(offer.price, offer.eligible)}`)));
}

const hourly = (course) => (course.price != null && course.minutes ? money(Math.round((course.price * 60) / course.minutes)) : unknown);

/** The next run that can still be bought; runs are in order of their start. */
function soonest(course) {
  const runs = course.sessions || [];
  if (!runs.length) return course.modes?.join() === "self_paced" ? "kapan saja" : unknown;
  const open = runs.filter((run) => (run.buy_by || run.start) >= today);
  if (!open.length) return "sudah lewat semua";
  return day(open[0].start) + (open.length > 1 ? ` dan ${open.length - 1} jadwal lain` : "");
}

/** Places where one must go, else that one need not, as far as the ways of learning are known. */
function place(course) {
  if (course.places?.length) return course.places.join(", ");
  const ways = course.modes || [];
  return ways.length && ways.every((way) => way === "self_paced" || way === "live_online") ? "daring" : unknown;
}

/** [words, value as text, node for the cell when it is more than text] */
const ROWS = [
  ["Harga termurah", (c) => (c.offers?.length ? labelled(c.price, c.price == null ? null : c.eligible) : "tidak dijual sekarang")],
  ["Dengan Kartu Prakerja", (c) => money(c.lowest, "tidak diketahui; periksa syarat")],
  ["Harga per platform", (c) => (c.offers || []).map((o) => `${o.platform} ${o.price}`).join(";"), offersCell],
  ["Tingkat materi", (c) => levels(c.levels || [], unknown) + (c.level_source ? ` (${SOURCES[c.level_source]})` : "")],
  ["Cara belajar", (c) => modes(c.modes || [], unknown)],
  ["Lama", (c) => hours(c.minutes, c.days)],
  ["Harga per jam", hourly],
  ["Kategori", (c) => c.category || unknown],
  ["Lembaga", (c) => c.provider || unknown],
  ["Jadwal terdekat", soonest],
  ["Tempat", place],
  ["Sertifikat", (c) => c.certificate || unknown],
  ["Umur", (c) => c.age || unknown],
  ["Pendidikan", (c) => c.education || unknown],
  ["Rating", (c) => (c.rating && c.rating_count ? `${c.rating.toFixed(1).replace(".", ",")} dari ${count(c.rating_count)} penilai` : unknown)],
];

function table(courses) {
  const many = courses.length > 1;
  const head = el(
    "tr",
    {},
    el("th", { scope: "row" }, "Pelatihan"),
    courses.map((course) =>
      el("th", { scope: "col", "data-course": course.id }, el("a", { href: courseHref(course), lang: languageOf(course.title) }, course.title), el("p", { class: "no-print" }, el("button", { class: "btn js-only", type: "button", "data-remove": course.id }, icon("hapus"), "Keluarkan", el("span", { class: "sr" }, ` ${course.title}`)))),
    ),
  );
  const body = ROWS.map(([words, text, node]) => {
    const values = courses.map(text);
    const differs = new Set(values).size > 1;
    return el(
      "tr",
      { class: many && differs ? "diff" : null },
      el("th", { scope: "row" }, words, many ? el("span", { class: "differs" }, differs ? "berbeda" : "sama") : null),
      courses.map((course, i) => el("td", {}, node ? node(course) : values[i])),
    );
  });
  return el(
    "div",
    { class: "scroll", role: "region", "aria-label": "Tabel perbandingan", tabindex: "0" },
    el("table", { class: "cmp" }, el("caption", { class: "sr" }, many ? `${courses.length} pelatihan. Baris bertanda “berbeda” nilainya tidak sama.` : "Satu pelatihan. Tambahkan lagi dari halaman pencarian."), el("thead", {}, head), el("tbody", {}, body)),
  );
}

const fromAddress = () => [...new Set(new URLSearchParams(location.search).getAll("id").filter(Boolean))];
const address = (ids) => href("/banding/") + (ids.length ? `?${ids.map((id) => `id=${encodeURIComponent(id)}`).join("&")}` : "");
let shown = [];

async function show() {
  const asked = fromAddress();
  const wanted = asked.length ? asked : compared();
  if (!asked.length && wanted.length) history.replaceState(null, "", address(wanted));
  const notes = [];
  if (wanted.length > COMPARE_MAX) notes.push(`Paling banyak ${COMPARE_MAX} pelatihan; ${wanted.length - COMPARE_MAX} yang terakhir tidak ditampilkan.`);
  const ids = wanted.slice(0, COMPARE_MAX);
  let found = new Map();
  try {
    if (ids.length) found = await coursesById(ids);
  } catch (error) {
    console.warn(error);
    message.replaceChildren(el("p", { class: "note bad" }, "Data pelatihan belum dapat dimuat. Periksa sambungan lalu muat ulang."));
    return;
  }
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length) notes.push(`Tidak ada di katalog: ${missing.map((id) => id.slice(0, 60)).join(", ")}.`);
  shown = [...found.values()];
  message.replaceChildren(...notes.map((text) => el("p", { class: "note warn" }, text)));
  if (!shown.length) {
    box.replaceChildren(el("div", { class: "box" }, el("p", {}, "Belum ada pelatihan untuk dibandingkan. Tekan “Bandingkan” pada sebuah pelatihan, lalu kembali ke sini."), el("p", {}, el("a", { class: "btn main", href: href("/pelatihan/") }, icon("cari"), "Cari pelatihan"))));
  } else box.replaceChildren(table(shown));
  actions.hidden = !shown.length;
}

box.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  const left = shown.map((course) => course.id).filter((id) => id !== button.dataset.remove);
  write("banding", left);
  history.replaceState(null, "", address(left));
  show().then(() => (box.querySelector("[data-remove]") || box.querySelector("a"))?.focus());
});

const summary = () => shown.map((course) => `${course.title}: ${labelled(course.price, course.price == null ? null : course.eligible)}`).join("\n");
actions.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "share") share("Bandingkan pelatihan", summary(), location.href);
  else if (what === "copy") copy(`${summary()}\n${location.href}`, "Tautan tersalin.");
  else if (what === "print") print();
  else if (what === "clear") {
    write("banding", []);
    history.replaceState(null, "", address([]));
    show();
  }
});

addEventListener("popstate", show);
show();
