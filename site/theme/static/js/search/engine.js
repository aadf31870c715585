// @ts-check
/**
 * The search page's engine: opens a catalog's static index and answers queries like `banding search` does.
 * docs/search-format.md describes the files, search_index/ makes them.
 */

import { readBoot } from "./boot.js";
import { Sharded } from "./sharded.js";
import { understand } from "./understand.js";
import { Whole } from "./whole.js";

const FORMAT = 6;
const PAGE = 10;
const SORTS = ["relevan", "harga", "-harga", "per_jam", "rating", "terbaru"];

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./table.js").Card} Card */
/**
 * @typedef {object} Answer
 * @property {string} build
 * @property {number} total
 * @property {Card[]} cards ten a page
 * @property {Record<string, Record<string, number>>} facets true counts; empty where they must be asked for with `counts`
 * @property {() => Promise<Record<string, Record<string, number>>>} [counts] reads what the true counts need
 * @property {string|null} suggestion corrected words, where a typo was assumed
 * @property {string[]} ignored words that no course holds, left out because others are held
 * @property {{key: string, value: string, total: number}|null} repair the filter whose removal helps
 * @property {string|null} category nearest category where nothing was found
 */
/** @typedef {{query: (state: State) => Promise<Answer>, suggest: (prefix: string) => Promise<string[]>, build: string}} Engine */

/**
 * Opens the index whose boot file lies at `bootUrl`; its other files lie beside it. What stands after a "#" in the address tells where a
 * word's file lies before the boot file does.
 * @param {string} bootUrl
 * @param {string} text the words of the first question, as far as they are known
 * @returns {Promise<Engine>}
 */
export async function openCatalog(bootUrl, text = "") {
  const base = new URL(bootUrl, globalThis.location?.href);
  const told = base.hash.slice(1);
  base.hash = "";
  /** @param {string} name */
  const read = async (name) => {
    const answer = await fetch(new URL(name, base));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.json();
  };
  /** @type {Map<string, Promise<any>>} */
  const parts = new Map();
  /** Reads a file once; after a failure it is asked for anew. @param {string} name */
  const part = (name) => {
    let reading = parts.get(name);
    if (!reading) {
      reading = read(name);
      reading.catch(() => parts.delete(name));
      parts.set(name, reading);
    }
    return reading;
  };
  const reading = readBoot(base);
  const expected = told && Whole.expected(told, text);
  if (expected) part(expected);
  const { data, feed } = await reading;
  if (data.format !== FORMAT) throw new Error(`${base.pathname}: format ${data.format}, this script reads ${FORMAT}`);
  const source = data.form === "whole" ? await Whole.open(data, feed, part, text) : new Sharded(data, part);
  return {
    build: source.build,
    query: (state) => answer(source, state),
    suggest: (prefix) => suggest(source, prefix),
  };
}

/** What says which words there are. @param {Whole|Sharded} source */
const lexicon = (source) => (source instanceof Sharded ? source.words : source);

/** @param {Whole|Sharded} source @param {State} state @returns {Promise<Answer>} */
async function answer(source, state) {
  const given = SORTS.includes(String(state.urut)) ? String(state.urut) : "relevan";
  if (source instanceof Sharded) source.expect(state, given);
  const understood = await understand(String(state.q || ""), lexicon(source));
  const sort = given === "relevan" && !understood.groups.length ? "harga" : given;
  const page = Math.max(1, Math.floor(Number(state.hal)) || 1);
  const first = (page - 1) * PAGE;
  return source.answer(state, understood, sort, first, first + PAGE);
}

/** @param {Whole|Sharded} source @param {string} prefix @returns {Promise<string[]>} */
async function suggest(source, prefix) {
  const known = lexicon(source);
  const words = known.tables.words(prefix.slice(0, 300));
  const last = words.pop();
  if (!last || /\s$/.test(prefix)) return [];
  return (await known.completions(last)).map((word) => [...words, word].join(" "));
}
