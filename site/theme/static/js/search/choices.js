// @ts-check
/** Questions without words: the courses of the condition that fewest fulfil stand for all, since an option has a list and facets as a word has. */

import { WALKED } from "./counts.js";
import { compile, given, run } from "./filters.js";
import { either, size } from "./finder.js";

// Groups whose options have lists of their courses.
const CHOSEN = [...WALKED, "kota", "lembaga"];

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./finder.js").Found} Found */
/** @typedef {{group: string, cover: import("./vocabulary.js").Term[], found?: Promise<Found>}} Choice */

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
    const asked = Object.entries(state).filter(([group, value]) => CHOSEN.includes(group) && given(group, value));
    const all = asked.map(([group, value]) => ({ group, keys: [value].flat().map((one) => `#${group}=${one}`) }));
    await Promise.all(all.flatMap(({ keys }) => keys.map((key) => this.words.shard(key))));
    const found = all.map(({ group, keys }) => {
      const name = keys.join("\n");
      const choice = this.known.get(name) ?? { group, cover: keys.flatMap((key) => this.words.term(key) || []) };
      this.known.set(name, choice);
      return choice;
    });
    return found.sort((a, b) => size(a.cover) - size(b.cover));
  }

  /** The courses of a condition; counts ask for them again. @param {Choice} choice @returns {Promise<Found>} */
  courses(choice) {
    const { cover } = choice;
    choice.found ??= Promise.all(cover.map((term) => this.finder.posting(term, 0))).then((lists) => ({ scores: either(lists), cover }));
    choice.found.catch(() => delete choice.found);
    return choice.found;
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
    return this.courses(first);
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
    const own = await this.counted.beside(state, first.group);
    if (!own && !second) return null;
    const [facets, others] = await Promise.all([this.among(first, state, needed), own || this.among(second, state, needed)]);
    return { ...facets, [first.group]: others[first.group] };
  }

  /** True counts among the courses of a condition. @param {Choice} choice @param {State} state @param {string[]} needed */
  async among(choice, state, needed) {
    this.facts.expect(choice.cover, needed);
    const { scores, cover } = await this.courses(choice);
    const courses = [...scores.keys()];
    const { table, rows } = await this.facts.of(courses, cover, needed);
    return run(compile(state, table), table, rows).facets;
  }
}
