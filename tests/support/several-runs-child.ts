// Runs a program with one command line after the other in this process, and prints what came of each as JSON. See
// several-runs.ts.

import { pathToFileURL } from "node:url";
import type { Run } from "./several-runs.ts";

const [file = "", commandLines = "[]"] = process.argv.slice(2);
const print = process.stdout.write.bind(process.stdout);
const runs: Run[] = [];
let run: Run = { output: "", errors: "", exitCode: 0 };

process.stdout.setMaxListeners(0); // Each run adds its own.
process.stdout.write = (text: string | Uint8Array) => {
  run.output += text;
  return true;
};
process.stderr.write = (text: string | Uint8Array) => {
  run.errors += text;
  return true;
};

for (const argv of JSON.parse(commandLines) as string[][]) {
  run = { output: "", errors: "", exitCode: 0 };
  process.argv = [process.execPath, file, ...argv];
  process.exitCode = 0;
  try {
    // Another address is another module: it is run again.
    await import(`${pathToFileURL(file).href}?run=${runs.length}`);
    run.exitCode = Number(process.exitCode);
  } catch (error) {
    run.errors += `Uncaught ${error instanceof Error ? error.stack : error}\n`;
    run.exitCode = 1;
  }
  runs.push(run);
}
process.exitCode = 0;
print(`${JSON.stringify(runs)}\n`);
