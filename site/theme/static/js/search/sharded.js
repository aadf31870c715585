// @ts-check
/**
 * The *sharded* form: a small boot file, then only the buckets, lists, facets, columns and card blocks that a query needs. Here is what most
 * first questions ask for, a single word or nothing at all; scan.js answers all others.
 */

import { CHOSEN, columnsOf, conditions, countedOptions, keysOf, listed, NEEDS } from "./asking.js";
import { CardFiles } from "./cardfiles.js";
import { numbers } from "./codec.js";
import { given } from "./filters.js";
import { Store } from "./store.js";
import { typedWords } from "./understand.js";
import { Vocabulary } from "./vocabulary.js";

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./engine.js").Answer} Answer */
/** @typedef {import("./understand.js").Alternative} Alternative */
/** @typedef {Pick<Answer, "total"|"cards"> & Partial<Pick<Answer, "repair"|"category">>} Found */

export class Sharded {
  /** @param {any} data the boot file @param {(name: string) => Promise<any>} fetchPart */
  constructor(data, fetchPart) {
    this.build = data.build;
    this.store = new Store(data, fetchPart);
    this.words = new Vocabulary(this.store);
    this.files = new CardFiles(this.store);
    /** @type {Promise<import("./scan.js").Scan>|null} */
    this.opened = null;
  }

  /** What answers all other questions; after a failure it is asked for anew. */
  scan() {
    this.opened ??= import("./scan.js").then(({ Scan }) => new Scan(this.store, this.words, this.files));
    this.opened.catch(() => (this.opened = null));
    return this.opened;
  }

  /** Begins to read what a question most likely needs besides its words. @param {State} state @param {string} sort */
  expect(state, sort) {
    const typed = typedWords(String(state.q || ""), this.words.tables);
    const plain = columnsOf(state).length === 0;
    if (plain && sort === "relevan" && typed.length === 1) {
      // A single word is mostly answered by its best courses: their cards come together with the word.
      this.store.segments[0].best(typed[0]).catch(() => {});
      return;
    }
    if (!typed.length && plain) return;
    this.scan().catch(() => {});
    const counted = typed.length || !["relevan", "harga"].includes(sort) ? [] : countedOptions(state);
    if (counted.length) return this.expectCheapest(counted);
    if (given("harga_maks", state.harga_maks) || NEEDS[sort]?.includes("lowest")) this.expectFiles("l");
    this.words.expectLists(typed);
    this.expectOptions(state, sort, typed.length > 0);
  }

  /** Begins to read a file of each segment. @param {string} name */
  expectFiles(name) {
    for (const segment of this.store.segments) segment.file(name).catch(() => {});
  }

  /** Begins to read what tells the cheapest courses of options. @param {string[]} options */
  expectCheapest(options) {
    const read = options.length < 3 ? options.slice(0, 1) : options;
    for (const option of read) this.store.headFile(option).catch(() => {});
    if (options.length < 3) this.store.opening()?.catch(() => {});
    else this.expectFiles("l");
  }

  /** Begins to read the lists of options. @param {State} state @param {string} sort @param {boolean} worded */
  expectOptions(state, sort, worded) {
    if (worded && !listed(state, sort, worded)) return;
    const chosen = conditions(state).filter(([group]) => CHOSEN.includes(group));
    for (const [group, value] of chosen) {
      for (const key of keysOf(group, value)) {
        if (group !== "tingkat" || (!worded && chosen.length === 1)) this.words.expectList(key);
        this.words.shard(key).catch(() => {});
      }
    }
  }

  /**
   * @param {State} state
   * @param {import("./understand.js").Understood} understood
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Answer>}
   */
  async answer(state, { groups, suggestion, ignored }, sort, first, last) {
    const plain = columnsOf(state).length === 0;
    const found = (plain && (await this.ready(groups, sort, first, last))) || (await (await this.scan()).answer(state, groups, sort, first, last));
    const counts = async () => (await this.scan()).counts(state, groups);
    return { build: this.build, facets: {}, suggestion, ignored, repair: null, category: null, ...found, counts };
  }

  /**
   * A word's best courses, or the first ones of all; null where others are asked for.
   * @param {Alternative[][]} groups
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Found|null>}
   */
  async ready(groups, sort, first, last) {
    if (!groups.length) {
      const order = numbers((await this.store.part(this.store.data.first))[sort]);
      if (last > order.length && this.store.count > order.length) return null;
      return { total: this.store.count, cards: await this.files.cards(order.slice(first, last), {}) };
    }
    if (groups.length > 1 || sort !== "relevan") return null;
    await this.words.prepare(groups);
    const [only, more] = this.words.terms(groups[0]);
    const [{ term }] = only;
    if (more || only.length > 1 || !term || (last > term.best.length && term.holding > term.best.length)) return null;
    return { total: term.holding, cards: await this.files.inlined(term, first, last) };
  }
}
