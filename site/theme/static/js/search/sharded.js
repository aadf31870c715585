// @ts-check
/** The *sharded* form: a small boot file, then only the buckets, lists, facets, columns and card blocks that a query needs. */

import { Cards, LEVEL_SETS } from "./cards.js";
import { ascending, column, hash, numbers } from "./codec.js";
import { cheapest, compile, loosely, matches, repair, run, today, together } from "./filters.js";
import { FACETS, gathered, gatheredOffers, Segment } from "./segment.js";
import { Offers, Table, Values } from "./table.js";
import { wordByWord } from "./understand.js";
import { oneEdit, readings, Tables } from "./words.js";

const MOST_EXPANSIONS = 8;
const MOST_CORRECTIONS = 3;
const SYNONYM = 0.7;
const STEP = 1.006;
const NEEDS = { harga: ["lowest"], "-harga": ["lowest"], per_jam: ["lowest", "minutes"], rating: ["rating", "raters"], terbaru: ["seen"] };
// Columns that lists and the order of numbers give without a file of facets; columns that no such file has.
const LISTED = ["tingkat", "lowest"];
const ONLY_WHOLE = ["raters", "seen"];
// Bytes of a course in a file of facets and in a whole column, roughly: the smaller way is taken.
const FACETS_COST = 4;
const COLUMN_COST = 0.4;
const MOST_CARD_FILES = 40; // past it ties are settled by a column over all courses
const COLUMN_OF = { durasi: "minutes", rating: "rating", platform: "offers", prakerja: "offers", buyable: "offers", harga_min: "offers", harga_maks: "lowest" };
// What counts are made of; the others are for cards and sorts.
const COUNTED = ["tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat", "minutes", "rating", "offers"];
// Conditions that the blocks of the cheapest courses can answer.
const WALKED = ["tingkat", "kategori", "cara", "durasi", "mulai", "sertifikat", "rating", "platform", "prakerja"];
// Groups whose options have lists of their courses.
const CHOSEN = [...WALKED, "kota", "lembaga"];

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./engine.js").Answer} Answer */
/** @typedef {import("./understand.js").Alternative} Alternative */
/** @typedef {{key: string, holding: number, strong: number, best: number[], scores: number[], parts: {segment: Segment, entry: any[]}[]}} Term */
/** @typedef {{scores: Map<number, number>, cover: Term[]}} Found courses with scores; words of which each course has at least one */
/** @typedef {{columns: Record<string, Values>, offers: Offers|null, prices: Int32Array}} Gathered columns and offers row by row, lowest prices by number */
/** @typedef {{table: Table, rows: ArrayLike<number>}} Facts the table's row of each course */

/**
 * A key of a file's object; names such as "constructor" must not find what every object has.
 * @template T
 * @param {Record<string, T>|undefined} object
 * @param {string} key
 * @returns {T|undefined}
 */
const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined);

/** @type {number[]} */
const powers = [];
/** @param {number} code */
const score = (code) => (powers[code] ??= STEP ** code);

/** @typedef {import("./understand.js").Lexicon} Lexicon */

/** @implements {Lexicon} */
export class Sharded {
  /** @param {any} data the boot file @param {(name: string) => Promise<any>} fetchPart */
  constructor(data, fetchPart) {
    this.data = data;
    this.build = data.build;
    this.usable = true;
    this.tables = new Tables(data.tables);
    this.labels = { kategori: data.categories, lembaga: {}, kota: {} };
    /** @param {string} tags */
    const list = (tags) => (tags ? tags.split(" ") : []);
    this.tags = { walk: list(data.walk) };
    /** @type {Map<string, Promise<any>>} */
    this.parts = new Map();
    this.fetchPart = fetchPart;
    /** @type {Segment[]} the base and, where it has not all courses as they are, the delta */
    this.segments = data.segments.map((/** @type {any} */ known) => new Segment(known, (name) => this.part(name)));
    /** @type {number} courses that there are */
    this.count = data.count;
    /** @type {number} numbers of courses, dead ones included */
    this.numbers = this.segments.reduce((sum, segment) => sum + segment.count, 0);
    /** @type {Set<number>} numbers of the base's courses that are gone or stand anew in the delta */
    this.dead = new Set();
    /** @type {number[]} how many ids of the base come before each course of the delta */
    this.after = [];
    /** @type {Map<string, number>} courses of words of names */
    this.near = new Map();
    /** @type {Record<string, Values>} */
    this.columns = {};
    /** @type {Offers|null} */
    this.offers = null;
    /** @type {Offers|null} of every course its lowest price only */
    this.lowest = null;
    this.categories = Object.keys(data.categories).sort();
    /** @type {{key: string, found?: Promise<Found>}} */
    this.latest = { key: "" };
    /** @type {WeakMap<Term[], Promise<Gathered>>} facets of what was found */
    this.gathered = new WeakMap();
  }

