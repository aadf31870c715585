// @ts-check
/** Courses of words in the *sharded* form, with their scores, from the words' lists. */

import { together, loosely } from "./filters.js";
import { wordByWord } from "./understand.js";

const SYNONYM = 0.7;
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

  /**
   * A group as one or several terms with their weights; expressions with synonyms were put together at build time.
   * @param {import("./understand.js").Group} group
   * @returns {{term: Term|null, weight: number}[][]}
   */
  terms(group) {
    const name = group[0].families.join(" ");
    if (group.length > 1 && group[1].weight === SYNONYM && !group.apart && !this.words.loose(name)) {
      const ready = this.words.term(`=${name}`);
      if (ready) return [[{ term: ready, weight: 1 }]];
    }
    return group.map((one) => one.families.map((family) => ({ term: this.words.term(family), weight: one.weight / one.families.length })));
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
    return Promise.all(term.parts.map(({ segment, entry }) => segment.list(entry, term.key)));
  }

  /** Opens what an expression's words need whose synonyms were not put together at build time. @param {Alternative[][]} groups */
  async prepare(groups) {
    const apart = groups.filter((group) => group.length > 1 && group[1].weight === SYNONYM && this.terms(group)[0]?.[0]?.term?.key[0] !== "=");
    await Promise.all(apart.flat().flatMap((one) => one.families.map((family) => this.words.shard(family))));
  }

  /** @param {Alternative[]} group @returns {Promise<Map<number, number>>} */
  async courses(group) {
    const parts = this.terms(group).map(async (parts) => together(await Promise.all(parts.map(({ term, weight }) => this.posting(term, weight)))));
    return either(await Promise.all(parts));
  }

  /** Words of which each course of a group has at least one: of every alternative the rarest. @param {Alternative[]} group */
  cover(group) {
    const held = this.terms(group).filter((parts) => parts.every(({ term }) => term));
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
    await this.prepare(groups);
    const strict = together(await Promise.all(groups.map((group) => this.courses(group))));
    if (strict.size) return { scores: strict, cover: this.leastCover(groups) };
    const apart = wordByWord(groups);
    await this.prepare(apart);
    const scores = loosely(await Promise.all(apart.map((group) => this.courses(group))));
    return { scores, cover: [...new Map(apart.flatMap((group) => this.cover(group)).map((term) => [term.key, term])).values()] };
  }
}

/** @param {Map<number, number>[]} lists @returns {Map<number, number>} */
export function either(lists) {
  if (lists.length === 1) return lists[0];
  /** @type {Map<number, number>} */
  const out = new Map();
  for (const list of lists) for (const [course, value] of list) out.set(course, (out.get(course) || 0) + value);
  return out;
}

/** @param {Term[]} cover */
export const size = (cover) => cover.reduce((sum, term) => sum + term.holding, 0);
