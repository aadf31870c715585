// @ts-check
/** Courses that pass filters, true counts, and what to say where nothing passes: the other half of search_index/filters.py. */

import { buyable, cheapest, compile, ELIGIBLE, fair, GROUPS, listed } from "./filters.js";

const CONDITIONS = [
  "harga_maks", "harga_min", "tingkat", "platform", "kategori", "cara", "kota", "lembaga", "durasi", "mulai",
  "sertifikat", "rating", "prakerja", "buyable",
]; // prettier-ignore

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./filters.js").Columns} Columns */
/** @typedef {import("./filters.js").Asked} Asked */

/** @param {Asked} asked @param {Columns} columns @param {number} course */
export function matches(asked, columns, course) {
  for (const group in asked.passes) {
    if (!asked.passes[group][columns.groups[group].index[course]]) return false;
  }
  return !columns.offers || cheapest(asked, columns, course) >= 0;
}

/**
 * Runs the filters over courses; counts are those of every option as its group's only choice.
 * @param {Asked} asked
 * @param {Columns} columns
 * @param {ArrayLike<number>} courses
 * @returns {{passing: number[], offers: number[], facets: Record<string, Record<string, number>>}}
 */
export function run(asked, columns, courses) {
  const passing = [];
  const offers = [];
  const names = Object.keys(asked.passes);
  const tallies = GROUPS.map((group) => new Uint32Array(columns.groups[group].sets.length));
  const platforms = new Uint32Array(columns.platforms.length);
  const eligible = new Uint32Array(ELIGIBLE.length);
  let still = 0;
  for (let i = 0; i < courses.length; i++) {
    const course = courses[i];
    let failing = "";
    let failures = 0;
    for (const name of names) {
      if (asked.passes[name][columns.groups[name].index[course]]) continue;
      failing = name;
      if (++failures > 1) break;
    }
    if (failures > 1) continue;
    const offer = cheapest(asked, columns, course);
    if (offer >= 0) {
      GROUPS.forEach((group, g) => {
        if (!failures || group === failing) tallies[g][columns.groups[group].index[course]]++;
      });
    }
    if (failures) continue;
    if (countOffers(asked, columns, course, platforms, eligible)) still++;
    if (offer >= 0) {
      passing.push(course);
      offers.push(offer);
    }
  }
  /** @type {Record<string, Record<string, number>>} */
  const facets = { platform: spread(platforms, columns.platforms.map((name) => [name])) };
  GROUPS.forEach((group, g) => (facets[group] = spread(tallies[g], columns.groups[group].sets)));
  facets.prakerja = spread(eligible, ELIGIBLE.map((name) => [name]));
  facets.buyable = still ? { 1: still } : {};
  return { passing, offers, facets };
}

/**
 * Counts a course under the platforms and eligibilities of its offers; returns whether it can still be bought.
 * @param {Asked} asked
 * @param {Columns} columns
 * @param {number} course
 * @param {Uint32Array} platforms
 * @param {Uint32Array} eligible
 */
function countOffers(asked, columns, course, platforms, eligible) {
  let seen = 0;
  let kinds = 0;
  let still = false;
  for (let o = columns.first[course]; o < columns.first[course + 1]; o++) {
    if (!fair(asked, columns, o)) continue;
    const p = columns.platform[o];
    const e = columns.eligible[o];
    const open = buyable(asked, columns, o);
    const shop = !asked.platforms || asked.platforms[p];
    const card = !asked.eligible || asked.eligible[e];
    if (open && shop && card) still = true;
    if (asked.buyable && !open) continue;
    if (!(seen & (1 << p)) && card) {
      seen |= 1 << p;
      platforms[p]++;
    }
    if (!(kinds & (1 << e)) && shop) {
      kinds |= 1 << e;
      eligible[e]++;
    }
  }
  return still;
}

/** @param {Uint32Array} tally @param {string[][]} sets */
function spread(tally, sets) {
  /** @type {Record<string, number>} */
  const out = {};
  tally.forEach((count, i) => {
    if (count) for (const value of sets[i]) out[value] = (out[value] || 0) + count;
  });
  return out;
}

/**
 * The filter whose removal gives most courses, if any single one helps.
 * @param {State} state
 * @param {Columns} columns
 * @param {ArrayLike<number>} courses
 */
export function repair(state, columns, courses) {
  /** @type {{key: string, value: string, total: number}|null} */
  let best = null;
  for (const key of CONDITIONS) {
    const value = listed(/** @type {Record<string, unknown>} */ (state)[key]);
    if (!value.length) continue;
    const asked = compile({ ...state, [key]: null }, columns);
    let total = 0;
    for (let i = 0; i < courses.length; i++) if (matches(asked, columns, courses[i])) total++;
    if (total && (!best || total > best.total)) best = { key, value: value.join(","), total };
  }
  return best;
}

/**
 * The category that most of these courses have.
 * @param {import("./table.js").Table} table
 * @param {ArrayLike<number>} courses
 * @returns {string|null}
 */
export function commonestCategory(table, courses) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (let i = 0; i < courses.length; i++) {
    const slug = (table.values.kategori.at(courses[i]) || [null])[0];
    const name = slug === null ? null : table.labels.kategori[slug];
    if (name) counts.set(name, (counts.get(name) || 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}

/** The order of keys: lower first, unknown last. @param {number|null} a @param {number|null} b */
export const compareKeys = (a, b) => (a === null || b === null ? (a === null ? 1 : 0) - (b === null ? 1 : 0) : a - b);
