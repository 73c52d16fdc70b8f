// Two people at real pages go direct, all nodes are killed, and started again on their ports and data. It runs in a
// network of its own, as direct-scene.ts does. It prints one JSON text of what was seen.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faultsIn, launchBrowser } from "./browser.ts";
import { NodeProgram } from "./node-programs.ts";
import { LONG, meet, Person } from "./people.ts";

/** What came of it. */
export interface ReturnScene {
  /** What each page says of the other one: after the nodes were killed and all was said, and after they were back. */
  adrift: string[];
  back: string[];
  /** Files in hex of their SHA-256, as they were sent and as they arrived. */
  sent: string[];
  arrived: string[];
  /** Texts that were said, and what the other one has heard. */
  said: string[][];
  heard: string[][];
  /** States of all that was said and offered. */
  states: string[];
  /** Errors of both pages that are more than a node that could not be reached. */
  errors: string[];
}

const SIZE = 2 ** 20;
const TEXTS = 10;

const folder = mkdtempSync(join(tmpdir(), "return-scene-"));

/** Starts the first node, and one that joins it. @param ports those that they had; chosen by the system the first time */
async function startNodes(ports: readonly number[] = []): Promise<[NodeProgram, NodeProgram]> {
  const first = await NodeProgram.start(["--data", join(folder, "first")], ports[0]);
  const argv = ["--data", join(folder, "second"), "--join", first.address];
  return [first, await NodeProgram.start(argv, ports[1])];
}

async function scene(): Promise<ReturnScene> {
  let nodes = await startNodes();
  const ports = nodes.map(({ url }) => Number(new URL(url).port));
  const browser = await launchBrowser();
  try {
    const alice = await Person.arrive(browser, "Alice", nodes[0].url);
    const bob = await Person.arrive(browser, "Bob", nodes[1].url);
    await meet(alice, bob);
    const pairs = [
      [alice, bob],
      [bob, alice],
    ] as const;
    const said: [string[], string[]] = [[], []];
    const arrive = (state: RegExp) =>
      Promise.all(pairs.map(([one, other]) => one.reaches(other.name, state)));
    const states = () =>
      Promise.all(pairs.map(async ([one, other]) => (await one.contact(other.name)).state));
    const isSettled = (one: Person) =>
      one.sees(
        ({ contacts }) =>
          contacts[0]?.entries.every(({ state, file }) =>
            file ? file.state === "done" : state !== "sending",
          ) ?? false,
        "nothing is on its way",
        LONG,
      );
    const chat = async (when: string): Promise<void> => {
      for (const [index, [one, other]] of pairs.entries()) {
        const texts = Array.from({ length: TEXTS }, (_, number) => `${one.name} ${when} ${number}`);
        said[index]?.push(...texts);
        await one.sayAll(other.name, texts);
      }
      for (const [one] of pairs) await isSettled(one);
    };

    await arrive(/^direct$/);
    await chat("before");
    await Promise.all(nodes.map((node) => node.kill()));
    await chat("adrift");
    const sent = [await alice.attach({ name: "adrift.bin", size: SIZE })];
    await bob.accept();
    const arrived = [await bob.fileFrom("Alice", "adrift.bin")];
    for (const [one] of pairs) await isSettled(one);
    const adrift = await states();

    nodes = await startNodes(ports);
    // A new session stands: by a relay first, and direct again half a minute later.
    await arrive(/^relayed$/);
    await chat("by relay");
    await arrive(/^direct$/);
    await chat("direct again");
    const entries = await Promise.all(
      pairs.map(async ([one, other]) => (await one.contact(other.name)).entries),
    );
    return {
      adrift,
      back: await states(),
      sent,
      arrived,
      said,
      heard: [await bob.heard("Alice"), await alice.heard("Bob")],
      states: entries.flat().flatMap(({ from, state }) => (from === "me" ? [state] : [])),
      errors: faultsIn([...alice.errors, ...bob.errors]),
    };
  } finally {
    await browser.close();
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true });
  }
}

console.log(JSON.stringify(await scene()));
process.exit();
