// @ts-check
/** Courses of words in the *sharded* form, with their scores, from the words' lists. */

import { listOf } from "./lists.js";
import { either, loosely, together } from "./merge.js";
import { wordByWord } from "./understand.js";

const STEP = 1.006;

/** @typedef {import("./understand.js").Alternative} Alternative */
/** @typedef {import("./vocabulary.js").Term} Term */
/** @typedef {{scores: Map<number, number>, cover: Term[]}} Found courses with scores; words of which each course has at least one */

/** @type {number[]} */
const powers = [];
/** @param {number} code */
const score = (code) => (powers[code] ??= STEP ** code);

export class Finder {
  /** @param {import("./store.js").Store} store @param {import("./vocabulary.js").Vocabulary} words */
  constructor(store, words) {
    this.store = store;
    this.words = words;
    /** @type {{key: string, found?: Promise<Found>}} */
    this.latest = { key: "" };
  }

  /** All courses of a term. @param {Term|null} term @param {number} weight @returns {Promise<Map<number, number>>} */
  async posting(term, weight) {
    /** @type {Map<number, number>} */
    const out = new Map();
    if (!term) return out;
    await this.store.settle();
    // Groups were scored at build time, a hundredfold; the rarity of a family is known here.
    const share = weight * (term.key[0] === "=" ? 0.01 : Math.log(this.store.count / (term.holding + 1)) + 1);
    for (const { ids, codes } of await this.lists(term)) {
      ids.forEach((id, i) => this.store.dead.has(id) || out.set(id, share * score(codes[i])));
    }
    return out;
  }

  /** A term's courses in each segment. @param {Term} term */
  lists(term) {
    return Promise.all(term.parts.map(({ segment, entry }) => listOf(segment, entry, term.key)));
  }

  /** @param {Alternative[]} group @returns {Promise<Map<number, number>>} */
  async courses(group) {
    const parts = this.words.terms(group).map(async (parts) => together(await Promise.all(parts.map(({ term, weight }) => this.posting(term, weight)))));
    return either(await Promise.all(parts));
  }

  /** Words of which each course of a group has at least one: of every alternative the rarest. @param {Alternative[]} group */
  cover(group) {
    const held = this.words.terms(group).filter((parts) => parts.every(({ term }) => term));
    return held.map((parts) => parts.map(({ term }) => /** @type {Term} */ (term)).reduce((a, b) => (b.holding < a.holding ? b : a)));
  }

  /** The cover of courses that all groups have. @param {Alternative[][]} groups */
  leastCover(groups) {
    return groups.map((group) => this.cover(group)).reduce((a, b) => (size(b) < size(a) ? b : a));
  }

  /** What was found last is kept: counts and filters ask for it again. @param {Alternative[][]} groups @returns {Promise<Found>} */
  find(groups) {
    const key = JSON.stringify(groups);
    if (this.latest.key !== key) {
      const found = this.search(groups);
      found.catch(() => (this.latest.key = ""));
      this.latest = { key, found };
    }
    return /** @type {Promise<Found>} */ (this.latest.found);
  }

  /** @param {Alternative[][]} groups @returns {Promise<Found>} */
  async search(groups) {
    await this.words.prepare(groups);
    const strict = together(await Promise.all(groups.map((group) => this.courses(group))));
    if (strict.size) return { scores: strict, cover: this.leastCover(groups) };
    const apart = wordByWord(groups);
    await this.words.prepare(apart);
    const scores = loosely(await Promise.all(apart.map((group) => this.courses(group))));
    return { scores, cover: [...new Map(apart.flatMap((group) => this.cover(group)).map((term) => [term.key, term])).values()] };
  }
}

/** @param {Term[]} cover */
export const size = (cover) => cover.reduce((sum, term) => sum + term.holding, 0);
