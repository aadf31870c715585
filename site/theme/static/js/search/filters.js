// @ts-check
/** Filters, true counts and sorts: the browser's half of search_index/filters.py, over columns instead of rows. */

export const GROUPS = ["tingkat", "kategori", "cara", "kota", "lembaga", "durasi", "mulai", "sertifikat", "rating"];
const ELIGIBLE = ["ya", "periksa", "tidak"];
const CONDITIONS = [
  "harga_maks", "harga_min", "tingkat", "platform", "kategori", "cara", "kota", "lembaga", "durasi", "mulai",
  "sertifikat", "rating", "prakerja", "buyable",
]; // prettier-ignore

/**
 * What the page asks for; keys and values are those of the address.
 * @typedef {{q?: string, tingkat?: string[], harga_min?: number|string|null, harga_maks?: number|string|null, platform?: string[],
 *   kategori?: string[], cara?: string[], kota?: string[], lembaga?: string[], durasi?: string[], mulai?: string[],
 *   sertifikat?: string[], rating?: string|string[]|null, prakerja?: string|string[]|null, buyable?: string|string[]|null, today?: number, urut?: string, hal?: number|string}} State
 */
/** `today` (YYYYMMDD) is the day on which `buyable` is judged: the reader's own in western Indonesia, unless given. */
/** @typedef {{index: Uint32Array, sets: string[][]}} Group one value set a course */
/**
 * @typedef {object} Columns
 * @property {Record<string, Group>} groups
 * @property {object|null} offers null where no condition needs them
 * @property {string[]} platforms
 * @property {Uint32Array} first first offer of a course; one more entry than courses
 * @property {Uint32Array} platform per offer
 * @property {Uint32Array} eligible per offer: 0 yes, 1 unknown, 2 no
 * @property {Int32Array} price per offer, -1 unknown
 * @property {Int32Array} until per offer: last day on which a dated run can be bought, 0 where there is none
 */
/**
 * @typedef {{passes: Record<string, Uint8Array>, platforms: Uint8Array|null, eligible: Uint8Array|null, buyable: boolean, today: number,
 *   low: number|null, high: number|null}} Asked
 */

/** The calendar day in western Indonesia as a number, 20200715. */
export const today = () => Number(new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10).replace(/-/g, ""));

/** @param {unknown} value @returns {string[]} */
const list = (value) => (Array.isArray(value) ? value.map(String) : value == null || value === "" ? [] : [String(value)]);

