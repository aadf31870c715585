// @ts-check
/** A segment of the *sharded* form: a part of the catalog whose words, lists, facets and cards lie in files of their own. */

import { hash, rising } from "./codec.js";
import { under } from "./near.js";

/** @typedef {{words?: Record<string, string|0>, terms?: Record<string, any[]>, synonyms?: Record<string, Record<string, string[]|null>>}} Bucket */

export class Segment {
  /**
   * @param {{tag: string, start: number, count: number, buckets: number, rare: number, near: number, far: number, block: number, apart: number, slots: number, led: [number, string]}} known
   * @param {(name: string) => Promise<any>} part
   */
  constructor({ tag, start, count, buckets, rare, near, far, block, apart, slots, led }, part) {
    this.start = start;
    this.count = count;
    this.buckets = buckets;
    this.rare = rare;
    this.near = near;
    this.far = far;
    this.block = block;
    this.apart = apart;
    this.slots = slots;
    this.led = rising(led[1], led[0], 0);
    /** @param {string} name */
    this.file = (name) => part(`${name}-${tag}.json`);
    /** @type {Map<string, Bucket>} */
    this.open = new Map();
  }

  /** Names of a word's buckets: of those that are asked for, then of rare ones. @param {string} word */
  names(word) {
    const mark = hash(word);
    return [`w${mark % this.buckets}`, ...(this.rare ? [`x${mark % this.rare}`] : [])];
  }

  /** Opens the bucket in which a key lies; an expression lies with its first word. @param {string} key */
  async read(key) {
    const word = key.split(" ")[0];
    for (const name of this.names(word)) {
      if (!this.open.has(name)) this.open.set(name, await this.file(name));
      if (this.find("words", word, word) !== undefined || this.find("terms", word, word) !== undefined) return;
    }
  }

  /** Cards of the best courses of a word's bucket, by their numbers. @param {string} key @returns {Promise<{numbers?: string, places?: number[], cards?: any}>} */
  best(key) {
    return this.file(`h${hash(key.split(" ")[0]) % this.buckets}`);
  }

  /**
   * What opened buckets say of a key, which lies with its first word; "constructor" must not find what every object has.
   * @template {"words"|"terms"|"synonyms"} K
   * @param {K} kind
   * @param {string} near
   * @param {string} key
   * @returns {NonNullable<Bucket[K]>[string]|undefined}
   */
  find(kind, near, key) {
    for (const name of this.names(near.split(" ")[0])) {
      const held = this.open.get(name)?.[kind];
      if (held && Object.hasOwn(held, key)) return /** @type {any} */ (held[key]);
    }
    return undefined;
  }

  /** Words of names under a key with their courses. @param {string} key */
  async nearWords(key) {
    return under(await this.file(`b${hash(key) % this.near}`), key);
  }

  /** Words of descriptions under a key, and how common they are. @param {string} key */
  async farWords(key) {
    return this.far ? under(await this.file(`m${hash(key) % this.far}`), key) : [];
  }

  /** The file in which a key's list most likely lies, before its word is known; -1 where that can't be told. @param {string} key */
  slot(key) {
    return this.led.indexOf(hash(key) % this.slots);
  }
}
