// npm run show -- FILE: shows a capture to people. Readable text has one colour, ciphertext another.

import { readFileSync, statSync } from "node:fs";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { systemProblem } from "../programs/system-error.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { type Canvas, canvasFor } from "../terminal/paint.ts";
import { wrap } from "../terminal/text.ts";
import {
  hasSealedLine,
  hasToken,
  hasTokenInDatagram,
  KeysError,
  keyLogFrom,
  MAX_KEY_LOG_BYTES,
  MAX_SMALL_FILE_BYTES,
  teamKeyGiven,
} from "./explain/given-keys.ts";
import type { KeyLog } from "./explain/key-log.ts";
import { letterIn, type Reader, readerOf } from "./explain/letters.ts";
import type { TeamKey } from "./explain/team-tokens.ts";
import type { UdpConversation } from "./follow/conversations.ts";
import { type LoadedCapture, loadCapture } from "./follow/load.ts";
import { FileError } from "./read/capture-file.ts";
import { CaptureError, type Stream } from "./read/packet.ts";
import { readOptions, type ShowOptions, UsageError } from "./show/options.ts";
import { showCompare } from "./show/show-compare.ts";
import { showConversation } from "./show/show-conversation.ts";
import { showFind } from "./show/show-find.ts";
import { showLetter } from "./show/show-letter.ts";
import { showPacket, showPackets } from "./show/show-packets.ts";
import { showStream } from "./show/show-stream.ts";
import { damageRows, showSummary } from "./show/show-summary.ts";
import { summaryLine } from "./show/stream-summary.ts";

const USAGE = `usage: npm run show -- [OPTIONS] FILE
       npm run show -- --compare FILE FILE

Shows what is in a capture (pcap or pcapng, also gzipped): who talked to whom,
and what stood on the wire.

  --stream N        the conversation in stream N, line by line (--stream all)
  --packets         all packets: number, time, ends, flags, sequence number and
                    acknowledgement (from the SYN on), bytes of data, what it is
  --packet N        packet N, every byte with its meaning
  --udp N           the datagrams of conversation N in UDP (--udp all)
  --find TEXT       where TEXT can be read
  --compare         two captures of the same conversation side by side
  --json            one JSON object for each stream, a line each
  --letter          FILE is no capture, but a letter of stage 05 as its carrier
                    keeps it

With one of these:
  --hex             with --stream or --udp: every byte in hexadecimal
  --stats           with --stream or --compare: how much of a line is text, and
                    how evenly its bytes are spread
  --keys FILE       with --stream, --find, --compare or --json: decrypt stage 04
                    with this key log
  --passphrase-file FILE --team TEAM
                    not with --compare, --json or --letter: open what stage 05
                    seals with its team's key: beacons, and the first token of
                    each side of a session
  --identity FILE   with --letter: open it with its recipient's identity.pem
  --stream N        with --packets, --find or --json: only stream N
  --partial         of a damaged file, show what stands before the damage
  --help            show this text`;

/** How many rows are printed at once. */
const ROWS_AT_ONCE = 500;

/** A problem that the user can solve. The message is one line. */
class ShowError extends Error {}

/** Opens the file that the user means, and keeps the name that they gave it. */
async function load(file: string, partial: boolean): Promise<LoadedCapture> {
  return { ...(await loadCapture(userPath(file), partial)), path: file };
}

/** Runs something that reads a capture. @throws ShowError if the file cannot be read, or is damaged */
async function reading<Result>(path: string, partial: boolean, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FileError) throw new ShowError(error.message);
    if (!(error instanceof CaptureError)) throw error;
    const help = partial || error.offset === 0 ? "" : "; --partial shows what stands before";
    throw new ShowError(`${path}: ${error.message}${help}`);
  }
}

/** @param what the file is, for messages: `the key log` @param most the most bytes it may have */
function readSmall(path: string, what: string, most: number): Buffer {
  try {
    if (statSync(path).size > most)
      throw new ShowError(`${path} is too large for ${what.replace("the ", "a ")}`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof ShowError) throw error;
    throw new ShowError(`cannot read ${what} ${systemProblem(error, path) ?? path}`);
  }
}

function readKeys(path: string): KeyLog {
  return keyLogFrom(readSmall(path, "the key log", MAX_KEY_LOG_BYTES).toString("utf8"), path);
}

