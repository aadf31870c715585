// @ts-check
/** A segment of the *sharded* form: a part of the catalog whose words, lists, facets and cards lie in files of their own. */

import { coded, column, hash, numbers, rising, signs } from "./codec.js";
import { under } from "./near.js";
import { Offers, Values } from "./table.js";

/** @typedef {{words?: Record<string, string|0>, terms?: Record<string, any[]>, synonyms?: Record<string, Record<string, string[]|null>>}} Bucket */
/** @typedef {{ids: Uint32Array, codes: ArrayLike<number>}} List courses, ascending, with codes of scores */
/** @typedef {{segment: Segment, file: any, row: number, at: number}} Place where a file of facets has what is known of a row */

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

  /** All courses of a word's entry; of a short list they stand in the entry, best first. @param {any[]} entry @param {string} key @returns {Promise<List>} */
  async list([holding, , best, drops, place], key) {
    if (!holding) return { ids: new Uint32Array(0), codes: [] };
    if (typeof place === "number") {
      const { keys, courses, codes } = await this.file(`r${place}`);
      const at = keys.indexOf(key);
      return { ids: rising(courses[at], holding, this.start), codes: coded(codes[0], codes[1][at], holding) };
    }
    let code = 0;
    const falls = numbers(drops);
    const found = numbers(best).map((course, i) => ({ id: this.start + course, code: (code = i ? code - falls[i] : falls[i]) }));
    found.sort((a, b) => a.id - b.id);
    return { ids: Uint32Array.from(found, ({ id }) => id), codes: found.map(({ code }) => code) };
  }

  /** Levels of the courses of an entry's list; of long lists they lie apart. @param {any[]} entry @param {string} key @returns {Promise<ArrayLike<number>>} */
  async levels([holding, , best, , place], key) {
    if (typeof place !== "number") {
      const held = signs(place);
      const courses = numbers(best);
      return courses.map((_, i) => i).sort((a, b) => courses[a] - courses[b]).map((i) => held[i]);
    }
    if (holding > this.apart) this.file(`g${place}`).catch(() => {});
    const { keys, levels } = await this.file(`r${place}`);
    const [table, texts] = levels ?? (await this.file(`g${place}`)).levels;
    return coded(table, texts[keys.indexOf(key)], holding);
  }

  /** What can be filtered and counted of the courses of an entry's list. @param {any[]} entry */
  async facets([holding, , , , , place]) {
    return holding ? this.file(`f${place}`) : null;
  }

  /** Values of the columns in files of facets. @returns {Promise<Record<string, any[]>>} */
  async tables() {
    const [tables, more] = await Promise.all([this.file("t"), this.dearer()]);
    return { ...tables, more };
  }

  /** By how much offers are dearer than their course's cheapest: what codes from 1 on stand for; -1 is an unknown price. @returns {Promise<number[]>} */
  async dearer() {
    return (await this.file("l")).dearer;
  }

  /** The lowest price of each course; -1 is unknown. */
  async prices() {
    const { prices, courses } = await this.file("l");
    const out = new Int32Array(this.count).fill(-1);
    let at = 0;
    numbers(courses).forEach((count, i) => out.fill(prices[i], at, (at += count)));
    return out;
  }
}

/** Columns in files of facets, besides those of offers. */
export const FACETS = ["kategori", "cara", "kota", "lembaga", "minutes", "mulai", "sertifikat", "rating"];

/** A column of a file of facets, read once. @param {any} file @param {string} name @returns {Uint32Array} */
const read = (file, name) => ((file.read ??= {})[name] ??= column(file[name]));

/**
 * One column row by row; the segments' values stand one after the other.
 * @param {string} name
 * @param {number} rows
 * @param {Place[]} found
 * @param {Segment[]} segments
 * @param {Record<string, any[]>[]} tables
 */
export function gathered(name, rows, found, segments, tables) {
  const index = new Uint32Array(rows);
  const base = tables[0][name].length;
  for (const { segment, file, row, at } of found) {
    const value = read(file, name)[at];
    index[row] = value && segment !== segments[0] ? value + base : value;
  }
  return new Values({ t: tables.flatMap((table) => table[name]), index });
}

/**
 * Offers row by row.
 * @param {Place[]} found one a row, in the order of rows
 * @param {Segment[]} segments
 * @param {Record<string, any[]>[]} tables
 * @param {(row: number) => number} lowest a row's lowest price, -1 where it is unknown
 */
export function gatheredOffers(found, segments, tables, lowest) {
  /** @type {{first: number[], platform: number[], eligible: number[], price: number[], until: number[]}} */
  const all = { first: [0], platform: [], eligible: [], price: [], until: [] };
  for (const { segment, file, row, at } of found) {
    const table = tables[segments.indexOf(segment)];
    const firsts = (file.firsts ??= new Offers({ n: file.n, p: "$", e: "$", price: { t: [], c: "$" } }).first);
    for (let offer = firsts[at]; offer < firsts[at + 1]; offer++) {
      all.platform.push(read(file, "p")[offer]);
      all.eligible.push(read(file, "e")[offer]);
      const more = table.more[read(file, "more")[offer] - 1];
      all.price.push(more < 0 ? -1 : lowest(row) + more);
      const day = read(file, "until")[offer];
      all.until.push(day ? table.until[day - 1] : 0);
    }
    all.first.push(all.platform.length);
  }
  return Offers.of({
    first: Uint32Array.from(all.first),
    platform: Uint32Array.from(all.platform),
    eligible: Uint32Array.from(all.eligible),
    price: Int32Array.from(all.price),
    until: Int32Array.from(all.until),
  });
}
