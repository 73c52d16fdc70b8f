// Reads the capture that is its argument, keeps nothing, and prints as JSON by how many MiB the memory of this process has
// grown at most. A program of its own, so that nothing else is measured.

import { readCapture } from "./read-capture.ts";

const [path = ""] = process.argv.slice(2);
const before = process.memoryUsage.rss();
let packets = 0;
const onDamage = (): void => {};
for await (const _ of readCapture(path, { onDamage })) packets += 1;
const most = process.resourceUsage().maxRSS * 1024; // It counts in KiB.
console.log(JSON.stringify({ packets, grown: (most - before) / 2 ** 20 }));
