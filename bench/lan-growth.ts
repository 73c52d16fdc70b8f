// Measures what it costs one peer of stage 05 that others are there, up to the 256 that it remembers (P8.10): memory,
// processor time, and datagrams. The others are played by one process (lan-crowd.ts).

import { startProgram } from "../programs/stage-programs.ts";
import type { Counts } from "./lan-crowd.ts";
import { withTeam } from "./lan-team.ts";
import { processorTime, residentMemory } from "./machine.ts";
import type { Row } from "./report.ts";

/** How many peers there are, the measured one among them. One more than it remembers is the last. */
const SIZES = [1, 32, 64, 128, 256];
/** Two beats, in milliseconds. */
const WINDOW = 10_000;
const MOST_KNOWN = 256;

const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

interface Point {
  size: number;
  memory: number;
  /** Datagrams a second that come to this peer, and that it sends. */
  received: number;
  sent: number;
  /** Of one core, in percent. */
  processor: number;
}

export async function measureGrowth(): Promise<Row[]> {
  const crowd = startProgram("bench/lan-crowd.ts", [String(MOST_KNOWN)]);
  const counts = async (): Promise<Counts> => {
    crowd.enter("counts");
    return JSON.parse(await crowd.line(/^\{/)) as Counts;
  };
  try {
    await crowd.line("ready");
    return await withTeam(async (team) => {
      const peer = await team.start("alice");
      const points: Point[] = [];
      for (const size of SIZES) {
        crowd.enter(`members ${size - 1}`);
        await crowd.line(`members ${size - 1}`);
        await peer.sees(/^found: member-/, size - 1);
        await wait(WINDOW / 2); // What finding them costs is another matter.
        const before = { ...(await counts()), time: processorTime(peer.pid) ?? 0, at: performance.now() };
        await wait(WINDOW);
        const after = { ...(await counts()), time: processorTime(peer.pid) ?? 0, at: performance.now() };
        const seconds = (after.at - before.at) / 1000;
        const heard = after.heardShared + after.heardOwn - before.heardShared - before.heardOwn;
        points.push({
          size,
          memory: residentMemory(peer.pid),
          received: (after.sent - before.sent) / seconds,
          sent: heard / seconds,
          processor: (100 * (after.time - before.time)) / seconds,
        });
      }
      const isQuiet = peer.count(/^(?:left|forgotten): /) === 0;
      return rowsOf(points, isQuiet, (await counts()).bytes);
    });
  } finally {
    await crowd.kill();
  }
}

function rowsOf(points: readonly Point[], isQuiet: boolean, bytes: number): Row[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const drawn = (name: string, unit: string, pick: (point: Point) => number): Row => ({
    name,
    unit,
    bars: points.map((point) => ({ label: String(point.size), value: pick(point) })),
  });
  return [
    {
      name: `memory for each peer of ${last.size}`,
      unit: "KiB",
      runs: [((last.memory - first.memory) * 1024) / (last.size - 1)],
      limit: { bound: "at most", value: 256, of: "value" },
    },
    {
      name: `of ${last.size} peers, the others that are not lost`,
      unit: "peers",
      runs: [isQuiet ? last.size - 1 : 0],
      limit: { bound: "at least", value: last.size - 1, of: "value" },
    },
    {
      name: "a beacon's datagram",
      unit: "bytes",
      runs: [bytes],
      limit: { bound: "at most", value: 1472, of: "value" },
    },
    {
      name: `all datagrams in a network of ${last.size}`,
      unit: "KiB per second",
      runs: [((last.received + last.sent) * bytes) / 1024],
    },
    drawn("memory of one peer, with N peers there", "MiB", ({ memory }) => memory),
    drawn("datagrams that come to each peer, with N peers there", "per second", ({ received }) => received),
    drawn("datagrams that each peer sends, with N peers there", "per second", ({ sent }) => sent),
    drawn("processor time of each peer, with N peers there", "% of a core", ({ processor }) => processor),
  ];
}
