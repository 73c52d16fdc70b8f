// Records what a student does in other terminals, until Ctrl-C. It keeps only the connections of our programs, and
// drops all other traffic on the loopback interface.

import { mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { dirname, join, relative, resolve } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import type { Segment } from "../read/packet.ts";
import { NoCaptureTool, startCaptureTool } from "./capture-tool.ts";
import { SYNTHETIC_NOTE } from "./ip-packets.ts";
import { keep, segmentsIn, untilSeen } from "./raw-capture.ts";
import { asRecordError, describe, keyLogBeside, type Method, RecordError } from "./record.ts";
import type { Recording } from "./recordings.ts";
import { synthesizeFolder } from "./synthesize-folder.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

export interface LiveOptions {
  /** The file to write, in classic pcap. */
  out: string;
  /** The only method to try (never a namespace). If undefined, the first possible one is used. */
  method: Method | undefined;
  /** The server's port. If undefined, the stage's default is used. */
  port: number | undefined;
  /** The folder in which programs with our recorder write down what they say. If undefined, one is made. */
  log: string | undefined;
  /** Resolves when the student wants to end the recording. */
  stopped: Promise<void>;
  report: (line: string) => void;
}

/** @throws RecordError */
export async function recordLive(recording: Recording, options: LiveOptions): Promise<void> {
  try {
    await mkdir(dirname(options.out), { recursive: true });
    await withTemporaryFolder(async (folder) => {
      if (options.method === "recorder") return recordWithRecorder(recording, options, folder);
      try {
        await recordWithTool(recording, options, folder);
      } catch (error) {
        if (!(error instanceof NoCaptureTool) || options.method === "tool") throw error;
        for (const reason of error.reasons) options.report(`not with ${reason}`);
        await recordWithRecorder(recording, options, folder);
      }
    });
  } catch (error) {
    throw asRecordError(error, `cannot record ${recording.name}`);
  }
}

async function recordWithTool(recording: Recording, options: LiveOptions, folder: string): Promise<void> {
  const { out, stopped, report } = options;
  const raw = join(folder, "raw.pcap");
  const tool = await startCaptureTool(raw, "tcp");
  try {
    report(`recording with ${tool.name}. In other terminals, after this one:`);
    const call = (program: string, argv: readonly string[]): string =>
      ["npm run", `${recording.name}:${program}`, ...(argv.length > 0 ? ["--", ...argv] : [])].join(" ");
    for (const command of commands(recording, options, call)) report(`  ${command}`);
    report("Ctrl-C here ends the recording.");
    await stopped;
    await untilSeen(raw, await sendMark());
  } finally {
    await tool.stop();
  }
  const ports = await portsOfOurs(raw, options.port ?? recording.port);
  const isOurs = ({ source, destination }: Segment): boolean =>
    ports.has(source.port) || ports.has(destination.port);
  const counts = await keep(raw, out, isOurs);
  if (counts.packets === 0) throw nothing(recording);
  report(describe(`recorded ${recording.name} with ${tool.name}`, out, counts));
}

async function recordWithRecorder(recording: Recording, options: LiveOptions, folder: string): Promise<void> {
  const { out, stopped, report } = options;
  const log = options.log ?? join(folder, "log");
  await mkdir(log, { recursive: true });
  report("recording with our recorder. In other terminals, in the folder of the course:");
  const call = (program: string, argv: readonly string[]): string => {
    const file = `${recording.folder}/${program}.ts`;
    const words = ["node --import tsx --import ./captures/record/recorder.ts", file, ...argv];
    return withVariable("CAPTURE_LOG", log, words.join(" "));
  };
  for (const command of commands(recording, options, call)) report(`  ${command}`);
  report("Ctrl-C here ends the recording; end the programs before.");
  await stopped;
  const { bytes, ...counts } = synthesizeFolder(log);
  if (counts.packets === 0) throw nothing(recording);
  await writeFile(out, bytes);
  report(describe(`recorded ${recording.name} with our recorder`, out, counts));
  report(SYNTHETIC_NOTE);
}

function nothing({ name }: Recording): RecordError {
  return new RecordError(`nothing was recorded: no program of stage ${name} has sent anything`);
}

/** The commands that the student has to type in the other terminals. */
function commands(
  { name, keys }: Recording,
  { out, port }: LiveOptions,
  call: (program: "server" | "client", options: readonly string[]) => string,
): string[] {
  const server = call("server", port === undefined ? [] : ["--port", String(port)]);
  if (name === "01") return [server, call("client", port === undefined ? [] : ["--port", String(port)])];
  const client = (user: string): string =>
    call("client", ["--name", user, ...(port === undefined ? [] : ["--registry", `127.0.0.1:${port}`])]);
  // The keys of one side are enough to decrypt the whole chat.
  const keyLog = relative(COURSE_FOLDER, resolve(keyLogBeside(out)));
  return [
    server,
    keys ? withVariable("CHATKEYLOGFILE", keyLog, client("alice")) : client("alice"),
    client("bob"),
  ];
}

/** A command with an environment variable, for the usual shell of this system. */
function withVariable(name: string, value: string, command: string): string {
  return process.platform === "win32" ? `$env:${name}="${value}"; ${command}` : `${name}=${value} ${command}`;
}

/** Makes an extra connection on loopback. When it is in the file, all earlier packets are there, too. @returns its port */
export async function sendMark(): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => {}).resume();
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  server.close();
  return port;
}

/** The ports of our programs: the server's, and those that users tell it or learn from it (P2). */
async function portsOfOurs(path: string, serverPort: number): Promise<Set<number>> {
  const ports = new Set([serverPort]);
  for await (const { segment } of segmentsIn(path)) {
    if (segment.source.port !== serverPort && segment.destination.port !== serverPort) continue;
    for (const [, port] of segment.payload.toString("latin1").matchAll(/"port":([0-9]{1,5})\b/g)) {
      ports.add(Number(port));
    }
  }
  return ports;
}
