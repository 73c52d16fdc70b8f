// Measures how long a student waits: from starting a client until it is ready, and from pressing Enter in one terminal
// until the text is on the other screen.

import { startServer } from "../programs/stage-programs.ts";
import { Command } from "./commands.ts";
import { startChat } from "./pairs.ts";
import { findTerminals, type TerminalOpener } from "./pseudo-terminal.ts";
import type { Row } from "./report.ts";
import { median, percentile } from "./statistics.ts";

const STARTS = 5;
const RUNS = 5;
const KEY_PRESSES = 60;

const NODE = [process.execPath, "--import", "tsx"];
const CLIENT = "02-basic-p2p/client.ts";

export async function measureStartup(): Promise<Row[]> {
  return [...(await measureStarts()), ...(await measureKeys())];
}

async function measureStarts(): Promise<Row[]> {
  const { server, port } = await startServer("02-basic-p2p/server.ts");
  try {
    const client = ["--name", "alice", "--registry", `127.0.0.1:${port}`];
    const bare: number[] = [];
    const node: number[] = [];
    const npm: number[] = [];
    for (let run = 0; run < STARTS; run += 1) {
      bare.push(await timeUntil("listening on", [...NODE, "bench/echo-server.ts"]));
      node.push(await timeUntil("registered as alice", [...NODE, CLIENT, ...client]));
      npm.push(await timeUntil("registered as alice", ["npm", "run", "02:client", "--", ...client]));
    }
    const unit = "ms";
    return [
      {
        name: `node --import tsx ${CLIENT}`,
        unit,
        runs: node,
        beside: { name: "bare program", runs: bare },
      },
      { name: "npm run 02:client", unit, runs: npm, beside: { name: "without npm", runs: node } },
    ];
  } finally {
    await server.kill();
  }
}

/** Measures the time from starting a command until it prints this text, in milliseconds. */
async function timeUntil(text: string, words: readonly string[]): Promise<number> {
  const start = performance.now();
  const program = new Command(words);
  try {
    await program.shows(text);
    return performance.now() - start;
  } finally {
    program.end();
  }
}

/** The times of each run, in milliseconds. */
interface KeyTimes {
  medians: number[];
  slowest: number[];
}

async function measureKeys(): Promise<Row[]> {
  const piped = await measurePipes();
  const terminals = findTerminals();
  const name = "from key press to the other's screen";
  if ("reason" in terminals) {
    return [
      { name, notMeasured: terminals.reason },
      { name: "the same by pipes, 50th percentile", unit: "ms", runs: piped.medians },
      { name: "the same by pipes, 99th percentile", unit: "ms", runs: piped.slowest },
    ];
  }
  const typed = await measureTerminals(terminals.open);
  return [
    {
      name: `${name} (${terminals.name}), 50th percentile`,
      unit: "ms",
      runs: typed.medians,
      beside: { name: "by pipes", runs: piped.medians },
    },
    {
      name: `${name} (${terminals.name}), 99th percentile`,
      unit: "ms",
      runs: typed.slowest,
      beside: { name: "by pipes", runs: piped.slowest },
    },
  ];
}

async function measurePipes(): Promise<KeyTimes> {
  const { sender, receiver, received, delivered, end } = await startChat("02-basic-p2p");
  try {
    return await measureEach(async (text, number) => {
      sender.enter(text);
      await receiver.line(received(text));
      return () => sender.line(delivered(text, number));
    });
  } finally {
    await end();
  }
}

async function measureTerminals(open: TerminalOpener): Promise<KeyTimes> {
  const { server, port } = await startServer("02-basic-p2p/server.ts");
  const client = [...NODE, CLIENT, "--registry", `127.0.0.1:${port}`];
  const bob = open([...client, "--name", "bob", "--accept"]);
  const alice = open([...client, "--name", "alice"]);
  try {
    await Promise.all([bob.shows("registered as bob"), alice.shows("registered as alice")]);
    alice.type("/chat bob");
    alice.pressEnter();
    await Promise.all([bob.shows("chat with alice started"), alice.shows("chat with bob started")]);
    return await measureEach(
      async (text, number) => {
        alice.pressEnter();
        await bob.shows(`alice> ${text}`);
        return () => alice.shows(`delivered to bob: ${number}`);
      },
      async (text) => {
        alice.type(text);
        await alice.shows(text); // The terminal shows the text; only Enter is missing.
      },
    );
  } finally {
    alice.end();
    bob.end();
    await server.kill();
  }
}

/**
 * Sends numbered texts one after the other, and measures the time of each.
 * @param send resolves when the text has arrived, with a function that waits until the next text may be sent
 * @param prepare is not timed
 */
async function measureEach(
  send: (text: string, number: number) => Promise<() => Promise<unknown>>,
  prepare: (text: string) => Promise<void> = async () => {},
): Promise<KeyTimes> {
  const keys: KeyTimes = { medians: [], slowest: [] };
  let number = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const times: number[] = [];
    for (let i = 0; i < KEY_PRESSES; i += 1) {
      number += 1;
      const text = `hi ${number} there`;
      await prepare(text);
      const start = performance.now();
      const rest = await send(text, number);
      times.push(performance.now() - start);
      await rest();
    }
    keys.medians.push(median(times));
    keys.slowest.push(percentile(times, 0.99));
  }
  return keys;
}
