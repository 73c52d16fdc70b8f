// Two people at real pages go direct, and then all nodes are killed. It runs in a network of its own with an address and a
// default route, because a browser offers addresses of that kind alone for direct connections, never the loopback one.
// It prints one JSON text of what was seen, for a test and for a measurement.

import { launchBrowser } from "./browser.ts";
import { startNodePrograms } from "./node-programs.ts";
import { LONG, meet, Person } from "./people.ts";

/** What came of it. */
export interface DirectScene {
  /** What each page says of the other one, when both were direct and after the nodes were killed. */
  before: string[];
  after: string[];
  /** Files in hex of their SHA-256, as they were sent and as they arrived. */
  sent: string[];
  arrived: string[];
  /** Texts that were said after the nodes were killed, and what the other one has heard. */
  said: string[][];
  heard: string[][];
  /** States of all that was said and offered. */
  states: string[];
  /** How long the file took while it went direct, from accepting it to its end, in milliseconds. */
  passing: number[];
  /** How long it took until they were direct, from when they were relayed, in milliseconds. */
  goingDirect: number;
}

const SIZE = 25 * 2 ** 20;
const TEXTS = 50;

async function scene(): Promise<DirectScene> {
  const nodes = await startNodePrograms(2);
  const browser = await launchBrowser();
  try {
    const alice = await Person.arrive(browser, "Alice", nodes[0]?.url ?? "");
    const bob = await Person.arrive(browser, "Bob", nodes[1]?.url ?? "");
    await meet(alice, bob);
    const met = performance.now();
    const pairs = [
      [alice, "Bob"],
      [bob, "Alice"],
    ] as const;
    for (const [one, name] of pairs) await one.reaches(name, /^direct$/);
    const goingDirect = performance.now() - met;
    const states = () => Promise.all(pairs.map(async ([one, name]) => (await one.contact(name)).state));
    const before = await states();

    await Promise.all(nodes.map((node) => node.kill()));
    const texts = pairs.map(([{ name }]) => Array.from({ length: TEXTS }, (_, index) => `${name} ${index}`));
    await Promise.all(pairs.map(([one, name], index) => one.sayAll(name, texts[index] ?? [])));
    const sent: string[] = [];
    const arrived: string[] = [];
    const passing: number[] = [];
    for (const [one, name] of pairs) {
      const other = one === alice ? bob : alice;
      sent.push(await one.attach({ name: `${one.name}.bin`, size: SIZE }));
      await other.page.getByRole("button", { name: "Accept" }).waitFor();
      const accepted = performance.now();
      await other.accept();
      await one.sees(
        ({ contacts }) =>
          contacts[0]?.entries.some(
            ({ file }) => file?.name === `${one.name}.bin` && file.state === "done",
          ) ?? false,
        `the file is done at ${name}'s`,
        LONG,
      );
      passing.push(performance.now() - accepted);
      arrived.push(await other.fileFrom(one.name, `${one.name}.bin`));
    }
    for (const [one, name] of pairs) await one.saysAgainUntilDelivered(name);
    const after = await states();
    const entries = (await Promise.all(pairs.map(([one, name]) => one.contact(name)))).flatMap(
      (one) => one.entries,
    );
    return {
      before,
      after,
      sent,
      arrived,
      said: texts,
      heard: [await bob.heard("Alice"), await alice.heard("Bob")],
      states: entries.filter(({ from }) => from === "me").map(({ state }) => state),
      passing,
      goingDirect,
    };
  } finally {
    await browser.close();
    await Promise.all(nodes.map((node) => node.kill()));
  }
}

console.log(JSON.stringify(await scene()));
process.exit();
