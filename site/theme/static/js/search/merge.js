// @ts-check
/** Lists of courses with scores put together. */

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

/**
 * Courses that are in any list, with the sum of their scores.
 * @param {Map<number, number>[]} lists
 * @returns {Map<number, number>}
 */
export function either(lists) {
  if (lists.length === 1) return lists[0];
  /** @type {Map<number, number>} */
  const out = new Map();
  for (const list of lists) for (const [course, value] of list) out.set(course, (out.get(course) || 0) + value);
  return out;
}
