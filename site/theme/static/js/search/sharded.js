// @ts-check
/** The *sharded* form: a small boot file, then only the shards, tails, columns and card blocks that a query needs. */

import { ascending, column, hash, numbers } from "./codec.js";
import { cheapest, compile, loosely, matches, repair, run, together } from "./filters.js";
import { Offers, Table, Values } from "./table.js";
import { wordByWord } from "./understand.js";
import { oneEdit, readings, Tables } from "./words.js";

const MOST_EXPANSIONS = 8;
const MOST_CORRECTIONS = 3;
const SYNONYM = 0.7;
const STEP = 1.006;
const NEEDS = { harga: ["lowest"], "-harga": ["lowest"], per_jam: ["lowest", "minutes"], rating: ["rating", "raters"], terbaru: ["seen"] };
const COLUMN_OF = { durasi: "minutes", rating: "rating", platform: "offers", prakerja: "offers", buyable: "offers", harga_min: "offers", harga_maks: "lowest" };
// What counts are made of; the others are for cards and sorts.
const COUNTED = ["tingkat", "kategori", "cara", "kota", "lembaga", "mulai", "sertifikat", "minutes", "rating", "offers"];
// Conditions that the blocks of the cheapest courses can answer.
const WALKED = ["tingkat", "kategori", "cara", "durasi", "mulai", "sertifikat", "rating", "platform", "prakerja"];

