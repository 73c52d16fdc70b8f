// Reads the capture that is its argument, keeps nothing, and prints as JSON how many MiB of memory the reader held at most.
// A program of its own, to be run with --expose-gc, so that nothing else is measured: what is garbage is not held, and
// how much of it V8 lets pile up differs from version to version.

import { readCapture } from "../read/read-capture.ts";

/** How often memory is looked at: after so many packets, and so many milliseconds. */
const PACKETS = 50_000;
const MILLISECONDS = 20;

/** The bytes in use, on the heap and in buffers. */
function held(): number {
  if (globalThis.gc === undefined) throw new Error("run this with --expose-gc");
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [path = ""] = process.argv.slice(2);
const before = held();
let most = before;
const look = (): void => {
  most = Math.max(most, held());
};
const timer = setInterval(look, MILLISECONDS);
let packets = 0;
for await (const _ of readCapture(path, { onDamage: look })) {
  packets += 1;
  if (packets % PACKETS === 0) look();
}
clearInterval(timer);
console.log(JSON.stringify({ packets, grown: (most - before) / 2 ** 20 }));
