// @ts-check
/**
 * Conditions by the lists of their options. Without words the courses of the condition that fewest fulfil stand for all, since an option has
 * a list and facets as a word has; and what lists of options tell need not be read from facets or columns.
 */

import { CHOSEN, conditions, keysOf, listed, SOLD, WALKED } from "./asking.js";
import { compile } from "./filters.js";
import { size } from "./finder.js";
import { dearerOf, listOf, pricesOf } from "./lists.js";
import { run } from "./tally.js";

const BITS = 8;

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./finder.js").Found} Found */
/** @typedef {import("./vocabulary.js").Term} Term */
/** @typedef {{group: string, cover: Term[], found?: Promise<Map<number, number>>}} Choice its courses, with how much dearer they are where it is SOLD */
/**
 * @typedef {object} Narrowing
 * @property {Choice[]} lists whose courses are meant; without words the first one stands for these
 * @property {State} rest the other conditions: what these ask for stands beside any list
 */

export class Choices {
  /**
   * @param {import("./vocabulary.js").Vocabulary} words
   * @param {import("./finder.js").Finder} finder
   * @param {import("./facts.js").Facts} facts
   * @param {import("./counts.js").OptionCounts} counted
   */
  constructor(words, finder, facts, counted) {
    this.words = words;
    this.finder = finder;
    this.facts = facts;
    this.counted = counted;
    /** @type {Map<string, Choice>} */
    this.known = new Map();
  }

  /** The conditions that have lists, those that fewest courses fulfil first. @param {State} state @returns {Promise<Choice[]>} */
  async of(state) {
    const asked = conditions(state).filter(([group]) => CHOSEN.includes(group));
    const all = asked.map(([group, value]) => ({ group, keys: keysOf(group, value) }));
    await Promise.all(all.flatMap(({ keys }) => keys.map((key) => this.words.shard(key))));
    const found = all.map(({ group, keys }) => {
      const name = keys.join("\n");
      const choice = this.known.get(name) ?? { group, cover: keys.flatMap((key) => this.words.term(key) || []) };
      this.known.set(name, choice);
      return choice;
    });
    return found.sort((a, b) => size(a.cover) - size(b.cover));
  }

  /** The courses of a condition; counts ask for them again. @param {Choice} choice @returns {Promise<Map<number, number>>} */
  courses(choice) {
    choice.found ??= this.read(choice);
    choice.found.catch(() => delete choice.found);
    return choice.found;
  }

  /** @param {Choice} choice @returns {Promise<Found>} */
  async find(choice) {
    return { scores: await this.courses(choice), cover: choice.cover };
  }

  /** @param {Choice} choice @returns {Promise<Map<number, number>>} */
  async read({ group, cover }) {
    const { dead } = this.finder.store;
    const parts = cover.flatMap(({ key, parts }) => parts.map((part) => ({ ...part, key })));
    const lists = await Promise.all(
      parts.map(({ segment, entry, key }) => Promise.all([listOf(segment, entry, key), SOLD.includes(group) ? dearerOf(segment) : [], this.finder.store.settle()])),
    );
    /** @type {Map<number, number>} */
    const out = new Map();
    for (const [{ ids, codes }, dearer] of lists) {
      ids.forEach((course, i) => dead.has(course) || out.set(course, less(out.get(course) ?? -1, dearer[codes[i] - 1] ?? 0)));
    }
    return out;
  }

  /**
   * Conditions that cost fewest bytes as lists of their options, beside words of this cover or beside the condition that fewest fulfil.
   * @param {State} state
   * @param {string} sort
   * @param {Term[]|null} cover null without words
   * @param {string[]} needed columns
   * @returns {Promise<Narrowing|null>} null where facets or columns cost less, or must be read
   */
  async narrowing(state, sort, cover, needed) {
    if (!listed(state, sort, cover !== null)) return null;
    const choices = await this.of(state);
    const first = cover ? [] : choices.slice(0, 1);
    // Levels stand beside all lists.
    const more = choices.filter((choice) => !first.includes(choice) && choice.group !== "tingkat");
    const facts = Math.min(this.facts.facetsCost(cover ?? first[0].cover), this.facts.columnsCost(needed));
    const missing = more.filter(({ found }) => !found);
    if (missing.reduce((sum, { cover }) => sum + listsCost(cover, this.finder.store.count), 0) >= facts) return null;
    const lists = [...first, ...more];
    for (const choice of lists) this.courses(choice).catch(() => {});
    const rest = Object.entries(state).filter(([key]) => !lists.some(({ group }) => group === key));
    return { lists, rest: Object.fromEntries(rest) };
  }

