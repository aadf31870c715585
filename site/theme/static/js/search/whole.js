// @ts-check
/** The *whole* form: one file with every column and title, scanned in memory; description words come from buckets. */

import { ascending, hash, numbers } from "./codec.js";
import { loosely, together } from "./filters.js";
import { Packed, unpack, warm } from "./packing.js";
import { inSlices } from "./slices.js";
import { Offers, Table, Values } from "./table.js";
import { wordByWord } from "./understand.js";
import { oneEdit, readings, Tables } from "./words.js";

// A family's code: letters cut off the word's beginning, off its end, and the sound that a prefix had swallowed.
const ENDS = 7;
const SWALLOWED = ["", "s", "k", "p", "t"];
const TITLE = 0;
const CATEGORY = 1;
const PROVIDER = 2;
const SKILLS = 3;
const TEXT = 4;
const MOST_EXPANSIONS = 8;
const MOST_CORRECTIONS = 3;
const BOOST_TITLE = 6;
const BOOST_SKILLS = 2.5;
const BOOST_CATEGORY = 2;
const BOOST_PROVIDER = 2;
const K1 = 1.2;
const TITLE_B = 0.4;
const USUAL_TITLE = 6;
const LONGEST_TITLE = 10;
const STEP = 64;
const MOST_FORESEEN = 4;

/** @typedef {{words: Record<string, [string, string?, string?]>, alias: Record<string, string>}} Bucket courses, text counts, skill counts */

/** The files of description words. */
class Buckets {
  /** @param {number} count @param {string} tag @param {(name: string) => Promise<any>} fetchPart */
  constructor(count, tag, fetchPart) {
    this.count = count;
    this.tag = tag;
    this.fetchPart = fetchPart;
    /** @type {Map<number, Promise<Bucket>>} */
    this.reading = new Map();
  }

  /** The bucket in which a word would lie. @param {string} word */
  read(word) {
    if (!this.count) return NO_BUCKET;
    const number = hash(word) % this.count;
    let reading = this.reading.get(number);
    if (!reading) {
      reading = this.fetchPart(`t${number}-${this.tag}.json`);
      reading.catch(() => this.reading.delete(number));
      this.reading.set(number, reading);
    }
    return reading;
  }

  /** Reads early what words will ask for that are surely their own family. @param {string[]} words @param {Record<string, string>} names */
  foresee(words, names) {
    for (const word of words) {
      if (readings(word).size === 1 && !Object.hasOwn(names, word)) this.read(word).catch(() => {});
    }
  }
}

/** @typedef {{courses: number, last: number, entries: number[]}} Family `entries`: course * 4 + field, one an occurrence; `last`: the course counted last */
/** @typedef {{courses: number, last: number, family: Family}} Written */
/** @type {Family} */
const NONE = { courses: 0, last: -1, entries: [] };

/** Counts a course under words of one of its fields. @param {number} course @param {number} field @param {Written[]} [words] */
function count(course, field, words = []) {
  for (const word of words) {
    const { family } = word;
    family.entries.push(course * 4 + field);
    if (word.last !== course) word.courses++;
    if (family.last !== course) family.courses++;
    word.last = family.last = course;
  }
}

/** @type {Promise<Bucket>} */
const NO_BUCKET = Promise.resolve({ words: {}, alias: {} });

/** @param {number} count */
const saturate = (count) => (count * (K1 + 1)) / (count + K1);

/** @typedef {import("./understand.js").Lexicon} Lexicon */

/** @implements {Lexicon} */
export class Whole {
  /** Lets the browser compile what opens a boot file, until the file is there. @param {() => boolean} there */
  static warm(there) {
    return inSlices(warm(there));
  }

