// @ts-check
/** What a word is: the browser's half of search_index/analyzer.py and families.py. A test compares the two. */

const NAMES =
  "[a-z]\\+\\+|[a-z]#|(?:asp|vb|ado)?\\.net|[a-z]+\\.js" +
  "|ui/ux|ux/ui|ci/cd|tcp/ip|pl/sql|a/b" +
  "|ms-[a-z]+|e-[a-z]+|wi-fi|t-shirt|x-ray|k-pop|o-ring|add-on|plug-in|start-up";
const WORD = new RegExp(`(?<![\\p{L}\\p{N}])(?:${NAMES})(?![\\p{L}\\p{N}])|[\\p{L}\\p{N}]+`, "gu");
const PART = /[\p{L}\p{N}]+/gu;

const ASCII = /^[\0-\x7f]*$/;
const SIGNS = /[^a-z0-9 ,:;()&!?'"\n]/;
const PLAIN_ONLY = /^[a-z0-9]+$/;
const PLAIN_WORD = /[a-z0-9]+/g;

/** @param {string} text */
export const fold = (text) => (ASCII.test(text) ? text : spread(text)).toLowerCase();

/** @param {string} text */
const spread = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "");

/** @param {string} name */
export const slugify = (name) => fold(name).replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");

/** The word tables of a catalog. */
export class Tables {
  /** @param {{stop: string, asking: string, short: Record<string, string>}} data */
  constructor(data) {
    this.stop = new Set(data.stop.split(" "));
    this.asking = new Set(data.asking.split(" "));
    this.short = new Map(Object.entries(data.short).map(([key, full]) => [key, full.split(" ")]));
  }

  /**
   * Folded words, abbreviations written out.
   * @param {string} text
   * @returns {string[]}
   */
  written(text) {
    const folded = fold(text);
    const found = folded.match(SIGNS.test(folded) ? WORD : PLAIN_WORD) || [];
    return found.some((word) => this.short.has(word)) ? found.flatMap((word) => this.short.get(word) || word) : found;
  }

  /** Words without stop words. @param {string} text */
  words(text) {
    return this.written(text).filter((word) => !this.stop.has(word));
  }

  /**
   * Words of a query: without words that only ask for a course, where others remain.
   * @param {string} text
   * @param {number} most
   */
  asked(text, most) {
    const typed = this.words(text).slice(0, most);
    const telling = typed.filter((word) => !this.asking.has(word));
    return telling.length ? telling : typed;
  }

  /**
   * Words that a text is found by: compound names are followed by their parts.
   * @param {string} text
   * @returns {string[]}
   */
  indexWords(text) {
    if (PLAIN_ONLY.test(text) && !this.short.has(text)) return this.stop.has(text) ? [] : [text];
    const out = [];
    for (const word of this.words(text)) {
      out.push(word);
      if (SIGNS.test(word) && /[^\p{L}\p{N}]/u.test(word)) {
        for (const part of word.match(PART) || []) if (part.length > 1 && !this.stop.has(part)) out.push(part);
      }
    }
    return out;
  }
}

const CLITICS = ["nya", "lah", "kah", "ku", "mu", "pun"];
const SUFFIXES = ["kan", "an", "i"];
/** @type {[string, string, string][]} prefix, what may follow it, the sound that it may have swallowed */
const NASAL = [
  ["meny", "", "s"],
  ["peny", "", "s"],
  ["menge", "bcdfghjklmnprstwz", ""],
  ["penge", "bcdfghjklmnprstwz", ""],
  ["meng", "aeioughkq", "k"],
  ["peng", "aeioughkq", "k"],
  ["mem", "bfvp", "p"],
  ["pem", "bfvp", "p"],
  ["men", "cdjztsy", "t"],
  ["pen", "cdjztsy", "t"],
  ["me", "lmnrwy", ""],
  ["pe", "lmnrwytdkgsjbp", ""],
  ["nge", "bcdfghjklmnprstwz", ""],
  ["ng", "aeiougk", "k"],
  ["ny", "", "s"],
];
const PLAIN = ["memper", "diper", "keber", "berke", "pember", "ber", "be", "bel", "ter", "te", "per", "di", "ke", "se"];
const SHORTEST = 3;

/** @param {string} word @returns {string[]} */
function strip(word) {
  const out = [];
  for (const [prefix, follow, swallowed] of NASAL) {
    if (!word.startsWith(prefix)) continue;
    const rest = word.slice(prefix.length);
    if (!rest) continue;
    if (follow.includes(rest[0])) out.push(rest);
    if (swallowed && ("aeiou".includes(rest[0]) || (swallowed === "p" && "rl".includes(rest[0])))) out.push(swallowed + rest);
  }
  for (const prefix of PLAIN) if (word.startsWith(prefix)) out.push(word.slice(prefix.length));
  for (const suffix of SUFFIXES) if (word.endsWith(suffix)) out.push(word.slice(0, -suffix.length));
  return out;
}

/**
 * Possible roots of a word with the number of affixes taken off.
 * @param {string} word
 * @returns {Map<string, number>}
 */
export function readings(word) {
  const found = new Map([[word, 0]]);
  let edge = [word];
  for (const clitic of CLITICS) {
    if (word.endsWith(clitic) && word.length - clitic.length >= SHORTEST) {
      found.set(word.slice(0, -clitic.length), 1);
      edge.push(word.slice(0, -clitic.length));
    }
  }
  for (let depth = 1; depth <= 3; depth++) {
    const next = [];
    for (const form of edge) {
      for (const root of strip(form)) {
        if (root.length < SHORTEST || found.has(root)) continue;
        found.set(root, depth);
        next.push(root);
      }
    }
    edge = next;
  }
  return found;
}

/**
 * Is b one insertion, deletion, replacement or swap of neighbours away from a?
 * @param {string} a
 * @param {string} b
 */
export function oneEdit(a, b) {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  let i = 0;
  while (i < short.length && short[i] === long[i]) i++;
  if (short.length < long.length) return short.slice(i) === long.slice(i + 1);
  if (short.slice(i + 1) === long.slice(i + 1)) return true;
  return short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
}
