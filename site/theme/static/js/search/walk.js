// @ts-check
/** The cheapest courses of few conditions without words, from blocks in the order of lowest prices (search_index/walk.py). */

import { walked } from "./asking.js";
import { column } from "./codec.js";
import { cheapest, compile } from "./filters.js";
import { Table } from "./table.js";
import { matches } from "./tally.js";

/** @typedef {import("./filters.js").State} State */

export class Walk {
  /**
   * @param {import("./store.js").Store} store
   * @param {import("./cardfiles.js").CardFiles} files
   * @param {import("./counts.js").OptionCounts} counted
   */
  constructor(store, files, counted) {
    this.store = store;
    this.files = files;
    this.counted = counted;
    /** @type {string[]} */
    this.tags = store.data.walk ? store.data.walk.split(" ") : [];
  }

  /**
   * The cheapest courses of one or two conditions, from blocks in the order of lowest prices. A course's passing offer is never
   * cheaper than its lowest price, so what stands behind a block can't come before its end. Null: look at all courses.
   * @param {State} state
   * @param {number} first
   * @param {number} last
   * @returns {Promise<{total: number, cards: import("./table.js").Card[]}|null>}
   */
  async cheapest(state, first, last) {
    if (!walked(state)) return null;
    await this.store.settle();
    const opening = this.tags.length ? this.store.part(`v0-${this.tags[0]}.json`) : null;
    opening?.catch(() => {});
    const total = await this.counted.total(state);
    if (!total) return null;
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
        return { total, cards: await Promise.all(found.slice(first, last).map((hit) => this.card(hit, state))) };
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
