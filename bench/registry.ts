// Measures how many clients stage 02's registry takes, how fast it tells them of each other, and how fast it answers.
// For comparison, the same clients use a bare echo server, or a broadcasting one if every client must receive the news.

import { setTimeout as wait } from "node:timers/promises";
import type { ChildProgram } from "../programs/child-program.ts";
import { startServer } from "../programs/stage-programs.ts";
import { Crowd, MAX_JOINING_TIME } from "./crowd.ts";
import { LoadGenerator } from "./load-generator.ts";
import { residentMemory, tooFewFiles } from "./machine.ts";
import type { Row } from "./report.ts";

const REGISTRY = { file: "02-basic-p2p/server.ts", argv: ["--heartbeat", "3600"] }; // So no pings are counted.
const ECHO = { file: "bench/echo-server.ts", argv: [] };
const BROADCAST = { file: "bench/echo-server.ts", argv: ["--broadcast"] };

type ServerFile = { file: string; argv: readonly string[] };

const BURST = { size: 500, atOnce: 500, runs: 3 };
const MANY = { size: 3000, atOnce: 50, runs: 3 };
/** No run begins after this time, in milliseconds: each takes long, as every client hears of every other. */
const JOINING_BUDGET = 20_000;
const USERS = 1000;
const ANNOUNCEMENTS = 25;
const LOAD_RUNS = 5;

/** How long a server rests before its memory is read, in milliseconds. */
const REST = 500;

export async function measureRegistry(): Promise<Row[]> {
  const generator = new LoadGenerator();
  try {
    return [
      ...(await measureJoining("in one burst", BURST)),
      ...(await measureJoining(`${MANY.atOnce} at a time`, MANY)),
      ...(await measureUsers(generator)),
      await measureLookups(generator),
    ];
  } finally {
    await generator.end();
  }
}

/** Starts a server, does something with it, and ends it. */
async function withServer<Result>(
  { file, argv }: ServerFile,
  action: (port: number, server: ChildProgram) => Promise<Result>,
): Promise<Result> {
  const { server, port } = await startServer(file, argv);
  try {
    return await action(port, server);
  } finally {
    await server.kill();
  }
}

interface Joined {
  registered: number;
  /** In milliseconds. */
  time: number;
  /** The server's memory for each client, in KiB. */
  memory: number;
}

async function measureJoining(how: string, { size, atOnce, runs }: typeof BURST): Promise<Row[]> {
  const count = size.toLocaleString("en-US");
  const reason = tooFewFiles(size);
  if (reason !== undefined) return [{ name: `registering ${count} ${how}`, notMeasured: reason }];
  const own: Joined[] = [];
  const bare: Joined[] = [];
  const end = performance.now() + JOINING_BUDGET;
  for (let run = 0; run === 0 || (run < runs && performance.now() < end); run += 1) {
    own.push(await joinOnce(REGISTRY, size, atOnce));
    bare.push(await joinOnce(ECHO, size, atOnce));
  }
  return [
    {
      name: `registered within ${MAX_JOINING_TIME / 1000} s, of ${count} ${how}`,
      unit: "clients",
      runs: own.map(({ registered }) => registered),
      limit: { bound: "at least", value: size, of: "value", everyRun: true },
    },
    {
      name: `until all ${count} are`,
      unit: "ms",
      runs: own.map(({ time }) => time),
      beside: { name: "echo", runs: bare.map(({ time }) => time) },
    },
    {
      name: `server's memory for each of ${count}`,
      unit: "KiB",
      runs: own.map(({ memory }) => memory),
      beside: { name: "echo", runs: bare.map(({ memory }) => memory) },
    },
  ];
}

function joinOnce(serverFile: ServerFile, size: number, atOnce: number): Promise<Joined> {
  return withServer(serverFile, async (port, server) => {
    await wait(REST);
    const before = residentMemory(server.pid);
    const crowd = await Crowd.join(port, size, atOnce);
    await wait(REST);
    const memory = ((residentMemory(server.pid) - before) * 1024) / size;
    const { size: registered, joiningTime: time } = crowd;
    await server.kill();
    crowd.close();
    return { registered, time, memory };
  });
}

/** Measures what takes longer if there are more users: the news of a new one, and the list of all. */
async function measureUsers(generator: LoadGenerator): Promise<Row[]> {
  const names = { news: "news of one reaches 1,000", list: "answers to list, 1,000 users" };
  const reason = tooFewFiles(USERS);
  if (reason !== undefined) return Object.values(names).map((name) => ({ name, notMeasured: reason }));

  const own = await withCrowd(REGISTRY, async (port, crowd) => ({
    news: await announceInTurn(crowd),
    lists: await ratesOf(generator, { port, request: '{"type":"list"}', ...asUser("lister") }),
  }));
  const news = await withCrowd(BROADCAST, (_, crowd) => announceInTurn(crowd));
  const lists = await withServer(ECHO, (port) =>
    ratesOf(generator, { port, request: "u".repeat(listLength()) }),
  );
  return [
    { name: names.news, unit: "ms", runs: own.news, beside: { name: "broadcast", runs: news } },
    {
      name: names.list,
      unit: "per second",
      runs: own.lists,
      beside: { name: "echo of as many bytes", runs: lists },
    },
  ];
}

function withCrowd<Result>(
  serverFile: ServerFile,
  action: (port: number, crowd: Crowd) => Promise<Result>,
): Promise<Result> {
  return withServer(serverFile, async (port, server) => {
    const crowd = await Crowd.join(port, USERS, MANY.atOnce);
    try {
      return await action(port, crowd);
    } finally {
      await server.kill();
      crowd.close();
    }
  });
}

async function announceInTurn(crowd: Crowd): Promise<number[]> {
  const times: number[] = [];
  for (let number = 1; number <= ANNOUNCEMENTS; number += 1) {
    times.push(await crowd.announce(`newcomer-${number}`));
    await wait(10); // Nothing of this run may be left when the next one begins.
  }
  return times;
}

/** About the length of the answer to `list`: an echo of so many bytes moves as much data without making a list. */
function listLength(): number {
  const user = { username: "member-1000", host: "127.0.0.1", port: 50_000 };
  return JSON.stringify({ type: "users", users: new Array(USERS).fill(user) }).length;
}

async function measureLookups(generator: LoadGenerator): Promise<Row> {
  const request = '{"type":"lookup","username":"user-1"}';
  const connections = 10;
  const own = await withServer(REGISTRY, (port) =>
    ratesOf(generator, { port, request, connections, ...asUser("user-#") }),
  );
  const bare = await withServer(ECHO, (port) => ratesOf(generator, { port, request, connections }));
  return {
    name: "lookups, 10 clients",
    unit: "per second",
    runs: own,
    beside: { name: "echo", runs: bare },
  };
}

/** Registers first, and waits until the news about that has passed, so that it is not counted as answers. */
function asUser(username: string): { introduction: string; settle: number } {
  return { introduction: JSON.stringify({ type: "register", username, port: 50_000 }), settle: 300 };
}

/** Measures replies per second, in several runs. */
async function ratesOf(
  generator: LoadGenerator,
  load: Parameters<LoadGenerator["load"]>[0],
): Promise<number[]> {
  const rates: number[] = [];
  for (let run = 0; run < LOAD_RUNS; run += 1) {
    rates.push((await generator.load(load)).rate);
  }
  return rates;
}
