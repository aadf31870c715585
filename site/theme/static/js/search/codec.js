// @ts-check
/** Numbers inside text: 91 printable signs that JSON need not escape. docs/search-format.md describes them. */

const FIRST = 35;
const BACKSLASH = 92;
export const SIGNS = 91;
const HALF = 45;

/** @param {number} code @returns {number} */
const digit = (code) => (code > BACKSLASH ? code - FIRST - 1 : code - FIRST);

/**
 * Fixed width: the first sign says how many signs a number has.
 * @param {string} text
 * @returns {Uint32Array} numbers of five signs and more, which are only in ids, need `wide`
 */
export function column(text) {
  const width = digit(text.charCodeAt(0)) || 1;
  const out = new Uint32Array((text.length - 1) / width);
  for (let i = 0, at = 1; i < out.length; i++) {
    let value = 0;
    for (let k = 0; k < width; k++) value = value * SIGNS + digit(text.charCodeAt(at++));
    out[i] = value;
  }
  return out;
}

/**
 * A column of numbers that 32 bits may not hold.
 * @param {string} text
 */
export function wide(text) {
  const width = digit(text.charCodeAt(0));
  return Array.from({ length: (text.length - 1) / width }, (_, i) => {
    let value = 0;
    for (let k = 0; k < width; k++) value = value * SIGNS + digit(text.charCodeAt(1 + i * width + k));
    return value;
  });
}

/**
 * Numbers below 91, a sign each.
 * @param {string} text
 */
export const signs = (text) => Uint8Array.from(text, (sign) => digit(sign.charCodeAt(0)));

/**
 * Variable width, base 45, lowest digits first; signs from 45 on say that more follow.
 * @param {string} text
 * @returns {number[]}
 */
export function numbers(text) {
  const out = [];
  let value = 0;
  let scale = 1;
  for (let i = 0; i < text.length; i++) {
    const d = digit(text.charCodeAt(i));
    if (d < HALF) {
      out.push(value + d * scale);
      value = 0;
      scale = 1;
    } else {
      value += (d - HALF) * scale;
      scale *= HALF;
    }
  }
  return out;
}

/**
 * Ascending numbers, written as the gaps between them.
 * @param {string} text
 * @returns {number[]}
 */
export function ascending(text) {
  const out = numbers(text);
  for (let i = 0, last = -1; i < out.length; i++) out[i] = last += out[i] + 1;
  return out;
}

/** Bits of a text, six a sign (search_index/bits.py writes them). */
class Bits {
  /** @param {string} text @param {number} at its first sign */
  constructor(text, at) {
    this.text = text;
    this.at = at;
    this.left = 0;
    this.sign = 0;
  }

  /** @returns {number} the next bit */
  one() {
    if (!this.left--) {
      this.sign = digit(this.text.charCodeAt(this.at++));
      this.left = 5;
    }
    return (this.sign >> this.left) & 1;
  }
}

/**
 * Ascending numbers as Rice codes of their gaps: how many low bits a gap has, what is above them of all gaps, then all low bits.
 * @param {string} text
 * @param {number} count
 * @param {number} start is added to all
 */
export function rising(text, count, start) {
  const low = digit(text.charCodeAt(0));
  const bits = new Bits(text, 1);
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i++) while (!bits.one()) out[i]++;
  for (let i = 0, last = start - 1; i < count; i++) {
    let gap = out[i];
    for (let k = 0; k < low; k++) gap = gap * 2 + bits.one();
    out[i] = last += gap + 1;
  }
  return out;
}

/**
 * Numbers in a canonical Huffman code.
 * @param {[string, string]} table the numbers, those with the shortest codes first, and how many bits each code has
 * @param {string} text
 * @param {number} count
 */
export function coded([values, lengths], text, count) {
  const known = numbers(values);
  const out = new Uint32Array(count);
  if (known.length === 1) return out.fill(known[0]);
  /** @type {number[]} how many codes have so many bits */
  const sizes = [];
  for (const length of numbers(lengths)) sizes[length] = (sizes[length] || 0) + 1;
  const bits = new Bits(text, 0);
  for (let i = 0; i < count; i++) {
    let [code, first, before] = [0, 0, 0];
    for (let length = 1; ; length++) {
      code = code * 2 + bits.one();
      const size = sizes[length] || 0;
      if (code - first < size) {
        out[i] = known[before + code - first];
        break;
      }
      before += size;
      first = (first + size) * 2;
    }
  }
  return out;
}

/**
 * FNV-1a over UTF-16 units: says in which bucket a word lies.
 * @param {string} word
 * @returns {number}
 */
export function hash(word) {
  let h = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
