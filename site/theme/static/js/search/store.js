// @ts-check
/** Files of the *sharded* form, and which numbers its courses have. */

import { ascending, hash, numbers } from "./codec.js";
import { Segment } from "./segment.js";

export class Store {
  /** @param {any} data the boot file @param {(name: string) => Promise<any>} part reads a file once */
  constructor(data, part) {
    this.data = data;
    this.part = part;
    /** @type {string[]} */
    this.platforms = data.platforms;
    this.categories = Object.keys(data.categories).sort();
    this.labels = { kategori: data.categories, lembaga: {} };
    /** @type {Segment[]} the base and, where it has not all courses as they are, the delta */
    this.segments = data.segments.map((/** @type {any} */ known) => new Segment(known, part));
    /** @type {number} courses that there are */
    this.count = data.count;
    /** @type {number} numbers of courses, dead ones included */
    this.numbers = this.segments.reduce((sum, segment) => sum + segment.count, 0);
    /** @type {Set<number>} numbers of the base's courses that are gone or stand anew in the delta */
    this.dead = new Set();
    /** @type {Int32Array|null} what `pricesOf` read */
    this.lowest = null;
    /** @type {number[]} how many ids of the base come before each course of the delta */
    this.after = [];
  }

  /** @param {number} course */
  segmentOf(course) {
    const [base, delta] = this.segments;
    return delta && course >= delta.start ? delta : base;
  }

  /** Reads how the base and the delta go together. */
  async settle() {
    if (!this.data.difference || this.after.length || this.dead.size) return;
    const { dead, after } = await this.part(this.data.difference);
    this.dead = new Set(ascending(dead));
    let place = 0;
    this.after = numbers(after).map((gap) => (place += gap));
  }

  /** The first block of the cheapest courses. @returns {Promise<any>|null} */
  opening() {
    const [tag] = this.data.walk.split(" ");
    return tag ? this.part(`v0-${tag}.json`) : null;
  }

  /** The file of an option's cheapest courses. @param {string} option @returns {Promise<any>} */
  headFile(option) {
    const { files, tag } = this.data.heads;
    return this.part(`o${hash(option) % files}-${tag}.json`);
  }

  /** Numbers of all courses that there are. */
  living() {
    return Array.from({ length: this.numbers }, (_, i) => i).filter((course) => !this.dead.has(course));
  }

  /** A course's place in the order of ids. @param {number} course */
  rank(course) {
    const base = this.segments[0].count;
    return course < base ? course : this.after[course - base] - 0.5;
  }
}