  /** Reads a file once. @param {string} name */
  part(name) {
    let reading = this.parts.get(name);
    if (!reading) {
      reading = this.fetchPart(name);
      reading.catch(() => this.parts.delete(name));
      this.parts.set(name, reading);
    }
    return reading;
  }

  /** Opens the buckets in which a key lies. @param {string} key */
  async shard(key) {
    await Promise.all(this.segments.map((segment) => segment.read(key)));
  }

  /** @param {number} course */
  segmentOf(course) {
    const [base, delta] = this.segments;
    return delta && course >= delta.start ? delta : base;
  }

  /** Reads how the base and the delta go together. */
  async settle() {
    if (!this.data.difference || this.after.length || this.dead.size) return;
    const { dead, after } = await this.part(this.data.difference);
    this.dead = new Set(ascending(dead));
    let place = 0;
    this.after = numbers(after).map((gap) => (place += gap));
  }

  /** Numbers of all courses that there are. */
  living() {
    return Array.from({ length: this.numbers }, (_, i) => i).filter((course) => !this.dead.has(course));
  }

  /** A course's place in the order of ids. @param {number} course */
  rank(course) {
    const base = this.segments[0].count;
    return course < base ? course : this.after[course - base] - 0.5;
  }

  /** Ties go by id. @param {number} a @param {number} b */
  byId(a, b) {
    return this.rank(a) - this.rank(b) || a - b;
  }

  /** A word's or an expression's entry, put together from the segments. @param {string} key @returns {Term|null} */
  term(key) {
    const bare = key.replace(/^=/, "");
    /** @type {Term} */
    const term = { key, holding: 0, strong: 0, best: [], scores: [], parts: [] };
    /** @type {{course: number, code: number}[][]} */
    const heads = [];
    for (const segment of this.segments) {
      const entry = segment.find("terms", bare, key);
      if (!entry) continue;
      const [holding, strong, best, drops, , , gone = 0, goneStrong = 0, goneBest = ""] = entry;
      term.holding += holding - gone;
      term.strong += strong - goneStrong;
      let code = 0;
      const codes = numbers(drops).map((drop, i) => (code = i ? code - drop : drop));
      const lost = new Set(numbers(goneBest));
      if (heads.length) heads[0] = heads[0].filter((_, place) => !lost.has(place));
      heads.push(numbers(best).map((place, i) => ({ course: segment.start + place, code: codes[i] })));
      term.parts.push({ segment, entry });
    }
    if (!term.holding) return null;
    // What stands behind a segment's best is not better than its last one.
    const open = term.parts.map(({ entry }, i) => (entry[0] > numbers(entry[2]).length ? (heads[i].at(-1)?.code ?? Infinity) : -1));
    const least = Math.max(-1, ...open);
    const merged = heads.flat().sort((a, b) => b.code - a.code);
    const sure = term.parts.length > 1 ? merged.filter(({ code }) => code >= least) : merged;
    term.best = sure.map(({ course }) => course);
    term.scores = sure.map(({ code }) => code);
    return term;
  }

  // --- vocabulary ---

  /** @param {string[]} words */
  async know(words) {
    // A single word is mostly answered by its best courses: their cards come together with the word.
    if (words.length === 1) this.segments[0].best(words[0]).catch(() => {});
    await Promise.all(words.map((word) => this.shard(word)));
    const wanted = words.flatMap((word) => {
      const form = this.form(word);
      return form !== undefined ? [form] : [...readings(word).keys()];
    });
    await Promise.all(wanted.map((family) => this.shard(family)));
  }

  async expect() {}

  /** @param {string} word */
  form(word) {
    for (const segment of this.segments) {
      const found = segment.find("words", word, word);
      if (found !== undefined) return found || word;
      if (segment.find("terms", word, word)) return word;
    }
    return undefined;
  }

  /** @param {string} family */
  strong(family) {
    return this.term(family)?.strong || 0;
  }

  /** @param {string} family */
  async holding(family) {
    await this.shard(family);
    return this.term(family)?.holding || 0;
  }

