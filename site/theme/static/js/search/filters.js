// @ts-check
/** Which offers pass filters, and how ratings count: the browser's half of search_index/filters.py, over columns instead of rows. */

export const GROUPS = ["tingkat", "kategori", "cara", "kota", "lembaga", "durasi", "mulai", "sertifikat", "rating"];
export const ELIGIBLE = ["ya", "periksa", "tidak"];

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
export const listed = (value) => (Array.isArray(value) ? value.map(String) : value == null || value === "" ? [] : [String(value)]);

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
    const wanted = listed(asked[group]);
    if (!wanted.length) continue;
    passes[group] = Uint8Array.from(columns.groups[group].sets, (set) => (set.some((value) => wanted.includes(value)) ? 1 : 0));
  }
  /** @param {string} key @param {string[]} names */
  const chosen = (key, names) => {
    const wanted = listed(asked[key]);
    return wanted.length ? Uint8Array.from(names, (name) => (wanted.includes(name) ? 1 : 0)) : null;
  };
  return {
    passes,
    platforms: chosen("platform", columns.platforms),
    eligible: chosen("prakerja", ELIGIBLE),
    buyable: listed(asked.buyable).includes("1"),
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
export function buyable(asked, columns, offer) {
  const until = columns.until[offer];
  return columns.eligible[offer] === 0 && columns.price[offer] >= 0 && (!until || until >= asked.today);
}

/** @param {Asked} asked @param {Columns} columns @param {number} offer */
export function fair(asked, columns, offer) {
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
