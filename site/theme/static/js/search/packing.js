// @ts-check
/** The pressed part of a *whole* boot file: the browser's half of search_index/packing.py, in steps that can be spread over time. */

import { numbers } from "./codec.js";
import { mix, ranked, tree, Unpress } from "./press.js";

const COLUMNS = [
  "lembaga", "kategori", "cara", "kota", "minutes", "days", "mulai", "sertifikat", "tingkat", "source", "rating", "seen",
]; // prettier-ignore
const SHARED = 16;
const FAR = 9;
const COLUMN = 1;
const SHARE = 2;
const SIGN = 3;
const WORD = 4;
const SHAPE = 5;
const FORM = 6;
const ROWS = 64;
const AHEAD = 4096; // signs: far more than a step reads of any usual catalog

/** @typedef {Generator<void, T, void>} Steps @template T */
/**
 * @typedef {object} Unpacked
 * @property {Record<string, Uint32Array>} columns of courses; 0 is unknown, n the n-th value of the column's table
 * @property {number[]} raters
 * @property {{n: Uint32Array, p: Uint32Array, e: Uint32Array, price: Uint32Array, until: Uint32Array}} offers
 * @property {string[]} ids
 * @property {string[]} words of titles and names of providers, in small letters
 * @property {string[]} titles
 * @property {number[][]} titleWords places in `words`, course by course
 * @property {string[]} providers names, in the order of the column's table
 * @property {(words: string[]) => Steps<number[]>} forms codes of the words of names and synonyms, which stand last
 */

export class Packed {
  /** @param {import("./press.js").Feed} feed @param {Record<string, string>} counts */
  constructor(feed, counts) {
    this.press = new Unpress(feed);
    this.counts = counts;
    this.read = 0;
  }

  /** What to wait for before the next step, if its signs may not be there yet. */
  coming() {
    const { feed, at } = this.press;
    return feed.done || feed.text.length > at + AHEAD ? null : feed.more();
  }

  /** Has a step read signs that were not there yet? */
  get overrun() {
    return !this.press.feed.done && this.press.at > this.press.feed.text.length;
  }

  /** @param {string} name */
  tally(name) {
    this.read++;
    return numbers(this.counts[name]);
  }

  /**
   * A column; `beside` and `near` tell something about each number from its row and the numbers before it.
   * @param {string} name @param {number} length
   * @param {(row: number, out: Uint32Array) => number} beside @param {ArrayLike<number>} near
   * @returns {Steps<Uint32Array>}
   */
  *column(name, length, beside, near) {
    const told = tree(this.tally(name));
    const own = mix(COLUMN, this.read);
    const out = new Uint32Array(length);
    for (let row = 0; row < length; row++) {
      const first = mix(own, beside(row, out) + 1);
      const other = ~near[row];
      out[row] = this.press.symbol(told, COLUMN, first, mix(own, other), mix(first, other));
      if (row % ROWS === 0) yield;
    }
    return out;
  }

  /** Numbers of any size, the last `bits` bits of which stand as they are. @param {number} count @param {number} number @param {number} bits @returns {Steps<number[]>} */
  *sizes(count, number, bits = 0) {
    const out = [];
    for (let row = 0; row < count; row++) {
      const high = this.press.size(mix(0, number));
      out.push(high * 2 ** bits + this.press.plain(bits));
      if (row % ROWS === 0) yield;
    }
    return out;
  }

  /** Words of which neighbours begin alike. @param {string} signs @returns {Steps<string[]>} */
  *words(signs) {
    const counts = this.tally("signs");
    const told = tree(counts);
    const shared = ranked(SHARED);
    const alphabet = ["", ...signs];
    const out = [];
    /** @type {number[]} */
    let last = [];
    let before = 0;
    for (let n = 0; n < counts[0]; n++) {
      const same = this.press.symbol(shared, SHARE, mix(SHARE, 0), mix(SHARE, 1 + before), mix(SHARE, ~last.length));
      const code = last.slice(0, same);
      let text = "";
      for (let place = 0; place < same; place++) text += alphabet[code[place]];
      for (let place = same; ; place++) {
        const a = place ? code[place - 1] : 0;
        const b = place > 1 ? code[place - 2] : 0;
        const first = place === same ? 1 + (place < last.length ? last[place] : 0) : 0;
        const where = mix(mix(SIGN, (place < FAR ? place : FAR) + 1000), first);
        const sign = this.press.symbol(told, SIGN, mix(mix(SIGN, a), first), mix(mix(mix(SIGN, ~a), b), first ? 1 : 0), where);
        if (!sign) break;
        code.push(sign);
        text += alphabet[sign];
      }
      out.push(text);
      last = code;
      before = same;
      if (n % ROWS === 0) yield;
    }
    return out;
  }

