// The process that reads a capture, and answers what is asked of it. It is one of its own, so that a capture that is too
// large, or made to break who reads it, breaks nothing else. Its arguments are the capture and a path for a file of ours.

import { FileError } from "../../../captures/read/capture-file.ts";
import { CaptureError } from "../../../captures/read/packet.ts";
import { countWords, damageWords } from "../../../captures/show/show-summary.ts";
import { MOST_LINES } from "../../shared/captures.ts";
import { CallError } from "../../shared/fields.ts";
import type { ReaderCalls, ReaderMessage, ReaderRequest, ReadSummary } from "../reader-calls.ts";
import { ComparedChat } from "./compare.ts";
import { connectionWindow, conversationWindow, Datagrams } from "./connection-rows.ts";
import { FilteredPackets } from "./filtered-packets.ts";
import { GivenKeys } from "./keys.ts";
import { linesWindow, lineView } from "./line-rows.ts";
import { type OpenedCapture, openCapture } from "./opened-capture.ts";
import { packetView, packetWindow } from "./packet-rows.ts";
import { readability, traffic } from "./plots.ts";
import { Search } from "./search.ts";

/** How many searches there may be at once: one for each page. */
const MOST_SEARCHES = 16;

type Answers = {
  [Name in keyof ReaderCalls]: (
    given: ReaderCalls[Name]["given"],
  ) => ReaderCalls[Name]["result"] | Promise<ReaderCalls[Name]["result"]>;
};

const [path = "", spillPath = ""] = process.argv.slice(2);

// Ctrl-C reaches all processes of a terminal. This one ends when the program does.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));

await main();

async function main(): Promise<void> {
  try {
    const capture = await openCapture(path, spillPath, (read, of) => send({ kind: "progress", read, of }));
    const keys = new GivenKeys(capture);
    const answers = answersOf(capture, keys);
    process.on("message", (request: ReaderRequest) => void answer(answers, request));
    send({ kind: "ready", summary: summaryOf(capture, keys) });
  } catch (error) {
    const known = [CaptureError, FileError, CallError].some((kind) => error instanceof kind);
    if (!known || !(error instanceof Error)) throw error;
    send({ kind: "unreadable", problem: error.message });
  }
}

function send(message: ReaderMessage): void {
  if (process.connected) process.send?.(message);
}

async function answer(answers: Answers, { id, call, given }: ReaderRequest): Promise<void> {
  try {
    const answerOne = answers[call] as (given: unknown) => unknown;
    send({ kind: "answer", id, result: await answerOne(given) });
  } catch (error) {
    if (error instanceof CallError) send({ kind: "problem", id, problem: error.message });
    else send({ kind: "mistake", id, mistake: error instanceof Error ? String(error.stack) : String(error) });
  }
}

function summaryOf({ loaded, index }: OpenedCapture, { state }: GivenKeys): ReadSummary {
  const { packets, segments, datagrams, streams, conversations, duration, damage, notUnderstood } = loaded;
  return {
    packets,
    segments,
    datagrams,
    connections: streams.length,
    conversations: conversations.length,
    start: Number(index.first / 1_000_000n),
    seconds: Number(duration) / 1e9,
    words: countWords(loaded),
    damage: damage === undefined ? null : damageWords(damage),
    notUnderstood: [...notUnderstood].map(([name, count]) => ({ name, count })),
    keys: state,
  };
}

function answersOf(capture: OpenedCapture, keys: GivenKeys): Answers {
  const filtered = new FilteredPackets(capture);
  const datagrams = new Datagrams(capture);
  const chat = new ComparedChat(capture);
  const searches = new Map<number, Search>();
  /** What was made with other keys is made anew. */
  const withKeys = async <State>(use: () => State | Promise<State>): Promise<State> => {
    const state = await use();
    chat.forget();
    return state;
  };
  return {
    packets: (given) => packetWindow(capture, filtered, given),
    rowOf: ({ filter, packet }) => ({ row: filtered.rowOf(filter, packet - 1) }),
    packet: ({ packet }) => packetView(capture, packet),
    connections: (given) => connectionWindow(capture, given),
    lines: (given) => linesWindow(capture, given),
    line: (given) => lineView(capture, given),
    conversations: (given) => conversationWindow(capture, given),
    datagrams: (given) => datagrams.window(given),
    traffic: (given) => traffic(capture, given),
    readability: (given) => readability(capture, given),
    search: ({ search: number, sought, in: where }) => {
      const search = new Search(capture, Buffer.from(sought, "hex"));
      searches.set(number, search);
      const [oldest] = searches.keys();
      if (searches.size > MOST_SEARCHES && oldest !== undefined) stop(searches, oldest);
      void search.run(where, (state) => send({ kind: "searched", search: number, ...state }));
      return null;
    },
    stopSearch: ({ search }) => {
      stop(searches, search);
      return null;
    },
    hits: ({ search: number, from, count }) => {
      const hits = searches.get(number)?.hits;
      if (hits === undefined) throw new CallError("this search is over: search again");
      return { total: hits.length, from, rows: hits.slice(from, from + count) };
    },
    outline: () => chat.outline(),
    cells: ({ lines }) => chat.cells(lines.slice(0, MOST_LINES)),
    keyLog: ({ text }) => withKeys(() => keys.addKeyLog(text)),
    passphrase: ({ passphrase, team }) => withKeys(() => keys.addPassphrase(passphrase, team)),
    forgetKeys: () => withKeys(() => keys.forget()),
  };
}

function stop(searches: Map<number, Search>, number: number): void {
  searches.get(number)?.stop();
  searches.delete(number);
}
