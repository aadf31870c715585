// Answers the questions of search_bytes.py with the browser's own engine, outside a browser, and counts what it reads as a CDN sends it.
// Arguments: the engine's folder, the boot file. Standard input: JSON lines [name, state, cold].
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const CONNECTIONS = 6; // a browser has so many at a time to a host without HTTP/2
let [bytes, requests, rounds] = [0, 0, 0];
const waiting = [];
/** Answers what was asked for meanwhile, as many as there are connections: a round trip. */
function round() {
  if (!waiting.length) return;
  rounds += 1;
  for (const send of waiting.splice(0, CONNECTIONS)) send();
  setTimeout(round);
}
globalThis.fetch = (url) =>
  new Promise((done) => {
    if (!waiting.length) setTimeout(round);
    waiting.push(() => {
      const body = readFileSync(url);
      bytes += brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
      requests += 1;
      if (process.env.BANDING_BENCH_NAMES) console.error(`${rounds} ${url.pathname.split("/").pop()} ${body.length}`);
      done({ ok: true, json: async () => JSON.parse(body), text: async () => body.toString() });
    });
  });
const { openCatalog } = await import(pathToFileURL(`${process.argv[2]}/engine.js`));
const boot = pathToFileURL(process.argv[3]).href;
let engine;
const spent = async (work) => {
  [bytes, requests, rounds] = [0, 0, 0];
  const start = performance.now();
  const found = await work();
  return { found, kb: bytes / 1000, requests, rounds, ms: performance.now() - start };
};
for await (const line of createInterface({ input: process.stdin })) {
  const [name, state, cold] = JSON.parse(line);
  const answer = await spent(async () => {
    if (cold || !engine) engine = await openCatalog(boot);
    return engine.query(state);
  });
  const counts = await spent(async () => answer.found.counts?.());
  const again = await spent(async () => (await engine.query(state)).counts?.());
  const told = { name, total: answer.found.total, kb: answer.kb, requests: answer.requests, rounds: answer.rounds, counts: counts.kb, again: again.ms };
  console.log(JSON.stringify(told));
}
