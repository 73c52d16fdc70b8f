// Records a conversation: with a capture tool, with one in a namespace of its own, or with our recorder.

import { copyFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ProgramError } from "../../programs/child-program.ts";
import { freePorts } from "../../programs/free-ports.ts";
import { StagePrograms } from "../../programs/stage-programs.ts";
import { NoCaptureTool, startCaptureTool } from "./capture-tool.ts";
import { NoNamespace, recordInNamespace } from "./namespace.ts";
import { PlayError, type Ports } from "./play.ts";
import { IncompleteCapture, keep, untilWhole } from "./raw-capture.ts";
import { LogError } from "./recorder-log.ts";
import type { Recording } from "./recordings.ts";
import { synthesizeFolder } from "./synthesize-folder.ts";
import { SYNTHETIC_NOTE } from "./tcp-packets.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

/** The ways to record, in the order in which they are tried. */
export const METHODS = ["tool", "namespace", "recorder"] as const;

export type Method = (typeof METHODS)[number];

export interface RecordOptions {
  /** The file to write, classic pcap. A key log is written beside it, its ending being `.keys`. */
  out: string;
  /** The only way that is tried; undefined: the first that is possible. */
  method?: Method | undefined;
  /** Whether the ports are the course's, where they are free (that is usual), or any. */
  ports?: "course" | "any";
  /** Milliseconds between one thing that is said and the next. */
  pause?: number;
  /** A folder where our recorder shall write its logs, beside a tool too. */
  logFolder?: string;
  /** Is told what was tried in vain, and what was used. */
  report: (line: string) => void;
}

/** The recording failed. The message is one line. */
export class RecordError extends Error {}

/** Where alice, bob and Mallory listen, if these are free: the first two are the ports in the examples of the protocol (P2). */
const ALICE_PORT = 50001;
const BOB_PORT = 50002;
const MALLORY_PORT = 50003;

/** As a URL, because a path of Windows is none of an import. */
const RECORDER = new URL("./recorder.ts", import.meta.url).href;

/** What stands apart in a capture can be told apart, by eye: milliseconds. */
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

/** What the user can understand becomes a RecordError; anything else is a mistake of ours. */
export function asRecordError(error: unknown, what: string): unknown {
  const kinds = [ProgramError, PlayError, IncompleteCapture, LogError, NoCaptureTool, NoNamespace];
  if (kinds.some((kind) => error instanceof kind) || isSystemError(error)) {
    return new RecordError(`${what}: ${error instanceof Error ? error.message : error}`);
  }
  return error;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
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
    report("(inside a user and network namespace of its own: unshare --user --map-root-user --net)");
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

/** One line about a file that was written. */
export function describe(
  what: string,
  out: string,
  { packets, connections }: { packets: number; connections: number },
): string {
  return `${what}: ${pathForPeople(out)} (${packets} packets, ${connections} connection${connections === 1 ? "" : "s"})`;
}

/** From where we are, unless that leads out and back in. */
function pathForPeople(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}

async function choosePorts({ port }: Recording, options: RecordOptions): Promise<Ports> {
  const wanted = options.ports === "any" ? [0, 0, 0, 0] : [port, ALICE_PORT, BOB_PORT, MALLORY_PORT];
  const [server = 0, alice = 0, bob = 0, mallory = 0] = await freePorts(wanted);
  return { server, alice, bob, mallory };
}

/** @returns how many connections there were */
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

/** The key log's path, beside the capture. */
export function keyLogBeside(out: string): string {
  return `${out.replace(/\.pcap$/, "")}.keys`;
}

async function keepKeys({ keys }: Recording, { out }: RecordOptions, folder: string): Promise<void> {
  if (keys) await copyFile(keyLogIn(folder), keyLogBeside(out));
}
