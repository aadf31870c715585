// @ts-check
/** What kind of question a state is, in the *sharded* form: which conditions, lists and columns it needs. */

import { given } from "./filters.js";

// Groups whose options are counted with each other.
export const WALKED = ["tingkat", "kategori", "cara", "durasi", "mulai", "sertifikat", "rating", "platform", "prakerja"];
// Groups whose options have lists of their courses.
export const CHOSEN = [...WALKED, "kota", "lembaga"];
// Groups of which a course's offers decide; lists of their options say how much dearer these offers are.
export const SOLD = ["platform", "prakerja"];
/** @type {Record<string, string>} the column of a condition that has another name */
const COLUMN_OF = { durasi: "minutes", rating: "rating", platform: "offers", prakerja: "offers", buyable: "offers", harga_min: "offers", harga_maks: "lowest" };

/** @type {Record<string, string[]>} columns that sorts need */
export const NEEDS = { harga: ["lowest"], "-harga": ["lowest"], per_jam: ["lowest", "minutes"], rating: ["rating", "raters"], terbaru: ["seen"] };

/** @typedef {import("./filters.js").State} State */

/** The entries of a state that are conditions. @param {State} state @returns {[string, unknown][]} */
export const conditions = (state) => Object.entries(state).filter(([key, value]) => given(key, value));

/** Names of the columns that a state's conditions need. @param {State} state */
export const columnsOf = (state) => [...new Set(conditions(state).map(([key]) => COLUMN_OF[key] || key))];

/** Keys of the lists of a condition's options. @param {string} group @param {unknown} value */
export const keysOf = (group, value) => [value].flat().map((one) => `#${group}=${one}`);

/**
 * The options, A to Z, of up to three conditions with one value each, whose courses were counted at build time; else none. A platform and an
 * eligibility must be one offer's: with a third condition that is not counted.
 * @param {State} state
 * @returns {string[]}
 */
export function countedOptions(state) {
  const asked = conditions(state);
  const single = asked.every(([group, value]) => WALKED.includes(group) && [value].flat().length === 1);
  if (!single || asked.length > 3 || (asked.length > 2 && SOLD.every((group) => asked.some(([key]) => key === group)))) return [];
  return asked.map(([group, value]) => `${group}=${value}`).sort();
}

/** Does a course's offer decide one of these options? @param {string[]} options */
export const sold = (options) => options.some((option) => SOLD.includes(option.split("=", 1)[0]));

/** Can lists of options, besides those of words, tell of all conditions? @param {State} state @param {string} sort @param {boolean} worded */
export function listed(state, sort, worded) {
  const asked = conditions(state).map(([key]) => key);
  if (sort === "per_jam" || SOLD.every((key) => asked.includes(key))) return false;
  const chosen = asked.filter((key) => key !== "harga_maks");
  return chosen.every((key) => CHOSEN.includes(key)) && chosen.some((key) => !worded || key !== "tingkat");
}