/** The keys, if they were given and there is something to decrypt. */
function keysFor({ keys, files }: ShowOptions, streams: readonly Stream[]): KeyLog | undefined {
  if (keys === undefined) return undefined;
  const keyLog = readKeys(userPath(keys));
  if (streams.some(hasSealedLine)) return keyLog;
  const where = files.length > 1 ? "these captures" : files[0];
  throw new ShowError(`--keys does nothing here: what is shown of ${where} has no sealed line of stage 04`);
}

/** The key of the team, if its passphrase was given. @throws ShowError if that is no passphrase (P8.1) */
async function readTeamKey({ team }: ShowOptions): Promise<TeamKey | undefined> {
  if (team === undefined) return undefined;
  const path = userPath(team.passphraseFile);
  return teamKeyGiven(readSmall(path, "the passphrase", MAX_SMALL_FILE_BYTES), path, team.name);
}

/** The key of the team, if there is something of stage 05 that it may open. */
async function teamKeyFor(
  options: ShowOptions,
  streams: readonly Stream[],
  conversations: readonly UdpConversation[],
): Promise<TeamKey | undefined> {
  const key = await readTeamKey(options);
  if (key === undefined || streams.some(hasToken) || conversations.some(hasTokenInDatagram)) return key;
  throw new ShowError(
    `--passphrase-file does nothing here: what is shown of ${options.files[0]} has no token of stage 05`,
  );
}

/** The streams that are meant: all of them, or the one with this number. */
function wantedStreams({ streams }: LoadedCapture, number: number | undefined): readonly Stream[] {
  if (number === undefined) return streams;
  const stream = streams[number];
  if (stream !== undefined) return [stream];
  throw new ShowError(
    `there is no stream ${number}; ${streams.length === 0 ? "this capture has none" : `this capture has ${streams.length}, from 0`}`,
  );
}

/** The conversations in UDP that are meant: all of them, or the one with this number. */
function wantedConversations(
  { conversations }: LoadedCapture,
  number: number | undefined,
): readonly UdpConversation[] {
  if (number === undefined && conversations.length > 0) return conversations;
  const conversation = conversations[number ?? 0];
  if (conversation !== undefined) return [conversation];
  const has = conversations.length === 0 ? "none" : `${conversations.length}, from 0`;
  throw new ShowError(
    `there is no ${number === undefined ? "conversation" : `conversation ${number}`} in UDP; this capture has ${has}`,
  );
}

