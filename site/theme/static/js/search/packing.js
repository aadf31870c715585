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
const RATERS = 7;
const IDS = 8;
const ROWS = 64;
const AHEAD = 4096; // signs: far more than a step reads of any usual catalog

/** @typedef {Generator<void, T, void>} Steps @template T */
/**
 * @typedef {object} Unpacked
 * @property {Record<string, Uint32Array>} columns of courses; 0 is unknown, n the n-th value of the column's table
 * @property {number[]} raters
 * @property {{n: Uint32Array, p: Uint32Array, e: Uint32Array, price: Uint32Array, until: Uint32Array}} offers
 * @property {(course: number) => string} id
 * @property {Lines} lines titles, then names of providers in the order of the column's table
 * @property {(words: Iterable<string>) => Steps<number[]>} forms codes of the words of names and synonyms, which stand last
 */

/** Lines of words, spelled when they are asked for. */
export class Lines {
  /** @param {string[]} words in small letters */
  constructor(words) {
    this.words = words;
    /** @type {number[]} places in `words`, line after line */
    this.places = [];
    /** @type {number[]} how each is written: as names are, as it is, in capitals, letter by letter */
    this.shapes = [];
    /** @type {Map<number, string>} words written letter by letter */
    this.odd = new Map();
    /** @type {number[]} where lines begin, and where the last ends */
    this.starts = [0];
  }

  /** @param {number} line */
  text(line) {
    const spelled = [];
    for (let at = this.starts[line]; at < this.starts[line + 1]; at++) spelled.push(this.odd.get(at) ?? shaped(this.words[this.places[at]], this.shapes[at]));
    return spelled.join(" ");
  }
}

/** @param {string} word @param {number} shape */
function shaped(word, shape) {
  if (shape === 1) return word;
  if (shape === 2) return word.replace(/[a-z]/g, (letter) => letter.toUpperCase());
  return word.replace(/(^|[^a-z])([a-z])/g, (_, start, letter) => start + letter.toUpperCase());
}

export class Packed {
  /** @param {import("./press.js").Feed} feed @param {{counts: Record<string, string>, told: string}} facts */
  constructor(feed, { counts, told }) {
    this.press = new Unpress(feed);
    this.counts = counts;
    this.told = told;
    this.read = 0;
    this.columns = 0;
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
   * A column, guessed from nothing, from what stands beside, or from what stands near.
   * @param {string} name @param {number} length
   * @param {(row: number, out: Uint32Array) => number} beside @param {ArrayLike<number>} near
   * @returns {Steps<Uint32Array>}
   */
  *column(name, length, beside, near) {
    const kids = tree(this.tally(name));
    const own = mix(COLUMN, this.read);
    const told = this.told[this.columns++];
    const out = new Uint32Array(length);
    for (let row = 0; row < length; row++) {
      const context = told === "0" ? own : mix(own, told === "1" ? beside(row, out) + 1 : ~near[row]);
      out[row] = this.press.symbol(kids, context);
      if (row % ROWS === 0) yield;
    }
    return out;
  }

  /** Numbers of any size, the last `bits` bits of which stand as they are. @param {number} number @param {ArrayLike<number>} beside @param {number} bits @returns {Steps<number[]>} */
  *sizes(number, beside, bits = 0) {
    const out = [];
    for (let row = 0; row < beside.length; row++) {
      const high = this.press.size(mix(number, beside[row]));
      out.push(high * 2 ** bits + this.press.plain(bits));
      if (row % ROWS === 0) yield;
    }
    return out;
  }

  /** Words of which neighbours begin alike, and how many signs each has. @param {string} signs @returns {Steps<{words: string[], lengths: number[]}>} */
  *words(signs) {
    const counts = this.tally("signs");
    const kids = tree(counts);
    const shared = ranked(SHARED);
    const alphabet = ["", ...signs];
    /** @type {string[]} */
    const words = [];
    const lengths = [];
    /** @type {number[]} */
    let last = [];
    while (words.length < counts[0]) {
      const same = this.press.symbol(shared, mix(SHARE, last.length));
      const code = last.slice(0, same);
      let text = "";
      for (let place = 0; place < same; place++) text += alphabet[code[place]];
      let other = 1 + (last[same] ?? 0);
      for (;;) {
        const sign = this.press.symbol(kids, mix(mix(SIGN, code[code.length - 1] ?? 0), other));
        if (!sign) break;
        code.push(sign);
        text += alphabet[sign];
        other = 0;
      }
      words.push(text);
      lengths.push(code.length);
      last = code;
      if (words.length % ROWS === 0) yield;
    }
    return { words, lengths };
  }

  /** @param {string} signs @param {number} count @returns {Steps<Lines>} */
  *lines(signs, count) {
    const { words, lengths } = yield* this.words(signs);
    const kids = tree([count, ...lengths.map((length) => this.press.size(mix(WORD, Math.min(length, FAR))))]);
    yield;
    const shaped = ranked(4);
    const lines = new Lines(words);
    const { places, shapes, odd, starts } = lines;
    for (let line = 0; line < count; line++) {
      let before = 0;
      for (let last = 0; (last = this.press.symbol(kids, mix(WORD, ~last))); ) {
        before = this.press.symbol(shaped, mix(mix(SHAPE, last), before));
        if (before === 3) odd.set(places.length, words[last - 1].replace(/[a-z]/g, (letter) => (this.press.plain(1) ? letter.toUpperCase() : letter)));
        places.push(last - 1);
        shapes.push(before);
      }
      starts.push(places.length);
      if (line % ROWS === 0) yield;
    }
    return lines;
  }

  /** @param {Iterable<string>} words @returns {Steps<number[]>} */
  *forms(words) {
    const kids = tree(this.tally("forms"));
    const out = [];
    for (const word of words) {
      const n = word.length;
      const end = mix(FORM, word.charCodeAt(n - 1));
      out.push(this.press.symbol(kids, mix(end, n > 1 ? word.charCodeAt(n - 2) : 0)));
      if (out.length % ROWS === 0) yield;
    }
    return out;
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
  const raters = yield* stream.sizes(RATERS, columns.rating);
  const offers = yield* unpackOffers(stream, count, columns.lembaga);
  const id = facts.ids === undefined ? yield* unpackIds(stream, nothing, facts) : listed(facts.ids);
  const lines = yield* stream.lines(facts.signs, count + facts.tables.lembaga.length);
  return { columns, raters, offers, id, lines, forms: (words) => stream.forms(words) };
}

/** @param {string} ids */
function listed(ids) {
  const all = ids.split("\n");
  return (/** @type {number} */ course) => all[course];
}

/** @param {Packed} stream @param {Uint32Array} nothing a number a course @param {{digits: number, gap: number, rests?: string}} facts */
function* unpackIds(stream, nothing, { digits, gap, rests }) {
  let last = 0;
  const numbers = (yield* stream.sizes(IDS, nothing, gap)).map((more) => (last += more));
  const ends = rests?.split("\n");
  return (/** @type {number} */ course) => `c${numbers[course].toString(16).padStart(digits, "0")}${ends?.[course] ?? ""}`;
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
