// @ts-check
/** Long work in short turns, so that typing and scrolling never wait for it. */

// Milliseconds. From 50 on a page counts as blocked; a phone is four times slower than what Lighthouse measures on.
const TURN = 8;

/** @returns {Promise<void>} */
const pause = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel(); // timers would wait for four milliseconds
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });

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
    if (step.done) {
      await pause(); // what comes of it has a turn of its own
      return step.value;
    }
  }
}