/** Waits until the rows are on their way, so that a long list does not have to be in memory. */
function print(rows: readonly string[]): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${rows.join("\n")}\n`, () => resolve()));
}

async function printAll(rows: AsyncIterable<string>): Promise<void> {
  let waiting: string[] = [];
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length < ROWS_AT_ONCE) continue;
    await print(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await print(waiting);
}

async function printCompare(
  options: ShowOptions,
  captures: readonly LoadedCapture[],
  canvas: Canvas,
): Promise<void> {
  const [left, right] = captures;
  if (left === undefined || right === undefined) return;
  const keyLog = keysFor(options, [...left.streams, ...right.streams]);
  const rows = showCompare(left, right, { stats: options.stats, keyLog }, canvas);
  if (rows === undefined)
    throw new ShowError("there is no chat in one of the captures; compare those of stages 02 to 04");
  await print(rows);
}

async function printPacket(given: ShowOptions, canvas: Canvas): Promise<void> {
  const { files, packet, partial } = given;
  const [file = ""] = files;
  const options = partial ? { onDamage: () => {} } : {};
  const teamKey = await readTeamKey(given);
  const rows = await reading(file, partial, () =>
    showPacket(userPath(file), packet, options, teamKey, canvas),
  );
  if (rows !== undefined) return print(rows);
  const { packets, damage } = await load(file, true);
  const before = damage === undefined ? "" : " before its damage";
  throw new ShowError(`there is no packet ${packet}; this capture has ${packets}${before}, from 1`);
}

async function printPackets(capture: LoadedCapture, options: ShowOptions, canvas: Canvas): Promise<void> {
  const { stream } = options;
  const only = stream === undefined ? undefined : wantedStreams(capture, stream)[0];
  const damage = damageRows(capture, canvas);
  const teamKey = await teamKeyFor(options, [], capture.conversations);
  if (damage.length > 0) await print(damage);
  await reading(capture.path, true, () => printAll(showPackets(capture, only, teamKey, canvas)));
  await print(["", "Every byte of a packet: --packet NUMBER in place of --packets."]);
}

async function printStreams(capture: LoadedCapture, options: ShowOptions, canvas: Canvas): Promise<void> {
  const wanted = wantedStreams(capture, options.stream);
  const keyLog = keysFor(options, wanted);
  const teamKey = await teamKeyFor(options, wanted, []);
  for (const stream of wanted) {
    if (wanted.length > 1) await print(["", canvas.paint("heading", `stream ${stream.index}`)]);
    await print(showStream(stream, { hex: options.hex, stats: options.stats, keyLog, teamKey }, canvas));
  }
}

async function printConversations(
  capture: LoadedCapture,
  options: ShowOptions,
  canvas: Canvas,
): Promise<void> {
  const wanted = wantedConversations(capture, options.udp);
  const teamKey = await teamKeyFor(options, [], wanted);
  for (const conversation of wanted) {
    if (wanted.length > 1) await print(["", canvas.paint("heading", `UDP ${conversation.index}`)]);
    await print(showConversation(conversation, { hex: options.hex, teamKey }, canvas));
  }
}

async function printSummary(capture: LoadedCapture, options: ShowOptions, canvas: Canvas): Promise<void> {
  const { streams, conversations } = capture;
  await print(showSummary(capture, canvas, await teamKeyFor(options, streams, conversations)));
  const [stream, udp] = ["What was said in a stream: add --stream NUMBER.", "In UDP: --udp NUMBER."];
  const said = [...(streams.length > 0 ? [stream] : []), ...(conversations.length > 0 ? [udp] : [])];
  if (said.length > 0)
    await print(["", ...wrap([...said, "All packets: --packets."].join(" "), canvas.width)]);
}

async function printFind(capture: LoadedCapture, options: ShowOptions, canvas: Canvas): Promise<void> {
  const streams = wantedStreams(capture, options.stream);
  const conversations = options.stream === undefined ? capture.conversations : [];
  const keyLog = keysFor(options, streams);
  const teamKey = await teamKeyFor(options, streams, conversations);
  await print(showFind({ streams, conversations }, options.find, { keyLog, teamKey }, canvas));
}

async function printLetter({ files, identity }: ShowOptions, canvas: Canvas): Promise<void> {
  const path = userPath(files[0] ?? "");
  const letter = letterIn(readSmall(path, "the letter", MAX_SMALL_FILE_BYTES));
  if (letter === undefined) throw new ShowError(`${path}: not a letter of stage 05 (P9.8), as one line`);
  await print(showLetter(letter, identity === undefined ? undefined : readReader(identity), canvas));
}

function readReader(path: string): Reader {
  const pem = readSmall(userPath(path), "the identity", MAX_SMALL_FILE_BYTES).toString("latin1");
  const reader = readerOf(pem);
  if (reader === undefined) throw new ShowError(`${path}: not an identity of stage 05 (P8.2)`);
  return reader;
}

/** A pipe gives its bytes only once, and the list of packets reads them twice. */
function refusePipe(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO())
    throw new ShowError(`${path} is a pipe, and --packets reads twice: write it to a file first`);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) return printUsage(USAGE);
  const canvas = canvasFor(process.stdout, process.env);
  const { view, files, partial } = options;
  if (view === "letter") return printLetter(options, canvas);
  if (view === "packet") return printPacket(options, canvas);
  if (view === "packets") refusePipe(userPath(files[0] ?? ""));
  const captures: LoadedCapture[] = [];
  for (const file of files) captures.push(await reading(file, partial, () => load(file, partial)));
  const [capture] = captures;
  if (capture === undefined) return;
  switch (view) {
    case "compare":
      return printCompare(options, captures, canvas);
    case "packets":
      return printPackets(capture, options, canvas);
    case "stream":
      return printStreams(capture, options, canvas);
    case "summary":
      return printSummary(capture, options, canvas);
    case "udp":
      return printConversations(capture, options, canvas);
    case "find":
      return printFind(capture, options, canvas);
    case "json": {
      const streams = wantedStreams(capture, options.stream);
      const keyLog = keysFor(options, streams);
      for (const stream of streams) await print([summaryLine(stream, keyLog)]);
    }
  }
}

endWhenOutputCloses();
try {
  await main();
} catch (error) {
  if (!(error instanceof ShowError || error instanceof KeysError || error instanceof UsageError)) throw error;
  printError(`error: ${error.message}${error instanceof UsageError ? " (--help shows the usage)" : ""}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
