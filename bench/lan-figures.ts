// Measures stage 05, in a network namespace that lan.ts has made: prints all figures as one line of JSON. If its input
// ends, its parent has ended, and so does it.

import { join } from "node:path";
import { onStopSignal } from "../01-calculator/listening.ts";
import { BUNDLES_FOLDER, writeBundles } from "../checks/engine/bundles.ts";
import { makeFolder } from "../checks/engine/own-folder.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { BUNDLES } from "../programs/node-command.ts";
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

/** How long a reason may be in the table, in characters. All of it stands on standard error. */
const MOST_WORDS = 100;

// Our children are ended when we call exit(). A signal alone would end us without them.
onStopSignal(() => process.exit(130));
process.stdin.on("end", () => process.exit(130)).resume();

// Some eighty programs are started. tsx would translate each of them anew, and beside each a translator would run.
const BUNDLED = ["04-aes-chat/server", "04-aes-chat/client", "05-lan-chat/peer"];
const folder = makeFolder(join(COURSE_FOLDER, "work"), BUNDLES_FOLDER);
await writeBundles(new Map(BUNDLED.map((name) => [name, join(COURSE_FOLDER, `${name}.ts`)])), folder);
process.env[BUNDLES] = folder;

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
    rows.push({ name, notMeasured: (String(error).split("\n")[0] ?? "").slice(0, MOST_WORDS) });
  }
}
console.log(JSON.stringify(rows));
process.exit();
