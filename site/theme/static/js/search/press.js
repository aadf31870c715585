// @ts-check
/** Opens what search_index/press.py packed: guesses every bit as it did, so that only what was not guessed stands in the file. */

const SLOTS = 1 << 20;
const MASK = SLOTS - 1;
const MOST = 60;
const PACE = 50;
const NIBBLE = 15;
const RATES = Uint16Array.from({ length: MOST + 1 }, (_, n) => Math.round(16384 / (n + 1.5)));
const OLDER = Uint8Array.from(RATES, (_, n) => Math.min(MOST, n + 1));
/** @param {number} low @param {number} high @param {number} value */
const within = (low, high, value) => Math.min(high, Math.max(low, value));
const SQUASH = Uint16Array.from({ length: 4095 }, (_, i) => within(1, 4095, Math.round(4096 / (1 + Math.exp((2047 - i) / 256)))));
const STRETCH = Int16Array.from({ length: 4096 }, (_, p) => within(-2047, 2047, Math.round(256 * Math.log((p + 0.5) / (4095.5 - p)))));

/** @param {number} value @param {number} part */
function mix(value, part) {
  const mixed = (Math.imul(value ^ part, 0x2c1b3c6d) + 0x297a2d39) >>> 0;
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

export class Unpress {
  /** @param {string} spelled base64 */
  constructor(spelled) {
    this.bytes = Uint8Array.from(atob(spelled), (sign) => sign.charCodeAt(0));
    this.at = 4;
    this.low = 0;
    this.high = 0xffffffff;
    this.value = new DataView(this.bytes.buffer).getUint32(0);
    this.guess = new Uint16Array(SLOTS).fill(32768);
    this.times = new Uint8Array(SLOTS);
    this.weights = new Int32Array(8 * 10 * 5).fill(20000);
  }

  /** A bit of which nothing is known. */
  plain() {
    const middle = this.low + ((this.high - this.low) >>> 12) * 2048;
    const bit = this.value <= middle ? 1 : 0;
    if (bit) this.high = middle;
    else this.low = middle + 1;
    this.shift();
    return bit;
  }

  /** Takes in bytes once the first ones are settled. */
  shift() {
    while (((this.low ^ this.high) & 0xff000000) === 0) {
      this.low = (this.low << 8) >>> 0;
      this.high = ((this.high << 8) | 255) >>> 0;
      this.value = ((this.value << 8) | (this.bytes[this.at++] || 0)) >>> 0;
    }
  }

  /**
   * A number of `width` bits in five contexts. Written out five times: a phone spends most of its time here.
   * @param {number} node @param {number} width @param {number} kind
   * @param {number} c0 @param {number} c1 @param {number} c2 @param {number} c3 @param {number} c4
   */
  symbol(node, width, kind, c0, c1, c2, c3, c4) {
    const guess = this.guess;
    const times = this.times;
    const weights = this.weights;
    let path = 1;
    for (let step = 0; step < width; step++) {
      const shift = (node + path - 1) * 40503;
      const i0 = (c0 + shift) & MASK;
      const i1 = (c1 + shift) & MASK;
      const i2 = (c2 + shift) & MASK;
      const i3 = (c3 + shift) & MASK;
      const i4 = (c4 + shift) & MASK;
      const g0 = guess[i0];
      const g1 = guess[i1];
      const g2 = guess[i2];
      const g3 = guess[i3];
      const g4 = guess[i4];
      const n0 = times[i0];
      const n1 = times[i1];
      const n2 = times[i2];
      const n3 = times[i3];
      const n4 = times[i4];
      const x0 = STRETCH[g0 >> 4];
      const x1 = STRETCH[g1 >> 4];
      const x2 = STRETCH[g2 >> 4];
      const x3 = STRETCH[g3 >> 4];
      const x4 = STRETCH[g4 >> 4];
      const at = 5 * (kind * 10 + (n0 ? 1 : 0) + (n1 ? 1 : 0) + (n2 ? 1 : 0) + (n3 ? 1 : 0) + (n4 ? 5 : 0));
      const total = weights[at] * x0 + weights[at + 1] * x1 + weights[at + 2] * x2 + weights[at + 3] * x3 + weights[at + 4] * x4;
      const mixed = Math.floor(total / 65536);
      const chance = SQUASH[(mixed > 2047 ? 2047 : mixed < -2047 ? -2047 : mixed) + 2047];
      const middle = this.low + ((this.high - this.low) >>> 12) * chance;
      const bit = this.value <= middle ? 1 : 0;
      if (bit) this.high = middle;
      else this.low = middle + 1;
      if (((this.low ^ this.high) & 0xff000000) === 0) this.shift();
      const error = ((bit << 12) - chance) * PACE;
      const goal = 65535 * bit;
      weights[at] += (x0 * error + 32768) >> 16;
      weights[at + 1] += (x1 * error + 32768) >> 16;
      weights[at + 2] += (x2 * error + 32768) >> 16;
      weights[at + 3] += (x3 * error + 32768) >> 16;
      weights[at + 4] += (x4 * error + 32768) >> 16;
      guess[i0] = g0 + (((goal - g0) * RATES[n0]) >> 14);
      guess[i1] = g1 + (((goal - g1) * RATES[n1]) >> 14);
      guess[i2] = g2 + (((goal - g2) * RATES[n2]) >> 14);
      guess[i3] = g3 + (((goal - g3) * RATES[n3]) >> 14);
      guess[i4] = g4 + (((goal - g4) * RATES[n4]) >> 14);
      times[i0] = OLDER[n0];
      times[i1] = OLDER[n1];
      times[i2] = OLDER[n2];
      times[i3] = OLDER[n3];
      times[i4] = OLDER[n4];
      path = (path << 1) | bit;
    }
    return path - (1 << width);
  }

  /** @param {number} length in signs @param {string[]} alphabet @returns {string} */
  text(length, alphabet) {
    const rest = Math.max(1, 32 - Math.clz32(Math.max(0, alphabet.length - 1 - NIBBLE)));
    const out = [];
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let word = 0;
    let raised = 0;
    for (let n = 0; n < length; n++) {
      const h0 = mix(1, a);
      const h1 = mix(h0, b);
      const h2 = mix(h1, c);
      const h3 = mix(h2, d);
      const h4 = mix(word, 2);
      let number = this.symbol(1, 4, 0, h0, h1, h2, h3, h4);
      if (number === NIBBLE) number += this.symbol(16, rest, 1, h0, h1, h2, h3, h4);
      const small = alphabet[number];
      if (small >= "a" && small <= "z" && small.length === 1) {
        const at = mix(3, raised * 2 + (word === 0 ? 1 : 0));
        const before = mix(at, a);
        const marked = this.symbol(1, 1, 2, at, before, mix(at, number), mix(before, b), mix(4, word));
        raised = ((raised << 1) | marked) & 3;
        word = mix(word, number + 5);
        out.push(marked ? small.toUpperCase() : small);
      } else {
        word = 0;
        raised = 0;
        out.push(small);
      }
      d = c;
      c = b;
      b = a;
      a = number + 1;
    }
    return out.join("");
  }

  /**
   * A column of numbers up to `most`; the columns `beside` and `near` may tell something about it. With `first`, the number
   * before it does so in the place of `beside`, except where `first` says that a course begins.
   * @param {number} most
   * @param {number} number
   * @param {ArrayLike<number>} beside
   * @param {ArrayLike<number>} near
   * @param {boolean[]|null} first
   */
  column(most, number, beside, near, first = null) {
    const out = new Uint32Array(beside.length);
    const width = Math.max(1, 32 - Math.clz32(most));
    const own = mix(5, number);
    const after = mix(6, own);
    for (let row = 0; row < out.length; row++) {
      const before = first ? (first[row] ? 0 : out[row - 1] + 1) : beside[row];
      const one = mix(own, before + 1);
      const other = ~near[row] >>> 0;
      out[row] = this.symbol(1, width, 3, own, one, mix(own, other), mix(one, other), mix(after, row ? out[row - 1] : 0));
    }
    return out;
  }

  /** Numbers of any size. @param {number} count @param {number} number @returns {number[]} */
  sizes(count, number) {
    const own = mix(7, number);
    return Array.from({ length: count }, () => {
      const width = this.symbol(1, 6, 4, own, own, own, own, own);
      if (!width) return 0;
      const told = Math.min(3, width - 1);
      const at = mix(own, width);
      let value = told ? (1 << told) + this.symbol(1, told, 5, at, at, at, at, at) : 1;
      for (let left = width - 1 - told; left > 0; left--) value = value * 2 + this.plain();
      return value;
    });
  }
}
