// @ts-check
/** Opens what search_index/press.py packed: guesses every turn as it did, so that only what was not guessed stands in the file. */

const SLOTS = 1 << 18;
const MASK = SLOTS - 1;
const EVEN = 32768;
const MOST = 60;
const WIDTHS = 49;
const MOST_SYMBOLS = 1 << 24;
const RATES = Int32Array.from({ length: MOST + 1 }, (_, n) => Math.round(16384 / (n + 2.25)));

/** The hash of a context and one thing more: 30 bits, which are small integers in every engine. @param {number} value @param {number} part */
export function mix(value, part) {
  const mixed = Math.imul(value ^ part, 0x2c1b3c6d) + 0x297a2d39;
  return (mixed ^ (mixed >>> 15)) & 0x3fffffff;
}

/**
 * The Huffman tree of symbols that occur so often, as two children of every inner node; a leaf is ~symbol, the last node the root.
 * @param {ArrayLike<number>} counts
 * @returns {Int32Array}
 */
export function tree(counts) {
  // The rarest first, the later ones first among equals: numbers are sorted much sooner than by a function.
  const leaves = Float64Array.from(counts, (count, symbol) => count * MOST_SYMBOLS - symbol).sort();
  const kids = new Int32Array(2 * Math.max(0, leaves.length - 1));
  /** @type {number[]} */
  const sums = [];
  let leaf = 0;
  let inner = 0;
  let taken = 0;
  const least = () => {
    const count = Math.ceil(leaves[leaf] / MOST_SYMBOLS); // NaN past the last
    if (count <= sums[inner] || inner === sums.length) {
      taken = count;
      return ~(count * MOST_SYMBOLS - leaves[leaf++]);
    }
    taken = sums[inner];
    return inner++;
  };
  for (let node = 0; node < kids.length / 2; node++) {
    kids[2 * node + 1] = least();
    const one = taken;
    kids[2 * node] = least();
    sums.push(one + taken);
  }
  return kids;
}

/** The tree of symbols that are the rarer the later they stand. @param {number} symbols */
export const ranked = (symbols) => tree(Array.from({ length: symbols }, (_, rank) => Math.floor((1 << 24) / (rank + 1))));

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Uint8Array(128);
for (let value = 0; value < SIGNS.length; value++) VALUES[SIGNS.charCodeAt(value)] = value;

/** @typedef {{text: string, done: boolean, more: () => Promise<void>}} Feed a text that may still be coming; six bits a sign */

export class Unpress {
  /** @param {Feed} feed with its first signs */
  constructor(feed) {
    this.feed = feed;
    this.at = 0;
    this.span = (1 << 30) - 1;
    this.code = 0;
    for (let n = 0; n < 5; n++) this.code = this.code * 64 + this.next();
    this.guesses = new Uint16Array(SLOTS).fill(EVEN);
    this.corrected = new Uint8Array(SLOTS);
    this.widths = ranked(WIDTHS);
  }

  next() {
    return VALUES[this.feed.text.charCodeAt(this.at++)];
  }

  /**
   * A symbol in a context. A phone spends most of its time here: no number is larger than the small integers of browsers' engines.
   * @param {Int32Array} kids @param {number} context
   */
  symbol(kids, context) {
    let node = (kids.length >> 1) - 1;
    if (node < 0) return 0;
    const { guesses, corrected } = this;
    const spelled = this.feed.text;
    if (this.at > spelled.length) throw new Error("the index ends too soon");
    let span = this.span;
    let code = this.code;
    do {
      const at = (context + node * 40503) & MASK;
      const guess = guesses[at];
      const times = corrected[at];
      const bound = (span >> 12) * ((guess >> 4) | 1);
      if (code < bound) {
        span = bound;
        guesses[at] = guess + (((65535 - guess) * RATES[times]) >> 14);
        node = kids[2 * node + 1];
      } else {
        code -= bound;
        span -= bound;
        guesses[at] = guess - ((guess * RATES[times]) >> 14);
        node = kids[2 * node];
      }
      if (times < MOST) corrected[at] = times + 1;
      while (span < 16777216) {
        span <<= 6;
        code = (code << 6) | VALUES[spelled.charCodeAt(this.at++)];
      }
    } while (node >= 0);
    this.span = span;
    this.code = code;
    return ~node;
  }

  /** A number of which nothing is known but its bits. @param {number} bits */
  plain(bits) {
    let value = 0;
    for (let left = bits; left > 0; ) {
      const part = Math.min(left, 12);
      left -= part;
      this.span >>= part;
      const found = Math.floor(this.code / this.span);
      this.code -= found * this.span;
      value = value * (1 << part) + found;
      while (this.span < 16777216) {
        this.span <<= 6;
        this.code = (this.code << 6) | this.next();
      }
    }
    return value;
  }

  /** A number of up to 48 bits. @param {number} context */
  size(context) {
    const width = this.symbol(this.widths, context);
    return width > 1 ? 2 ** (width - 1) + this.plain(width - 1) : width;
  }
}
