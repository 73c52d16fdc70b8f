// Records stage 06: two nodes and two messengers, each on a host of its own, joined by a bridge that a capture tool watches.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { startCaptureTool } from "./capture-tool.ts";
import { BRIDGE, Lan } from "./lan.ts";
import { NoNamespace, recordInNamespace } from "./namespace.ts";
import { DHT_HOSTS, playDht } from "./play-dht.ts";
import { keepLan, untilSeen } from "./raw-capture.ts";
import { asRecordError, describe, type Method, RecordError } from "./record.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** Its name on the command line, and the committed file in captures/ without its ending. */
export const DHT_RECORDING = { name: "06", file: "06-dht-chat" } as const;

/** IPv4 and what finds the hardware address of a host. */
const FILTER = "arp or ip";

/** The default pause between two steps, in milliseconds. */
const PAUSE = 300;

/** The port of the datagram that marks the end. */
const MARK_PORT = 9;

/** What `npm run 06:setup` has installed if it has run. */
const PACKAGES = join(COURSE_FOLDER, "06-dht-chat", "node_modules", "libp2p", "package.json");

export interface DhtOptions {
  out: string;
  method: Method | undefined;
  pause?: number;
  report: (line: string) => void;
}

/** @throws RecordError */
export async function recordDht(options: DhtOptions): Promise<void> {
  const { out, method, report } = options;
  const { name } = DHT_RECORDING;
  if (method === "recorder")
    throw new RecordError("06 is recorded between hosts: it needs network namespaces and a capture tool");
  if (!existsSync(PACKAGES)) throw new RecordError("stage 06 needs its own packages, once: npm run 06:setup");
  try {
    await mkdir(dirname(out), { recursive: true });
    await withTemporaryFolder(async (folder) => {
      // Root makes the hosts at once; who is not, is root in a namespace of users first, where that is allowed.
      if (method === "tool" || (method === undefined && process.getuid?.() === 0))
        return recordHere(options, folder);
      for (const line of await recordInNamespace(name, resolve(out), folder, true)) report(line);
      report("(inside a user namespace of its own, and there in a network namespace for each host)");
    });
  } catch (error) {
    if (error instanceof NoNamespace)
      throw new RecordError(
        `${name} is recorded between hosts, which root can make on Linux, and nobody here (${error.message})`,
      );
    throw asRecordError(error, `cannot record ${name}`);
  }
}

async function recordHere({ out, report, pause = PAUSE }: DhtOptions, folder: string): Promise<void> {
  const raw = join(folder, "raw.pcap");
  const lan = await Lan.make(DHT_HOSTS.length);
  try {
    const tool = await startCaptureTool(raw, FILTER, { from: BRIDGE, within: lan.withinBridge });
    try {
      await playDht(lan, pause);
      await lan.mark(MARK_PORT);
      await untilSeen(raw, MARK_PORT);
    } finally {
      await tool.stop();
    }
    const counts = await keepLan(raw, out, MARK_PORT);
    report(describe(`recorded ${DHT_RECORDING.name} with ${tool.name}`, out, counts));
  } finally {
    await lan.close();
  }
}
