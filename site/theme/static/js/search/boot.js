// @ts-check
/** Reads a boot file, whose pressed part stands last and may still be coming when the rest is opened. */

const PACKED = '"packed":"';

/** @typedef {import("./press.js").Feed} Feed */

/**
 * @param {URL} url
 * @returns {Promise<{data: any, feed: Feed}>} the file without its pressed part, and that part
 */
export async function readBoot(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
  if (!answer.body || !globalThis.TextDecoderStream) {
    const data = await answer.json();
    return { data, feed: { text: data.packed, done: true, more: async () => {} } };
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  /** @type {Feed} */
  const feed = {
    text: "",
    done: false,
    more: async () => {
      const { value, done } = await reader.read();
      feed.text += value ?? "";
      feed.done = done;
    },
  };
  while (!feed.done && !feed.text.includes(PACKED)) await feed.more();
  const start = feed.text.indexOf(PACKED);
  if (start < 0) return { data: JSON.parse(feed.text), feed };
  const data = JSON.parse(`${feed.text.slice(0, start)}${PACKED}"}`);
  feed.text = feed.text.slice(start + PACKED.length);
  return { data, feed };
}
