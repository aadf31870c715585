// @ts-check
/** Cards of courses in the *sharded* form: from blocks of courses, or from those that stand beside a word. */

import { Cards } from "./cards.js";
import { ascending, column } from "./codec.js";

const MOST_FILES = 40; // past it ties are settled by a column over all courses

/** @typedef {import("./filters.js").State} State */

export class CardFiles {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  /** @param {any} data @returns {Cards} */
  block(data) {
    return (data.read ??= new Cards(data, this.store.platforms, this.store.categories, this.store.labels));
  }

  /** A course's block of cards and its place there. @param {number} course @returns {Promise<[Cards, number]>} */
  async cardOf(course) {
    const segment = this.store.segmentOf(course);
    const place = course - segment.start;
    return [this.block(await segment.file(`c${Math.floor(place / segment.block)}`)), place % segment.block];
  }

  /**
   * Cards of courses in their order; each block is one file.
   * @param {number[]} courses
   * @param {State} state
   */
  cards(courses, state) {
    return Promise.all(
      courses.map(async (course) => {
        const [block, at] = await this.cardOf(course);
        return block.at(at, state);
      }),
    );
  }

  /** Cards of a word's best courses; they stand in its buckets. @param {import("./vocabulary.js").Term} term @param {number} first @param {number} last */
  inlined(term, first, last) {
    const bare = term.key.replace(/^=/, "");
    return Promise.all(
      term.best.slice(first, last).map(async (course) => {
        const segment = this.store.segmentOf(course);
        const best = await segment.best(bare);
        const place = (best.places ??= ascending(best.numbers || "")).indexOf(course - segment.start);
        return place < 0 ? (await this.cards([course], {}))[0] : this.block(best.cards).at(place, {});
      }),
    );
  }

  /** Compares ids of these courses. @param {number[]} courses @returns {Promise<(a: number, b: number) => number>} */
  async idsOf(courses) {
    if (courses.length > MOST_FILES) {
      const ranks = column(await this.store.part(this.store.data.ranks));
      return (a, b) => ranks[a] - ranks[b];
    }
    const ids = new Map(await Promise.all(courses.map(async (course) => {
      const [block, at] = await this.cardOf(course);
      return /** @type {[number, string]} */ ([course, block.ids[at]]);
    })));
    return (a, b) => ((ids.get(a) || "") < (ids.get(b) || "") ? -1 : 1);
  }
}
