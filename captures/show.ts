// npm run show -- FILE: shows a capture to people. Readable text has one colour, ciphertext another.

import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { systemProblem } from "../programs/system-error.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { canvasFor } from "../terminal/paint.ts";
import { type KeyLog, parseKeyLog } from "./explain/key-log.ts";
import { type LoadedCapture, loadCapture } from "./follow/load.ts";
import { FileError } from "./read/capture-file.ts";
import { CaptureError } from "./read/packet.ts";
import { showCompare } from "./show/show-compare.ts";
import { showFind } from "./show/show-find.ts";
import { showStream } from "./show/show-stream.ts";
import { showSummary } from "./show/show-summary.ts";
import { summarize } from "./show/stream-summary.ts";

const USAGE = `usage: npm run show -- [OPTIONS] FILE
       npm run show -- --compare FILE FILE

Shows what is in a capture (pcap or pcapng): who talked to whom, and what stood on the wire.

  --stream N        the conversation in stream N, line by line (all streams of ours: --stream all)
  --hex             with --stream: every byte in hexadecimal
  --keys FILE       with --stream: decrypt stage 04 with this key log
  --find TEXT       where TEXT can be read
  --compare         two captures of the same conversation side by side
  --json            one JSON object for each stream, a line each
  --partial         of a damaged file, show what stands before the damage
  --help            show this text`;

/** The largest key log that we read, in bytes. */
const MAX_KEY_LOG_BYTES = 16_777_216;

/** A problem that the user can solve: one line, and an exit code. */
class ShowError extends Error {
  readonly exitCode: number;

  constructor(problem: string, exitCode = 1) {
    super(problem);
    this.exitCode = exitCode;
  }
}

function readArguments() {
  const options = {
    stream: { type: "string" },
    hex: { type: "boolean" },
    keys: { type: "string" },
    find: { type: "string" },
    compare: { type: "boolean" },
    json: { type: "boolean" },
    partial: { type: "boolean" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const files = values.compare ? 2 : 1;
    if (!values.help && positionals.length !== files) {
      throw new Error(
        `${files === 2 ? "--compare takes two files" : "give one file"}, not ${positionals.length}`,
      );
    }
    if (values.stream !== undefined && !/^(?:[0-9]{1,9}|all)$/.test(values.stream)) {
      throw new Error("--stream takes a number, or all");
    }
    if (values.find === "") throw new Error("--find takes a text");
    return { ...values, files: positionals };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error);
    throw new ShowError(`${problem} (--help shows the usage)`, 2);
  }
}

async function load(path: string, partial: boolean): Promise<LoadedCapture> {
  try {
    return { ...(await loadCapture(userPath(path), partial)), path };
  } catch (error) {
    if (error instanceof FileError) throw new ShowError(error.message);
    if (!(error instanceof CaptureError)) throw error;
    const help = partial || error.offset === 0 ? "" : "; --partial shows what stands before";
    throw new ShowError(`${path}: ${error.message}${help}`);
  }
}

function readKeys(path: string): KeyLog {
  let text: string;
  try {
    if (statSync(path).size > MAX_KEY_LOG_BYTES) throw new ShowError(`${path} is too large for a key log`);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ShowError) throw error;
    throw new ShowError(`cannot read the key log ${systemProblem(error, path) ?? path}`);
  }
  const { keys, bad } = parseKeyLog(text);
  if (bad.length > 0) throw new ShowError(`${path}, line ${bad[0]}: not a line of a key log (P6.5)`);
  return keys;
}

async function main(): Promise<void> {
  const given = readArguments();
  if (given.help) return printUsage(USAGE);
  const canvas = canvasFor(process.stdout, process.env);
  const print = (rows: readonly string[]): void => console.log(rows.join("\n"));
  const captures: LoadedCapture[] = [];
  for (const file of given.files) captures.push(await load(file, given.partial ?? false));
  const [capture, second] = captures;
  if (capture === undefined) return;

  if (second !== undefined) {
    const rows = showCompare(capture, second, canvas);
    if (rows === undefined)
      throw new ShowError("there is no chat in one of the captures; compare those of stages 02 to 04");
    return print(rows);
  }
  if (given.json) {
    for (const stream of capture.streams) console.log(JSON.stringify(summarize(stream)));
    return;
  }
  if (given.find !== undefined) return print(showFind(capture.streams, given.find, canvas));
  if (given.stream === undefined) {
    print(showSummary(capture, canvas));
    if (capture.streams.length > 0) print(["", "What was said in a stream: add --stream NUMBER."]);
    return;
  }
  const wanted = capture.streams.filter(
    ({ index }) => given.stream === "all" || index === Number(given.stream),
  );
  if (wanted.length === 0)
    throw new ShowError(
      `there is no stream ${given.stream}; this capture has ${capture.streams.length}, from 0`,
    );
  const keyLog = given.keys === undefined ? undefined : readKeys(userPath(given.keys));
  for (const stream of wanted) {
    if (wanted.length > 1) print(["", canvas.paint("heading", `stream ${stream.index}`)]);
    print(showStream(stream, { hex: given.hex ?? false, keyLog }, canvas));
  }
}

process.stdout.on("error", () => process.exit(0)); // The reader of our output may close it early, as `| head` does.
try {
  await main();
} catch (error) {
  if (!(error instanceof ShowError)) throw error;
  printError(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
