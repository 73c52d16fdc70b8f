// Counts the lines of a chat that reach the registry: real programs chat, with a relay between them and the registry.

import type { ChildProgram } from "../../programs/child-program.ts";
import { startProgram, startServer } from "../../programs/stage-programs.ts";
import type { Found, Question } from "../exercises/question.ts";
import { Relay } from "../relay.ts";

/** How many messages each user sends. */
const MESSAGES = 10;

export const question: Question = {
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

  explain(answer) {
    const number = Number(answer.replace(/ lines?$/, ""));
    if (!Number.isInteger(number)) return "The answer is a number: count lines that go to the registry.";
    if (number <= 0)
      return "Alice's program knows that Bob is called bob. To connect to his program it needs an address and a port. Who tells it, if it does not ask?";
    if (number < MESSAGES)
      return "Go through the lines of the beginning one by one: who of the two needs to find the other, and how often? And who needs nothing, because the other comes to him?";
    return "Messages, acknowledgements and the goodbye go from one program to the other, not through the registry (P2.8). What is left if you take them away?";
  },
};

/** Small numbers in words. */
const WORDS = ["none", "one", "two", "three"];

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
