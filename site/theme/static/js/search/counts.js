// @ts-check
/** Totals and true counts that were counted at build time (search_index/counts.py): questions without words and with few conditions. */

import { conditions, WALKED } from "./asking.js";
import { numbers } from "./codec.js";
import { today } from "./filters.js";

/** @typedef {import("./filters.js").State} State */

/**
 * Where two options' count stands: the upper triangle of a table, row by row.
 * @param {number} a
 * @param {number} b
 * @param {number} size
 */
export const corner = (a, b, size) => Math.min(a, b) * size - (Math.min(a, b) * (Math.min(a, b) - 1)) / 2 + Math.abs(a - b);

export class OptionCounts {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  /** The values of a group that courses have. @param {string} group @returns {Promise<string[]>} */
  async values(group) {
    const { options } = await this.store.part(this.store.data.options);
    return options.filter((/** @type {string} */ option) => option.startsWith(`${group}=`)).map((/** @type {string} */ option) => option.slice(group.length + 1));
  }

  /**
   * Of two conditions with one value each: how many courses there were with each option of the one's group beside the other; else null.
   * @param {State} state
   * @param {string} group of the one
   * @returns {Promise<Record<string, Record<string, number>>|null>}
   */
  async beside(state, group) {
    const others = conditions(state).filter(([key]) => key !== group);
    if (others.length !== 1 || [others[0][1]].flat().length > 1 || group === "lembaga") return null;
    const { options, counts } = await this.store.part(this.store.data.options);
    const other = options.indexOf(`${others[0][0]}=${others[0][1]}`);
    if (other < 0) return null;
    const pairs = numbers(counts);
    /** @type {[string, number][]} */
    const found = [];
    for (const [at, option] of options.entries()) {
      const count = option.startsWith(`${group}=`) ? pairs[corner(at, other, options.length)] : 0;
      if (count) found.push([option.slice(group.length + 1), count]);
    }
    return { [group]: Object.fromEntries(found) };
  }

  /**
   * True counts without words and with at most one condition, which were counted at build time; null for other questions.
   * @param {State} state
   * @returns {Promise<Record<string, Record<string, number>>|null>}
   */
  async facets(state) {
    const asked = conditions(state);
    if (asked.length > 1) return null;
    const [key, value] = asked.length ? [asked[0][0], Array.isArray(asked[0][1]) && asked[0][1].length > 1 ? "" : String(asked[0][1])] : ["", ""];
    const [{ options, counts }, offered] = await Promise.all([this.store.part(this.store.data.options), this.store.part(this.store.data.providers)]);
    const pairs = numbers(counts);
    /** Courses of each provider with an option; 0 is all of them. @param {number} at */
    const row = (at) => {
      const out = new Uint32Array(offered.values.length);
      const told = numbers(offered.counts[at]);
      for (let i = 0, name = -1; i < told.length; i += 2) out[(name += told[i] + 1)] = told[i + 1] + 1;
      return out;
    };
    const place = options.indexOf(`${key}=${value}`);
    const provider = key === "lembaga" ? offered.values.indexOf(value) : -1;
    if (key && place < 0 && provider < 0) return null;
    /** @type {Record<string, Record<string, number>>} */
    const facets = Object.fromEntries([...WALKED, "kota", "lembaga"].map((group) => [group, {}]));
    options.forEach((/** @type {string} */ option, /** @type {number} */ at) => {
      const [group] = option.split("=", 1);
      const other = group === key || !key ? at : place;
      const count = provider < 0 ? pairs[corner(at, other, options.length)] : row(at + 1)[provider];
      if (count) facets[group][option.slice(group.length + 1)] = count;
    });
    const providers = row(place + 1);
    offered.values.forEach((/** @type {string} */ name, /** @type {number} */ at) => {
      const count = providers[at];
      if (count) facets.lembaga[name] = count;
    });
    const { days, options: sold, providers: soldBy } = offered.buyable;
    const told = numbers(provider < 0 ? sold[place + 1] : soldBy[provider]);
    const now = state.today || today();
    let still = 0;
    for (let i = 0, day = -1; i < told.length; i += 2) if (days[(day += told[i] + 1)] >= now) still += told[i + 1] + 1;
    facets.buyable = still ? { 1: still } : {};
    return facets;
  }
}
