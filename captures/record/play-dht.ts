// Plays the scene of stage 06 between four hosts: two nodes, and two messengers that meet over a card, chat, pass a picture,
// and say something in a group. All of it goes through a relay.

import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ChildProgram } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import {
  DHT_CHAT,
  GROUP_NAME,
  GROUP_TEXT,
  PICTURE_BYTES,
  PICTURE_NAME,
  PNG_BEGINNING,
} from "./dht-conversation.ts";
import type { Host, Lan } from "./lan.ts";
import { PlayError } from "./play.ts";

/** Who is on which host, from the first one on. */
export const DHT_HOSTS = ["node 1", "node 2", "alice", "bob"] as const;
type Name = (typeof DHT_HOSTS)[number];

/** A message of a group is acknowledged by nobody. It is said again until it was heard, so often at most. */
const MOST_TIMES = 20;

/** @param between the pause between two steps, in milliseconds */
export async function playDht(lan: Lan, between: number): Promise<void> {
  const running: ChildProgram[] = [];
  const start = (name: Name, file: string, argv: readonly string[] = []): ChildProgram => {
    const program = new ChildProgram(name, [...hostOf(lan, name).within, ...nodeCommand(file), ...argv]);
    running.push(program);
    return program;
  };
  const startNode = async (name: Name, join: readonly string[]): Promise<string> => {
    const node = start(name, "06-dht-chat/node.ts", ["--host", hostOf(lan, name).address, ...join]);
    return node.line(/^\/ip4\//);
  };
  try {
    const first = await startNode("node 1", []);
    const second = await startNode("node 2", ["--join", first]);
    const users = { alice: start("alice", USER), bob: start("bob", USER) };
    // Each has a node of their own.
    const numbers = {
      alice: await join(users.alice, first),
      bob: await join(users.bob, second),
    };
    await pause(between);
    await meet(users, numbers);
    await pause(between);
    for (const { speaker, text } of DHT_CHAT) {
      const listener = speaker === "alice" ? "bob" : "alice";
      tell(users[speaker], { do: "say", to: numbers[listener], text });
      await users[listener].line(/: them received /);
      await users[speaker].line(/: me delivered /);
      await pause(between);
    }
    const picture = Buffer.concat([PNG_BEGINNING, randomBytes(PICTURE_BYTES - PNG_BEGINNING.length)]);
    tell(users.alice, { do: "send", to: numbers.bob, name: PICTURE_NAME, bytes: picture.toString("base64") });
    await Promise.all([users.bob.line(/: them file done /), users.alice.line(/: me file done /)]);
    await pause(between);
    await talkInGroup(users, numbers.bob, between);
    await pause(between);
    for (const user of Object.values(users)) {
      user.endInput();
      await succeeded(user);
    }
    await pause(between);
  } finally {
    await Promise.all(running.map((program) => program.kill()));
  }
}

const USER = "06-dht-chat/played/user.ts";

type Two = Readonly<Record<"alice" | "bob", ChildProgram>>;

function tell(user: ChildProgram, command: object): void {
  user.enter(JSON.stringify(command));
}

/** Joins, and waits until the record is in the table. @returns the user's number */
async function join(user: ChildProgram, node: string): Promise<string> {
  tell(user, { do: "start", nodes: [node] });
  return (await user.line(/^published /)).split(" ")[1] ?? "";
}

/** Bob takes the card that Alice shows. */
async function meet({ alice, bob }: Two, numbers: Record<"alice" | "bob", string>): Promise<void> {
  tell(alice, { do: "card" });
  const card = (await alice.line(/^card /)).slice("card ".length);
  tell(bob, { do: "enter", card });
  await Promise.all([
    alice.line(`contact ${numbers.bob} relayed`),
    bob.line(`contact ${numbers.alice} relayed`),
  ]);
}

async function talkInGroup({ alice, bob }: Two, member: string, between: number): Promise<void> {
  tell(alice, { do: "group", name: GROUP_NAME, members: [member] });
  await Promise.all([alice, bob].map((user) => user.line(`group ${GROUP_NAME} version 1 of 2`)));
  const isHeard = (): boolean => bob.lines.some((line) => line.startsWith(`group ${GROUP_NAME}: `));
  for (let times = 0; !isHeard(); times += 1) {
    if (times === MOST_TIMES) throw new PlayError("bob does not hear what alice says in the group");
    tell(alice, { do: "say-in-group", group: GROUP_NAME, text: GROUP_TEXT });
    await pause(Math.max(between, 1000));
  }
}

function hostOf({ hosts }: Lan, name: Name): Host {
  const host = hosts[DHT_HOSTS.indexOf(name)];
  if (host === undefined) throw new PlayError(`there is no host for ${name}`);
  return host;
}

/** Waits until a program ends by itself, and checks that it succeeded. */
async function succeeded(program: ChildProgram): Promise<void> {
  const { code } = await program.exit();
  if (code !== 0) throw new PlayError(`a program ended with exit code ${code}`);
}
