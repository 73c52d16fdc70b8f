// Measures stage 06's page in a real Chromium, with nodes that are processes: how long its user waits for it, for a call by
// number, for another relay when the one in use is killed, and for 25 MiB by a relay and direct. `npm run bench -- dht-page`
// starts it as a program of its own, which prints its rows as one JSON text.

import type { Browser } from "playwright-core";
import type { Limit, Row } from "../../bench/report.ts";
import { launchBrowser } from "./browser.ts";
import type { DirectScene } from "./direct-scene.ts";
import { carrierOf, NodeProgram, startNodePrograms } from "./node-programs.ts";
import { LONG, meet, Person } from "./people.ts";
import { runInRoutedNetwork, whyNoRoutedNetwork } from "./routed-network.ts";

/** So many nodes run, and so often each is measured. */
const NODES = 4;
const RUNS = 3;
const LARGEST_FILE = 25 * 2 ** 20;
/** As much as shows which node carries it, in bytes. */
const PROBE = 2 ** 20;

/** In milliseconds: what a prototype took on a loaded machine, and for files what we want. */
const LIMITS = {
  ready: 4200,
  published: 1800,
  call: 800,
  nextRelay: 600,
  relayed: 5000,
  direct: 3000,
} as const;

const atMost = (value: number): Limit => ({ bound: "at most", value, of: "value" });

async function measure(): Promise<Row[]> {
  const nodes = await startNodePrograms(NODES);
  const browser = await launchBrowser();
  try {
    return [
      ...(await measureMeeting(browser, nodes)),
      ...(await measureRelayed(browser, nodes)),
      ...(await measureDirect()),
    ];
  } finally {
    await browser.close();
    await Promise.all(nodes.map((node) => node.kill()));
  }
}

/** Two who are new, each time: until their pages are there, until they are in the table, and until the one reaches the other. */
async function measureMeeting(browser: Browser, nodes: readonly NodeProgram[]): Promise<Row[]> {
  const ready: number[] = [];
  const published: number[] = [];
  const calls: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const people: Person[] = [];
    for (const name of ["Alice", "Bob"]) {
      const person = await Person.arrive(browser, name, nodes[people.length]?.url ?? "");
      people.push(person);
      ready.push(person.times.ready);
      published.push(person.times.published);
    }
    const [alice, bob] = people;
    if (alice === undefined || bob === undefined) continue;
    const card = await alice.showCard();
    calls.push(await bob.timeToReach(card));
    for (const person of people) await person.leave();
  }
  const unit = "ms";
  return [
    {
      name: "from opening the page until one's number is there",
      unit,
      runs: ready,
      limit: atMost(LIMITS.ready),
    },
    { name: "from then until others can find it", unit, runs: published, limit: atMost(LIMITS.published) },
    {
      name: "from entering a card until its owner is reached, by number",
      unit,
      runs: calls,
      limit: atMost(LIMITS.call),
    },
  ];
}

async function measureRelayed(browser: Browser, nodes: NodeProgram[]): Promise<Row[]> {
  const alice = await Person.arrive(browser, "Alice", nodes[0]?.url ?? "");
  const bob = await Person.arrive(browser, "Bob", nodes[1]?.url ?? "");
  await alice.staysRelayed();
  await meet(alice, bob);
  const unit = "ms";
  const files: number[] = [];
  for (let run = 0; run < RUNS; run += 1)
    files.push(await passFile(alice, bob, `large ${run}`, LARGEST_FILE));
  const relayed = { name: "25 MiB by a relay", unit, runs: files, limit: atMost(LIMITS.relayed) };
  const name = "from killing the relay in use until the next text is delivered";
  if (process.platform !== "linux")
    return [relayed, { name, notMeasured: "only Linux says which node carries what is passed on" }];
  const next: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const carrier = await carrierOf(nodes, async () => {
      await passFile(alice, bob, `probe ${run}`, PROBE);
    });
    await carrier.kill();
    const killed = performance.now();
    await alice.sayAll("Bob", [`after ${run}`]);
    await alice.sees(
      ({ contacts }) => contacts[0]?.entries.at(-1)?.state === "delivered",
      "it is delivered",
      LONG,
    );
    next.push(performance.now() - killed);
    nodes.splice(nodes.indexOf(carrier), 1);
    nodes.push(await NodeProgram.start(["--join", nodes[0]?.address ?? ""]));
    await bob.sees(
      ({ underneath }) => underneath.relays.filter(({ state }) => state === "reserved").length >= 2,
      "two relays again",
      LONG,
    );
  }
  return [relayed, { name, unit, runs: next, limit: atMost(LIMITS.nextRelay) }];
}

/** @returns how long it took from accepting it until the sender knows that it is there, in milliseconds */
async function passFile(from: Person, to: Person, name: string, size: number): Promise<number> {
  const sent = await from.attach({ name, size });
  await to.page.getByRole("button", { name: "Accept" }).waitFor();
  const accepted = performance.now();
  await to.accept();
  await from.sees(
    ({ contacts }) =>
      contacts[0]?.entries.some(({ file }) => file?.name === name && file.state === "done") ?? false,
    "the file is done",
    LONG,
  );
  const took = performance.now() - accepted;
  if ((await to.fileFrom(from.name, name)) !== sent) throw new Error("the file is another one than was sent");
  return took;
}

async function measureDirect(): Promise<Row[]> {
  const name = "25 MiB direct, all nodes killed";
  const reason = whyNoRoutedNetwork();
  if (reason !== undefined) return [{ name, notMeasured: reason }];
  const scene = JSON.parse(await runInRoutedNetwork("06-dht-chat/testing/direct-scene.ts")) as DirectScene;
  if (scene.arrived.join() !== scene.sent.join()) throw new Error("a file is another one than was sent");
  return [{ name, unit: "ms", runs: scene.passing, limit: atMost(LIMITS.direct) }];
}

console.log(JSON.stringify(await measure()));
process.exit();
