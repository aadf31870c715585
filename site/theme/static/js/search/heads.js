// @ts-check
/** The cheapest courses of up to three options without words, and how many there are in all (search_index/heads.py). */

import { sold } from "./asking.js";
import { coded, numbers, rising } from "./codec.js";
import { corner } from "./counts.js";
import { pricesOf } from "./lists.js";
import { together } from "./merge.js";

/** @typedef {{sizes: number[], courses: string[], codes: [[string, string], string[]]|null, total: number, others: string, counts: string}} Head */

export class Heads {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  /** What a file tells of an option; null where no course has it. @param {string} option @returns {Promise<Head|null>} */
  async of(option) {
    const file = await this.store.headFile(option);
    return Object.hasOwn(file, option) ? file[option] : null;
  }

  /** How many courses have one to three options of `countedOptions`; null where an option is not known. @param {string[]} options @returns {Promise<number|null>} */
  async total([first, ...more]) {
    const head = await this.of(first);
    if (!head || !more.length) return head && head.total;
    const others = head.others.split(" ");
    const places = more.map((option) => others.indexOf(option));
    return places.includes(-1) ? null : numbers(head.counts)[corner(places[0], places[places.length - 1], others.length)];
  }

  /**
   * The cheapest courses that have all options, as far as it is sure that no other comes before them.
   * @param {string[]} options
   * @returns {Promise<{course: number, key: number}[]|null>} null where an option is not known
   */
  async cheapest(options) {
    const { next } = this.store.data.heads;
    const [prices, heads] = await Promise.all([pricesOf(this.store), Promise.all(options.map((option) => this.of(option))), this.store.settle()]);
    const known = heads.flatMap((head) => head ?? []);
    if (known.length < heads.length) return null;
    const dearer = together(known.map((head) => this.dearer(head)));
    const offered = sold(options);
    /** @param {number} course @param {number} key Behind the head no course is cheaper than the next one; equally cheap ones stand in the order of ids. */
    const sure = (course, key) => next === null || (offered ? key < prices[next] : this.store.rank(course) < this.store.rank(next));
    const found = [...dearer].map(([course, more]) => ({ course, key: prices[course] + more }));
    return found.filter(({ course, key }) => prices[course] >= 0 && sure(course, key));
  }

  /** An option's courses with how much dearer they are as it asks for; NaN is unknown. @param {Head} head @returns {Map<number, number>} */
  dearer({ sizes, courses, codes }) {
    const { segments } = this.store;
    const all = segments.flatMap((segment, i) => [...rising(courses[i], sizes[i], segment.start)]);
    const steps = codes ? coded(codes[0], codes[1][0], all.length) : [];
    return new Map(all.map((course, i) => [course, steps[i] ? steps[i] - 1 : NaN]));
  }
}
