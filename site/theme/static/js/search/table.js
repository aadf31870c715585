// @ts-check
/** Columns of courses as they stand in a file, and cards made from them. */

import { column } from "./codec.js";
import { ratingBound, ratingValues } from "./filters.js";
import { slugify } from "./words.js";

export const LEVELS = { pemula: "beginner", menengah: "intermediate", mahir: "advanced" };
export const MODES = { "belajar-mandiri": "self_paced", webinar: "live_online", "tatap-muka": "onsite", campuran: "blended" };
const SOURCES = [null, "stated", "outline", "title"];
const ELIGIBLE = ["yes", "unknown", "no"];
export const UNSTATED = "tidak-disebutkan";

/** @typedef {{t: any[]|null, c?: string, index?: Uint32Array}} Coded values of `t` (or numbers from 0 on); 0 in `c` or `index` means unknown, n the value t[n-1] */
/**
 * @typedef {object} Labels
 * @property {Record<string, string>} kategori
 * @property {Record<string, string>} lembaga
 */
/**
 * @typedef {object} Card
 * @property {string} id
 * @property {string} slug
 * @property {string} title
 * @property {string|null} provider
 * @property {string|null} provider_id
 * @property {string|null} category
 * @property {string[]} levels
 * @property {string|null} level_source
 * @property {string[]} modes
 * @property {number|null} minutes
 * @property {number|null} days
 * @property {number|null} price
 * @property {boolean} free
 * @property {string[]} platforms
 * @property {number} offers
 * @property {string} eligible
 * @property {number|null} rating
 * @property {number|null} rating_count
 */

/** @param {number|null} minutes */
const duration = (minutes) =>
  minutes === null ? UNSTATED : minutes < 300 ? "kurang-5" : minutes < 600 ? "5-10" : minutes <= 1200 ? "10-20" : "lebih-20";

const SLUG = 60;

/** What the file leaves out of a slug stands in title and id. @param {{id: string, slug: string, title: string}} names */
function slugOf({ id, slug, title }) {
  if (slug[0] === "/") return slug.slice(1);
  const own = slugify(title);
  const [, shared, rest] = /^(\d*)\+?(.*)$/.exec(slug) || ["", "", ""];
  return `${slug ? own.slice(0, Number(shared)) + rest : cut(own)}-${id.slice(1, 7)}`;
}

/** A title's slug as far as whole words fit. @param {string} slug */
function cut(slug) {
  if (slug.length <= SLUG) return slug;
  const place = slug.lastIndexOf("-", SLUG);
  return slug.slice(0, place > 0 ? place : SLUG);
}

/** A coded column: `at(course)` is the value or null. */
export class Values {
  /** @param {Coded} coded */
  constructor(coded) {
    this.table = coded.t;
    this.index = coded.index ?? column(/** @type {string} */ (coded.c));
  }

  /** @param {number} course */
  at(course) {
    const i = this.index[course];
    return i ? (this.table ? this.table[i - 1] : i - 1) : null;
  }

  /** @param {(value: any) => string[]} values @returns {import("./filters.js").Group} */
  group(values) {
    return { index: this.index, sets: [null, ...(this.table || [])].map(values) };
  }
}

/** Active offers of courses, one course's after the other's. */
export class Offers {
  /** @param {{n: string|Uint32Array, p: string|Uint32Array, e: string|Uint32Array, price: Coded, until?: Coded}} data */
  constructor(data) {
    /** @param {string|Uint32Array} known */
    const read = (known) => (typeof known === "string" ? column(known) : known);
    const counts = read(data.n);
    this.first = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) this.first[i + 1] = this.first[i] + counts[i];
    this.platform = read(data.p);
    this.eligible = read(data.e);
    const prices = new Values(data.price);
    this.price = Int32Array.from(prices.index, (_, offer) => prices.at(offer) ?? -1);
    const days = data.until && new Values(data.until);
    this.until = days ? Int32Array.from(days.index, (_, offer) => days.at(offer) ?? 0) : new Int32Array(this.price.length);
  }

  /** Offers that are known number by number. @param {{first: Uint32Array, platform: Uint32Array, eligible: Uint32Array, price: Int32Array, until?: Int32Array}} known */
  static of(known) {
    return Object.assign(new Offers(NOTHING), known);
  }

  /** One offer a course, of which only the price is known. @param {Int32Array} price */
  static lowest(price) {
    const nothing = new Uint32Array(price.length);
    return Offers.of({ first: Uint32Array.from({ length: price.length + 1 }, (_, i) => i), platform: nothing, eligible: nothing, price });
  }
}

