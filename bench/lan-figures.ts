// Measures stage 05, in a network namespace that lan.ts has made: prints all figures as one line of JSON. If its input
// ends, its parent has ended, and so does it.

import { onStopSignal } from "../01-calculator/listening.ts";
import { measureDiscovery } from "./lan-discovery.ts";
import { measureFile } from "./lan-file.ts";
import { measureFloods } from "./lan-floods.ts";
import { measureGrowth } from "./lan-growth.ts";
import { measureHandshake } from "./lan-handshake.ts";
import { measureMessages } from "./lan-messages.ts";
import type { Row } from "./report.ts";

const PARTS: readonly (readonly [name: string, measure: () => Promise<Row[]>])[] = [
  ["discovery", measureDiscovery],
  ["handshake", measureHandshake],
  ["messages", measureMessages],
  ["file", measureFile],
  ["growth", measureGrowth],
  ["floods", measureFloods],
];

// Our children are ended when we call exit(). A signal alone would end us without them.
onStopSignal(() => process.exit(130));
process.stdin.on("end", () => process.exit(130)).resume();

const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, measure] of PARTS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`  ${name} …`);
  try {
    rows.push(...(await measure()));
  } catch (error) {
    // The other parts are still measured.
    console.error(error);
    rows.push({ name, notMeasured: String(error).split("\n")[0] ?? "" });
  }
}
console.log(JSON.stringify(rows));
process.exit();
