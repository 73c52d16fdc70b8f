// npm run capture -- NAME: records one of the course's captures again, or what a student does in other terminals.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { TEAM } from "./record/lan-conversation.ts";
import { recordLive } from "./record/live.ts";
import { recordLiveLan } from "./record/live-lan.ts";
import { nextSteps, type Recorded } from "./record/next-steps.ts";
import { keyLogBeside, METHODS, type Method, pathForPeople, RecordError, record } from "./record/record.ts";
import { DHT_RECORDING, recordDht } from "./record/record-dht.ts";
import { keysBeside, LAN_RECORDING, recordLan } from "./record/record-lan.ts";
import { RECORDINGS, type Recording } from "./record/recordings.ts";

/** All recordings: stages 05 and 06 are other kinds, because they are between hosts. */
const ALL: readonly (Recording | typeof LAN_RECORDING | typeof DHT_RECORDING)[] = [
  ...RECORDINGS,
  LAN_RECORDING,
  DHT_RECORDING,
];
const NAMES = ALL.map(({ name }) => name);

const USAGE = `usage: npm run capture -- NAME [OUT.pcap]
       npm run capture -- all
       npm run capture -- STAGE --live [OUT.pcap]

Records a conversation of the real programs on this machine, and nothing else, as a classic pcap file.
Without OUT.pcap the file in captures/ is written anew (with --live: work/live-STAGE.pcap).

  NAME              ${NAMES.slice(0, 3).join(", ")},
                    ${NAMES.slice(3).join(", ")}
  --live            record what you do in other terminals, until Ctrl-C; STAGE is 01, 02, 03, 04 or 05
  --port PORT       with --live: your server's port, if it is not the stage's own (05: of a peer without beacons)
  --method METHOD   tool (dumpcap or tcpdump), namespace (Linux: the same in a namespace of its own)
                    or recorder (ours: needs no rights, makes up the headers); otherwise the first that works
                    05 and 06 are between hosts in namespaces: tool as root, namespace else; Linux only
  --help            show this text`;

/** The arguments are wrong. The message is one line; the exit code is 2. */
class UsageError extends Error {}

interface Given {
  recordings: typeof ALL;
  out: string | undefined;
  live: boolean;
  port: number | undefined;
  method: Method | undefined;
}

/** @returns undefined if the user asked for the usage */
function readArguments(argv: readonly string[]): Given | undefined {
  const options = {
    live: { type: "boolean" },
    port: { type: "string" },
    method: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    if (values.help) return undefined;
    const [name, out, ...others] = positionals;
    if (name === undefined) throw new Error("say which recording");
    if (others.length > 0) throw new Error("give one name and at most one file");
    if (out === "") throw new Error("the file has no name");
    const method = METHODS.find((known) => known === values.method);
    if (values.method !== undefined && method === undefined) {
      throw new Error(`a method is ${METHODS.join(", ")}`);
    }
    const live = values.live ?? false;
    if (live && !/^0[1-5]$/.test(name)) throw new Error("--live takes a stage: 01, 02, 03, 04 or 05");
    if (live && method === "namespace")
      throw new Error("--live cannot be in a namespace: your terminals are not");
    if (values.port !== undefined && !(live && isPort(values.port))) {
      throw new Error("--port takes a port, from 1 to 65535, and goes with --live");
    }
    const port = values.port === undefined ? undefined : Number(values.port);
    if (name === "all" && out !== undefined) throw new Error("all takes no file");
    const recordings = ALL.filter((recording) => name === "all" || recording.name === name);
    if (recordings.length === 0) {
      throw new Error(
        `there is no recording ${JSON.stringify(name).slice(0, 40)}; there are ${NAMES.join(", ")}`,
      );
    }
    return { recordings, out: out === undefined ? undefined : userPath(out), live, port, method };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error);
    throw new UsageError(`${problem} (--help shows the usage)`);
  }
}

function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;
}

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2));
  if (given === undefined) return printUsage(USAGE);
  const { recordings, out, live, port, method } = given;
  const report = (line: string): void => console.log(line);
  const stopped = live ? onceStopped() : undefined;
  if (stopped === undefined) endAtOnceWhenStopped();
  const made: Recorded[] = [];
  for (const recording of recordings) {
    const folder = live ? ["work", `live-${recording.name}.pcap`] : ["captures", `${recording.file}.pcap`];
    const file = out ?? join(COURSE_FOLDER, ...folder);
    if (recording === DHT_RECORDING) {
      await recordDht({ out: file, method, report });
      made.push({ capture: pathForPeople(file), keys: undefined });
      continue;
    }
    if (!("play" in recording)) {
      if (stopped === undefined) await recordLan({ out: file, method, report });
      else await recordLiveLan({ out: file, method, port, stopped, report });
      made.push({ capture: pathForPeople(file), keys: undefined, lan: live ? undefined : lanSteps(file) });
      continue;
    }
    if (stopped === undefined) {
      await record(recording, { out: file, method, report });
    } else {
      await recordLive(recording, { out: file, method, port, log: process.env.CAPTURE_LOG, stopped, report });
    }
    const keys = keyLogBeside(file);
    const hasKeys = recording.keys && existsSync(keys);
    made.push({ capture: pathForPeople(file), keys: hasKeys ? pathForPeople(keys) : undefined });
  }
  for (const line of nextSteps(made)) report(line);
}

/** What opens a recording of stage 05, as paths to type. */
function lanSteps(file: string): Recorded["lan"] {
  const { passphrase, letter, identities } = keysBeside(file);
  return {
    passphrase: pathForPeople(passphrase),
    team: TEAM,
    letter: pathForPeople(letter),
    identity: pathForPeople(identities.bob),
  };
}

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Resolves at the first Ctrl-C. A second one ends our process at once. */
function onceStopped(): Promise<void> {
  return new Promise((resolve) => {
    // A signal handler alone does not keep Node.js running, but this timer does.
    const waiting = setInterval(() => {}, 3_600_000);
    for (const signal of STOP_SIGNALS) {
      process.once(signal, () => {
        clearInterval(waiting);
        endAtOnceWhenStopped();
        resolve();
      });
    }
  });
}

/** exit() also ends the programs that we have started, and removes our temporary files. */
function endAtOnceWhenStopped(): void {
  for (const signal of STOP_SIGNALS) process.on(signal, () => process.exit(1));
}

endWhenOutputCloses();
try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof RecordError)) throw error;
  printError(`error: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
