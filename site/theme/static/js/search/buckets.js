// @ts-check
/** Words of descriptions and skills, in files by their hash. */

import { ascending, hash, numbers } from "./codec.js";
import { readings } from "./words.js";

/** @typedef {{words: Record<string, [string, string?, string?]>, alias: Record<string, string>}} Bucket courses, text counts, skill counts */
/** @typedef {{courses: number[], text: number[], skills: number[]}} Posting `text` and `skills` are empty where all counts are 1 and 0 */

/** @type {Promise<Bucket>} */
const NO_BUCKET = Promise.resolve({ words: {}, alias: {} });

export class Buckets {
  /** @param {number} count @param {string} tag @param {(name: string) => Promise<any>} fetchPart */
  constructor(count, tag, fetchPart) {
    this.count = count;
    this.tag = tag;
    this.fetchPart = fetchPart;
    /** @type {Map<number, Promise<Bucket>>} */
    this.reading = new Map();
    /** @type {Map<string, Posting>} families that were read */
    this.known = new Map();
    /** @type {Map<string, string>} families of words that are not their own */
    this.alias = new Map();
  }

  /** The bucket in which a word would lie. @param {string} word */
  read(word) {
    if (!this.count) return NO_BUCKET;
    const number = hash(word) % this.count;
    let reading = this.reading.get(number);
    if (!reading) {
      reading = this.fetchPart(`t${number}-${this.tag}.json`);
      reading.catch(() => this.reading.delete(number));
      this.reading.set(number, reading);
    }
    return reading;
  }

  /** Reads early what words will ask for that are surely their own family. @param {string[]} words @param {Record<string, string>} names */
  foresee(words, names) {
    for (const word of words) {
      if (readings(word).size === 1 && !Object.hasOwn(names, word)) this.read(word).catch(() => {});
    }
  }

  /** Knows what is told of a word, from its bucket unless another told of it. @param {string} word */
  async know(word) {
    if (this.known.has(word)) return;
    const { alias, words } = await this.read(word);
    for (const form in alias) this.alias.set(form, alias[form]);
    for (const family in words) {
      if (this.known.has(family)) continue;
      const [courses, text, skills] = words[family];
      this.known.set(family, { courses: ascending(courses), text: numbers(text || ""), skills: numbers(skills || "") });
    }
  }
}