  /** @param {string} family @returns {Record<string, string[]>} */
  expressions(family) {
    /** @type {Record<string, string[]|null>} */
    const all = {};
    for (const segment of this.segments) Object.assign(all, segment.find("synonyms", family, family));
    return Object.fromEntries(/** @type {[string, string[]][]} */ (Object.entries(all).filter(([, others]) => others)));
  }

  /** Has the delta other synonyms for an expression than the base? @param {string} expression */
  loose(expression) {
    const family = expression.split(" ")[0];
    return this.segments.slice(1).some((segment) => own(segment.find("synonyms", family, family), expression) !== undefined);
  }

  /** Only expressions that courses hold are in the files. @param {string} expression */
  synonyms(expression) {
    return own(this.expressions(expression.split(" ")[0]), expression);
  }

  /**
   * Words of names under a key; the delta's counts are newer than the base's, and its lists of two letters are whole.
   * @param {string} key
   * @returns {Promise<string[]>}
   */
  async beginning(key) {
    const lists = await Promise.all(this.segments.map((segment) => segment.nearWords(key)));
    for (const list of lists) for (const [word, count] of list) this.near.set(word, count);
    const [base, delta = []] = lists;
    const found = key.length === 2 && delta.length ? delta : [...base, ...delta];
    return [...new Set(found.map(([word]) => word))].filter((word) => this.near.get(word));
  }