  /**
   * @param {any} data the boot file without its pressed part
   * @param {import("./press.js").Feed} feed that part
   * @param {(name: string) => Promise<any>} fetchPart
   * @param {string} text words that will be asked for
   */
  static async open(data, feed, fetchPart, text) {
    const { facts } = data;
    const buckets = new Buckets(facts.buckets, facts.tag, fetchPart);
    const tables = new Tables(facts.words);
    buckets.foresee(tables.asked(text, MOST_FORESEEN), facts.names);
    return new Whole(data, await Whole.unpack(data, feed), tables, buckets);
  }

  /** @param {any} data @param {import("./press.js").Feed} feed @returns {Promise<import("./packing.js").Unpacked>} */
  static async unpack(data, feed) {
    const stream = new Packed(feed, data.facts.counts);
    const unpacked = await inSlices(unpack(data, stream), () => stream.coming()).catch((error) => {
      if (!stream.overrun) throw error;
    });
    if (unpacked && !stream.overrun) return unpacked;
    // A step was longer than any was thought to be: once more, when everything is there.
    while (!feed.done) await feed.more();
    return Whole.unpack(data, feed);
  }

  /**
   * @param {any} data the boot file
   * @param {import("./packing.js").Unpacked} unpacked
   * @param {Tables} tables
   * @param {Buckets} buckets
   */
  constructor({ build, count, facts }, unpacked, tables, buckets) {
    /** @type {Record<string, Values>} */
    const values = { raters: new Values({ t: null, index: Uint32Array.from(unpacked.raters) }) };
    for (const name in unpacked.columns) values[name] = new Values({ t: facts.tables[name], index: unpacked.columns[name] });
    const { n, p, e, price, until } = unpacked.offers;
    const offers = new Offers({ n, p, e, price: { t: facts.tables.price, index: price }, until: { t: facts.tables.until, index: until } });
    const lembaga = Object.fromEntries(facts.tables.lembaga.map((/** @type {string[]} */ [id], /** @type {number} */ at) => [id, unpacked.providers[at]]));
    this.build = build;
    this.usable = false;
    this.tables = tables;
    this.labels = { ...facts.labels, lembaga };
    this.table = new Table(values, offers, facts.platforms, this.labels);
    this.count = count;
    this.ids = unpacked.ids;
    this.titles = unpacked.titles;
    this.slugs = facts.slugs.split("\n");
    this.buckets = buckets;
    /** @type {Map<string, string>} family of written words; those without an entry are their own */
    this.forms = new Map();
    /** @type {Map<string, string[]>} other expressions of an expression's groups, as families */
    this.others = new Map();
    /** @type {Map<string, Written>} words of titles, categories and providers */
    this.written = new Map();
    /** @type {Map<string, Family>} their families */
    this.near = new Map();
    this.titleLength = new Uint8Array(this.count);
    /** @type {string[]} written words, A to Z */
    this.sorted = [];
    /** @type {import("./packing.js").Steps<void>|null} what reads names into words; with it goes the stream's memory */
    this.unread = this.readNames(unpacked, facts);
    /** @type {Promise<void>} */
    this.indexing = Promise.resolve();
    /** @type {Map<string, {courses: number[], text: number[], skills: number[]}>} description words that were fetched */
    this.far = new Map();
  }

  /** Reads names into words, once a query has words. */
  indexNames() {
    if (this.unread) this.indexing = inSlices(this.unread);
    this.unread = null;
    return this.indexing;
  }

