// Answers states (JSON lines on standard input) with the browser's own engine, outside a browser. First argument: its folder; second: the boot file.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

let bytes = 0;
let requests = 0;
const files = [];
globalThis.fetch = async (url) => {
  files.push(url.pathname.split("/").pop());
  const body = await readFile(url);
  bytes += body.length;
  requests += 1;
  return { ok: true, json: async () => JSON.parse(body), text: async () => body.toString() };
};
const { openCatalog } = await import(pathToFileURL(`${process.argv[2]}/engine.js`));
const open = () => openCatalog(pathToFileURL(process.argv[3]).href);
let engine = await open();
for await (const line of createInterface({ input: process.stdin })) {
  const { fresh, ...state } = JSON.parse(line);
  if (fresh) engine = await open(); // as if nothing had been asked before
  const answer = "suggest" in state ? { suggestions: await engine.suggest(state.suggest) } : await engine.query(state);
  const asked = files.splice(0);
  if (answer.counts) answer.facets = await answer.counts();
  console.log(JSON.stringify({ ...answer, bytes, requests, files: asked }));
  files.length = 0;
}
