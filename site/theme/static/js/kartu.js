// One course in a list: the same markup as theme/templates/kartu.html, made of a Card of the search engine.
import { MODE_ICONS, SOURCES, choices, courseHref, el, hours, icon, levels, modes, money } from "./alat.js";

const ELIGIBLE = {
  no: ["bad", "tidak", "tidak bisa dengan Kartu Prakerja"],
  unknown: ["warn", "periksa", "periksa syarat"],
};

function shops(card, names) {
  const list = Array.isArray(card.platforms) ? card.platforms : null;
  const n = list ? list.length : card.platforms;
  if (n > 1) return `di ${n} platform`;
  return list && list.length ? names[list[0]] || list[0] : "";
}

export function cardElement(card, names = {}) {
  const mode = card.modes[0];
  const mark = ELIGIBLE[card.eligible];
  return el(
    "li",
    { "data-course": card.id, "data-price": card.price ?? "" },
    el(
      "div",
      { class: "body" },
      el("h3", {}, el("a", { href: courseHref(card) }, card.title)),
      el("p", { class: "soft small" }, card.provider || "Lembaga tidak disebutkan"),
      el(
        "p",
        { class: "meta" },
        el("span", { class: "tag" }, icon("tingkat"), levels(card.levels), card.level_source ? el("span", { class: "soft" }, ` (${SOURCES[card.level_source]})`) : null),
        el("span", { class: "tag" }, icon(MODE_ICONS[mode] || "periksa"), modes(card.modes)),
        card.minutes != null || card.days != null ? el("span", { class: "tag" }, icon("jam"), hours(card.minutes, card.days)) : null,
      ),
    ),
    el(
      "div",
      { class: "cost" },
      el("p", { class: card.price === null ? "price none" : "price" }, money(card.price)),
      mark ? el("p", {}, el("span", { class: `tag ${mark[0]}` }, icon(mark[1]), mark[2])) : null,
      el("p", { class: "soft small" }, shops(card, names)),
    ),
    el("div", { class: "do js-only" }, choices(card.id, card.title)),
  );
}