  /**
   * Which of these courses all lists have, and how much dearer they are there; null where lists tell no prices.
   * @param {number[]} courses
   * @param {Choice[]} lists
   * @returns {Promise<{courses: number[], dearer: Map<number, number>|null}>}
   */
  async within(courses, lists) {
    const held = await Promise.all(lists.map((choice) => this.courses(choice)));
    return { courses: courses.filter((course) => held.every((list) => list.has(course))), dearer: held[lists.findIndex(({ group }) => SOLD.includes(group))] ?? null };
  }

  /**
   * The courses of the condition that fewest fulfil; null where whole columns cost less.
   * @param {State} state
   * @param {string[]} needed columns
   * @returns {Promise<Found|null>}
   */
  async fewest(state, needed) {
    const [first] = await this.of(state);
    if (!first || this.facts.wholly(first.cover, needed)) return null;
    this.facts.expect(first.cover, needed);
    return this.find(first);
  }

  /**
   * True counts of several conditions: among the courses of the one that fewest fulfil. Counts of that one's own options are those of
   * courses that it leaves out: they were counted at build time for pairs, or stand among the courses of the next condition.
   * @param {State} state
   * @param {string[]} needed columns
   * @returns {Promise<Record<string, Record<string, number>>|null>} null where all courses must be looked at
   */
  async counts(state, needed) {
    const choices = await this.of(state);
    const [first, second] = choices.filter(({ cover }) => !this.facts.wholly(cover, needed));
    if (!first) return null;
    const own = (await this.counted.beside(state, first.group)) ?? (await this.affordable(state, first.group));
    if (!own && !second) return null;
    const [facets, others] = await Promise.all([this.tally(first, state, needed), own || this.tally(second, state, needed)]);
    return { ...facets, [first.group]: others[first.group] };
  }

  /**
   * How many courses there were with each option of a group under a maximum price, if that is the only other condition: from the options' lists.
   * @param {State} state
   * @param {string} group
   * @returns {Promise<Record<string, Record<string, number>>|null>}
   */
  async affordable(state, group) {
    const others = conditions(state).filter(([key]) => key !== group);
    if (!WALKED.includes(group) || others.length !== 1 || others[0][0] !== "harga_maks") return null;
    const [names, prices] = await Promise.all([this.counted.values(group), pricesOf(this.finder.store)]);
    const counts = names.map(async (name) => {
      const [choice] = await this.of({ [group]: [name] });
      const found = [...(await this.courses(choice))];
      return [name, found.filter(([course, more]) => prices[course] >= 0 && more >= 0 && prices[course] + more <= Number(state.harga_maks)).length];
    });
    return { [group]: Object.fromEntries((await Promise.all(counts)).filter(([, count]) => count)) };
  }

  /** True counts among the courses of a condition. @param {Choice} choice @param {State} state @param {string[]} needed */
  async tally(choice, state, needed) {
    this.facts.expect(choice.cover, needed);
    const courses = [...(await this.courses(choice)).keys()];
    const { table, rows } = await this.facts.of(courses, choice.cover, needed);
    return run(compile(state, table), table, rows).facets;
  }
}

/** The lesser of two amounts; -1 is unknown. @param {number} a @param {number} b */
const less = (a, b) => (a < 0 || b < 0 ? Math.max(a, b) : Math.min(a, b));

/** Bytes of lists, roughly: what must be told of so many of all courses. @param {Term[]} cover @param {number} count */
const listsCost = (cover, count) =>
  cover.reduce((sum, { holding }) => {
    const share = Math.min(1, holding / count);
    return sum + (share > 0 && share < 1 ? ((-share * Math.log2(share) - (1 - share) * Math.log2(1 - share)) * count) / BITS : 0);
  }, 0);