const NOTHING = { n: "$", p: "$", e: "$", price: { t: [], c: "$" } };
const NONE = new Offers(NOTHING);

/** Columns of a catalog or of a part of it; not all need be there. */
export class Table {
  /**
   * @param {Record<string, Values>} values
   * @param {Offers|null} offers
   * @param {string[]} platforms
   * @param {Labels} labels
   */
  constructor(values, offers, platforms, labels) {
    this.values = values;
    this.labels = labels;
    this.platforms = platforms;
    this.offers = offers;
    const known = offers || NONE;
    this.first = known.first;
    this.platform = known.platform;
    this.eligible = known.eligible;
    this.price = known.price;
    this.until = known.until;
    /** @param {string[]|null} set */
    const sets = (set) => set || [UNSTATED];
    /** @type {Record<string, import("./filters.js").Group>} */
    this.groups = {};
    for (const name of ["tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat"]) {
      if (values[name]) this.groups[name] = values[name].group(sets);
    }
    if (values.minutes) this.groups.durasi = values.minutes.group((minutes) => [duration(minutes)]);
    if (values.rating) this.groups.rating = values.rating.group(ratingValues);
  }

  /**
   * A table from a file's columns.
   * @param {Record<string, Coded>} columns
   * @param {any} offers
   * @param {string[]} platforms
   * @param {Labels} labels
   */
  static read(columns, offers, platforms, labels) {
    /** @type {Record<string, Values>} */
    const values = {};
    for (const name in columns) values[name] = new Values(columns[name]);
    return new Table(values, new Offers(offers), platforms, labels);
  }

  /**
   * What a result shows. `offer` is the cheapest one that passes the filters.
   * @param {number} course
   * @param {number} offer
   * @param {{id: string, slug: string, title: string}} names
   * @returns {Card}
   */
  card(course, offer, names) {
    const v = this.values;
    const provider = (v.lembaga.at(course) || [null])[0];
    const category = (v.kategori.at(course) || [null])[0];
    const platforms = [];
    for (let o = this.first[course]; o < this.first[course + 1]; o++) platforms.push(this.platforms[this.platform[o]]);
    const price = offer >= 0 && this.price[offer] >= 0 ? this.price[offer] : null;
    return {
      id: names.id,
      slug: slugOf(names),
      title: names.title,
      provider: provider === null ? null : this.labels.lembaga[provider] ?? provider,
      provider_id: provider,
      category: category === null ? null : this.labels.kategori[category] ?? category,
      levels: translate(LEVELS, v.tingkat.at(course)),
      level_source: SOURCES[v.source.at(course) || 0],
      modes: translate(MODES, v.cara.at(course)),
      minutes: v.minutes.at(course),
      days: v.days.at(course),
      price,
      free: price === 0,
      platforms: [...new Set(platforms)],
      offers: platforms.length,
      eligible: ELIGIBLE[offer >= 0 ? this.eligible[offer] : 1],
      rating: v.rating.at(course),
      rating_count: v.raters.at(course),
    };
  }

  /**
   * The number by which a sort orders a course, lower first; null sorts last.
   * @param {string} sort
   * @param {number} course
   * @param {number} offer
   * @returns {number|null}
   */
  key(sort, course, offer) {
    const price = this.price[offer];
    if (sort === "harga") return price < 0 ? null : price;
    if (sort === "-harga") return price < 0 ? null : -price;
    if (sort === "per_jam") {
      const minutes = this.values.minutes.at(course);
      return price < 0 || !minutes ? null : price / minutes;
    }
    if (sort === "rating") {
      const bound = ratingBound(this.values.rating.at(course), this.values.raters.at(course));
      return bound === null ? null : -bound;
    }
    const seen = this.values.seen.at(course);
    return seen === null ? null : -seen;
  }
}

/** @param {Record<string, string>} words @param {string[]|null} values */
function translate(words, values) {
  return values ? Object.keys(words).filter((word) => values.includes(word)).map((word) => words[word]) : [];
}
