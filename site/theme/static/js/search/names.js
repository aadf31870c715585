// @ts-check
/** Words of titles, categories and providers, which the browser holds in memory. */

// A family's code: letters cut off the word's beginning, off its end, and the sound that a prefix had swallowed.
const ENDS = 7;
const SWALLOWED = ["", "s", "k", "p", "t"];
const LONGEST_TITLE = 10;
const STEP = 64;

/** @typedef {import("./packing.js").Steps<void>} Reading */
/** @typedef {{title: number, category: number, provider: number}} Times how often a course has a word in these fields */

export class Names {
  /**
   * @param {import("./words.js").Tables} tables
   * @param {import("./table.js").Table} table
   * @param {import("./packing.js").Lines} lines titles, then providers
   * @param {number} count of courses
   */
  constructor(tables, table, lines, count) {
    this.tables = tables;
    this.table = table;
    this.lines = lines;
    this.count = count;
    /** @type {string[]} written words */
    this.texts = [];
    /** @type {Map<string, number>} their places */
    this.places = new Map();
    /** @type {number[][]} which written words a word of a line is: "(UI/UX)" is several, "&" none */
    this.parts = [];
    /** @type {number[][]} words of the categories' names */
    this.categories = [];
    /** @type {Map<string, string>} families of written words that are not their own */
    this.forms = new Map();
    /** @type {Map<string, number[]>} the families' written words */
    this.members = new Map();
    /** @type {Map<string, Map<number, Times>>} courses of families that were asked for */
    this.found = new Map();
    /** @type {Uint32Array|null} how many courses hold each written word */
    this.popularity = null;
  }

  /**
   * Reads lines and names of categories into words.
   * @param {(words: string[]) => import("./packing.js").Steps<number[]>} forms what reads the codes of these words' families
   * @param {Record<string, string>} named families that have no code
   * @returns {Reading}
   */
  *read(forms, named) {
    for (const word of this.lines.words) {
      this.parts.push(this.wordsOf(word));
      if (this.parts.length % STEP === 0) yield;
    }
    const { kategori } = this.table.labels;
    const slugs = this.table.values.kategori.table || [];
    const own = Object.fromEntries(Object.keys(kategori).map((slug) => [slug, this.wordsOf(kategori[slug])]));
    this.categories = slugs.map(([slug]) => own[slug] || []);
    yield;
    const codes = yield* forms(this.texts);
    this.texts.forEach((word, place) => {
      const family = Object.hasOwn(named, word) ? named[word] : root(word, codes[place]);
      if (family !== word) this.forms.set(word, family);
      const members = this.members.get(family);
      if (members) members.push(place);
      else this.members.set(family, [place]);
    });
    yield;
  }

  /** Places of a text's words, which are known from now on. @param {string} text */
  wordsOf(text) {
    return this.tables.indexWords(text).map((word) => {
      let place = this.places.get(word);
      if (place === undefined) {
        place = this.texts.push(word) - 1;
        this.places.set(word, place);
      }
      return place;
    });
  }

  /** Does a name hold this word, or one of its family? @param {string} word */
  has(word) {
    return this.places.has(word) || this.members.has(word);
  }

  /** Courses that hold a family in their names. @param {string} family @returns {Map<number, Times>} */
  courses(family) {
    let found = this.found.get(family);
    if (!found) this.found.set(family, (found = this.look(this.members.get(family) || [])));
    return found;
  }

  /** @param {number[]} members written words */
  look(members) {
    /** @type {Map<number, Times>} */
    const found = new Map();
    if (!members.length) return found;
    const times = (/** @type {number[]} */ words) => words.reduce((sum, word) => sum + (members.includes(word) ? 1 : 0), 0);
    const inWord = Uint8Array.from(this.parts, times);
    const inCategory = Uint8Array.from(this.categories, times);
    const inLine = (/** @type {number} */ line) => this.sum(line, inWord);
    const { lembaga, kategori } = this.table.values;
    const inProvider = Uint8Array.from(lembaga.table || [], (_, place) => inLine(this.count + place));
    for (let course = 0; course < this.count; course++) {
      const title = inLine(course);
      const category = inCategory[kategori.index[course] - 1] || 0;
      const provider = inProvider[lembaga.index[course] - 1] || 0;
      if (title || category || provider) found.set(course, { title, category, provider });
    }
    return found;
  }

  /** @param {number} line @param {ArrayLike<number>} values of the words of lines */
  sum(line, values) {
    const { starts, places } = this.lines;
    let sum = 0;
    for (let at = starts[line]; at < starts[line + 1]; at++) sum += values[places[at]];
    return sum;
  }

  /** How many words a title counts as. @param {number} course */
  titleLength(course) {
    const { starts, places } = this.lines;
    let sum = 0;
    for (let at = starts[course]; at < starts[course + 1]; at++) sum += this.parts[places[at]].length;
    return Math.min(sum, LONGEST_TITLE);
  }

  /** Written words that pass, those of most courses first. @param {(word: string) => boolean} passes @param {number} most */
  commonest(passes, most) {
    const { places } = this;
    const popularity = (this.popularity ??= this.holding());
    const courses = (/** @type {string} */ word) => popularity[/** @type {number} */ (places.get(word))];
    return this.texts.filter(passes).sort((a, b) => courses(b) - courses(a) || (a < b ? -1 : 1)).slice(0, most);
  }

  /** How many courses hold each written word. */
  holding() {
    const { starts, places } = this.lines;
    const { lembaga, kategori } = this.table.values;
    const courses = new Uint32Array(this.texts.length);
    const last = new Int32Array(this.texts.length).fill(-1);
    for (let course = 0; course < this.count; course++) {
      const count = (/** @type {number} */ word) => {
        if (last[word] !== course) courses[word]++;
        last[word] = course;
      };
      const lines = lembaga.index[course] ? [course, this.count + lembaga.index[course] - 1] : [course];
      for (const line of lines) for (let at = starts[line]; at < starts[line + 1]; at++) this.parts[places[at]].forEach(count);
      this.categories[kategori.index[course] - 1]?.forEach(count);
    }
    return courses;
  }
}

/** @param {string} word @param {number} code */
function root(word, code) {
  if (!code) return word;
  const cut = Math.floor(code / SWALLOWED.length);
  return SWALLOWED[code % SWALLOWED.length] + word.slice(Math.floor(cut / ENDS), word.length - (cut % ENDS));
}
