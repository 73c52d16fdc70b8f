// Counts the lines of a chat that reach the registry: real programs chat, with a relay between them and the registry.

import type { ChildProgram } from "../../programs/child-program.ts";
import { startProgram, startServer } from "../../programs/stage-programs.ts";
import type { Found, Prediction } from "../exercises/question.ts";
import { Relay } from "../relay.ts";

/** How many messages each user sends. */
const MESSAGES = 10;

export const question: Prediction = {
  async find(): Promise<Found> {
    // No ping may come in between, even on a slow machine.
    const { server, port } = await startServer("02-basic-p2p/server.ts", ["--heartbeat", "600"]);
    const relay = await Relay.start(port);
    const programs = [server];
    try {
      const [alice, bob] = ["alice", "bob"].map((name) => startClient(name, relay.port, programs));
      if (alice === undefined || bob === undefined) throw new Error("no programs");
      await alice.line(/^registered as alice, /);
      await bob.line(/^registered as bob, /);
      const before = heard(relay).length;
      await chat(alice, bob);
      const lines = heard(relay).slice(before);
      const count = lines.length;
      return {
        answers: [String(count), WORDS[count] ?? "", `${count} line${count === 1 ? "" : "s"}`].filter(
          (one) => one !== "",
        ),
        observed: [
          `The two programs said ${2 * MESSAGES} messages to each other. In that time the registry received ${count === 1 ? "1 line" : `${count} lines`} from them:`,
          ...lines.map((line) => `  ${line}`),
        ].join("\n"),
      };
    } finally {
      relay.close();
      for (const program of programs) await program.kill();
    }
  },

  problemOf: (answer) => (countIn(answer) === undefined ? "Enter a number, such as 7." : undefined),
  explain(answer) {
    const number = countIn(answer) ?? 0;
    if (number === 0)
      return "Alice's program knows that Bob is called bob. To connect to Bob's program it needs an address and a port, and it must ask for them.";
    if (number < MESSAGES)
      return "Only one of the two needs to find the other, and asks once: Alice's program. Bob's needs nothing, because the other one comes to it.";
    return "Messages, acknowledgements and the goodbye go from one program to the other, not through the registry (P2.8).";
  },
};

/** Small numbers in words. */
const WORDS = ["none", "one", "two", "three"];

/** The number in an answer, in digits or in words. */
function countIn(answer: string): number | undefined {
  const text = answer.replace(/ lines?$/, "");
  const word = WORDS.indexOf(text);
  if (word !== -1) return word;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function startClient(name: string, registryPort: number, programs: ChildProgram[]): ChildProgram {
  const options = ["--name", name, "--registry", `127.0.0.1:${registryPort}`];
  const client = startProgram("02-basic-p2p/client.ts", name === "bob" ? [...options, "--accept"] : options);
  programs.push(client);
  return client;
}

/** Alice calls Bob, each of them sends ten messages, and Alice ends the chat. */
async function chat(alice: ChildProgram, bob: ChildProgram): Promise<void> {
  alice.enter("/chat bob");
  await alice.line("chat with bob started");
  await bob.line("chat with alice started");
  for (let number = 1; number <= MESSAGES; number += 1) {
    alice.enter(`message ${number} from alice`);
    await alice.line(`delivered to bob: ${number}`);
    bob.enter(`message ${number} from bob`);
    await bob.line(`delivered to alice: ${number}`);
  }
  alice.enter("/end");
  await alice.line("chat with bob ended");
  await bob.line("chat with alice ended");
}

/** The lines that the relay has passed on to the registry. */
function heard(relay: Relay): string[] {
  return relay.passed.filter(({ from }) => from === "caller").map(({ bytes }) => bytes.toString().trimEnd());
}
