// @ts-check
/** Blocks of cards of the *sharded* form (search_index/cards.py makes them). */

import { numbers, wide } from "./codec.js";
import { cheapest, compile } from "./filters.js";
import { LEVELS, MODES, Offers, Table, Values } from "./table.js";

/** @typedef {import("./filters.js").State} State */

/**
 * Every choice of some names: the first counts 1, the next 2, then 4; without the empty one.
 * @param {Record<string, string>} words
 */
export const choices = (words) => {
  const names = Object.keys(words);
  return Array.from({ length: 2 ** names.length - 1 }, (_, i) => names.filter((_, place) => ((i + 1) >> place) & 1));
};

export const LEVEL_SETS = choices(LEVELS);
const MODE_SETS = choices(MODES);
const HEX = 16;

/** Some courses with all that their cards show. */
export class Cards {
  /** @param {any} data @param {string[]} platforms @param {string[]} categories @param {import("./table.js").Labels} labels */
  constructor({ ids, digits, titles, slugs, providers, names, tables: [prices, days, ratings], facts }, platforms, categories, labels) {
    this.ids = typeof ids === "string" ? wide(ids).map((id) => `c${id.toString(HEX).padStart(digits, "0")}`) : ids;
    this.titles = titles.split("\n");
    this.slugs = slugs.split("\n");
    const told = Uint32Array.from(numbers(facts));
    let at = 0;
    const take = (size = this.ids.length) => told.subarray(at, (at += size));
    /** @param {any[]|null} t */
    const values = (t) => new Values({ t, index: take() });
    /** @param {string[]} list */
    const single = (list) => list.map((value) => [value]);
    const columns = {
      lembaga: values(single(providers)),
      kategori: values(single(categories)),
      tingkat: values(LEVEL_SETS),
      source: values([1, 2, 3]),
      cara: values(MODE_SETS),
      minutes: values(null),
      days: values(null),
      raters: values(null),
    };
    const n = take();
    const rating = values(ratings);
    const count = n.reduce((sum, own) => sum + own, 0);
    const [p, e] = [take(count), take(count)];
    const offers = new Offers({ n, p, e, price: { t: prices, index: take(count) }, until: { t: days, index: take(count) } });
    const named = names.split("\n");
    const lembaga = Object.fromEntries(providers.map((/** @type {string} */ id, /** @type {number} */ i) => [id, named[i]]));
    this.table = new Table({ ...columns, rating }, offers, platforms, { ...labels, lembaga });
  }

  /** A card, with the cheapest of the offers that are asked for. @param {number} at @param {State} state */
  at(at, { platform, prakerja, buyable, today, harga_min, harga_maks }) {
    const asked = compile({ platform, prakerja, buyable, today, harga_min, harga_maks }, this.table);
    return this.table.card(at, cheapest(asked, this.table, at), { id: this.ids[at], slug: this.slugs[at], title: this.titles[at] });
  }
}
