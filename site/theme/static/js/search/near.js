// @ts-check
/** Files of words by what is left of them when they are misspelt or not yet written to their end (search_index/near.py). */

import { numbers } from "./codec.js";
import { oneEdit } from "./words.js";

export const MOST_CORRECTIONS = 3;
const WHOLE_START = 3;

/** @typedef {{keys: Record<string, string>, counts: string, known?: Map<string, number>}} NearFile */

/** The words under a key, with their numbers. @param {NearFile} file @param {string} key @returns {[string, number][]} */
export function under(file, key) {
  if (!file.known) {
    const words = [...new Set(Object.values(file.keys).flatMap((line) => line.split(" ")))].sort();
    const counts = numbers(file.counts);
    file.known = new Map(words.map((word, i) => [word, counts[i]]));
  }
  const { known } = file;
  const line = Object.hasOwn(file.keys, key) ? file.keys[key] : "";
  return line ? line.split(" ").map((word) => [word, known.get(word) || 0]) : [];
}

/** The key under which a misspelt word of descriptions is looked for. @param {string} word */
export const farKey = (word) => word.slice(0, WHOLE_START);

/** May this word be meant by a misspelt one? @param {string} word @param {string} known */
export const similar = (word, known) => known.length > 3 && oneEdit(word, known);

/** What a misspelt word may mean, the commonest first. @param {string} word @param {Map<string, number>} known words with their numbers, 0 where they are gone */
export const meant = (word, known) =>
  [...known]
    .filter(([one, count]) => count && similar(word, one))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_CORRECTIONS)
    .map(([one]) => one);
