// @ts-check
/** The *whole* form: one file with every column and title, scanned in memory; description words come from buckets. */

import { bucketName, Buckets, sure } from "./buckets.js";
import { ascending } from "./codec.js";
import { compile } from "./filters.js";
import { loosely, together } from "./merge.js";
import { Names } from "./names.js";
import { farKey, meant, MOST_CORRECTIONS, similar } from "./near.js";
import { Packed, unpack } from "./packing.js";
import { inSlices } from "./slices.js";
import { Offers, Table, Values } from "./table.js";
import { commonestCategory, compareKeys, repair, run } from "./tally.js";
import { wordByWord } from "./understand.js";
import { fold, slugify, Tables } from "./words.js";

const MOST_EXPANSIONS = 8;
const BOOST_TITLE = 6;
const BOOST_SKILLS = 2.5;
const BOOST_CATEGORY = 2;
const BOOST_PROVIDER = 2;
const K1 = 1.2;
const TITLE_B = 0.4;
const USUAL_TITLE = 6;
const MOST_FORESEEN = 4;

/** @param {number} count */
const saturate = (count) => (count * (K1 + 1)) / (count + K1);

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./understand.js").Lexicon} Lexicon */

/** @implements {Lexicon} */
export class Whole {
  /** The file of a question's only word, where that is most likely its own family. @param {string} told what the page says @param {string} text */
  static expected(told, text) {
    const word = fold(text.trim());
    const [count, tag] = told.split("-");
    return /^[a-z0-9]{2,}$/.test(word) && sure(word) ? bucketName(word, count, tag) : null;
  }

  /**
   * @param {any} data the boot file without its pressed part
   * @param {import("./press.js").Feed} feed that part
   * @param {(name: string) => Promise<any>} fetchPart
   * @param {string} text words that will be asked for
   */
  static async open(data, feed, fetchPart, text) {
    const { facts } = data;
    const buckets = new Buckets(facts, fetchPart);
    const tables = new Tables(facts.words);
    buckets.foresee(tables.asked(text, MOST_FORESEEN), facts.names);
    return new Whole(data, await Whole.unpack(data, feed), tables, buckets);
  }

