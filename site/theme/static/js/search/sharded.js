// @ts-check
/** The *sharded* form: a small boot file, then only the buckets, lists, facets, columns and card blocks that a query needs. */

import { CardFiles } from "./cardfiles.js";
import { Choices } from "./choices.js";
import { column, numbers } from "./codec.js";
import { OptionCounts } from "./counts.js";
import { columnsOf, Facts } from "./facts.js";
import { cheapest, compile, given, matches, repair, run } from "./filters.js";
import { Finder } from "./finder.js";
import { Store } from "./store.js";
import { typedWords } from "./understand.js";
import { Vocabulary } from "./vocabulary.js";
import { Walk } from "./walk.js";

/** @type {Record<string, string[]>} */
const NEEDS = { harga: ["lowest"], "-harga": ["lowest"], per_jam: ["lowest", "minutes"], rating: ["rating", "raters"], terbaru: ["seen"] };
const MOST_LED = 4_000; // courses of a sort's first ones that are worth reading
// What counts are made of; the others are for cards and sorts.
const COUNTED = ["tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat", "minutes", "rating", "offers"];

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./engine.js").Answer} Answer */
/** @typedef {import("./understand.js").Alternative} Alternative */
/** @typedef {import("./vocabulary.js").Term} Term */
/** @typedef {{course: number, key: number|null}} Hit a course with the number that orders it, lower first; null sorts last */

export class Sharded {
  /** @param {any} data the boot file @param {(name: string) => Promise<any>} fetchPart */
  constructor(data, fetchPart) {
    this.build = data.build;
    this.store = new Store(data, fetchPart);
    this.labels = this.store.labels;
    this.words = new Vocabulary(this.store);
    this.finder = new Finder(this.store, this.words);
    this.facts = new Facts(this.store);
    this.files = new CardFiles(this.store);
    this.counted = new OptionCounts(this.store);
    this.choices = new Choices(this.words, this.finder, this.facts, this.counted);
    this.walk = new Walk(this.store, this.files, this.counted);
  }

  /** Begins to read what a question most likely needs besides its words. @param {State} state @param {string} sort */
  expect(state, sort) {
    const typed = typedWords(String(state.q || ""), this.words.tables);
    const plain = columnsOf(state).length === 0;
    if (plain && sort === "relevan" && typed.length === 1) {
      // A single word is mostly answered by its best courses: their cards come together with the word.
      this.store.segments[0].best(typed[0]).catch(() => {});
      return;
    }
    if (!typed.length && (plain || (["relevan", "harga"].includes(sort) && this.walk.walked(state)))) return;
    if (given("harga_maks", state.harga_maks) || NEEDS[sort]?.includes("lowest")) this.store.prices().catch(() => {});
    this.words.expectLists(typed);
    this.choices.expect(state, sort, typed.length > 0);
  }

  /**
   * @param {State} state
   * @param {import("./understand.js").Understood} understood
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Answer>}
   */
  async answer(state, understood, sort, first, last) {
    const { groups, suggestion, ignored } = understood;
    const plain = columnsOf(state).length === 0;
    const base = { build: this.build, facets: {}, suggestion, ignored, repair: null, category: null };
    const counts = () => this.counts(state, groups);
    if (plain && groups.length === 1 && sort === "relevan") {
      await this.finder.prepare(groups);
      const [only, more] = this.finder.terms(groups[0]);
      if (!more && only.length === 1 && only[0].term && (last <= only[0].term.best.length || only[0].term.holding <= only[0].term.best.length)) {
        return { ...base, total: only[0].term.holding, cards: await this.files.inlined(only[0].term, first, last), counts };
      }
    }
    if (plain && !groups.length) {
      const order = numbers((await this.store.part(this.store.data.first))[sort]);
      if (last <= order.length || this.store.count <= order.length) {
        return { ...base, total: this.store.count, cards: await this.files.cards(order.slice(first, last), {}), counts };
      }
    }
    const cheap = !groups.length && sort === "harga" ? await this.walk.cheapest(state, first, last) : null;
    if (cheap) return { ...base, ...cheap, counts };
    return this.scan(state, groups, sort, first, last, base, counts);
  }

  /**
   * @param {State} state
   * @param {Alternative[][]} groups
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @param {any} base
   * @param {() => Promise<Record<string, Record<string, number>>>} counts
   * @returns {Promise<Answer>}
   */
  async scan(state, groups, sort, first, last, base, counts) {
    const led = sort in this.store.data.leaders;
    const keys = led ? [] : NEEDS[sort] || [];
    const needed = [...columnsOf(state), ...keys];
    if (groups.length) await this.finder.prepare(groups);
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
    const answer = { ...base, total, counts, cards: await this.files.cards(order.slice(first, last).map((hit) => hit.course), state) };
    if (total) return answer;
    // Lists of options don't tell what there would be without these.
    const [wide, words] = cover ? [all, found && found.cover] : [this.store.living(), null];
    const wider = await this.facts.of(wide, words, needed);
    answer.repair = repair(state, wider.table, wider.rows);
    answer.category = await this.nearest(groups, wide, words);
    return answer;
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
    await this.finder.prepare(groups);
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
    order.sort((a, b) => compare(a.key, b.key) || rank(a.course) - rank(b.course) || a.course - b.course);
    // The order of numbers is that of ids only where the lowest price is equal.
    if (sort === "relevan" || (!offered && ["harga", "-harga"].includes(sort))) return;
    let [start, end] = [first, Math.min(last, order.length)];
    while (start > 0 && start < order.length && order[start - 1].key === order[start].key) start--;
    while (end > 0 && end < order.length && order[end].key === order[end - 1].key) end++;
    const { early, late } = await this.earliest(order.slice(start, end), last - start);
    const ids = await this.files.idsOf(early.map(({ course }) => course));
    early.sort((a, b) => compare(a.key, b.key) || ids(a.course, b.course));
    order.splice(start, end - start, ...early, ...late);
  }

  /**
   * Which of these courses can stand among the first `most`? Among equals, equally cheap ones are in the order of ids already.
   * @template {{course: number, key: number|null}} T
   * @param {T[]} hits
   * @param {number} most
   */
  async earliest(hits, most) {
    const prices = await this.store.prices();
    /** @type {Map<string, number>} */
    const seen = new Map();
    /** @type {{early: T[], late: T[]}} */
    const found = { early: [], late: [] };
    for (const hit of hits) {
      const alike = `${hit.key} ${prices[hit.course]}`;
      const before = seen.get(alike) || 0;
      seen.set(alike, before + 1);
      (before < most ? found.early : found.late).push(hit);
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
    /** @type {Map<string, number>} */
    const tally = new Map();
    for (const row of Array.from(rows)) {
      const slug = (table.values.kategori.at(row) || [null])[0];
      const name = slug === null ? null : this.labels.kategori[slug];
      if (name) tally.set(name, (tally.get(name) || 0) + 1);
    }
    return [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
  }
}

/** Unknown last. @param {number|null} a @param {number|null} b */
const compare = (a, b) => (a === null || b === null ? (a === null ? 1 : 0) - (b === null ? 1 : 0) : a - b);
