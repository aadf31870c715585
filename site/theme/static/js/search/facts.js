// @ts-check
/** What conditions, sorts and counts need of courses in the *sharded* form: from lists and facets of words, or from whole columns. */

import { LEVEL_SETS } from "./cards.js";
import { size } from "./finder.js";
import { FACETS, facetsOf, gathered, gatheredOffers, levelsOf, listOf, pricesOf, tablesOf } from "./lists.js";
import { Offers, Table, Values } from "./table.js";

// Columns that lists and the order of numbers give without a file of facets.
const LISTED = ["tingkat", "lowest"];
// Bytes of a course in a file of facets (or of all courses, since small lists share files) and in a whole column, roughly: the smaller way is taken.
const FACETS_COST = 4;
const FACETS_LEAST = 0.3;
const COLUMN_COST = 0.4;

/** @typedef {import("./finder.js").Found} Found */
/** @typedef {import("./vocabulary.js").Term} Term */
/**
 * @typedef {object} Gathered
 * @property {Map<number, number>} places the row of each course
 * @property {Record<string, Values>} columns row by row
 * @property {Offers|null} offers row by row
 * @property {Int32Array} prices lowest ones, by number
 */
/** @typedef {{table: Table, rows: ArrayLike<number>}} Known the table's row of each course */

