// Records a conversation: with a capture tool, with a tool in a namespace of its own, or with our own recorder.

import { copyFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ProgramError } from "../../programs/child-program.ts";
import { freePorts } from "../../programs/free-ports.ts";
import { StagePrograms } from "../../programs/stage-programs.ts";
import { systemProblem } from "../../programs/system-error.ts";
import { NoCaptureTool, startCaptureTool } from "./capture-tool.ts";
import { SYNTHETIC_NOTE } from "./ip-packets.ts";
import { NoNamespace, recordInNamespace } from "./namespace.ts";
import { PlayError, type Ports } from "./play.ts";
import { IncompleteCapture, keep, untilWhole } from "./raw-capture.ts";
import { LogError } from "./recorder-log.ts";
import type { Recording } from "./recordings.ts";
import { synthesizeFolder } from "./synthesize-folder.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** The methods, in the order in which they are tried. */
export const METHODS = ["tool", "namespace", "recorder"] as const;

export type Method = (typeof METHODS)[number];

export interface RecordOptions {
  /** The file to write, in classic pcap. A key log is written beside it, with the ending `.keys`. */
  out: string;
  /** The only method to try. If undefined, the first possible one is used. */
  method?: Method | undefined;
  /** Whether to use the course's ports if they are free (the default), or any ports. */
  ports?: "course" | "any";
  /** The pause between two messages or requests, in milliseconds. */
  pause?: number;
  /** If given, our recorder writes its logs to this folder, even if a tool captures. */
  logFolder?: string;
  /** Called with a line about each method that failed, and the one that was used. */
  report: (line: string) => void;
}

/** The recording failed. The message is one line. */
export class RecordError extends Error {}

/** The ports of Alice, Bob and Mallory if they are free. Alice's and Bob's come from the examples of P2. */
const ALICE_PORT = 50001;
const BOB_PORT = 50002;
const MALLORY_PORT = 50003;

/** This is a URL, because an import cannot use a path of Windows. */
const RECORDER = new URL("./recorder.ts", import.meta.url).href;

/** The default pause, in milliseconds: long enough that people see the gap in the capture. */
const PAUSE = 100;

/** @throws RecordError */
export async function record(recording: Recording, options: RecordOptions): Promise<void> {
  try {
    await mkdir(dirname(options.out), { recursive: true });
    await withTemporaryFolder((folder) => tryMethods(recording, options, folder));
  } catch (error) {
    throw asRecordError(error, `cannot record ${recording.name}`);
  }
}

/** Makes a RecordError of an error that the user can understand. Any other error is a bug of ours. */
export function asRecordError(error: unknown, what: string): unknown {
  const kinds = [ProgramError, PlayError, IncompleteCapture, LogError, NoCaptureTool, NoNamespace];
  const problem = kinds.some((kind) => error instanceof kind)
    ? String((error as Error).message)
    : systemProblem(error);
  return problem === undefined ? error : new RecordError(`${what}: ${problem}`);
}

async function tryMethods(recording: Recording, options: RecordOptions, folder: string): Promise<void> {
  if (options.method !== undefined) return WAYS[options.method](recording, options, folder);
  for (const method of METHODS) {
    try {
      return await WAYS[method](recording, options, folder);
    } catch (error) {
      if (!(error instanceof NoCaptureTool || error instanceof NoNamespace)) throw error;
      for (const reason of error.reasons) options.report(`not with ${reason}`);
    }
  }
}

type Way = (recording: Recording, options: RecordOptions, folder: string) => Promise<void>;

const WAYS: Readonly<Record<Method, Way>> = {
  tool: recordWithTool,
  namespace: async ({ name }, { out, report }, folder) => {
    for (const line of await recordInNamespace(name, resolve(out), folder)) report(line);
    report("(inside a network namespace of its own)");
  },
  recorder: recordWithRecorder,
};

async function recordWithTool(recording: Recording, options: RecordOptions, folder: string): Promise<void> {
  const ports = await choosePorts(recording, options);
  const raw = join(folder, "raw.pcap");
  const ours = Object.values(ports).map((port) => `port ${port}`);
  const tool = await startCaptureTool(raw, `tcp and host 127.0.0.1 and ( ${ours.join(" or ")} )`);
  try {
    await untilWhole(raw, await play(recording, options, ports, folder, options.logFolder));
  } finally {
    await tool.stop();
  }
  const counts = await keep(raw, options.out);
  await keepKeys(recording, options, folder);
  options.report(describe(`recorded ${recording.name} with ${tool.name}`, options.out, counts));
}

async function recordWithRecorder(
  recording: Recording,
  options: RecordOptions,
  folder: string,
): Promise<void> {
  const log = options.logFolder ?? (await mkdtemp(join(folder, "log-")));
  const expected = await play(recording, options, await choosePorts(recording, options), folder, log);
  const { bytes, ...counts } = synthesizeFolder(log);
  if (counts.connections !== expected) {
    throw new IncompleteCapture(`${counts.connections} connections were recorded instead of ${expected}`);
  }
  await writeFile(options.out, bytes);
  await keepKeys(recording, options, folder);
  options.report(describe(`recorded ${recording.name} with our recorder`, options.out, counts));
  options.report(SYNTHETIC_NOTE);
}

/** Makes a line about a file that was written. */
export function describe(
  what: string,
  out: string,
  { packets, connections, datagrams = 0 }: { packets: number; connections: number; datagrams?: number },
): string {
  const talks = `${connections} connection${connections === 1 ? "" : "s"}`;
  const udp = datagrams === 0 ? "" : `, ${datagrams} datagram${datagrams === 1 ? "" : "s"}`;
  return `${what}: ${pathForPeople(out)} (${packets} packets, ${talks}${udp})`;
}

/** The path relative to the current folder; unchanged if the file is outside of that folder. */
export function pathForPeople(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}

async function choosePorts({ port }: Recording, options: RecordOptions): Promise<Ports> {
  const wanted = options.ports === "any" ? [0, 0, 0, 0] : [port, ALICE_PORT, BOB_PORT, MALLORY_PORT];
  const [server = 0, alice = 0, bob = 0, mallory = 0] = await freePorts(wanted);
  return { server, alice, bob, mallory };
}

/** @returns the number of connections */
async function play(
  recording: Recording,
  options: RecordOptions,
  ports: Ports,
  folder: string,
  logFolder: string | undefined,
): Promise<number> {
  const programs =
    logFolder === undefined
      ? new StagePrograms()
      : new StagePrograms({ environment: { CAPTURE_LOG: logFolder } }, [RECORDER]);
  try {
    return await recording.play({
      programs,
      ports,
      pause: options.pause ?? PAUSE,
      keyLog: keyLogIn(folder),
    });
  } finally {
    await programs.end();
  }
}

function keyLogIn(folder: string): string {
  return join(folder, "keys");
}

/** The path of the key log, beside the capture. */
export function keyLogBeside(out: string): string {
  return `${out.replace(/\.pcap$/, "")}.keys`;
}

async function keepKeys({ keys }: Recording, { out }: RecordOptions, folder: string): Promise<void> {
  if (keys) await copyFile(keyLogIn(folder), keyLogBeside(out));
}
