// @ts-check
/** Long work in short turns, so that typing and scrolling never wait for it. */

// A third of the time from which on people and Lighthouse call a page blocked: one step more may fall into it.
const TURN = 16;

/** @returns {Promise<void>} */
const pause = () => new Promise((done) => setTimeout(done));

/**
 * Runs the steps of a generator; between turns the page has its own.
 * @template T
 * @param {Generator<void, T, void>} steps
 * @param {() => Promise<void>|null} coming what a step has to wait for
 * @returns {Promise<T>}
 */
export async function inSlices(steps, coming = () => null) {
  for (let end = performance.now() + TURN; ; ) {
    const waiting = coming() ?? (performance.now() > end ? pause() : null);
    if (waiting) {
      await waiting;
      end = performance.now() + TURN;
    }
    const step = steps.next();
    if (step.done) return step.value;
  }
}