  /** @param {any} data @param {import("./press.js").Feed} feed @returns {Promise<import("./packing.js").Unpacked>} */
  static async unpack(data, feed) {
    const stream = new Packed(feed, data.facts);
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
  constructor({ build, count, facts }, { columns, raters, offers, id, lines, forms }, tables, buckets) {
    const names = facts.tables.lembaga.map((/** @type {string} */ _, /** @type {number} */ at) => lines.text(count + at));
    const ids = facts.tables.lembaga.map((/** @type {string} */ id, /** @type {number} */ at) => id || slugify(names[at]).replace(/-/g, ""));
    const [step, prices] = facts.tables.price;
    /** @type {Record<string, Values>} */
    const values = { raters: new Values({ t: null, index: Uint32Array.from(raters) }) };
    for (const name in columns) values[name] = new Values({ t: name === "lembaga" ? ids.map((/** @type {string} */ id) => [id]) : facts.tables[name], index: columns[name] });
    const { n, p, e, price, until } = offers;
    const sold = new Offers({
      n, p, e, price: { t: ascending(prices).map((times) => times * step), index: price }, until: { t: facts.tables.until, index: until },
    }); // prettier-ignore
    const lembaga = Object.fromEntries(ids.map((/** @type {string} */ id, /** @type {number} */ at) => [id, names[at]]));
    this.build = build;
    this.usable = false;
    this.tables = tables;
    this.table = new Table(values, sold, facts.platforms, { kategori: facts.kategori, lembaga });
    this.count = count;
    this.id = id;
    this.lines = lines;
    this.slugs = facts.slugs.split("\n");
    this.buckets = buckets;
    this.near = new Names(tables, this.table, lines, count);
    /** @type {import("./packing.js").Steps<void>|null} what reads names into words; with it goes the stream's memory */
    this.unread = this.near.read(forms, facts.names);
    /** @type {Promise<void>} */
    this.indexing = Promise.resolve();
  }

  /**
   * @param {State} state
   * @param {import("./understand.js").Understood} understood
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<import("./engine.js").Answer>}
   */
  async answer(state, { groups, suggestion, ignored }, sort, first, last) {
    const { build, table } = this;
    const scores = groups.length ? await this.find(groups) : null;
    const courses = scores ? [...scores.keys()] : Array.from({ length: this.count }, (_, i) => i);
    const { passing, offers, facets } = run(compile(state, table), table, courses);
    const order = passing.map((course, i) => ({
      course,
      offer: offers[i],
      key: sort === "relevan" ? -(scores?.get(course) || 0) : table.key(sort, course, offers[i]),
    }));
    order.sort((a, b) => compareKeys(a.key, b.key) || a.course - b.course);
    const total = passing.length;
    const cards = order.slice(first, last).map((hit) => table.card(hit.course, hit.offer, this.names(hit.course)));
    const nothing = total === 0;
    return {
      build, total, cards, facets, suggestion, ignored,
      repair: nothing ? repair(state, table, courses) : null,
      category: nothing ? await this.nearest(groups, courses) : null,
    }; // prettier-ignore
  }

  /**
   * The category that most courses have that hold the words, or else any of them.
   * @param {import("./understand.js").Alternative[][]} groups
   * @param {number[]} courses
   */
  async nearest(groups, courses) {
    const near = courses.length || !groups.length ? courses : [...(await this.find([groups.flat()])).keys()];
    return commonestCategory(this.table, near);
  }

  /** Reads names into words, once a query has words. */
  indexNames() {
    if (this.unread) this.indexing = inSlices(this.unread);
    this.unread = null;
    return this.indexing;
  }

  /** @param {string[]} words */
  async know(words) {
    if (words.length) await this.indexNames();
    await Promise.all(
      words.map(async (word) => {
        const family = this.form(word);
        if (family !== undefined) return this.buckets.ask(family);
        await this.buckets.ask(word);
        const alias = this.form(word);
        if (alias !== undefined && alias !== word) await this.buckets.ask(alias);
      }),
    );
  }

  /** Reads what stands in buckets about several families at once. @param {string[]} families */
  async expect(families) {
    await Promise.all(families.map((family) => this.buckets.know(family)));
  }

  /** @param {string} word */
  form(word) {
    return this.buckets.alias.get(word) ?? this.near.forms.get(word) ?? (this.near.has(word) || this.buckets.known.has(word) ? word : undefined);
  }

  /** @param {string} family */
  strong(family) {
    return this.near.courses(family).size;
  }

  /** @param {string} family */
  async holding(family) {
    await this.buckets.know(family);
    return this.courses(family).size;
  }

  /** @param {string} expression */
  synonyms(expression) {
    return this.buckets.same.get(expression);
  }

  /** @param {string} start */
  async completions(start) {
    await this.indexNames();
    return this.near.commonest((word) => word.startsWith(start), MOST_EXPANSIONS);
  }

  /** @param {string} word */
  async corrections(word) {
    const near = this.near.commonest((known) => similar(word, known), MOST_CORRECTIONS);
    if (near.length) return near;
    const found = meant(word, await this.buckets.far(farKey(word)));
    await this.know(found);
    return found;
  }

  /**
   * Courses that hold a family, each with how well (without the family's rarity).
   * @param {string} family
   * @returns {Map<number, number>}
   */
  courses(family) {
    const near = this.near.courses(family);
    const { courses, text, skills } = this.buckets.known.get(family) || { courses: [], text: [], skills: [] };
    /** @type {Map<number, number>} */
    const out = new Map();
    /** @param {number} course @param {number} times in the description @param {number} skilled */
    const add = (course, times, skilled) => {
      const { title, category, provider } = near.get(course) || { title: 0, category: 0, provider: 0 };
      const length = title && this.near.titleLength(course) / USUAL_TITLE;
      const named = (title * (K1 + 1)) / (title + K1 * (1 - TITLE_B + TITLE_B * length));
      const all = title + category + provider + skilled + times;
      out.set(
        course,
        BOOST_TITLE * named + BOOST_SKILLS * saturate(skilled) + BOOST_CATEGORY * saturate(category) +
          BOOST_PROVIDER * saturate(provider) + saturate(all),
      ); // prettier-ignore
    };
    courses.forEach((course, i) => add(course, text[i] ?? 1, skills[i] ?? 0));
    for (const course of near.keys()) if (!out.has(course)) add(course, 0, 0);
    return out;
  }

  /**
   * Courses that hold every group, with their scores.
   * @param {import("./understand.js").Alternative[][]} groups
   * @returns {Promise<Map<number, number>>}
   */
  async find(groups) {
    await this.expect(groups.flat().flatMap((one) => one.families));
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
    return { id: this.id(course), slug: this.slugs[course], title: this.lines.text(course) };
  }
}