export class Facts {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Record<string, Values>} */
    this.columns = {};
    /** @type {Offers|null} */
    this.offers = null;
    /** @type {Offers|null} of every course its lowest price only */
    this.lowest = null;
    /** @type {WeakMap<Term[], Promise<Gathered>>} facets of what was found */
    this.gathered = new WeakMap();
  }

  /** Reads whole columns with these names. @param {string[]} names */
  async need(names) {
    const all = names.includes("offers") || this.offers !== null;
    await Promise.all(
      names.map(async (name) => {
        if (name === "offers") this.offers ??= new Offers(await this.store.part(this.store.data.offers));
        else if (name !== "lowest") this.columns[name] ??= new Values(await this.store.part(this.store.data.columns[name]));
        else if (!all) this.lowest ??= Offers.lowest(await pricesOf(this.store));
      }),
    );
    const offers = this.offers ?? (names.includes("lowest") ? this.lowest : null);
    return new Table(this.columns, offers, this.store.platforms, this.store.labels);
  }

  /** Bytes of whole columns, roughly. @param {string[]} names */
  columnsCost(names) {
    const missing = names.filter((name) => name !== "lowest" && (name === "offers" ? !this.offers : !this.columns[name])).length;
    return missing * COLUMN_COST * this.store.numbers;
  }

  /** Bytes of the facets of these words, roughly; words that most courses hold have none. @param {Term[]} cover */
  facetsCost(cover) {
    return cover.some((term) => term.parts.some(({ entry }) => entry[0] && entry[5] < 0)) ? Infinity : Math.max(FACETS_COST * size(cover), FACETS_LEAST * this.store.numbers);
  }

  /** Would whole columns cost fewer bytes than the facets of these words? @param {Term[]} cover @param {string[]} names */
  wholly(cover, names) {
    return this.columnsCost(names) < this.facetsCost(cover);
  }

  /**
   * What conditions and sorts need of courses: from the lists and facets of words, or from whole columns.
   * @param {number[]} courses
   * @param {Term[]|null} cover null without words
   * @param {string[]} names
   * @param {Map<number, number>|null} dearer by how much more than for its lowest price each course is had as it was asked for; -1 is unknown
   * @returns {Promise<Known>}
   */
  async of(courses, cover, names, dearer = null) {
    if (!names.length) return { table: new Table({}, null, this.store.platforms, this.store.labels), rows: courses };
    if (!cover) return { table: await this.need(names), rows: courses };
    const listed = names.every((name) => LISTED.includes(name));
    if (!listed && this.wholly(cover, names)) return { table: await this.need(names), rows: courses };
    const { places, columns, offers, prices } = await this.held(courses, cover, !listed, !listed || names.includes("tingkat"));
    const rows = courses.map((course) => /** @type {number} */ (places.get(course)));
    let sold = names.includes("offers") ? offers : null;
    if (!sold && names.includes("lowest")) {
      // One offer a row: the course as it was asked for.
      const own = new Int32Array(places.size);
      courses.forEach((course, i) => {
        const more = dearer?.get(course) ?? 0;
        own[rows[i]] = prices[course] < 0 || more < 0 ? -1 : prices[course] + more;
      });
      sold = Offers.lowest(own);
    }
    return { table: new Table(columns, sold, this.store.platforms, this.store.labels), rows };
  }

  /**
   * What `gather` reads; facets are kept for the next question about these courses or some of them.
   * @param {number[]} courses
   * @param {Term[]} cover
   * @param {boolean} facets
   * @param {boolean} leveled
   * @returns {Promise<Gathered>}
   */
  async held(courses, cover, facets, leveled) {
    const kept = await this.gathered.get(cover);
    if (kept && courses.every((course) => kept.places.has(course))) return kept;
    const known = this.gather(courses, cover, facets, leveled);
    if (facets) {
      known.catch(() => this.gathered.delete(cover));
      this.gathered.set(cover, known);
    }
    return known;
  }

  /**
   * Columns of courses, row by row, from the lists of words that have them.
   * @param {number[]} courses
   * @param {Term[]} cover
   * @param {boolean} facets are files of facets needed?
   * @param {boolean} leveled are levels?
   * @returns {Promise<Gathered>}
   */
  async gather(courses, cover, facets, leveled) {
    const reading = pricesOf(this.store);
    reading.catch(() => {});
    const places = new Map(courses.map((course, row) => [course, row]));
    const left = new Map(places);
    const index = new Uint32Array(courses.length);
    /** @type {import("./lists.js").Place[]} */
    const found = [];
    const parts = cover.flatMap((term) => term.parts.filter(({ entry }) => entry[0]).map((part) => ({ ...part, key: term.key })));
    const read = await Promise.all(
      parts.map(({ segment, entry, key }) =>
        Promise.all([listOf(segment, entry, key), leveled ? levelsOf(segment, entry, key) : null, facets ? facetsOf(segment, entry) : null]),
      ),
    );
    read.forEach(([list, levels, file], i) => {
      const { segment, key } = parts[i];
      list.ids.forEach((course, at) => {
        const row = left.get(course);
        if (row === undefined) return;
        left.delete(course);
        if (levels) index[row] = levels[at];
        if (file) found.push({ segment, file, row, at: file.starts[key] + at });
      });
    });
    /** @type {Record<string, Values>} */
    const columns = leveled ? { tingkat: new Values({ t: LEVEL_SETS, index }) } : {};
    const prices = await reading;
    if (!facets) return { places, columns, offers: null, prices };
    const tables = await Promise.all(this.store.segments.map(tablesOf));
    for (const name of FACETS) columns[name] = gathered(name, courses.length, found, this.store.segments, tables);
    found.sort((a, b) => a.row - b.row);
    return { places, columns, prices, offers: gatheredOffers(found, this.store.segments, tables, (row) => prices[courses[row]]) };
  }

  /** Begins to read what will be needed of a cover's courses, while lists are read. @param {Term[]} cover @param {string[]} needed */
  expect(cover, needed) {
    if (!needed.length) return;
    const listed = needed.every((name) => LISTED.includes(name));
    const all = !listed && this.wholly(cover, needed);
    /** @type {Promise<any>[]} */
    const reading = [all ? this.need(needed) : pricesOf(this.store)];
    if (!listed && !all) reading.push(...this.store.segments.map(tablesOf));
    for (const { key, parts } of all ? [] : cover) {
      for (const { segment, entry } of parts) {
        if (!listed) reading.push(facetsOf(segment, entry));
        if (!listed || needed.includes("tingkat")) reading.push(levelsOf(segment, entry, key));
      }
    }
    for (const one of reading) one.catch(() => {});
  }
}
