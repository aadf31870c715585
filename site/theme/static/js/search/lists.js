// @ts-check
/** Lists and facets of a segment's words and options, and the courses' lowest prices, read from its files. */

import { coded, column, numbers, rising, signs } from "./codec.js";
import { Offers, Values } from "./table.js";

/** @typedef {import("./segment.js").Segment} Segment */
/** @typedef {{ids: Uint32Array, codes: ArrayLike<number>}} List courses, ascending, with codes of scores */
/** @typedef {{segment: Segment, file: any, row: number, at: number}} Place where a file of facets has what is known of a row */

/**
 * All courses of a word's entry; of a short list they stand in the entry, best first.
 * @param {Segment} segment
 * @param {any[]} entry
 * @param {string} key
 * @returns {Promise<List>}
 */
export async function listOf(segment, [holding, , best, drops, place], key) {
  if (!holding) return { ids: new Uint32Array(0), codes: [] };
  if (typeof place === "number") {
    const { keys, courses, codes } = await segment.file(`r${place}`);
    const at = keys.indexOf(key);
    return { ids: rising(courses[at], holding, segment.start), codes: coded(codes[0], codes[1][at], holding) };
  }
  let code = 0;
  const falls = numbers(drops);
  const found = numbers(best).map((course, i) => ({ id: segment.start + course, code: (code = i ? code - falls[i] : falls[i]) }));
  found.sort((a, b) => a.id - b.id);
  return { ids: Uint32Array.from(found, ({ id }) => id), codes: found.map(({ code }) => code) };
}

/**
 * Levels of the courses of an entry's list; of long lists they lie apart.
 * @param {Segment} segment
 * @param {any[]} entry
 * @param {string} key
 * @returns {Promise<ArrayLike<number>>}
 */
export async function levelsOf(segment, [holding, , best, , place], key) {
  if (typeof place !== "number") {
    const held = signs(place);
    const courses = numbers(best);
    return courses.map((_, i) => i).sort((a, b) => courses[a] - courses[b]).map((i) => held[i]);
  }
  if (holding > segment.apart) segment.file(`g${place}`).catch(() => {});
  const { keys, levels } = await segment.file(`r${place}`);
  const [table, texts] = levels ?? (await segment.file(`g${place}`)).levels;
  return coded(table, texts[keys.indexOf(key)], holding);
}

/** What can be filtered and counted of the courses of an entry's list. @param {Segment} segment @param {any[]} entry */
export async function facetsOf(segment, [holding, , , , , place]) {
  return holding ? segment.file(`f${place}`) : null;
}

/** Values of the columns in files of facets. @param {Segment} segment @returns {Promise<Record<string, any[]>>} */
export async function tablesOf(segment) {
  const [tables, more] = await Promise.all([segment.file("t"), dearerOf(segment)]);
  return { ...tables, more };
}

/**
 * By how much offers are dearer than their course's cheapest: what codes from 1 on stand for; -1 is an unknown price.
 * @param {Segment} segment
 * @returns {Promise<number[]>}
 */
export async function dearerOf(segment) {
  return (await segment.file("l")).dearer;
}

/** The lowest price of each course of a segment; -1 is unknown. @param {Segment} segment */
async function lowestOf(segment) {
  const { prices, courses } = await segment.file("l");
  const out = new Int32Array(segment.count).fill(-1);
  let at = 0;
  numbers(courses).forEach((count, i) => out.fill(prices[i], at, (at += count)));
  return out;
}

/** The lowest price of every number; -1 is unknown. @param {import("./store.js").Store} store */
export async function pricesOf(store) {
  const parts = await Promise.all(store.segments.map(lowestOf));
  if (store.lowest) return store.lowest;
  store.lowest = new Int32Array(store.numbers);
  for (const [i, part] of parts.entries()) store.lowest.set(part, store.segments[i].start);
  return store.lowest;
}

/** Columns in files of facets, besides those of offers. */
export const FACETS = ["kategori", "cara", "kota", "lembaga", "minutes", "mulai", "sertifikat", "rating"];

/** A column of a file of facets, read once. @param {any} file @param {string} name @returns {Uint32Array} */
const read = (file, name) => ((file.read ??= {})[name] ??= column(file[name]));

/**
 * One column row by row; the segments' values stand one after the other.
 * @param {string} name
 * @param {number} rows
 * @param {Place[]} found
 * @param {Segment[]} segments
 * @param {Record<string, any[]>[]} tables
 */
export function gathered(name, rows, found, segments, tables) {
  const index = new Uint32Array(rows);
  const base = tables[0][name].length;
  for (const { segment, file, row, at } of found) {
    const value = read(file, name)[at];
    index[row] = value && segment !== segments[0] ? value + base : value;
  }
  return new Values({ t: tables.flatMap((table) => table[name]), index });
}

/**
 * Offers row by row.
 * @param {Place[]} found one a row, in the order of rows
 * @param {Segment[]} segments
 * @param {Record<string, any[]>[]} tables
 * @param {(row: number) => number} lowest a row's lowest price, -1 where it is unknown
 */
export function gatheredOffers(found, segments, tables, lowest) {
  /** @type {{first: number[], platform: number[], eligible: number[], price: number[], until: number[]}} */
  const all = { first: [0], platform: [], eligible: [], price: [], until: [] };
  for (const { segment, file, row, at } of found) {
    const table = tables[segments.indexOf(segment)];
    const firsts = (file.firsts ??= new Offers({ n: file.n, p: "$", e: "$", price: { t: [], c: "$" } }).first);
    for (let offer = firsts[at]; offer < firsts[at + 1]; offer++) {
      all.platform.push(read(file, "p")[offer]);
      all.eligible.push(read(file, "e")[offer]);
      const more = table.more[read(file, "more")[offer] - 1];
      all.price.push(more < 0 ? -1 : lowest(row) + more);
      const day = read(file, "until")[offer];
      all.until.push(day ? table.until[day - 1] : 0);
    }
    all.first.push(all.platform.length);
  }
  return Offers.of({
    first: Uint32Array.from(all.first),
    platform: Uint32Array.from(all.platform),
    eligible: Uint32Array.from(all.eligible),
    price: Int32Array.from(all.price),
    until: Int32Array.from(all.until),
  });
}