  /** @param {string[]} words @param {number} most */
  commonest(words, most) {
    const count = (/** @type {string} */ word) => this.near.get(word) || 0;
    return words.sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1)).slice(0, most);
  }

  /** @param {string} start */
  async completions(start) {
    if (start.length < 2) return [];
    const found = (await this.beginning(start.slice(0, 3))).filter((word) => word.startsWith(start));
    const best = this.commonest(found, MOST_EXPANSIONS);
    await this.learn(best);
    return best;
  }

  /** @param {string} word */
  async corrections(word) {
    const keys = [word.slice(0, 3), `$${word.slice(-3)}`, `^${word.slice(0, 2)}`, `$${word.slice(-2)}`];
    const lists = await Promise.all(keys.map((key) => this.beginning(key)));
    const near = [...new Set(lists.flat())].filter((known) => known.length > 3 && oneEdit(word, known));
    const found = this.commonest(near, MOST_CORRECTIONS);
    await this.learn(found);
    return found;
  }

  /** Opens the buckets of words and of their families. @param {string[]} words */
  async learn(words) {
    await Promise.all(words.map((word) => this.shard(word)));
    await Promise.all(words.map((word) => this.shard(this.form(word) ?? word)));
  }

  // --- courses of words ---

  /**
   * A group as one or several terms with their weights; expressions with synonyms were put together at build time.
   * @param {import("./understand.js").Group} group
   * @returns {{term: Term|null, weight: number}[][]}
   */
  terms(group) {
    const name = group[0].families.join(" ");
    if (group.length > 1 && group[1].weight === SYNONYM && !group.apart && !this.loose(name)) {
      const ready = this.term(`=${name}`);
      if (ready) return [[{ term: ready, weight: 1 }]];
    }
    return group.map((one) => one.families.map((family) => ({ term: this.term(family), weight: one.weight / one.families.length })));
  }

  /** All courses of a term. @param {Term|null} term @param {number} weight @returns {Promise<Map<number, number>>} */
  async posting(term, weight) {
    /** @type {Map<number, number>} */
    const out = new Map();
    if (!term) return out;
    await this.settle();
    // Groups were scored at build time, a hundredfold; the rarity of a family is known here.
    const share = weight * (term.key[0] === "=" ? 0.01 : Math.log(this.count / (term.holding + 1)) + 1);
    for (const { ids, codes } of await this.lists(term)) {
      ids.forEach((id, i) => this.dead.has(id) || out.set(id, share * score(codes[i])));
    }
    return out;
  }

  /** A term's courses in each segment. @param {Term} term */
  lists(term) {
    return Promise.all(term.parts.map(({ segment, entry }) => segment.list(entry, term.key)));
  }

  /** Opens what an expression's words need whose synonyms were not put together at build time. @param {Alternative[][]} groups */
  async prepare(groups) {
    const apart = groups.filter((group) => group.length > 1 && group[1].weight === SYNONYM && this.terms(group)[0]?.[0]?.term?.key[0] !== "=");
    await Promise.all(apart.flat().flatMap((one) => one.families.map((family) => this.shard(family))));
  }

  /** @param {Alternative[]} group @returns {Promise<Map<number, number>>} */
  async courses(group) {
    const parts = this.terms(group).map(async (parts) => together(await Promise.all(parts.map(({ term, weight }) => this.posting(term, weight)))));
    return either(await Promise.all(parts));
  }

  /** Words of which each course of a group has at least one: of every alternative the rarest. @param {Alternative[]} group */
  cover(group) {
    const held = this.terms(group).filter((parts) => parts.every(({ term }) => term));
    return held.map((parts) => parts.map(({ term }) => /** @type {Term} */ (term)).reduce((a, b) => (b.holding < a.holding ? b : a)));
  }

  /** The cover of courses that all groups have. @param {Alternative[][]} groups */
  leastCover(groups) {
    return groups.map((group) => this.cover(group)).reduce((a, b) => (size(b) < size(a) ? b : a));
  }

  /** What was found last is kept: counts and filters ask for it again. @param {Alternative[][]} groups @returns {Promise<Found>} */
  find(groups) {
    const key = JSON.stringify(groups);
    if (this.latest.key !== key) {
      const found = this.search(groups);
      found.catch(() => (this.latest.key = ""));
      this.latest = { key, found };
    }
    return /** @type {Promise<Found>} */ (this.latest.found);
  }

  /** @param {Alternative[][]} groups @returns {Promise<Found>} */
  async search(groups) {
    await this.prepare(groups);
    const strict = together(await Promise.all(groups.map((group) => this.courses(group))));
    if (strict.size) return { scores: strict, cover: this.leastCover(groups) };
    const apart = wordByWord(groups);
    await this.prepare(apart);
    const scores = loosely(await Promise.all(apart.map((group) => this.courses(group))));
    return { scores, cover: [...new Map(apart.flatMap((group) => this.cover(group)).map((term) => [term.key, term])).values()] };
  }

  // --- columns and cards ---

  /** Reads whole columns with these names. @param {string[]} names */
  async need(names) {
    const all = names.includes("offers") || this.offers !== null;
    await Promise.all(
      names.map(async (name) => {
        if (name === "offers") this.offers ??= new Offers(await this.part(this.data.offers));
        else if (name !== "lowest") this.columns[name] ??= new Values(await this.part(this.data.columns[name]));
        else if (!all) this.lowest ??= Offers.lowest(await this.prices());
      }),
    );
    const offers = this.offers ?? (names.includes("lowest") ? this.lowest : null);
    return new Table(this.columns, offers, this.data.platforms, this.labels);
  }

  /** The lowest price of every number; -1 is unknown. */
  async prices() {
    const parts = await Promise.all(this.segments.map((segment) => segment.prices()));
    const out = new Int32Array(this.numbers);
    parts.forEach((part, i) => out.set(part, this.segments[i].start));
    return out;
  }

  /** Would whole columns cost fewer bytes than the facets of these words? @param {Term[]} cover @param {string[]} names */
  wholly(cover, names) {
    if (names.some((name) => ONLY_WHOLE.includes(name)) || cover.some((term) => term.parts.some(({ entry }) => entry[0] && entry[5] < 0))) return true;
    const missing = names.filter((name) => name !== "lowest" && (name === "offers" ? !this.offers : !this.columns[name])).length;
    return missing * COLUMN_COST * this.numbers < FACETS_COST * size(cover);
  }

  /**
   * What conditions and sorts need of courses: from the lists and facets of words, or from whole columns.
   * @param {number[]} courses
   * @param {Term[]|null} cover null without words
   * @param {string[]} names
   * @returns {Promise<Facts>}
   */
  async facts(courses, cover, names) {
    if (!cover) return { table: await this.need(names), rows: courses };
    const listed = names.every((name) => LISTED.includes(name));
    if (!listed && this.wholly(cover, names)) return { table: await this.need(names), rows: courses };
    const known = this.gathered.get(cover) ?? this.gather(courses, cover, !listed);
    if (!listed) {
      known.catch(() => this.gathered.delete(cover));
      this.gathered.set(cover, known);
    }
    const { columns, offers, prices } = await known;
    const sold = names.includes("offers") ? offers : names.includes("lowest") ? Offers.lowest(Int32Array.from(courses, (course) => prices[course])) : null;
    return { table: new Table(columns, sold, this.data.platforms, this.labels), rows: courses.map((_, row) => row) };
  }

  /**
   * Columns of courses, row by row, from the lists of words that have them.
   * @param {number[]} courses
   * @param {Term[]} cover
   * @param {boolean} facets are files of facets needed?
   * @returns {Promise<Gathered>}
   */
  async gather(courses, cover, facets) {
    const reading = this.prices();
    reading.catch(() => {});
    const places = new Map(courses.map((course, row) => [course, row]));
    const levels = new Uint32Array(courses.length);
    /** @type {import("./segment.js").Place[]} */
    const found = [];
    const parts = cover.flatMap((term) => term.parts.filter(({ entry }) => entry[0]).map((part) => ({ ...part, key: term.key })));
    const read = await Promise.all(parts.map(({ segment, entry, key }) => Promise.all([segment.list(entry, key), facets ? segment.facets(entry) : null])));
    read.forEach(([list, file], i) => {
      const { segment, key } = parts[i];
      list.ids.forEach((course, at) => {
        const row = places.get(course);
        if (row === undefined) return;
        places.delete(course);
        levels[row] = list.levels[at];
        if (file) found.push({ segment, file, row, at: file.starts[key] + at });
      });
    });
    /** @type {Record<string, Values>} */
    const columns = { tingkat: new Values({ t: LEVEL_SETS, index: levels }) };
    const prices = await reading;
    if (!facets) return { columns, offers: null, prices };
    const tables = await Promise.all(this.segments.map((segment) => segment.tables()));
    for (const name of FACETS) columns[name] = gathered(name, courses.length, found, this.segments, tables);
    found.sort((a, b) => a.row - b.row);
    return { columns, prices, offers: gatheredOffers(found, this.segments, tables, (row) => prices[courses[row]]) };
  }

  /** @param {any} data @returns {Cards} */
  block(data) {
    return (data.read ??= new Cards(data, this.data.platforms, this.categories, this.labels));
  }

  /** A course's block of cards and its place there. @param {number} course @returns {Promise<[Cards, number]>} */
  async cardOf(course) {
    const segment = this.segmentOf(course);
    const place = course - segment.start;
    return [this.block(await segment.file(`c${Math.floor(place / segment.block)}`)), place % segment.block];
  }

  /**
   * Cards of courses in their order; each block is one file.
   * @param {number[]} courses
   * @param {State} state
   */
  cards(courses, state) {
    return Promise.all(
      courses.map(async (course) => {
        const [block, at] = await this.cardOf(course);
        return block.at(at, state);
      }),
    );
  }

  /** Cards of a word's best courses; they stand in its buckets. @param {Term} term @param {number} first @param {number} last */
  inlined(term, first, last) {
    const bare = term.key.replace(/^=/, "");
    return Promise.all(
      term.best.slice(first, last).map(async (course) => {
        const segment = this.segmentOf(course);
        const best = await segment.best(bare);
        const place = (best.places ??= ascending(best.numbers || "")).indexOf(course - segment.start);
        return place < 0 ? (await this.cards([course], {}))[0] : this.block(best.cards).at(place, {});
      }),
    );
  }

  // --- answers ---

  /**
   * @param {State} state
   * @param {import("./understand.js").Understood} understood
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @returns {Promise<Answer>}
   */
  async answer(state, understood, sort, first, last) {
    const { groups, suggestion, ignored } = understood;
    const plain = conditions(state).length === 0;
    const base = { build: this.build, facets: {}, suggestion, ignored, repair: null, category: null };
    const counts = () => this.counts(state, groups);
    if (plain && groups.length === 1 && sort === "relevan") {
      await this.prepare(groups);
      const [only, more] = this.terms(groups[0]);
      if (!more && only.length === 1 && only[0].term && (last <= only[0].term.best.length || only[0].term.holding <= only[0].term.best.length)) {
        return { ...base, total: only[0].term.holding, cards: await this.inlined(only[0].term, first, last), counts };
      }
    }
    if (plain && !groups.length) {
      const order = numbers((await this.part(this.data.first))[sort]);
      if (last <= order.length || this.count <= order.length) {
        return { ...base, total: this.count, cards: await this.cards(order.slice(first, last), {}), counts };
      }
    }
    const cheap = !groups.length && sort === "harga" ? await this.walk(state, first, last) : null;
    if (cheap) return { ...base, ...cheap, counts };
    return this.scan(state, groups, sort, first, last, base, counts);
  }

  /**
   * How many courses fulfil one or two conditions with one value each; null where other questions are asked.
   * @param {State} state
   * @returns {Promise<number|null>}
   */
  async known(state) {
    const asked = Object.entries(state).filter(([key, value]) => given(key, value));
    const values = asked.map(([key, value]) => (Array.isArray(value) && value.length > 1 ? "" : `${key}=${value}`));
    if (asked.length > 2 || values.includes("") || asked.some(([key]) => !WALKED.includes(key))) return null;
    const { options, counts } = await this.part(this.data.options);
    const places = values.map((value) => options.indexOf(value));
    if (!places.length || places.includes(-1)) return null;
    return numbers(counts)[corner(places[0], places[places.length - 1], options.length)];
  }

  /**
   * The cheapest courses of one or two conditions, from blocks in the order of lowest prices. A course's passing offer is never
   * cheaper than its lowest price, so what stands behind a block can't come before its end. Null: look at all courses.
   * @param {State} state
   * @param {number} first
   * @param {number} last
   * @returns {Promise<{total: number, cards: import("./table.js").Card[]}|null>}
   */
  async walk(state, first, last) {
    await this.settle();
    const asks = Object.entries(state).filter(([key, value]) => given(key, value));
    if (!asks.length || asks.length > 2 || asks.some(([key]) => !WALKED.includes(key))) return null;
    const opening = this.tags.walk.length ? this.part(`v0-${this.tags.walk[0]}.json`) : null;
    opening?.catch(() => {});
    const total = await this.known(state);
    if (!total) return null;
    /** @type {{course: number, rank: number, price: number, block: any, at: number}[]} */
    const found = [];
    for (let n = 0; n < this.tags.walk.length; n++) {
      const block = await this.part(`v${n}-${this.tags.walk[n]}.json`);
      block.table ??= Table.read(block.columns, block.offers, this.data.platforms, this.labels);
      block.courses ??= column(block.numbers);
      block.rank ??= column(block.ranks);
      const asked = compile(state, block.table);
      block.courses.forEach((/** @type {number} */ course, /** @type {number} */ at) => {
        if (!matches(asked, block.table, at)) return;
        found.push({ course, rank: block.rank[at], price: block.table.key("harga", at, cheapest(asked, block.table, at)) ?? Infinity, block, at });
      });
      found.sort(byPrice);
      const next = block.next && { price: block.next[0] ?? Infinity, rank: block.next[1] };
      const ending = found[Math.min(last, total) - 1];
      if (ending && (!next || byPrice(ending, next) < 0)) {
        return { total, cards: await Promise.all(found.slice(first, last).map((hit) => this.walked(hit, state))) };
      }
    }
    return null;
  }

  /** The card of a course of a block. @param {{course: number, block: any, at: number}} hit @param {State} state */
  async walked({ course, block, at }, state) {
    const tags = block.cards ? block.cards.split(" ") : [];
    const file = Math.floor(at / this.data.walked);
    if (!tags[file]) return (await this.cards([course], state))[0];
    const data = await this.part(`u${block.first / this.data.walked + file}-${tags[file]}.json`);
    return this.block(data).at(at % this.data.walked, state);
  }

  /**
   * @param {State} state
   * @param {Alternative[][]} groups
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @param {any} base
   * @param {() => Promise<Record<string, Record<string, number>>>} counts
   * @returns {Promise<Answer>}
   */
  async scan(state, groups, sort, first, last, base, counts) {
    const needed = [...conditions(state), .../** @type {Record<string, string[]>} */ (NEEDS)[sort] || []];
    const [found] = await Promise.all([groups.length ? this.find(groups) : this.choose(state, needed), this.settle(), this.expectFacts(groups, needed)]);
    const courses = found ? [...found.scores.keys()] : this.living();
    const { table, rows } = await this.facts(courses, found && found.cover, needed);
    const asked = compile(state, table);
    /** @type {{course: number, key: number|null}[]} */
    const order = [];
    courses.forEach((course, i) => {
      if (!matches(asked, table, rows[i])) return;
      const key = sort === "relevan" ? -(found?.scores.get(course) || 0) : table.key(sort, rows[i], table.offers ? cheapest(asked, table, rows[i]) : -1);
      order.push({ course, key });
    });
    await this.sort(order, sort, first, last, needed.includes("offers"));
    const total = order.length;
    const answer = { ...base, total, counts, cards: await this.cards(order.slice(first, last).map((hit) => hit.course), state) };
    if (total) return answer;
    // Courses of an option don't tell what there would be without it.
    const wider = groups.length ? { table, rows } : await this.facts(this.living(), null, needed);
    answer.repair = repair(state, wider.table, wider.rows);
    answer.category = groups.length ? await this.nearest(groups, courses, found && found.cover) : await this.nearest([], this.living(), null);
    return answer;
  }

  /**
   * Without words: the courses of the condition that fewest fulfil; null where whole columns cost less.
   * @param {State} state
   * @param {string[]} needed
   * @returns {Promise<Found|null>}
   */
  async choose(state, needed) {
    const asked = Object.entries(state).filter(([key, value]) => CHOSEN.includes(key) && given(key, value));
    const keys = asked.map(([key, value]) => [value].flat().map((one) => `#${key}=${one}`));
    await Promise.all(keys.flat().map((key) => this.shard(key)));
    const covers = keys.map((group) => group.flatMap((key) => this.term(key) || []));
    if (!covers.length) return null;
    const cover = covers.reduce((a, b) => (size(b) < size(a) ? b : a));
    if (this.wholly(cover, needed)) return null;
    const lists = await Promise.all(cover.map((term) => this.posting(term, 0)));
    return { scores: either(lists), cover };
  }

  /** Begins to read the facets that will be needed, while lists are read. @param {Alternative[][]} groups @param {string[]} needed */
  async expectFacts(groups, needed) {
    if (!groups.length || needed.every((name) => LISTED.includes(name))) return;
    await this.prepare(groups);
    const cover = this.leastCover(groups);
    if (this.wholly(cover, needed)) return;
    const files = cover.flatMap((term) => term.parts.map(({ segment, entry }) => segment.facets(entry)));
    for (const reading of [...files, ...this.segments.map((segment) => segment.tables()), this.prices()]) reading.catch(() => {});
  }

  /**
   * Lower keys first, unknown ones last. Equally relevant courses stand from the cheapest on, as numbers do; other ties go by id.
   * @param {{course: number, key: number|null}[]} order
   * @param {string} sort
   * @param {number} first
   * @param {number} last
   * @param {boolean} offered are prices those of chosen offers?
   */
  async sort(order, sort, first, last, offered) {
    /** @param {number} course */
    const rank = (course) => (sort === "relevan" ? course : this.rank(course));
    order.sort((a, b) => compare(a.key, b.key) || rank(a.course) - rank(b.course) || a.course - b.course);
    // The order of numbers is that of ids only where the lowest price is equal.
    if (sort === "relevan" || (!offered && ["harga", "-harga"].includes(sort))) return;
    let [start, end] = [first, Math.min(last, order.length)];
    while (start > 0 && start < order.length && order[start - 1].key === order[start].key) start--;
    while (end > 0 && end < order.length && order[end].key === order[end - 1].key) end++;
    const tied = order.slice(start, end);
    const ids = await this.idsOf(tied.map(({ course }) => course));
    tied.sort((a, b) => compare(a.key, b.key) || ids(a.course, b.course));
    order.splice(start, tied.length, ...tied);
  }

  /** Compares ids of these courses. @param {number[]} courses @returns {Promise<(a: number, b: number) => number>} */
  async idsOf(courses) {
    if (courses.length > MOST_CARD_FILES) {
      const ranks = column(await this.part(this.data.ranks));
      return (a, b) => ranks[a] - ranks[b];
    }
    const ids = new Map(await Promise.all(courses.map(async (course) => {
      const [block, at] = await this.cardOf(course);
      return /** @type {[number, string]} */ ([course, block.ids[at]]);
    })));
    return (a, b) => ((ids.get(a) || "") < (ids.get(b) || "") ? -1 : 1);
  }

  /**
   * True counts without words and with at most one condition, which were counted at build time; null for other questions.
   * @param {State} state
   * @returns {Promise<Record<string, Record<string, number>>|null>}
   */
  async counted(state) {
    const asked = Object.entries(state).filter(([key, value]) => given(key, value));
    if (asked.length > 1) return null;
    const [key, value] = asked.length ? [asked[0][0], Array.isArray(asked[0][1]) && asked[0][1].length > 1 ? "" : String(asked[0][1])] : ["", ""];
    const [{ options, counts }, offered] = await Promise.all([this.part(this.data.options), this.part(this.data.providers)]);
    const pairs = numbers(counts);
    /** Courses of each provider with an option; 0 is all of them. @param {number} at */
    const row = (at) => {
      const out = new Uint32Array(offered.values.length);
      const told = numbers(offered.counts[at]);
      for (let i = 0, name = -1; i < told.length; i += 2) out[(name += told[i] + 1)] = told[i + 1] + 1;
      return out;
    };
    const place = options.indexOf(`${key}=${value}`);
    const provider = key === "lembaga" ? offered.values.indexOf(value) : -1;
    if (key && place < 0 && provider < 0) return null;
    /** @type {Record<string, Record<string, number>>} */
    const facets = Object.fromEntries([...WALKED, "kota", "lembaga"].map((group) => [group, {}]));
    options.forEach((/** @type {string} */ option, /** @type {number} */ at) => {
      const [group] = option.split("=", 1);
      const other = group === key || !key ? at : place;
      const count = provider < 0 ? pairs[corner(at, other, options.length)] : row(at + 1)[provider];
      if (count) facets[group][option.slice(group.length + 1)] = count;
    });
    const providers = row(place + 1);
    offered.values.forEach((/** @type {string} */ name, /** @type {number} */ at) => {
      const count = providers[at];
      if (count) facets.lembaga[name] = count;
    });
    const { days, options: sold, providers: soldBy } = offered.buyable;
    const told = numbers(provider < 0 ? sold[place + 1] : soldBy[provider]);
    const now = state.today || today();
    let still = 0;
    for (let i = 0, day = -1; i < told.length; i += 2) if (days[(day += told[i] + 1)] >= now) still += told[i + 1] + 1;
    facets.buyable = still ? { 1: still } : {};
    return facets;
  }

  /** True counts of every option; reads all columns. @param {State} state @param {Alternative[][]} groups */
  async counts(state, groups) {
    const ready = groups.length ? null : await this.counted(state);
    if (ready) return ready;
    const [found] = await Promise.all([groups.length ? this.find(groups) : null, this.settle(), this.expectFacts(groups, COUNTED)]);
    const courses = found ? [...found.scores.keys()] : this.living();
    const { table, rows } = await this.facts(courses, found && found.cover, COUNTED);
    return run(compile(state, table), table, rows).facets;
  }

  /** The category that most courses have. @param {Alternative[][]} groups @param {number[]} courses @param {Term[]|null} cover @returns {Promise<string|null>} */
  async nearest(groups, courses, cover) {
    if (!courses.length && groups.length) {
      const { scores, cover: wide } = await this.find([groups.flat()]);
      return scores.size ? this.nearest([], [...scores.keys()], wide) : null;
    }
    if (!courses.length) return null;
    const { table, rows } = await this.facts(courses, cover, ["kategori"]);
    /** @type {Map<string, number>} */
    const tally = new Map();
    for (const row of Array.from(rows)) {
      const slug = (table.values.kategori.at(row) || [null])[0];
      const name = slug === null ? null : this.labels.kategori[slug];
      if (name) tally.set(name, (tally.get(name) || 0) + 1);
    }
    return [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
  }
}

