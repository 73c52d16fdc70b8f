// Plays a chat of stage 03 in which Mallory is the registry, and sits between the two who chat.

import { setTimeout as wait } from "node:timers/promises";
import { CHAT_THROUGH_MALLORY } from "./conversations.ts";
import { type Play, PlayError, stop, succeeded } from "./play.ts";

const CLIENT = "03-dh-chat/client.ts";

/** Four connections: each user's to Mallory's registry, alice's to Mallory, and Mallory's to bob. */
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
  const { alice, bob } = people;
  await bob.line(/^joined: alice$/);
  alice.write("/chat bob\n");
  await bob.line(/^alice wants to chat/);
  await wait(pause);
  bob.write("/accept alice\n");
  await Promise.all([alice.line(/^chat with bob started$/), bob.line(/^chat with alice started$/)]);

  for (const { speaker, said, read } of CHAT_THROUGH_MALLORY) {
    await wait(pause);
    const listener = speaker === "alice" ? "bob" : "alice";
    people[speaker].write(`${said}\n`);
    const shown = await people[listener].line(new RegExp(`^${speaker}> `));
    if (shown !== `${speaker}> ${read}`) throw new PlayError(`${listener} was shown another text: ${shown}`);
    await people[speaker].line(new RegExp(`^delivered to ${listener}: `));
  }

  await wait(pause);
  alice.write("/end\n");
  await Promise.all([alice.line(/^chat with bob ended$/), bob.line(/^chat with alice ended$/)]);
  await wait(pause);
  alice.write("/quit\n");
  await bob.line(/^left: alice$/);
  await succeeded(alice);
  bob.write("/quit\n");
  await succeeded(bob);
  await stop(mallory);
  return 4;
};
