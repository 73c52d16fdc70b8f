// Plays the scene of stage 05 between three hosts: they find each other, chat, one says goodbye, a letter waits for them
// with another one, its writer is killed, and the reader comes back.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ChildProgram } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import type { Host, Lan } from "./lan.ts";
import { CHAT, FILE_NAME, fileContent, LETTER, PASSPHRASE, TEAM, TO_ALL } from "./lan-conversation.ts";
import { type CarriedLetter, carriedLetters } from "./letter-of-carrier.ts";
import { PlayError } from "./play.ts";

const PEER = "05-lan-chat/peer.ts";

/** The users, each on a host of their own. */
export const USERS = ["alice", "bob", "carol"] as const;
export type User = (typeof USERS)[number];

export interface LanScenery {
  lan: Lan;
  /** For data folders, the passphrase and the file that is sent. */
  folder: string;
  /** The pause between two steps, in milliseconds. */
  pause: number;
}

/** The folder with a user's identity.pem and history.db. */
export function dataFolder(folder: string, user: User): string {
  return join(folder, `data-${user}`);
}

/** Plays it. @returns the letter, as carol kept it */
export async function playLan({ lan, folder, pause: between }: LanScenery): Promise<CarriedLetter> {
  const running = new Set<ChildProgram>();
  const passphraseFile = join(folder, "passphrase");
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`);
  writeFileSync(join(folder, FILE_NAME), fileContent());

  async function start(user: User): Promise<ChildProgram> {
    const host = hostOf(lan, user);
    const argv = ["--name", user, "--team", TEAM, "--passphrase-file", passphraseFile];
    const where = ["--host", host.address, "--data", dataFolder(folder, user), "--beacon", "1"];
    const program = new ChildProgram(user, [...host.within, ...nodeCommand(PEER), ...argv, ...where]);
    running.add(program);
    await program.line(`listening on ${host.address}:5000`);
    return program;
  }

  try {
    const bob = await start("bob");
    const alice = await start("alice");
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    await pause(between);
    const carol = await start("carol");
    await Promise.all([carol, alice, bob].map((program) => program.line(/^found: /)));

    await pause(between);
    await talk({ alice, bob }, between);
    alice.enter(`/all ${TO_ALL}`);
    await Promise.all([bob, carol].map((program) => program.line(`alice to all> ${TO_ALL}`)));
    for (const _ of [bob, carol]) await alice.line(/^delivered to (?:bob|carol): /);
    await pause(between);

    await sendFile({ alice, bob }, join(folder, FILE_NAME));
    await pause(between);

    bob.enter("/quit");
    await succeeded(bob);
    await Promise.all([alice, carol].map((program) => program.line("left: bob")));
    await pause(between);

    alice.enter(`/letter bob ${LETTER}`);
    await alice.line(/^queued for bob: /);
    const letter = await untilCarried(dataFolder(folder, "carol"));
    await pause(between);

    alice.signal("SIGKILL");
    await carol.line("left: alice (silent)");

    const again = await start("bob");
    await carol.line("found: bob");
    await again.line(`letter from alice> ${LETTER}`);
    await pause(between);
    for (const program of [carol, again]) {
      program.enter("/quit");
      await succeeded(program);
    }
    return letter;
  } finally {
    await Promise.all([...running].map((program) => program.kill()));
  }
}

function hostOf({ hosts }: Lan, user: User): Host {
  const host = hosts[USERS.indexOf(user)];
  if (host === undefined) throw new PlayError(`there is no host for ${user}`);
  return host;
}

type Two = Readonly<Record<"alice" | "bob", ChildProgram>>;

async function talk(people: Two, between: number): Promise<void> {
  for (const { speaker, text } of CHAT) {
    const listener = speaker === "alice" ? "bob" : "alice";
    people[speaker].enter(`/msg ${listener} ${text}`);
    await people[listener].line(`${speaker}> ${text}`);
    await people[speaker].line(new RegExp(`^delivered to ${listener}: `));
    await pause(between);
  }
}

async function sendFile({ alice, bob }: Two, path: string): Promise<void> {
  alice.enter(`/send bob ${path}`);
  const offer = await bob.line(/^alice offers file [0-9]+: /);
  bob.enter(`/take ${/^alice offers file ([0-9]+)/.exec(offer)?.[1]}`);
  await Promise.all([bob.line(/^file [0-9]+ received: /), alice.line(/^file [0-9]+ sent to bob$/)]);
}

/** How often carol's history is looked at, and for how long, in milliseconds. */
const LOOK_AGAIN = 50;
const PATIENCE = 30_000;

/** Waits until somebody carries the letter. */
async function untilCarried(dir: string): Promise<CarriedLetter> {
  for (let waited = 0; waited < PATIENCE; waited += LOOK_AGAIN) {
    const [letter] = await carriedLetters(dir);
    if (letter !== undefined) return letter;
    await pause(LOOK_AGAIN);
  }
  throw new PlayError("nobody has taken the letter");
}

/** Waits until a program ends by itself, and checks that it succeeded. */
async function succeeded(program: ChildProgram): Promise<void> {
  const { code } = await program.exit();
  if (code !== 0) throw new PlayError(`a program ended with exit code ${code}`);
}
