// Plays a chat of stage 03 in which Mallory runs the registry and sits between Alice and Bob.

import { setTimeout as wait } from "node:timers/promises";
import { CHAT_THROUGH_MALLORY } from "./conversations.ts";
import { leave, type Play, PlayError, startChat, stop } from "./play.ts";

const CLIENT = "03-dh-chat/client.ts";

/** Makes four connections: Alice's and Bob's to Mallory's registry, Alice's to Mallory, and Mallory's to Bob. */
export const throughMallory: Play = async ({ programs, ports, pause }) => {
  const where = ["--port", String(ports.server), "--listen", String(ports.mallory)];
  const mallory = programs.start("attacks/mallory.ts", where);
  await mallory.line(/^Mallory is the registry, listening on /);
  const client = async (name: "alice" | "bob") => {
    const address = ["--registry", `127.0.0.1:${ports.server}`, "--listen", String(ports[name])];
    const program = programs.start(CLIENT, ["--name", name, ...address]);
    await program.line(/^registered as /);
    return program;
  };
  const people = { bob: await client("bob"), alice: await client("alice") };
  await people.bob.line(/^joined: alice$/);
  await startChat(people, pause);

  for (const { speaker, said, read } of CHAT_THROUGH_MALLORY) {
    await wait(pause);
    const listener = speaker === "alice" ? "bob" : "alice";
    people[speaker].write(`${said}\n`);
    const shown = await people[listener].line(new RegExp(`^${speaker}> `));
    if (shown !== `${speaker}> ${read}`) throw new PlayError(`${listener} was shown another text: ${shown}`);
    await people[speaker].line(new RegExp(`^delivered to ${listener}: `));
  }

  await wait(pause);
  await leave(people, pause);
  await stop(mallory);
  return 4;
};