  /**
   * @param {import("./packing.js").Unpacked} unpacked
   * @param {{names: Record<string, string>, synonyms: string}} facts
   * @returns {import("./packing.js").Steps<void>}
   */
  *readNames({ words, titleWords, forms }, { names, synonyms }) {
    const { lembaga, kategori } = this.table.values;
    /** Words of a name, which count themselves. @param {string} name @returns {Written[]} */
    const wordsOf = (name) => this.tables.indexWords(name).map((text) => this.word(text));
    // A word of a title may be several words, or none: "(UI/UX)".
    const parts = [];
    for (const word of words) {
      parts.push(wordsOf(word));
      if (parts.length % STEP === 0) yield;
    }
    /** @param {string[][]} sets @param {Record<string, string>} labels */
    const named = (sets, labels) => sets.map(([value]) => wordsOf(labels[value] ?? value));
    const providers = named(lembaga.table || [], this.labels.lembaga);
    const categories = named(kategori.table || [], this.labels.kategori);
    yield* this.readForms(forms, names, synonyms);
    for (const [text, word] of this.written) word.family = this.family(this.forms.get(text) ?? text);
    yield;
    for (let course = 0; course < titleWords.length; course++) {
      let length = 0;
      for (const place of titleWords[course]) {
        length += parts[place].length;
        count(course, TITLE, parts[place]);
      }
      this.titleLength[course] = Math.min(length, LONGEST_TITLE);
      count(course, CATEGORY, categories[kategori.index[course] - 1]);
      count(course, PROVIDER, providers[lembaga.index[course] - 1]);
      if (course % STEP === 0) yield;
    }
    this.sorted = [...this.written.keys()].sort();
  }

  /** The written word, known from now on. @param {string} text @returns {Written} */
  word(text) {
    let word = this.written.get(text);
    if (!word) this.written.set(text, (word = { courses: 0, last: -1, family: NONE }));
    return word;
  }

  /** The family in names, known from now on. @param {string} name @returns {Family} */
  family(name) {
    let family = this.near.get(name);
    if (!family) this.near.set(name, (family = { courses: 0, last: -1, entries: [] }));
    return family;
  }

  /**
   * Families of the words of names and synonyms, and the synonyms themselves.
   * @param {(words: string[]) => import("./packing.js").Steps<number[]>} forms @param {Record<string, string>} names @param {string} synonyms
   */
  *readForms(forms, names, synonyms) {
    const lines = synonyms ? synonyms.split("\n") : [];
    const groups = lines.map((line) => line.split("=").map((text) => this.tables.written(text)));
    yield;
    const near = [...new Set([...this.written.keys(), ...groups.flat(2)])].sort();
    const codes = yield* forms(near);
    near.forEach((word, i) => {
      const code = codes[i];
      const cut = Math.floor(code / SWALLOWED.length);
      const root = code ? SWALLOWED[code % SWALLOWED.length] + word.slice(Math.floor(cut / ENDS), word.length - (cut % ENDS)) : word;
      this.forms.set(word, Object.hasOwn(names, word) ? names[word] : root);
    });
    yield;
    for (const name of [...this.forms.values()]) if (!this.forms.has(name)) this.forms.set(name, name);
    for (const group of groups) {
      const members = [...new Set(group.map((words) => this.families(words).join(" ")))];
      for (const member of members) {
        const known = this.others.get(member) || [];
        this.others.set(member, [...new Set([...known, ...members])].filter((other) => other !== member));
      }
    }
    yield;
  }

  /** @param {string[]} words */
  families(words) {
    return words.filter((word) => !this.tables.stop.has(word)).map((word) => this.forms.get(word) ?? word);
  }

  /** Reads the bucket in which a word would lie, unless another told of it. @param {string} word */
  async bucket(word) {
    if (this.far.has(word)) return;
    const { alias, words } = await this.buckets.read(word);
    for (const form in alias) this.forms.set(form, alias[form]);
    for (const family in words) {
      if (this.far.has(family)) continue;
      const [courses, text, skills] = words[family];
      this.far.set(family, { courses: ascending(courses), text: numbers(text || ""), skills: numbers(skills || "") });
    }
  }

  /** @param {string[]} words */
  async know(words) {
    if (words.length) await this.indexNames();
    await Promise.all(
      words.map(async (word) => {
        const family = this.form(word);
        if (family !== undefined) return this.bucket(family);
        await this.bucket(word);
        const alias = this.form(word);
        if (alias !== undefined && alias !== word) await this.bucket(alias);
      }),
    );
  }

  /** Reads what stands in buckets about several families at once. @param {string[]} families */
  async expect(families) {
    await Promise.all(families.map((family) => this.bucket(family)));
  }

