// @ts-check
/** From typed words to groups of families: the browser's half of search_index/understand.py. */

import { readings } from "./words.js";

const LONGEST_TEXT = 300;
const MOST_WORDS = 16;
const SHORTEST_PREFIX = 2;
const SHORTEST_TYPO = 5;
const RARE = 2;
export const LONGEST_EXPRESSION = 4;
export const SYNONYM = 0.7;
const PREFIX = 0.6;
const TYPO = 0.5;

/** @typedef {{families: string[], weight: number}} Alternative */
/** @typedef {{groups: Alternative[][], words: string[], suggestion: string|null, ignored: string[]}} Understood `ignored`: words that no course holds */
/**
 * A vocabulary; counts are courses. `know` reads what is needed for these words, so that the others can answer at once.
 * @typedef {object} Lexicon
 * @property {import("./words.js").Tables} tables
 * @property {boolean} usable only synonyms that courses hold are in the files
 * @property {(words: string[], last: string) => Promise<void>} know
 * @property {(families: string[]) => Promise<void>} expect reads what is needed for families, all at once
 * @property {(word: string) => string|undefined} form family of a form that the catalog or the synonym table has
 * @property {(family: string) => number} strong courses with it in title, category or provider
 * @property {(family: string) => number|Promise<number>} holding courses with it anywhere
 * @property {(expression: string) => string[]|undefined} synonyms other expressions; families joined by spaces
 * @property {(start: string) => string[]|Promise<string[]>} completions
 * @property {(word: string) => string[]|Promise<string[]>} corrections
 */

/** @param {string} word @param {Lexicon} lexicon */
function familyOf(word, lexicon) {
  const form = lexicon.form(word);
  if (form !== undefined) return form;
  let best = word;
  let depth = 0;
  for (const [root, affixes] of readings(word)) {
    if (!lexicon.strong(root)) continue;
    const better =
      !lexicon.strong(best) ||
      root.length > best.length ||
      (root.length === best.length && (affixes < depth || (affixes === depth && root < best)));
    if (better) [best, depth] = [root, affixes];
  }
  return best;
}

/** @param {string[]} families @param {number} at @param {Lexicon} lexicon @returns {Promise<[number, Alternative[]]>} */
async function expression(families, at, lexicon) {
  for (let length = Math.min(LONGEST_EXPRESSION, families.length - at); length > 0; length--) {
    const own = families.slice(at, at + length);
    const others = lexicon.synonyms(own.join(" "));
    if (!others) continue;
    await lexicon.expect([...own, ...others.flatMap((other) => other.split(" "))]);
    const group = [{ families: own, weight: 1 }];
    for (const other of others) {
      const names = other.split(" ");
      if (lexicon.usable) {
        group.push({ families: names, weight: SYNONYM });
        continue;
      }
      const counts = await Promise.all(names.map((name) => lexicon.holding(name)));
      if (counts.every((count) => count > 0)) group.push({ families: names, weight: SYNONYM });
    }
    if (length === 1 || (await held(group, lexicon))) return [length, group];
  }
  return [1, [{ families: [families[at]], weight: 1 }]];
}

/** @param {Alternative[]} group @param {string[]} families @param {number} weight */
function add(group, families, weight) {
  const taken = new Set(group.map((one) => one.families[0]));
  for (const name of families) {
    if (taken.has(name)) continue;
    taken.add(name);
    group.push({ families: [name], weight });
  }
}

/** @typedef {Alternative[] & {apart?: boolean}} Group `apart`: a word of an expression, with the expression's synonyms */

/** The groups with expressions of several words taken apart; a synonym stands for each of the words. @param {Group[]} groups @returns {Group[]} */
export const wordByWord = (groups) =>
  groups.flatMap((group) => {
    if (group[0].families.length === 1) return [group];
    return group[0].families.map((name) => Object.assign([{ families: [name], weight: 1 }, ...group.slice(1)], { apart: true }));
  });

/** Does a course hold one of the alternatives' words? @param {Alternative[]} group @param {Lexicon} lexicon */
async function held(group, lexicon) {
  for (const one of group) {
    const counts = await Promise.all(one.families.map((family) => (lexicon.usable && group.length > 1 ? 1 : lexicon.holding(family))));
    if (counts.every((count) => count > 0)) return true;
  }
  return false;
}

/** The words of a query text. @param {string} text @param {import("./words.js").Tables} tables */
export const typedWords = (text, tables) => tables.asked(text.slice(0, LONGEST_TEXT), MOST_WORDS);

/**
 * Reads a query text; a text without words gives no groups.
 * @param {string} text
 * @param {Lexicon} lexicon
 * @returns {Promise<Understood>}
 */
export async function understand(text, lexicon) {
  const typed = typedWords(text, lexicon.tables);
  await lexicon.know(typed, typed[typed.length - 1] || "");
  const families = typed.map((word) => familyOf(word, lexicon));
  const corrected = typed.slice();
  /** @type {{text: string, group: Alternative[], held: boolean}[]} */
  const parts = [];
  for (let at = 0; at < typed.length; ) {
    const [length, group] = await expression(families, at, lexicon);
    if (length === 1 && group.length === 1 && !lexicon.strong(families[at])) {
      const word = typed[at];
      /** @param {string} name */
      const known = (name) => lexicon.form(name) ?? name;
      if (at === typed.length - 1 && word.length >= SHORTEST_PREFIX) {
        add(group, (await lexicon.completions(word)).map(known), PREFIX);
      }
      if (group.length === 1 && word.length >= SHORTEST_TYPO && (await lexicon.holding(families[at])) <= RARE) {
        const near = await lexicon.corrections(word);
        add(group, near.map(known), TYPO);
        if (near.length) corrected[at] = near[0];
      }
    }
    parts.push({ text: typed.slice(at, at + length).join(" "), group, held: await held(group, lexicon) });
    at += length;
  }
  const some = parts.filter((part) => part.held);
  const groups = (some.length ? some : parts).map((part) => part.group);
  const ignored = some.length ? parts.filter((part) => !part.held).map((part) => part.text) : [];
  const suggestion = corrected.join(" ") === typed.join(" ") ? null : corrected.join(" ");
  return { groups, words: typed, suggestion, ignored };
}
