// Looks keys up in a table of real nodes, as a page does, and prints what that has cost: one line of JSON. A measurement
// starts it with the address of a node, a seed for the keys, and how many keys there are.

import { toHex } from "../bytes.ts";
import { randomBytes } from "../cryptography.ts";
import { idsFromSeed } from "../simulator.ts";
import type { MeasuredLookup } from "./measured-lookup.ts";
import { startRealNode } from "./real-table.ts";

const [address = "", seed = "", count = "0"] = process.argv.slice(2);
const client = await startRealNode(randomBytes(32), true);
await client.join(address);
// The first lookups meet the nodes and connect to them, as a page that has just been opened does.
for (const key of await idsFromSeed(`${seed} before`, 4)) await client.closest(key);
const lookups: MeasuredLookup[] = [];
for (const key of await idsFromSeed(seed, Number(count))) {
  const started = performance.now();
  const { found, answered, hops } = await client.closest(key);
  const milliseconds = performance.now() - started;
  lookups.push({ key: toHex(key), milliseconds, found, questions: answered.length, hops });
}
console.log(JSON.stringify({ peerId: client.peerId, lookups }));
process.exit();