/**
 * Where two options' count stands: the upper triangle of a table, row by row.
 * @param {number} a
 * @param {number} b
 * @param {number} size
 */
const corner = (a, b, size) => Math.min(a, b) * size - (Math.min(a, b) * (Math.min(a, b) - 1)) / 2 + Math.abs(a - b);

/** Is this entry of a state a condition? @param {string} key @param {unknown} value */
const given = (key, value) => !["q", "urut", "hal", "today"].includes(key) && value != null && value !== "" && !(Array.isArray(value) && !value.length);

/** Names of the columns that a state's conditions need. @param {State} state */
function conditions(state) {
  const needed = new Set();
  for (const [key, value] of Object.entries(state)) {
    if (!given(key, value)) continue;
    needed.add(/** @type {Record<string, string>} */ (COLUMN_OF)[key] || key);
  }
  return [...needed];
}

/** @param {Map<number, number>[]} lists @returns {Map<number, number>} */
function either(lists) {
  if (lists.length === 1) return lists[0];
  /** @type {Map<number, number>} */
  const out = new Map();
  for (const list of lists) for (const [course, value] of list) out.set(course, (out.get(course) || 0) + value);
  return out;
}

/** Unknown last. @param {number|null} a @param {number|null} b */
const compare = (a, b) => (a === null || b === null ? (a === null ? 1 : 0) - (b === null ? 1 : 0) : a - b);

/** Cheaper first, unknown (Infinity) last, ties by id. @param {{price: number, rank: number}} a @param {{price: number, rank: number}} b */
const byPrice = (a, b) => (a.price === b.price ? a.rank - b.rank : a.price - b.price);

/** @param {Term[]} cover */
const size = (cover) => cover.reduce((sum, term) => sum + term.holding, 0);
