// @ts-check
/** The cheapest courses of few conditions without words, from blocks in the order of lowest prices (search_index/walk.py). */

import { column } from "./codec.js";
import { cheapest, compile } from "./filters.js";
import { Table } from "./table.js";
import { matches } from "./tally.js";

/** @typedef {import("./filters.js").State} State */

export class Walk {
  /**
   * @param {import("./store.js").Store} store
   * @param {import("./cardfiles.js").CardFiles} files
   */
  constructor(store, files) {
    this.store = store;
    this.files = files;
    /** @type {string[]} */
    this.tags = store.data.walk ? store.data.walk.split(" ") : [];
  }

  /**
   * The cheapest of so many courses of one or two conditions, from blocks in the order of lowest prices. A course's passing offer is never
   * cheaper than its lowest price, so what stands behind a block can't come before its end. Null: look at all courses.
   * @param {State} state
   * @param {number} total
   * @param {number} first
   * @param {number} last
   * @returns {Promise<import("./table.js").Card[]|null>}
   */
  async cheapest(state, total, first, last) {
    await this.store.settle();
    /** @type {{course: number, rank: number, price: number, block: any, at: number}[]} */
    const found = [];
    for (let n = 0; n < this.tags.length; n++) {
      const block = await this.store.part(`v${n}-${this.tags[n]}.json`);
      block.table ??= Table.read(block.columns, block.offers, this.store.platforms, this.store.labels);
      block.courses ??= column(block.numbers);
      block.rank ??= column(block.ranks);
      const asked = compile(state, block.table);
      block.courses.forEach((/** @type {number} */ course, /** @type {number} */ at) => {
        if (!matches(asked, block.table, at)) return;
        found.push({ course, rank: block.rank[at], price: block.table.key("harga", at, cheapest(asked, block.table, at)) ?? Infinity, block, at });
      });
      found.sort(byPrice);
      const next = block.next && { price: block.next[0] ?? Infinity, rank: block.next[1] };
      const ending = found[Math.min(last, total) - 1];
      if (ending && (!next || byPrice(ending, next) < 0)) {
        return Promise.all(found.slice(first, last).map((hit) => this.card(hit, state)));
      }
    }
    return null;
  }

  /** The card of a course of a block. @param {{course: number, block: any, at: number}} hit @param {State} state */
  async card({ course, block, at }, state) {
    const tags = block.cards ? block.cards.split(" ") : [];
    const file = Math.floor(at / this.store.data.walked);
    if (!tags[file]) return (await this.files.cards([course], state))[0];
    const data = await this.store.part(`u${block.first / this.store.data.walked + file}-${tags[file]}.json`);
    return this.files.block(data).at(at % this.store.data.walked, state);
  }
}

/** Cheaper first, unknown (Infinity) last, ties by id. @param {{price: number, rank: number}} a @param {{price: number, rank: number}} b */
const byPrice = (a, b) => (a.price === b.price ? a.rank - b.rank : a.price - b.price);