/** @typedef {import("./filters.js").State} State */
/** @typedef {import("./engine.js").Answer} Answer */
/** @typedef {import("./understand.js").Alternative} Alternative */
/** @typedef {{holding: number, strong: number, best: number[], scores: number[], tail: string|null, place: number, key: string}} Term */
/** @typedef {{words: Record<string, string|0>, terms: Record<string, any[]>, synonyms: Record<string, Record<string, string[]>>, numbers: number[], cards: any, tails: string}} Shard */

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
    this.count = data.count;
    this.tables = new Tables(data.tables);
    this.labels = { kategori: data.categories, lembaga: {}, kota: {} };
    /** @type {string[]} the first key of every list of shards */
    this.firsts = data.shards ? data.shards.split("\n") : [];
    /** @type {Map<number, {firsts: string[], words: string[], prices: string[]}>} lists that were read */
    this.lists = new Map();
    /** @param {string} tags */
    const list = (tags) => (tags ? tags.split(" ") : []);
    this.tags = { lists: list(data.lists), walk: list(data.walk), blocks: list(data.blocks), beginnings: list(data.beginnings) };
    /** @type {Map<string, Promise<any>>} */
    this.parts = new Map();
    /** @type {Map<number, Shard>} */
    this.open = new Map();
    /** @type {Map<string, [number, string|0]>} */
    this.near = new Map();
    this.fetchPart = fetchPart;
    /** @type {Record<string, Values>} */
    this.columns = {};
    /** @type {Offers|null} */
    this.offers = null;
    /** @type {Offers|null} of every course its lowest price only */
    this.lowest = null;
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

  /** The shard in which a key would lie; -1 where its list was not read. @param {string} key */
  place(key) {
    const number = lastUpTo(this.firsts, key);
    const list = this.lists.get(number);
    return list ? number * this.data.listed + lastUpTo(list.firsts, key) : -1;
  }

  /** Tags of a shard whose list was read. @param {number} place @param {"words"|"prices"} kind */
  tag(place, kind) {
    return this.lists.get(Math.floor(place / this.data.listed))?.[kind][place % this.data.listed];
  }

  /** @param {string} key @returns {Promise<void>} */
  async shard(key) {
    if (!this.firsts.length) return;
    const number = lastUpTo(this.firsts, key);
    const { shards, words, prices } = await this.part(`d${number}-${this.tags.lists[number]}.json`);
    if (!this.lists.has(number)) this.lists.set(number, { firsts: shards.split("\n"), words: words.split(" "), prices: prices.split(" ") });
    const place = this.place(key);
    if (this.open.has(place)) return;
    const data = await this.part(`w${place}-${this.tag(place, "words")}.json`);
    if (!this.open.has(place)) this.open.set(place, { ...data, numbers: ascending(data.numbers) });
  }

  /** @param {string} key @returns {Term|null} */
  term(key) {
    const bare = key.replace(/^=/, "");
    const place = this.place(bare);
    const found = own(this.open.get(place)?.terms, key);
    if (!found) return null;
    const [holding, strong, best, drops, tail] = found;
    let code = 0;
    const scores = numbers(drops).map((drop, i) => (code = i ? code - drop : drop));
    return { holding, strong, best: numbers(best), scores, tail: tail || null, place, key };
  }

  // --- vocabulary ---

  /** @param {string[]} words */
  async know(words) {
    const joined = words.slice(0, 2).join(" ");
    await Promise.all([...words, joined].filter(Boolean).map((word) => this.shard(word)));
    const wanted = words.flatMap((word) => {
      const form = this.form(word);
      return form !== undefined ? [form] : [...readings(word).keys()];
    });
    await Promise.all(wanted.map((family) => this.shard(family)));
    const families = words.map((word) => this.form(word) ?? word);
    const groups = families.flatMap((family) => Object.entries(this.expressions(family)));
    const near = groups.filter(([expression]) => ` ${families.join(" ")} `.includes(` ${expression} `));
    await Promise.all(near.map(([expression]) => this.shard(expression)));
  }

  async expect() {}

  /** @param {string} word */
  form(word) {
    const found = own(this.open.get(this.place(word))?.words, word);
    return found === undefined ? undefined : found || word;
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
    return own(this.open.get(this.place(family))?.synonyms, family) || {};
  }

  /** Only expressions that courses hold are in the files. @param {string} expression */
  synonyms(expression) {
    return own(this.expressions(expression.split(" ")[0]), expression);
  }

  /** @param {string} key @returns {Promise<any>} */
  async beginning(key) {
    const tags = this.tags.beginnings;
    const place = hash(/^[$^]/.test(key) ? key : key.slice(0, 3)) % tags.length;
    const file = await this.part(`b${place}-${tags[place]}.json`);
    for (const word in file.words) this.near.set(word, file.words[word]);
    return file.keys;
  }

  /** @param {string[]} words @param {number} most */
  commonest(words, most) {
    const count = (/** @type {string} */ word) => this.near.get(word)?.[0] || 0;
    return [...new Set(words)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1)).slice(0, most);
  }

  /** @param {string} start */
  async completions(start) {
    for (let length = start.length; length >= 2; length--) {
      const keys = await this.beginning(start.slice(0, length));
      const line = own(keys, start.slice(0, length));
      if (line === undefined) continue;
      const found = this.commonest(line.split(" ").filter((/** @type {string} */ word) => word.startsWith(start)), MOST_EXPANSIONS);
      await this.learn(found);
      return found;
    }
    return [];
  }

  /** @param {string} word */
  async corrections(word) {
    const lengths = new Set([word.length - 1, word.length, word.length + 1].map(kept));
    const keys = [...lengths].flatMap((length) => [`^${word.slice(0, length)}`, `$${word.slice(-length)}`]);
    const lists = await Promise.all(keys.map(async (key) => (own(await this.beginning(key), key) || "").split(" ")));
    const found = this.commonest(lists.flat().filter((known) => known.length > 3 && oneEdit(word, known)), MOST_CORRECTIONS);
    await this.learn(found);
    return found;
  }

  /** Opens the shards of words and of their families. @param {string[]} words */
  async learn(words) {
    await Promise.all(words.flatMap((word) => [this.shard(word), this.shard(this.near.get(word)?.[1] || word)]));
  }

  // --- courses of words ---

  /**
   * A group as one or several terms with their weights; expressions with synonyms were put together at build time.
   * @param {Alternative[]} group
   * @returns {{term: Term|null, weight: number}[][]}
   */
  terms(group) {
    const own = group[0].families.join(" ");
    if (group.length > 1 && group[1].weight === SYNONYM) {
      const ready = this.term(`=${own}`);
      if (ready) return [[{ term: ready, weight: 1 }]];
    }
    return group.map((one) => one.families.map((family) => ({ term: this.term(family), weight: one.weight / one.families.length })));
  }

  /** All courses of a term. @param {Term|null} term @param {number} weight @returns {Promise<Map<number, number>>} */
  async posting(term, weight) {
    if (!term) return new Map();
    let [ids, codes] = [term.best, term.scores];
    if (term.holding > ids.length) {
      const shard = /** @type {Shard} */ (this.open.get(term.place));
      const [places, scores] = term.tail ? await this.part(term.tail) : (await this.part(shard.tails))[term.key];
      [ids, codes] = [ascending(places), numbers(scores)];
    }
    // Groups were scored at build time, a hundredfold; the rarity of a family is known here.
    const share = weight * (term.key[0] === "=" ? 0.01 : Math.log(this.count / (term.holding + 1)) + 1);
    return new Map(ids.map((id, i) => [id, share * score(codes[i])]));
  }

  /** @param {Alternative[]} group @returns {Promise<Map<number, number>>} */
  async courses(group) {
    const parts = this.terms(group).map(async (parts) => together(await Promise.all(parts.map(({ term, weight }) => this.posting(term, weight)))));
    return either(await Promise.all(parts));
  }

  /** @param {Alternative[][]} groups @returns {Promise<Map<number, number>>} */
  async find(groups) {
    const strict = together(await Promise.all(groups.map((group) => this.courses(group))));
    return strict.size ? strict : loosely(await Promise.all(wordByWord(groups).map((group) => this.courses(group))));
  }

  // --- columns and cards ---

  /** Reads the columns with these names. @param {string[]} names */
  async need(names) {
    const all = names.includes("offers") || this.offers !== null;
    await Promise.all(
      names.map(async (name) => {
        if (name === "offers") this.offers ??= new Offers(await this.part(this.data.offers));
        else if (name !== "lowest") this.columns[name] ??= new Values(await this.part(this.data.columns[name]));
        else if (!all) this.lowest ??= Offers.lowest(new Values(await this.part(this.data.lowest)));
      }),
    );
    const offers = this.offers ?? (names.includes("lowest") ? this.lowest : null);
    return new Table(this.columns, offers, this.data.platforms, this.labels);
  }

  /**
   * Cards of courses in their order; each block is one file.
   * @param {number[]} courses
   * @param {State} state
   */
  async cards(courses, state) {
    return Promise.all(
      courses.map(async (course) => {
        const block = Math.floor(course / this.data.block);
        const page = Math.floor(block / this.data.names);
        const tags = await this.part(`n${page}-${this.tags.blocks[page]}.json`);
        const data = await this.part(`c${block}-${tags.split(" ")[block % this.data.names]}.json`);
        data.table ??= Table.read(data.columns, data.offers, this.data.platforms, { ...this.labels, lembaga: data.providers });
        return this.card(data.table, data, course % this.data.block, state);
      }),
    );
  }

  /** @param {Table} table @param {any} data @param {number} at @param {State} state */
  card(table, data, at, state) {
    data.names ??= [data.ids.split("\n"), data.slugs.split("\n"), data.titles.split("\n")];
    const [ids, slugs, titles] = data.names;
    return table.card(at, cheapest(compile(state, table), table, at), { id: ids[at], slug: slugs[at], title: titles[at] });
  }

  /** Cards that stand in a word's shard, with the prices beside it. @param {Term} term @param {number} first @param {number} last */
  async inlined(term, first, last) {
    const shard = /** @type {Shard} */ (this.open.get(term.place));
    const wanted = term.best.slice(first, last);
    const places = wanted.map((course) => shard.numbers.indexOf(course));
    if (places.some((place) => place < 0)) return this.cards(wanted, {});
    const offers = await this.part(`p${term.place}-${this.tag(term.place, "prices")}.json`);
    const { cards } = shard;
    cards.table ??= Table.read(cards.columns, offers, this.data.platforms, { ...this.labels, lembaga: cards.providers });
    return places.map((place) => this.card(cards.table, cards, place, {}));
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
    const asks = Object.entries(state).filter(([key, value]) => given(key, value));
    if (!asks.length || asks.length > 2 || asks.some(([key]) => !WALKED.includes(key))) return null;
    const opening = this.tags.walk.length ? this.part(`v0-${this.tags.walk[0]}.json`) : null;
    opening?.catch(() => {});
    const total = await this.known(state);
    if (!total) return null;
    /** @type {{course: number, price: number, block: any, at: number}[]} */
    const found = [];
    for (let n = 0; n < this.tags.walk.length; n++) {
      const block = await this.part(`v${n}-${this.tags.walk[n]}.json`);
      block.table ??= Table.read(block.columns, block.offers, this.data.platforms, this.labels);
      block.courses ??= column(block.numbers);
      const asked = compile(state, block.table);
      block.courses.forEach((/** @type {number} */ course, /** @type {number} */ at) => {
        if (!matches(asked, block.table, at)) return;
        found.push({ course, price: block.table.key("harga", at, cheapest(asked, block.table, at)) ?? Infinity, block, at });
      });
      found.sort(byPrice);
      const next = block.next && { price: block.next[0] ?? Infinity, course: block.next[1] };
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
    data.table ??= Table.read(data.columns, data.offers, this.data.platforms, { ...this.labels, lembaga: data.providers });
    return this.card(data.table, data, at % this.data.walked, state);
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
    const [scores, table] = await Promise.all([groups.length ? this.find(groups) : null, this.need(needed)]);
    const courses = scores ? [...scores.keys()] : Array.from({ length: this.count }, (_, i) => i);
    const asked = compile(state, table);
    const passing = courses.filter((course) => matches(asked, table, course));
    const order = passing.map((course) => ({
      course,
      key: sort === "relevan" ? -(scores?.get(course) || 0) : table.key(sort, course, table.offers ? cheapest(asked, table, course) : -1),
    }));
    order.sort((a, b) => (a.key === null || b.key === null ? (a.key === null ? 1 : 0) - (b.key === null ? 1 : 0) : a.key - b.key) || a.course - b.course);
    const total = passing.length;
    const answer = { ...base, total, counts, cards: await this.cards(order.slice(first, last).map((hit) => hit.course), state) };
    if (!total) {
      answer.repair = repair(state, table, courses);
      answer.category = await this.nearest(groups, courses);
    }
    return answer;
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
    const [pairs, own] = [numbers(counts), numbers(offered.counts)];
    const place = options.indexOf(`${key}=${value}`);
    const provider = key === "lembaga" ? offered.values.indexOf(value) : -1;
    if (key && place < 0 && provider < 0) return null;
    /** @type {Record<string, Record<string, number>>} */
    const facets = Object.fromEntries([...WALKED, "kota", "lembaga"].map((group) => [group, {}]));
    const width = offered.values.length;
    options.forEach((/** @type {string} */ option, /** @type {number} */ at) => {
      const [group] = option.split("=", 1);
      const other = group === key || !key ? at : place;
      const count = provider < 0 ? pairs[corner(at, other, options.length)] : own[(at + 1) * width + provider];
      if (count) facets[group][option.slice(group.length + 1)] = count;
    });
    offered.values.forEach((/** @type {string} */ name, /** @type {number} */ at) => {
      const count = own[(place + 1) * width + at];
      if (count) facets.lembaga[name] = count;
    });
    return facets;
  }

  /** True counts of every option; reads all columns. @param {State} state @param {Alternative[][]} groups */
  async counts(state, groups) {
    const ready = groups.length ? null : await this.counted(state);
    if (ready) {
      // Which offers can still be bought changes with the day: this one is counted now.
      const table = await this.need([...conditions(state), "offers"]);
      const all = Array.from({ length: this.count }, (_, i) => i);
      const asked = compile({ ...state, buyable: "1" }, table);
      const still = all.filter((course) => matches(asked, table, course)).length;
      return { ...ready, buyable: still ? { 1: still } : {} };
    }
    const [scores, table] = await Promise.all([groups.length ? this.find(groups) : null, this.need(COUNTED)]);
    const courses = scores ? [...scores.keys()] : Array.from({ length: this.count }, (_, i) => i);
    return run(compile(state, table), table, courses).facets;
  }

  /** @param {Alternative[][]} groups @param {number[]} courses */
  async nearest(groups, courses) {
    const near = courses.length || !groups.length ? courses : [...(await this.find([groups.flat()])).keys()];
    if (!near.length) return null;
    await this.need(["kategori"]);
    /** @type {Map<string, number>} */
    const tally = new Map();
    for (const course of near) {
      const slug = (this.columns.kategori.at(course) || [null])[0];
      const name = slug === null ? null : this.labels.kategori[slug];
      if (name) tally.set(name, (tally.get(name) || 0) + 1);
    }
    return [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
  }
}

/** One edit leaves so many letters at one end of a word of this length as they are. @param {number} length */
const kept = (length) => (length >= 9 ? 4 : length >= 7 ? 3 : 2);

/**
 * Cheaper first, unknown (Infinity) last, ties by id.
 * @param {{price: number, course: number}} a
 * @param {{price: number, course: number}} b
 */
const byPrice = (a, b) => (a.price === b.price ? a.course - b.course : a.price - b.price);

/**
 * Where two options' count stands: the upper triangle of a table, row by row.
 * @param {number} a
 * @param {number} b
 * @param {number} size
 */
const corner = (a, b, size) => Math.min(a, b) * size - (Math.min(a, b) * (Math.min(a, b) - 1)) / 2 + Math.abs(a - b);

/** Is this entry of a state a condition? @param {string} key @param {unknown} value */
const given = (key, value) => !["q", "urut", "hal", "today"].includes(key) && value != null && value !== "" && !(Array.isArray(value) && !value.length);

/**
 * The last of ascending keys that is not past `key`; 0 where all are.
 * @param {string[]} keys
 * @param {string} key
 */
function lastUpTo(keys, key) {
  let low = 0;
  let high = keys.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (keys[middle] <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}

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
