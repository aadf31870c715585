// @ts-check
/**
 * Questions of the *sharded* form that a word's best courses and the ready lists do not answer, and true counts. The search page reads
 * these scripts once such a question is asked, or the first answer is shown (site/plugins/banding_bundle.py).
 */

import { columnsOf, countedOptions, NEEDS, sold } from "./asking.js";
import { Choices } from "./choices.js";
import { column } from "./codec.js";
import { OptionCounts } from "./counts.js";
import { Facts } from "./facts.js";
import { cheapest, compile } from "./filters.js";
import { Finder } from "./finder.js";
import { Heads } from "./heads.js";
import { pricesOf } from "./lists.js";
import { commonestCategory, compareKeys, matches, repair, run } from "./tally.js";
import { Walk } from "./walk.js";

const MOST_LED = 4_000; // courses of a sort's first ones that are worth reading
// What counts are made of; the others are for cards and sorts.
const COUNTED = ["tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat", "minutes", "rating", "offers"];

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./understand.js").Alternative} Alternative */
/** @typedef {import("./vocabulary.js").Term} Term */
/** @typedef {import("./sharded.js").Found} Found */
/** @typedef {{course: number, key: number|null}} Hit a course with the number that orders it, lower first; null sorts last */

export class Scan {
  /**
   * @param {import("./store.js").Store} store
   * @param {import("./vocabulary.js").Vocabulary} words
   * @param {import("./cardfiles.js").CardFiles} files
   */
  constructor(store, words, files) {
    this.store = store;
    this.words = words;
    this.files = files;
    this.finder = new Finder(store, words);
    this.facts = new Facts(store);
    this.counted = new OptionCounts(store);
    this.choices = new Choices(words, this.finder, this.facts, this.counted);
    this.heads = new Heads(store);
    this.walk = new Walk(store, files);
  }

  /**
   * @param {State} state
   * @param {Alternative[][]} groups
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Found>}
   */
  async answer(state, groups, sort, first, last) {
    const cheap = !groups.length && sort === "harga" ? await this.cheapest(state, first, last) : null;
    return cheap ?? this.scan(state, groups, sort, first, last);
  }

  /**
   * The cheapest courses of up to three conditions without words; null where these must be looked for among all.
   * @param {State} state
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Found|null>}
   */
  async cheapest(state, first, last) {
    const options = countedOptions(state);
    const total = options.length ? await this.heads.total(options) : null;
    if (!total) return null;
    if (options.length < 3) {
      const cards = await this.walk.cheapest(state, total, first, last);
      return cards && { total, cards };
    }
    const order = await this.heads.cheapest(options);
    if (!order || order.length < Math.min(last, total)) return null;
    await this.sort(order, "harga", first, last, sold(options));
    return { total, cards: await this.files.cards(order.slice(first, last).map(({ course }) => course), state) };
  }

  /**
   * @param {State} state
   * @param {Alternative[][]} groups
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Found>}
   */
  async scan(state, groups, sort, first, last) {
    const led = sort in this.store.data.leaders;
    const keys = led ? [] : NEEDS[sort] || [];
    const needed = [...columnsOf(state), ...keys];
    if (groups.length) await this.words.prepare(groups);
    const cover = groups.length ? this.finder.leastCover(groups) : null;
    const narrowing = await this.choices.narrowing(state, sort, cover, needed);
    const { lists, rest } = narrowing ?? { lists: [], rest: state };
    const left = [...columnsOf(rest), ...keys];
    if (cover ?? lists[0]) this.facts.expect(cover ?? lists[0].cover, left);
    const [found] = await Promise.all([cover ? this.finder.find(groups) : narrowing ? this.choices.find(lists[0]) : this.choices.fewest(state, needed), this.store.settle()]);
    const all = found ? [...found.scores.keys()] : this.store.living();
    const { courses, dearer } = await this.choices.within(all, lists);
    const { table, rows } = await this.facts.of(courses, found && found.cover, left, dearer);
    const asked = compile(rest, table);
    /** @type {Hit[]} */
    const order = [];
    courses.forEach((course, i) => {
      if (!matches(asked, table, rows[i])) return;
      const key = led ? 0 : sort === "relevan" ? -(found?.scores.get(course) || 0) : table.key(sort, rows[i], table.offers ? cheapest(asked, table, rows[i]) : -1);
      order.push({ course, key });
    });
    if (!led || !(await this.lead(order, sort, last))) {
      await this.sort(order, sort, first, last, left.includes("offers") || dearer !== null);
    }
    const total = order.length;
    const cards = await this.files.cards(order.slice(first, last).map((hit) => hit.course), state);
    if (total) return { total, cards };
    // Lists of options don't tell what there would be without these.
    const [wide, words] = cover ? [all, found && found.cover] : [this.store.living(), null];
    const wider = await this.facts.of(wide, words, needed);
    return { total, cards, repair: repair(state, wider.table, wider.rows), category: await this.nearest(groups, wide, words) };
  }

