// @ts-check
/** Opens what search_index/press.py packed: guesses every step as it did, so that only what was not guessed stands in the file. */

const SLOTS = 1 << 20;
const MASK = SLOTS - 1;
const MOST = 60;
const FRESH = 32768 << 6;
const PACE = 50;
const START = 26000;
const LIMIT = 1 << 18;
const SURE = 10;
const KINDS = 8;
const WIDTHS = 49;
const RATES = Int32Array.from({ length: MOST + 1 }, (_, n) => Math.round(16384 / (n + 1.5)));
/** @param {number} low @param {number} high @param {number} value */
const within = (low, high, value) => Math.min(high, Math.max(low, value));
const SQUASH = Int32Array.from({ length: 4095 }, (_, i) => within(1, 4095, Math.round(4096 / (1 + Math.exp((2047 - i) / 256)))));
const STRETCH = Int32Array.from({ length: 4096 }, (_, p) => within(-2047, 2047, Math.round(256 * Math.log((p + 0.5) / (4095.5 - p)))));

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
  const order = Array.from(counts, (_, symbol) => symbol).sort((a, b) => counts[b] - counts[a] || a - b);
  const kids = new Int32Array(2 * Math.max(0, order.length - 1));
  /** @type {number[]} */
  const sums = [];
  let leaves = order.length;
  let inner = 0;
  const least = () => (leaves && (inner === sums.length || counts[order[leaves - 1]] <= sums[inner]) ? ~order[--leaves] : inner++);
  /** @param {number} node */
  const sum = (node) => (node < 0 ? counts[~node] : sums[node]);
  for (let node = 0; node < kids.length / 2; node++) {
    const one = least();
    const other = least();
    kids[2 * node] = other;
    kids[2 * node + 1] = one;
    sums.push(sum(one) + sum(other));
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
    this.slots = new Int32Array(SLOTS).fill(FRESH);
    this.weights = new Int32Array(KINDS * 8 * 3).fill(START);
    this.widths = ranked(WIDTHS);
  }

  next() {
    return VALUES[this.feed.text.charCodeAt(this.at++)];
  }

  /**
   * A symbol in three contexts. A phone spends most of its time here: everything is written out, and no number is larger than the
   * small integers of browsers' engines.
   * @param {Int32Array} kids @param {number} kind @param {number} c0 @param {number} c1 @param {number} c2
   */
  symbol(kids, kind, c0, c1, c2) {
    let node = (kids.length >> 1) - 1;
    if (node < 0) return 0;
    const { slots, weights } = this;
    const spelled = this.feed.text;
    if (this.at > spelled.length) throw new Error("the index ends too soon");
    let span = this.span;
    let code = this.code;
    do {
      const shift = node * 40503;
      const i0 = (c0 + shift) & MASK;
      const i1 = (c1 + shift) & MASK;
      const i2 = (c2 + shift) & MASK;
      const s0 = slots[i0];
      const s1 = slots[i1];
      const s2 = slots[i2];
      const n0 = s0 & 63;
      const n1 = s1 & 63;
      const n2 = s2 & 63;
      const x0 = STRETCH[s0 >> 10];
      const x1 = STRETCH[s1 >> 10];
      const x2 = STRETCH[s2 >> 10];
      const at = 3 * (kind * 8 + (n0 ? 1 : 0) + (n1 ? 2 : 0) + (n2 ? 4 : 0));
      const w0 = weights[at];
      const w1 = weights[at + 1];
      const w2 = weights[at + 2];
      const total = (x0 * w0 + x1 * w1 + x2 * w2) >> 16;
      const chance = SQUASH[total > 2047 ? 4094 : total < -2047 ? 0 : total + 2047];
      const bound = (span >> 12) * chance;
      let turn = 0;
      let goal = 0;
      if (code < bound) {
        turn = 1;
        goal = 65535;
        span = bound;
      } else {
        code -= bound;
        span -= bound;
      }
      while (span < 16777216) {
        span <<= 6;
        code = (code << 6) | VALUES[spelled.charCodeAt(this.at++)];
      }
      const error = (turn << 12) - chance;
      if (error >= SURE || error <= -SURE) {
        const step = error * PACE;
        const v0 = w0 + ((x0 * step + 32768) >> 16);
        const v1 = w1 + ((x1 * step + 32768) >> 16);
        const v2 = w2 + ((x2 * step + 32768) >> 16);
        weights[at] = v0 > LIMIT ? LIMIT : v0 < -LIMIT ? -LIMIT : v0;
        weights[at + 1] = v1 > LIMIT ? LIMIT : v1 < -LIMIT ? -LIMIT : v1;
        weights[at + 2] = v2 > LIMIT ? LIMIT : v2 < -LIMIT ? -LIMIT : v2;
      }
      const g0 = s0 >> 6;
      slots[i0] = ((g0 + (((goal - g0) * RATES[n0]) >> 14)) << 6) | (n0 < MOST ? n0 + 1 : MOST);
      if (i1 !== i0) {
        const g1 = s1 >> 6;
        slots[i1] = ((g1 + (((goal - g1) * RATES[n1]) >> 14)) << 6) | (n1 < MOST ? n1 + 1 : MOST);
      }
      if (i2 !== i1 && i2 !== i0) {
        const g2 = s2 >> 6;
        slots[i2] = ((g2 + (((goal - g2) * RATES[n2]) >> 14)) << 6) | (n2 < MOST ? n2 + 1 : MOST);
      }
      node = kids[2 * node + turn];
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
    const width = this.symbol(this.widths, 0, context, context, context);
    return width > 1 ? 2 ** (width - 1) + this.plain(width - 1) : width;
  }
}