  /**
   * Lines of words: their texts, and the places of their words.
   * @param {string} signs @param {number} count @param {(line: number) => number} about
   * @returns {Steps<{words: string[], texts: string[], places: number[][]}>}
   */
  *lines(signs, count, about) {
    const words = yield* this.words(signs);
    const lengths = words.map((word) => [...word].length);
    const told = tree([count, ...lengths.map((length) => this.press.size(mix(WORD, length < FAR ? length : FAR)))]);
    yield;
    const shaped = ranked(4);
    const raised = words.map((word) => word.replace(/(^|[^a-z])([a-z])/g, (_, start, letter) => start + letter.toUpperCase()));
    const texts = [];
    const places = [];
    const own = mix(WORD, 0);
    for (let line = 0; line < count; line++) {
      const topic = about(line);
      const found = [];
      const spelled = [];
      let before = 0;
      for (let last = 0; ; ) {
        last = this.press.symbol(told, WORD, own, mix(own, last + 1), mix(mix(own, ~last), topic));
        if (!last) break;
        const at = mix(SHAPE, last);
        const shape = this.press.symbol(shaped, SHAPE, at, mix(SHAPE, ~before), mix(at, ~before));
        before = shape;
        found.push(last - 1);
        spelled.push(this.shaped(words[last - 1], raised[last - 1], shape));
      }
      texts.push(spelled.join(" "));
      places.push(found);
      if (line % ROWS === 0) yield;
    }
    return { words, texts, places };
  }

  /** A word as names are written, as it is, in capitals, or letter by letter. @param {string} word @param {string} raised @param {number} shape */
  shaped(word, raised, shape) {
    if (shape < 2) return shape ? word : raised;
    return word.replace(/[a-z]/g, (letter) => (shape === 2 || this.press.plain(1) ? letter.toUpperCase() : letter));
  }

  /** @param {string[]} words @returns {Steps<number[]>} */
  *forms(words) {
    const told = tree(this.tally("forms"));
    const out = [];
    for (const word of words) {
      const n = word.length;
      /** @param {number} place */
      const unit = (place) => (place >= 0 && place < n ? word.charCodeAt(place) : 0);
      const end = mix(mix(FORM, unit(n - 1)), unit(n - 2));
      const more = mix(mix(end, unit(n - 3)), unit(n - 4));
      const start = mix(mix(mix(end, unit(0)), unit(1)), unit(2));
      out.push(this.press.symbol(told, FORM, end, more, start));
      if (out.length % ROWS === 0) yield;
    }
    return out;
  }
}

/** Reads signs that mean nothing, until `there` or for long enough. @param {() => boolean} there @returns {Steps<void>} */
export function* warm(there) {
  const press = new Unpress({ text: "banding".repeat(6000), done: true, more: async () => {} });
  const told = ranked(40);
  for (let n = 0, last = 0; n < 20000 && !there(); n++) {
    last = press.symbol(told, SIGN, mix(SIGN, last), mix(SIGN, ~last), mix(mix(SIGN, last), n & 7));
    if (n % ROWS === 0) yield;
  }
}

/**
 * Reads everything but the codes of forms.
 * @param {{count: number, facts: any}} boot
 * @param {Packed} stream
 * @returns {Steps<Unpacked>}
 */
export function* unpack({ count, facts }, stream) {
  const nothing = new Uint32Array(count);
  /** @type {Record<string, Uint32Array>} */
  const columns = {};
  /** @type {Uint32Array} */
  let near = nothing;
  for (const name of COLUMNS) {
    const provider = columns.lembaga || nothing;
    near = columns[name] = yield* stream.column(name, count, (row) => provider[row], near);
  }
  const raters = yield* stream.sizes(count, 1);
  const offers = yield* unpackOffers(stream, count, columns.lembaga);
  let last = -1;
  const ids =
    facts.ids?.split("\n") ??
    (yield* stream.sizes(count, 2, facts.gap)).map((gap) => `c${(last += gap + 1).toString(16).padStart(12, "0")}`);
  const own = facts.tables.kategori.length + 1;
  const lines = yield* stream.lines(facts.signs, count + facts.tables.lembaga.length, (line) => (line < count ? columns.kategori[line] : own));
  return {
    columns,
    raters,
    offers,
    ids,
    words: lines.words,
    titles: lines.texts.slice(0, count),
    titleWords: lines.places.slice(0, count),
    providers: lines.texts.slice(count),
    forms: (words) => stream.forms(words),
  };
}

/** Offers of all courses, each guessed from its course's offer before. @param {Packed} stream @param {number} count @param {Uint32Array} provider */
function* unpackOffers(stream, count, provider) {
  const n = yield* stream.column("n", count, (row) => provider[row], new Uint32Array(count));
  /** @type {number[]} */
  const owner = [];
  /** @type {boolean[]} is it its course's first offer? */
  const first = [];
  n.forEach((size, course) => {
    for (let i = 0; i < size; i++) first.push(i === 0) && owner.push(provider[course]);
  });
  /** @param {number} row @param {Uint32Array} out */
  const before = (row, out) => (first[row] ? 0 : out[row - 1] + 1);
  const p = yield* stream.column("p", owner.length, before, owner);
  const e = yield* stream.column("e", owner.length, before, p);
  const price = yield* stream.column("price", owner.length, before, owner);
  const until = yield* stream.column("until", owner.length, before, p);
  return { n, p, e, price, until };
}