  /** @param {string} word */
  form(word) {
    return this.forms.get(word) ?? (this.written.has(word) || this.near.has(word) || this.far.has(word) ? word : undefined);
  }

  /** @param {string} family */
  strong(family) {
    return this.near.get(family)?.courses || 0;
  }

  /** @param {string} family */
  async holding(family) {
    await this.bucket(family);
    return this.courses(family).size;
  }

  /** @param {string} expression */
  synonyms(expression) {
    return this.others.get(expression);
  }

  /** @param {string[]} words @param {number} most */
  commonest(words, most) {
    const courses = (/** @type {string} */ word) => this.written.get(word)?.courses || 0;
    return words.sort((a, b) => courses(b) - courses(a) || (a < b ? -1 : 1)).slice(0, most);
  }

  /** @param {string} start */
  async completions(start) {
    await this.indexNames();
    return this.commonest(this.sorted.filter((word) => word.startsWith(start)), MOST_EXPANSIONS);
  }

  /** @param {string} word */
  corrections(word) {
    return this.commonest(this.sorted.filter((known) => known.length > 3 && oneEdit(word, known)), MOST_CORRECTIONS);
  }

  /**
   * Courses that hold a family, each with how well (without the family's rarity).
   * @param {string} family
   * @returns {Map<number, number>}
   */
  courses(family) {
    const near = this.near.get(family)?.entries || [];
    const far = this.far.get(family) || { courses: [], text: [], skills: [] };
    /** @type {Map<number, number[]>} title, category, provider, skills, everything */
    const counts = new Map();
    /** @param {number} course @param {number} field @param {number} n */
    const add = (course, field, n) => {
      let c = counts.get(course);
      if (!c) counts.set(course, (c = [0, 0, 0, 0, 0]));
      c[TEXT] += n;
      if (field !== TEXT) c[field] += n;
    };
    for (const entry of near) add(entry >> 2, entry & 3, 1);
    far.courses.forEach((course, i) => {
      add(course, SKILLS, far.skills[i] ?? 0);
      add(course, TEXT, far.text[i] ?? 1);
    });
    /** @type {Map<number, number>} */
    const out = new Map();
    for (const [course, c] of counts) {
      const length = this.titleLength[course] / USUAL_TITLE;
      const title = (c[TITLE] * (K1 + 1)) / (c[TITLE] + K1 * (1 - TITLE_B + TITLE_B * length));
      out.set(
        course,
        BOOST_TITLE * title + BOOST_SKILLS * saturate(c[SKILLS]) + BOOST_CATEGORY * saturate(c[CATEGORY]) +
          BOOST_PROVIDER * saturate(c[PROVIDER]) + saturate(c[TEXT]),
      ); // prettier-ignore
    }
    return out;
  }

  /**
   * Courses that hold every group, with their scores.
   * @param {import("./understand.js").Alternative[][]} groups
   * @returns {Promise<Map<number, number>>}
   */
  async find(groups) {
    await Promise.all(groups.flat().flatMap((one) => one.families.map((family) => this.bucket(family))));
    const strict = together(groups.map((group) => this.either(group)));
    return strict.size ? strict : loosely(wordByWord(groups).map((group) => this.either(group)));
  }

  /** @param {import("./understand.js").Alternative[]} group */
  either(group) {
    /** @type {Map<number, number>} */
    const out = new Map();
    for (const { families, weight } of group) {
      const lists = families.map((family) => {
        const courses = this.courses(family);
        const share = ((Math.log(this.count / (courses.size + 1)) + 1) * weight) / families.length;
        return new Map([...courses].map(([course, value]) => [course, share * value]));
      });
      for (const [course, score] of together(lists)) out.set(course, (out.get(course) || 0) + score);
    }
    return out;
  }

  /** @param {number} course @returns {{id: string, slug: string, title: string}} */
  names(course) {
    return { id: this.ids[course], slug: this.slugs[course], title: this.titles[course] };
  }
}
