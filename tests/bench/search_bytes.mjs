// Answers the questions of search_bytes.py with the browser's own engine, outside a browser, and counts what it reads as a CDN sends it.
// Arguments: the engine's folder, the boot file. Standard input: JSON lines [name, state, cold].
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

let [bytes, requests] = [0, 0];
globalThis.fetch = async (url) => {
  const body = await readFile(url);
  bytes += brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
  requests += 1;
  return { ok: true, json: async () => JSON.parse(body), text: async () => body.toString() };
};
const { openCatalog } = await import(pathToFileURL(`${process.argv[2]}/engine.js`));
const boot = pathToFileURL(process.argv[3]).href;
let engine;
const spent = async (work) => {
  [bytes, requests] = [0, 0];
  const start = performance.now();
  const found = await work();
  return { found, kb: bytes / 1000, requests, ms: performance.now() - start };
};
for await (const line of createInterface({ input: process.stdin })) {
  const [name, state, cold] = JSON.parse(line);
  const answer = await spent(async () => {
    if (cold || !engine) engine = await openCatalog(boot);
    return engine.query(state);
  });
  const counts = await spent(async () => answer.found.counts?.());
  const again = await spent(async () => (await engine.query(state)).counts?.());
  const told = { name, total: answer.found.total, kb: answer.kb, requests: answer.requests, counts: counts.kb, again: again.ms };
  console.log(JSON.stringify(told));
}
