// @ts-check
/** The *whole* form: one file with every column and title, scanned in memory; description words come from buckets. */

import { ascending, hash, numbers } from "./codec.js";
import { loosely, together } from "./filters.js";
import { Unpress } from "./press.js";
import { Offers, Table, Values } from "./table.js";
import { wordByWord } from "./understand.js";
import { oneEdit, Tables } from "./words.js";

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

/** @typedef {{words: Record<string, [string, string?, string?]>, alias: Record<string, string>}} Bucket courses, text counts, skill counts */

/** @param {number} count */
const saturate = (count) => (count * (K1 + 1)) / (count + K1);

/** @typedef {import("./understand.js").Lexicon} Lexicon */

// Columns of courses in the order in which they stand in the file.
const COLUMNS = [
  "lembaga", "kategori", "cara", "kota", "minutes", "days", "mulai", "sertifikat", "tingkat", "source", "rating", "seen",
]; // prettier-ignore

/**
 * Opens the pressed part of a boot file: facts, titles, columns, offers, ids and codes of forms, in this order.
 * @param {{count: number, signs: string, lengths: number[], packed: string}} data
 */
function unpack({ count, signs, lengths, packed }) {
  const press = new Unpress(packed);
  const alphabet = [...signs];
  const facts = JSON.parse(press.text(lengths[0], alphabet));
  const titles = press.text(lengths[1], alphabet).split("\n");
  const { tables, platforms, most } = facts;
  const nothing = new Uint32Array(count);
  /** @type {Record<string, Values>} */
  const values = {};
  let near = nothing;
  COLUMNS.forEach((name, number) => {
    near = press.column(tables[name].length, number, name === "lembaga" ? nothing : values.lembaga.index, near);
    values[name] = new Values({ t: tables[name], index: near });
  });
  const provider = values.lembaga.index;
  values.raters = new Values({ t: null, index: Uint32Array.from(press.sizes(count, 20)) });
  const n = press.column(most[0], 21, provider, nothing);
  /** @type {number[]} */
  const owner = [];
  /** @type {boolean[]} is it its course's first offer? */
  const first = [];
  n.forEach((size, course) => {
    for (let i = 0; i < size; i++) first.push(i === 0) && owner.push(provider[course]);
  });
  /** @param {number} top @param {number} number @param {ArrayLike<number>} beside */
  const offers = (top, number, beside) => press.column(top, number, owner, beside, first);
  const p = offers(platforms.length, 22, owner);
  const e = offers(3, 23, p);
  const price = { t: tables.price, index: offers(tables.price.length, 24, owner) };
  const until = { t: tables.until, index: offers(tables.until.length, 25, p) };
  let last = -1;
  const ids = facts.ids?.split("\n") ?? press.sizes(count, 26).map((gap) => `c${(last += gap + 1).toString(16).padStart(12, "0")}`);
  const forms = new Uint32Array(facts.forms);
  const codes = press.column(most[1], 27, forms, forms);
  return { facts, titles, ids, codes, values, offers: new Offers({ n, p, e, price, until }) };
}

/** @implements {Lexicon} */
export class Whole {
  /** Lets the browser compile what opens the boot file, on signs that mean nothing. */
  static warm() {
    new Unpress(btoa("\x5a\xc3\x11\x97".repeat(6000))).text(6000, [..." aniertgksuoldpmb"]);
  }

  /**
   * @param {any} data the boot file
   * @param {(name: string) => Promise<any>} fetchPart
   */
  constructor(data, fetchPart) {
    const { facts, titles, ids, codes, values, offers } = unpack(data);
    this.build = data.build;
    this.usable = false;
    this.tables = new Tables(facts.words);
    this.labels = facts.labels;
    this.table = new Table(values, offers, facts.platforms, facts.labels);
    this.count = data.count;
    this.ids = ids;
    this.titles = titles;
    this.slugs = facts.slugs.split("\n");
    this.bucketCount = facts.buckets;
    this.bucketTag = facts.tag;
    this.fetchPart = fetchPart;
    /** @type {Map<string, string>} family of written words; those without an entry are their own */
    this.forms = new Map();
    /** @type {Map<string, string[]>} other expressions of an expression's groups, as families */
    this.others = new Map();
    /** @type {Map<string, number>} courses per written word */
    this.written = new Map();
    /** @type {Map<string, number[]>} course * 4 + field, one entry an occurrence */
    this.near = new Map();
    /** @type {Map<string, number>} */
    this.nearCourses = new Map();
    this.titleLength = new Uint8Array(this.count);
    /** @type {string[]} written words, A to Z */
    this.sorted = [];
    /** @type {{codes: Uint32Array, names: Record<string, string>, synonyms: string}|null} until names are read into words */
    this.unread = { codes, names: facts.names, synonyms: facts.synonyms };
    /** @type {Map<string, {courses: number[], text: number[], skills: number[]}>} description words that were fetched */
    this.far = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.buckets = new Map();
  }

