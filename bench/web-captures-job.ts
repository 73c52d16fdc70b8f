// One measurement of the page's captures, as a program of its own, so that its event loop and its child's memory can be
// measured alone. Its argument is a capture. It prints what it has measured as JSON.

import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Captures } from "../web/captures/captures.ts";
import { Visit } from "../web/captures/testing/visit.ts";

/** How long nothing is done, in milliseconds. */
const NOTHING = 3000;

export interface WebCapturesReport {
  /** From the call until the capture is read. */
  seconds: number;
  /** How long the server's event loop was late at most while it was read, in milliseconds. */
  late: number;
  /** The same while it had nothing to do: how late the machine itself makes it. */
  lateWithNothing: number;
  /** The most memory of the process that reads, in MiB; undefined where the system does not tell. */
  memory: number | undefined;
  /** From asking for 500 rows in the middle until they are there, in milliseconds. */
  rows: number;
  /** From the first filter until its rows are there, in milliseconds. */
  filter: number;
}

const [path = ""] = process.argv.slice(2);
const place = new Captures({
  own: dirname(path),
  failed: (error) => {
    throw error;
  },
});
console.log(JSON.stringify(await measure(new Visit(place))));
await place.close();

async function measure(page: Visit): Promise<WebCapturesReport> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await pause(NOTHING);
  delay.disable();
  const lateWithNothing = delay.max / 1e6;
  delay.reset();
  delay.enable();
  const start = performance.now();
  const { opened, summary } = await page.open(`own-${basename(path)}`);
  const seconds = (performance.now() - start) / 1000;
  delay.disable();
  const timed = async (filter: string): Promise<number> => {
    const before = performance.now();
    const from = filter === "" ? Math.floor(summary.packets / 2) : 0;
    await page.ask("captures/packets", { opened, from, count: 500, filter });
    return performance.now() - before;
  };
  const rows = await timed("");
  const filter = await timed("port 40003 data");
  return { seconds, late: delay.max / 1e6, lateWithNothing, memory: memoryOfChild(), rows, filter };
}

/** The most memory that a child of this process has used (its resident set), in MiB. Linux tells it. */
function memoryOfChild(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const peaks = readdirSync("/proc").flatMap((name) => {
    const status = /^[0-9]+$/.test(name) ? statusOf(name) : "";
    const parent = /^PPid:\s+([0-9]+)$/m.exec(status)?.[1];
    const peak = /^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1];
    return Number(parent) === process.pid && peak !== undefined ? [Number(peak) / 1024] : [];
  });
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return ""; // It has ended in the meantime.
  }
}