/** @param {unknown} value @returns {number|null} */
const amount = (value) => {
  if (value == null || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

/** Is this entry of a state a condition? @param {string} key @param {unknown} value */
export const given = (key, value) => !["q", "urut", "hal", "today"].includes(key) && value != null && value !== "" && !(Array.isArray(value) && !value.length);

/** @param {State} state @param {Columns} columns @returns {Asked} */
export function compile(state, columns) {
  /** @type {Record<string, Uint8Array>} */
  const passes = {};
  const asked = /** @type {Record<string, unknown>} */ (state);
  for (const group of GROUPS) {
    const wanted = list(asked[group]);
    if (!wanted.length) continue;
    passes[group] = Uint8Array.from(columns.groups[group].sets, (set) => (set.some((value) => wanted.includes(value)) ? 1 : 0));
  }
  /** @param {string} key @param {string[]} names */
  const chosen = (key, names) => {
    const wanted = list(asked[key]);
    return wanted.length ? Uint8Array.from(names, (name) => (wanted.includes(name) ? 1 : 0)) : null;
  };
  return {
    passes,
    platforms: chosen("platform", columns.platforms),
    eligible: chosen("prakerja", ELIGIBLE),
    buyable: list(asked.buyable).includes("1"),
    today: state.today || today(),
    low: amount(state.harga_min),
    high: amount(state.harga_maks),
  };
}

/**
 * Bookable with the card for sure, at a known price, with a run that can still be booked?
 * @param {Asked} asked
 * @param {Columns} columns
 * @param {number} offer
 */
function buyable(asked, columns, offer) {
  const until = columns.until[offer];
  return columns.eligible[offer] === 0 && columns.price[offer] >= 0 && (!until || until >= asked.today);
}

/** @param {Asked} asked @param {Columns} columns @param {number} offer */
function fair(asked, columns, offer) {
  if (asked.low === null && asked.high === null) return true;
  const price = columns.price[offer];
  return price >= 0 && (asked.low === null || price >= asked.low) && (asked.high === null || price <= asked.high);
}

/**
 * The cheapest offer that passes platform, price and eligibility together; -1 where none does.
 * @param {Asked} asked
 * @param {Columns} columns
 * @param {number} course
 */
export function cheapest(asked, columns, course) {
  let best = -1;
  for (let o = columns.first[course]; o < columns.first[course + 1]; o++) {
    if (asked.platforms && !asked.platforms[columns.platform[o]]) continue;
    if (asked.eligible && !asked.eligible[columns.eligible[o]]) continue;
    if (!fair(asked, columns, o) || (asked.buyable && !buyable(asked, columns, o))) continue;
    const price = columns.price[o];
    if (best < 0 || (price >= 0 && (columns.price[best] < 0 || price < columns.price[best]))) best = o;
  }
  return best;
}

/** @param {Asked} asked @param {Columns} columns @param {number} course */
export function matches(asked, columns, course) {
  for (const group in asked.passes) {
    if (!asked.passes[group][columns.groups[group].index[course]]) return false;
  }
  return !columns.offers || cheapest(asked, columns, course) >= 0;
}

/**
 * Runs the filters over courses; counts are those of every option as its group's only choice.
 * @param {Asked} asked
 * @param {Columns} columns
 * @param {ArrayLike<number>} courses
 * @returns {{passing: number[], offers: number[], facets: Record<string, Record<string, number>>}}
 */
export function run(asked, columns, courses) {
  const passing = [];
  const offers = [];
  const names = Object.keys(asked.passes);
  const tallies = GROUPS.map((group) => new Uint32Array(columns.groups[group].sets.length));
  const platforms = new Uint32Array(columns.platforms.length);
  const eligible = new Uint32Array(ELIGIBLE.length);
  let still = 0;
  for (let i = 0; i < courses.length; i++) {
    const course = courses[i];
    let failing = "";
    let failures = 0;
    for (const name of names) {
      if (asked.passes[name][columns.groups[name].index[course]]) continue;
      failing = name;
      if (++failures > 1) break;
    }
    if (failures > 1) continue;
    const offer = cheapest(asked, columns, course);
    if (offer >= 0) {
      GROUPS.forEach((group, g) => {
        if (!failures || group === failing) tallies[g][columns.groups[group].index[course]]++;
      });
    }
    if (failures) continue;
    if (countOffers(asked, columns, course, platforms, eligible)) still++;
    if (offer >= 0) {
      passing.push(course);
      offers.push(offer);
    }
  }
  /** @type {Record<string, Record<string, number>>} */
  const facets = { platform: spread(platforms, columns.platforms.map((name) => [name])) };
  GROUPS.forEach((group, g) => (facets[group] = spread(tallies[g], columns.groups[group].sets)));
  facets.prakerja = spread(eligible, ELIGIBLE.map((name) => [name]));
  facets.buyable = still ? { 1: still } : {};
  return { passing, offers, facets };
}

/**
 * Counts a course under the platforms and eligibilities of its offers; returns whether it can still be bought.
 * @param {Asked} asked
 * @param {Columns} columns
 * @param {number} course
 * @param {Uint32Array} platforms
 * @param {Uint32Array} eligible
 */
function countOffers(asked, columns, course, platforms, eligible) {
  let seen = 0;
  let kinds = 0;
  let still = false;
  for (let o = columns.first[course]; o < columns.first[course + 1]; o++) {
    if (!fair(asked, columns, o)) continue;
    const p = columns.platform[o];
    const e = columns.eligible[o];
    const open = buyable(asked, columns, o);
    const shop = !asked.platforms || asked.platforms[p];
    const card = !asked.eligible || asked.eligible[e];
    if (open && shop && card) still = true;
    if (asked.buyable && !open) continue;
    if (!(seen & (1 << p)) && card) {
      seen |= 1 << p;
      platforms[p]++;
    }
    if (!(kinds & (1 << e)) && shop) {
      kinds |= 1 << e;
      eligible[e]++;
    }
  }
  return still;
}

/** @param {Uint32Array} tally @param {string[][]} sets */
function spread(tally, sets) {
  /** @type {Record<string, number>} */
  const out = {};
  tally.forEach((count, i) => {
    if (count) for (const value of sets[i]) out[value] = (out[value] || 0) + count;
  });
  return out;
}

/**
 * The filter whose removal gives most courses, if any single one helps.
 * @param {State} state
 * @param {Columns} columns
 * @param {ArrayLike<number>} courses
 */
export function repair(state, columns, courses) {
  /** @type {{key: string, value: string, total: number}|null} */
  let best = null;
  for (const key of CONDITIONS) {
    const value = list(/** @type {Record<string, unknown>} */ (state)[key]);
    if (!value.length) continue;
    const asked = compile({ ...state, [key]: null }, columns);
    let total = 0;
    for (let i = 0; i < courses.length; i++) if (matches(asked, columns, courses[i])) total++;
    if (total && (!best || total > best.total)) best = { key, value: value.join(","), total };
  }
  return best;
}

/**
 * Lower end of the 95 % Wilson interval of a rating.
 * @param {number|null} rating
 * @param {number|null} count
 * @returns {number|null}
 */
export function ratingBound(rating, count) {
  if (rating === null) return null;
  const raters = Math.max(1, count || 1);
  const share = (rating - 1) / 4;
  const z2 = 1.96 * 1.96;
  const spreadOut = 1.96 * Math.sqrt((share * (1 - share) + z2 / (4 * raters)) / raters);
  return (share + z2 / (2 * raters) - spreadOut) / (1 + z2 / raters);
}

/** @param {number|null} rating @returns {string[]} */
export const ratingValues = (rating) => (rating === null ? ["tidak-disebutkan"] : ["3", "4", "4.5"].filter((bound) => rating >= Number(bound)));

/**
 * Courses that are in all lists, with the sum of their scores.
 * @param {Map<number, number>[]} lists
 * @returns {Map<number, number>}
 */
export function together(lists) {
  if (lists.length === 1) return lists[0];
  /** @type {Map<number, number>} */
  const out = new Map();
  const shortest = lists.reduce((a, b) => (b.size < a.size ? b : a), lists[0] || out);
  for (const course of shortest.keys()) {
    let total = 0;
    for (const list of lists) total += list.get(course) ?? NaN;
    if (!Number.isNaN(total)) out.set(course, total);
  }
  return out;
}

/**
 * Courses that are in as many lists as any course is.
 * @param {Map<number, number>[]} lists
 * @returns {Map<number, number>}
 */
export function loosely(lists) {
  /** @type {Map<number, number>} */
  const times = new Map();
  for (const list of lists) for (const course of list.keys()) times.set(course, (times.get(course) || 0) + 1);
  const most = Math.max(0, ...new Set(times.values()));
  /** @type {Map<number, number>} */
  const out = new Map();
  for (const [course, count] of times) {
    if (count === most) out.set(course, lists.reduce((total, list) => total + (list.get(course) || 0), 0));
  }
  return out;
}