  /** Reads names into words, once a query has words. */
  indexNames() {
    if (!this.unread) return;
    const unread = this.unread;
    this.unread = null;
    const { lembaga, kategori } = this.table.values;
    /** @param {string[][]} sets @param {Record<string, string>} names */
    const named = (sets, names) => sets.map(([value]) => this.tables.indexWords(names[value] ?? value));
    const providers = named(lembaga.table || [], this.labels.lembaga);
    const categories = named(kategori.table || [], this.labels.kategori);
    /** @type {string[][][]} title, category and provider words of every course */
    const courses = this.titles.map((title, course) => [
      this.tables.indexWords(title),
      categories[kategori.index[course] - 1] || [],
      providers[lembaga.index[course] - 1] || [],
    ]);
    if (!this.count) courses.length = 0;
    for (const fields of courses) {
      for (const word of new Set(fields.flat())) this.written.set(word, (this.written.get(word) || 0) + 1);
    }
    this.sorted = [...this.written.keys()].sort();
    this.readForms(unread);
    courses.forEach((fields, course) => {
      this.titleLength[course] = Math.min(fields[TITLE].length, LONGEST_TITLE);
      /** @type {Set<string>} */
      const families = new Set();
      fields.forEach((words, field) => {
        for (const word of words) {
          const family = this.forms.get(word) ?? word;
          families.add(family);
          const entries = this.near.get(family);
          if (entries) entries.push(course * 4 + field);
          else this.near.set(family, [course * 4 + field]);
        }
      });
      for (const family of families) this.nearCourses.set(family, (this.nearCourses.get(family) || 0) + 1);
    });
  }

  /** Families of the words of names and synonyms, and the synonyms themselves. @param {{codes: Uint32Array, names: Record<string, string>, synonyms: string}} unread */
  readForms({ codes, names, synonyms }) {
    const lines = synonyms ? synonyms.split("\n") : [];
    const groups = lines.map((line) => line.split("=").map((text) => this.tables.written(text)));
    const near = [...new Set([...this.written.keys(), ...groups.flat(2)])].sort();
    near.forEach((word, i) => {
      const code = codes[i];
      const cut = Math.floor(code / SWALLOWED.length);
      const root = code ? SWALLOWED[code % SWALLOWED.length] + word.slice(Math.floor(cut / ENDS), word.length - (cut % ENDS)) : word;
      this.forms.set(word, Object.hasOwn(names, word) ? names[word] : root);
    });
    for (const name of [...this.forms.values()]) if (!this.forms.has(name)) this.forms.set(name, name);
    for (const group of groups) {
      const members = [...new Set(group.map((words) => this.families(words).join(" ")))];
      for (const member of members) {
        const known = this.others.get(member) || [];
        this.others.set(member, [...new Set([...known, ...members])].filter((other) => other !== member));
      }
    }
  }

  /** @param {string[]} words */
  families(words) {
    return words.filter((word) => !this.tables.stop.has(word)).map((word) => this.forms.get(word) ?? word);
  }

  /** Reads the bucket in which a word would lie. @param {string} word */
  bucket(word) {
    if (!this.bucketCount) return Promise.resolve();
    const number = hash(word) % this.bucketCount;
    let reading = this.buckets.get(number);
    if (!reading) {
      reading = this.fetchPart(`t${number}-${this.bucketTag}.json`).then((/** @type {Bucket} */ bucket) => {
        for (const [form, family] of Object.entries(bucket.alias)) this.forms.set(form, family);
        for (const [family, [courses, text, skills]] of Object.entries(bucket.words)) {
          this.far.set(family, { courses: ascending(courses), text: numbers(text || ""), skills: numbers(skills || "") });
        }
      });
      reading.catch(() => this.buckets.delete(number));
      this.buckets.set(number, reading);
    }
    return reading;
  }

  /** @param {string[]} words */
  async know(words) {
    if (words.length) this.indexNames();
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
    return this.nearCourses.get(family) || 0;
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
    const count = (/** @type {string} */ word) => this.written.get(word) || 0;
    return words.sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1)).slice(0, most);
  }

  /** @param {string} start */
  completions(start) {
    this.indexNames();
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
    const near = this.near.get(family) || [];
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
