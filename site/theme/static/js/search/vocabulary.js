// @ts-check
/** Words of the *sharded* form: families, counts, synonyms, words that begin so or are misspelt; from buckets of words. */

import { numbers } from "./codec.js";
import { farKey, meant } from "./near.js";
import { LONGEST_EXPRESSION, SYNONYM } from "./understand.js";
import { readings, Tables } from "./words.js";

const MOST_EXPANSIONS = 8;

/** @typedef {import("./segment.js").Segment} Segment */
/** @typedef {import("./understand.js").Lexicon} Lexicon */
/** @typedef {import("./understand.js").Group} Group */
/** @typedef {{key: string, holding: number, strong: number, best: number[], scores: number[], parts: {segment: Segment, entry: any[]}[]}} Term */

/**
 * A key of a file's object; names such as "constructor" must not find what every object has.
 * @template T
 * @param {Record<string, T>|undefined} object
 * @param {string} key
 * @returns {T|undefined}
 */
const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined);

/** @implements {Lexicon} */
export class Vocabulary {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.segments = store.segments;
    this.usable = true;
    this.tables = new Tables(store.data.tables);
    /** @type {Map<string, number>} courses of words of names */
    this.near = new Map();
  }

  /** Opens the buckets in which a key lies. @param {string} key */
  async shard(key) {
    await Promise.all(this.segments.map((segment) => segment.read(key)));
  }

  /** A word's or an expression's entry, put together from the segments. @param {string} key @returns {Term|null} */
  term(key) {
    const bare = key.replace(/^=/, "");
    /** @type {Term} */
    const term = { key, holding: 0, strong: 0, best: [], scores: [], parts: [] };
    /** @type {{course: number, code: number}[][]} */
    const heads = [];
    for (const segment of this.segments) {
      const entry = segment.find("terms", bare, key);
      if (!entry) continue;
      const [holding, strong, best, drops, , , gone = 0, goneStrong = 0, goneBest = ""] = entry;
      term.holding += holding - gone;
      term.strong += strong - goneStrong;
      let code = 0;
      const codes = numbers(drops).map((drop, i) => (code = i ? code - drop : drop));
      const lost = new Set(numbers(goneBest));
      if (heads.length) heads[0] = heads[0].filter((_, place) => !lost.has(place));
      heads.push(numbers(best).map((place, i) => ({ course: segment.start + place, code: codes[i] })));
      term.parts.push({ segment, entry });
    }
    if (!term.holding) return null;
    // What stands behind a segment's best is not better than its last one.
    const open = term.parts.map(({ entry }, i) => (entry[0] > numbers(entry[2]).length ? (heads[i].at(-1)?.code ?? Infinity) : -1));
    const least = Math.max(-1, ...open);
    const merged = heads.flat().sort((a, b) => b.code - a.code);
    const sure = term.parts.length > 1 ? merged.filter(({ code }) => code >= least) : merged;
    term.best = sure.map(({ course }) => course);
    term.scores = sure.map(({ code }) => code);
    return term;
  }

  /**
   * A group as one or several terms with their weights; expressions with synonyms were put together at build time.
   * @param {Group} group
   * @returns {{term: Term|null, weight: number}[][]}
   */
  terms(group) {
    const name = group[0].families.join(" ");
    if (group.length > 1 && group[1].weight === SYNONYM && !group.apart && !this.loose(name)) {
      const ready = this.term(`=${name}`);
      if (ready) return [[{ term: ready, weight: 1 }]];
    }
    return group.map((one) => one.families.map((family) => ({ term: this.term(family), weight: one.weight / one.families.length })));
  }

  /** Opens what an expression's words need whose synonyms were not put together at build time. @param {Group[]} groups */
  async prepare(groups) {
    const apart = groups.filter((group) => group.length > 1 && group[1].weight === SYNONYM && this.terms(group)[0]?.[0]?.term?.key[0] !== "=");
    await Promise.all(apart.flat().flatMap((one) => one.families.map((family) => this.shard(family))));
  }

  /** @param {string[]} words */
  async know(words) {
    await Promise.all(words.map((word) => this.shard(word)));
    const wanted = words.flatMap((word) => {
      const form = this.form(word);
      if (words.length > 1 && form !== undefined && form !== word) this.expectLists([form]);
      return form !== undefined ? [form] : [...readings(word).keys()];
    });
    await Promise.all(wanted.map((family) => this.shard(family)));
  }

  async expect() {}

  /**
   * Begins to read the lists of words together with the words: those of the longest expressions that may have one.
   * @param {string[]} words
   */
  expectLists(words) {
    for (let at = 0; at < words.length; ) {
      let length = Math.min(LONGEST_EXPRESSION, words.length - at);
      while (length && !this.expectList(`=${words.slice(at, at + length).join(" ")}`)) length--;
      if (!length) this.expectList(words[at]);
      at += length || 1;
    }
  }

  /** Begins to read the list that a key may have. @param {string} key */
  expectList(key) {
    const found = this.segments.map((segment) => ({ segment, place: segment.slot(key) })).filter(({ place }) => place >= 0);
    for (const { segment, place } of found) segment.file(`r${place}`).catch(() => {});
    return found.length > 0;
  }

  /** @param {string} word */
  form(word) {
    for (const segment of this.segments) {
      const found = segment.find("words", word, word);
      if (found !== undefined) return found || word;
      if (segment.find("terms", word, word)) return word;
    }
    return undefined;
  }

  /** @param {string} family */
  strong(family) {
    return this.term(family)?.strong || 0;
  }

  /** @param {string} family */
  async holding(family) {
    await this.shard(family);
    return this.term(family)?.holding || 0;
  }

  /** @param {string} family @returns {Record<string, string[]>} */
  expressions(family) {
    /** @type {Record<string, string[]|null>} */
    const all = {};
    for (const segment of this.segments) Object.assign(all, segment.find("synonyms", family, family));
    return Object.fromEntries(/** @type {[string, string[]][]} */ (Object.entries(all).filter(([, others]) => others)));
  }

  /** Has the delta other synonyms for an expression than the base? @param {string} expression */
  loose(expression) {
    const family = expression.split(" ")[0];
    return this.segments.slice(1).some((segment) => own(segment.find("synonyms", family, family), expression) !== undefined);
  }

  /** Only expressions that courses hold are in the files. @param {string} expression */
  synonyms(expression) {
    return own(this.expressions(expression.split(" ")[0]), expression);
  }

  /**
   * Words of names under a key; the delta's counts are newer than the base's, and its lists of two letters are whole.
   * @param {string} key
   * @returns {Promise<string[]>}
   */
  async beginning(key) {
    const lists = await Promise.all(this.segments.map((segment) => segment.nearWords(key)));
    for (const list of lists) for (const [word, count] of list) this.near.set(word, count);
    const [base, delta = []] = lists;
    const found = key.length === 2 && delta.length ? delta : [...base, ...delta];
    return [...new Set(found.map(([word]) => word))].filter((word) => this.near.get(word));
  }

  /** @param {string[]} words @param {number} most */
  commonest(words, most) {
    const count = (/** @type {string} */ word) => this.near.get(word) || 0;
    return words.sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1)).slice(0, most);
  }

  /** @param {string} start */
  async completions(start) {
    if (start.length < 2) return [];
    const found = (await this.beginning(start.slice(0, 3))).filter((word) => word.startsWith(start));
    const best = this.commonest(found, MOST_EXPANSIONS);
    await this.learn(best);
    return best;
  }

  /** @param {string} word */
  async corrections(word) {
    const keys = [word.slice(0, 3), `$${word.slice(-3)}`, `^${word.slice(0, 2)}`, `$${word.slice(-2)}`];
    const lists = await Promise.all(keys.map((key) => this.beginning(key)));
    const near = meant(word, new Map(lists.flat().map((known) => [known, this.near.get(known) || 0])));
    const found = near.length ? near : meant(word, await this.far(farKey(word)));
    await this.learn(found);
    return found;
  }

  /** Words of descriptions under a key; the delta's numbers are newer than the base's. @param {string} key */
  async far(key) {
    const lists = await Promise.all(this.segments.map((segment) => segment.farWords(key)));
    return new Map(lists.flat());
  }

  /** Opens the buckets of words and of their families. @param {string[]} words */
  async learn(words) {
    await Promise.all(words.map((word) => this.shard(word)));
    await Promise.all(words.map((word) => this.shard(this.form(word) ?? word)));
  }
}