  /**
   * Brings courses into a sort's order as far as the first `last` of them: whole columns give keys only where these do not stand among the
   * first courses of all.
   * @param {Hit[]} order
   * @param {string} sort
   * @param {number} last
   * @returns {Promise<boolean>} false: keys are there, they must be sorted by these
   */
  async lead(order, sort, last) {
    const hits = new Map(order.map((hit) => [hit.course, hit]));
    const wanted = Math.min(last, order.length);
    /** @type {Hit[]} */
    const found = [];
    for (const name of order.length * MOST_LED > wanted * this.store.count ? this.store.data.leaders[sort] : []) {
      for (const course of column(await this.store.part(name))) {
        const hit = hits.get(course);
        if (hit && hits.delete(course)) found.push(hit);
      }
      if (found.length < wanted) continue;
      order.splice(0, order.length, ...found, ...hits.values());
      return true;
    }
    const table = await this.facts.need(NEEDS[sort]);
    for (const hit of order) hit.key = table.key(sort, hit.course, -1);
    return false;
  }

  /** Begins to read the facets that will be needed, while lists are read. @param {Alternative[][]} groups @param {string[]} needed */
  async expectFacts(groups, needed) {
    if (!groups.length) return;
    await this.words.prepare(groups);
    this.facts.expect(this.finder.leastCover(groups), needed);
  }

  /**
   * Lower keys first, unknown ones last. Equally relevant courses stand from the cheapest on, as numbers do; other ties go by id.
   * @param {Hit[]} order
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @param {boolean} offered are prices those of chosen offers?
   */
  async sort(order, sort, first, last, offered) {
    /** @param {number} course */
    const rank = (course) => (sort === "relevan" ? course : this.store.rank(course));
    order.sort((a, b) => compareKeys(a.key, b.key) || rank(a.course) - rank(b.course) || a.course - b.course);
    // The order of numbers is that of ids only where the lowest price is equal.
    if (sort === "relevan" || (!offered && ["harga", "-harga"].includes(sort))) return;
    let [start, end] = [first, Math.min(last, order.length)];
    while (start > 0 && start < order.length && order[start - 1].key === order[start].key) start--;
    while (end > 0 && end < order.length && order[end].key === order[end - 1].key) end++;
    const { early, late, mixed } = await this.earliest(order.slice(start, end), last - start);
    const ids = await this.files.idsOf(early.filter(({ key }) => mixed.has(key)).map(({ course }) => course));
    early.sort((a, b) => compareKeys(a.key, b.key) || (mixed.has(a.key) ? ids(a.course, b.course) : 0));
    order.splice(start, end - start, ...early, ...late);
  }

  /**
   * Which of these courses can stand among the first `most`? Among equals, equally cheap ones are in the order of ids already; of `mixed` keys
   * are courses that are not.
   * @param {Hit[]} hits
   * @param {number} most
   */
  async earliest(hits, most) {
    const prices = await pricesOf(this.store);
    /** @type {Map<string, number>} */
    const seen = new Map();
    /** @type {Map<number|null, number>} */
    const lowest = new Map();
    /** @type {{early: Hit[], late: Hit[], mixed: Set<number|null>}} */
    const found = { early: [], late: [], mixed: new Set() };
    for (const hit of hits) {
      const price = prices[hit.course];
      const alike = `${hit.key} ${price}`;
      const before = seen.get(alike) || 0;
      seen.set(alike, before + 1);
      (before < most ? found.early : found.late).push(hit);
      if ((lowest.get(hit.key) ?? price) !== price) found.mixed.add(hit.key);
      lowest.set(hit.key, price);
    }
    return found;
  }

  /** True counts of every option; where nothing else helps, all columns are read for them. @param {State} state @param {Alternative[][]} groups */
  async counts(state, groups) {
    const ready = groups.length ? null : ((await this.counted.facets(state)) ?? (await this.choices.counts(state, COUNTED)));
    if (ready) return ready;
    const [found] = await Promise.all([groups.length ? this.finder.find(groups) : null, this.store.settle(), this.expectFacts(groups, COUNTED)]);
    const courses = found ? [...found.scores.keys()] : this.store.living();
    const { table, rows } = await this.facts.of(courses, found && found.cover, COUNTED);
    return run(compile(state, table), table, rows).facets;
  }

  /** The category that most courses have. @param {Alternative[][]} groups @param {number[]} courses @param {Term[]|null} cover @returns {Promise<string|null>} */
  async nearest(groups, courses, cover) {
    if (!courses.length && groups.length) {
      const { scores, cover: wide } = await this.finder.find([groups.flat()]);
      return scores.size ? this.nearest([], [...scores.keys()], wide) : null;
    }
    if (!courses.length) return null;
    const { table, rows } = await this.facts.of(courses, cover, ["kategori"]);
    return commonestCategory(table, rows);
  }
}
