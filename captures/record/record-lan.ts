// Records stage 05: three hosts on this machine, joined by a bridge, on which a capture tool sees everything.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { startCaptureTool } from "./capture-tool.ts";
import { BRIDGE, Lan } from "./lan.ts";
import { PASSPHRASE } from "./lan-conversation.ts";
import { NoNamespace, recordInNamespace } from "./namespace.ts";
import { dataFolder, playLan, USERS, type User } from "./play-lan.ts";
import { keepLan, untilSeen } from "./raw-capture.ts";
import { asRecordError, describe, type Method, pathForPeople, RecordError } from "./record.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** Its name on the command line, and the committed file in captures/ without its ending. */
export const LAN_RECORDING = { name: "05", file: "05-lan-chat" } as const;

/** IPv4 and what finds the hardware address of a host. Hosts also greet each other in IPv6, which nobody here speaks. */
const FILTER = "arp or ip";

/** The default pause between two steps, in milliseconds. */
const PAUSE = 300;

/** The port of the datagram that marks the end. */
const MARK_PORT = 9;

export interface LanOptions {
  out: string;
  method: Method | undefined;
  pause?: number;
  report: (line: string) => void;
}

/** What stands beside the capture, so that its reader can look into it. */
export interface LanKeys {
  passphrase: string;
  letter: string;
  identities: Readonly<Record<User, string>>;
}

export function keysBeside(out: string): LanKeys {
  const beginning = out.replace(/\.pcap$/, "");
  return {
    passphrase: `${beginning}.passphrase`,
    letter: `${beginning}.letter`,
    identities: {
      alice: `${beginning}-alice.pem`,
      bob: `${beginning}-bob.pem`,
      carol: `${beginning}-carol.pem`,
    },
  };
}

/** @throws RecordError */
export async function recordLan(options: LanOptions): Promise<void> {
  const { out, method } = options;
  if (method === "recorder")
    throw new RecordError(
      "our recorder does not know datagrams: 05 needs network namespaces and a capture tool",
    );
  try {
    await mkdir(dirname(out), { recursive: true });
    await withTemporaryFolder(async (folder) => {
      // Root makes the hosts at once; who is not, is root in a namespace of users first, where that is allowed.
      if (method === "tool" || (method === undefined && process.getuid?.() === 0))
        return recordHere(options, folder);
      for (const line of await recordInNamespace(LAN_RECORDING.name, resolve(out), folder, true))
        options.report(line);
      options.report("(inside a user namespace of its own, and there in a network namespace for each host)");
    });
  } catch (error) {
    if (error instanceof NoNamespace) throw new RecordError(withoutRights(error.message));
    throw asRecordError(error, `cannot record ${LAN_RECORDING.name}`);
  }
}

function withoutRights(reason: string): string {
  const live = `npm run capture -- ${LAN_RECORDING.name} --live`;
  return `05 is recorded between hosts, which root can make on Linux, and nobody here (${reason}); what your own programs say on this machine: ${live}`;
}

async function recordHere({ out, report, pause = PAUSE }: LanOptions, folder: string): Promise<void> {
  const raw = join(folder, "raw.pcap");
  const lan = await Lan.make(USERS.length);
  try {
    const tool = await startCaptureTool(raw, FILTER, { from: BRIDGE, within: lan.withinBridge });
    let letter: string;
    try {
      letter = await playLan({ lan, folder, pause });
      await lan.mark(MARK_PORT);
      await untilSeen(raw, MARK_PORT);
    } finally {
      await tool.stop();
    }
    const counts = await keepLan(raw, out, MARK_PORT);
    const keys = keysBeside(out);
    await writeFile(keys.passphrase, `${PASSPHRASE}\n`);
    await writeFile(keys.letter, `${letter}\n`);
    for (const user of USERS)
      await writeFile(keys.identities[user], await readFile(join(dataFolder(folder, user), "identity.pem")));
    report(describe(`recorded ${LAN_RECORDING.name} with ${tool.name}`, out, counts));
    report(
      `beside it: ${[keys.passphrase, keys.letter, ...Object.values(keys.identities)].map(pathForPeople).join(", ")}`,
    );
  } finally {
    await lan.close();
  }
}
