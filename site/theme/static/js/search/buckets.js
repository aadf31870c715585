// @ts-check
/** Words of descriptions and skills in files by their hash, with the synonyms of words. */

import { ascending, hash, numbers } from "./codec.js";
import { under } from "./near.js";
import { readings } from "./words.js";

/** @typedef {{words: Record<string, [string, string?, string?]>, alias: Record<string, string>, same: Record<string, string[]>}} Bucket courses, text counts, skill counts; families of forms; other expressions of expressions */
/** @typedef {{courses: number[], text: number[], skills: number[]}} Posting `text` and `skills` are empty where all counts are 1 and 0 */

/** @type {Promise<Bucket>} */
const NO_BUCKET = Promise.resolve({ words: {}, alias: {}, same: {} });

/** The file in which a word would lie. @param {string} word @param {number|string} count @param {string} tag */
export const bucketName = (word, count, tag) => `t${hash(word) % Number(count)}-${tag}.json`;

/** Is the word most likely its own family? A last "i" alone is seldom a suffix: kopi, fotografi. @param {string} word */
export const sure = (word) => [...readings(word).keys()].every((root) => root === word || `${root}i` === word);

export class Buckets {
  /** @param {{buckets: number, far: number, tag: string}} facts @param {(name: string) => Promise<any>} fetchPart */
  constructor({ buckets, far, tag }, fetchPart) {
    this.count = buckets;
    this.farCount = far;
    this.tag = tag;
    this.fetchPart = fetchPart;
    /** @type {Map<string, Posting>} families that were read */
    this.known = new Map();
    /** @type {Map<string, string>} families of words that are not their own */
    this.alias = new Map();
    /** @type {Map<string, string[]>} other expressions of an expression's groups, as families */
    this.same = new Map();
  }

  /** The bucket in which a word would lie. @param {string} word @returns {Promise<Bucket>} */
  read(word) {
    return this.count ? this.fetchPart(bucketName(word, this.count, this.tag)) : NO_BUCKET;
  }

  /** Words of descriptions under a key, and how common they are. @param {string} key @returns {Promise<Map<string, number>>} */
  async far(key) {
    return new Map(this.farCount ? under(await this.fetchPart(`n${hash(key) % this.farCount}-${this.tag}.json`), key) : []);
  }

  /** Reads early what words will ask for that are most likely their own family. @param {string[]} words @param {Record<string, string>} names */
  foresee(words, names) {
    for (const word of words) {
      if (sure(word) && !Object.hasOwn(names, word)) this.read(word).catch(() => {});
    }
  }

  /** Knows the courses of a family, from its bucket unless another told of them. @param {string} family */
  async know(family) {
    if (!this.known.has(family)) await this.ask(family);
  }

  /** Knows all that a word's own bucket tells: other buckets know the courses of a synonym, but not its synonyms. @param {string} word */
  async ask(word) {
    const { alias, words, same } = await this.read(word);
    for (const form in alias) this.alias.set(form, alias[form]);
    for (const expression in same) this.same.set(expression, same[expression]);
    for (const family in words) {
      if (this.known.has(family)) continue;
      const [courses, text, skills] = words[family];
      this.known.set(family, { courses: ascending(courses), text: numbers(text || ""), skills: numbers(skills || "") });
    }
  }
}
