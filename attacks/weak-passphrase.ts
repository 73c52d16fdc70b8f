// npm run attack -- weak-passphrase [FILE]: finds a team's passphrase from one beacon. Whoever has heard it can try as many
// passphrases as they like, and asks nobody. FILE has a passphrase to try in each line.

import { randomInt } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { decryptToken } from "../05-lan-chat/fernet.ts";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import { WORDS } from "../05-lan-chat/words.ts";
import { recognise } from "../captures/explain/protocols.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { tokenOf } from "../captures/explain/tokens.ts";
import { loadCapture } from "../captures/follow/load.ts";
import { systemProblem } from "../programs/system-error.ts";
import { userPath } from "../programs/user-path.ts";
import { COMMON_PASSPHRASES } from "./common-passphrases.ts";
import { duration } from "./durations.ts";
import type { LanLab } from "./lan-lab.ts";
import { type AttackOption, runLanAttack } from "./program.ts";
import { GuessProgress } from "./progress.ts";
import { AttackError, proof, say, showWire, step, stopped } from "./report.ts";

/** The largest list that is read: some 20 million words, in bytes. To try them takes weeks. */
const MAX_BYTES = 200_000_000;

/** So many words are in a large dictionary. */
const DICTIONARY = 100_000;

/** So many machines like this one somebody may rent. */
const MACHINES = 1000;

const OPTIONS = {
  passphrase: {
    value: "TEXT",
    help: "the passphrase of Alice's team (default: one of the words)",
    usual: "",
    check: (value: string) =>
      /^\P{C}{1,200}$/u.test(value)
        ? undefined
        : "a passphrase has 1 to 200 characters, none of them a control",
  },
  capture: {
    value: "FILE",
    help: "a recording to take the beacon from, instead of starting Alice",
    usual: "",
    check: (value: string) => (value === "" ? "name a file" : undefined),
  },
  team: {
    value: "TEAM",
    help: "with --capture: the team's name (default: as the frames in it say)",
    usual: "",
    check: (value: string) =>
      /^[A-Za-z0-9_-]{1,32}$/.test(value) ? undefined : "a team has 1 to 32 of A-Z a-z 0-9 _ -",
  },
} satisfies Record<string, AttackOption>;

/** What Mallory has. */
interface Heard {
  token: string;
  /** It is the salt, and no secret: it stands in every frame (P9.1). */
  team: string;
}

/**
 * The word that is the passphrase under which a token was made; undefined if none of them is.
 * @param tried is called after each word
 */
async function findPassphrase(
  token: string,
  team: string,
  words: readonly string[],
  tried: () => void,
): Promise<string | undefined> {
  // BEGIN SOLUTION 05-weak-passphrase
  for (const word of words) {
    const key = await deriveTeamKey(word, team);
    tried();
    if (decryptToken(key, token) !== undefined) return word;
  }
  return undefined;
  // END SOLUTION 05-weak-passphrase
}

await runLanAttack("weak-passphrase", OPTIONS, async (lab, { file, option }) => {
  const words = file === undefined ? COMMON_PASSPHRASES : readWords(file);
  const capture = option("capture");
  const { token, team } =
    capture === ""
      ? await hearAlice(lab, option("passphrase") || words[randomInt(words.length)] || "")
      : await readCapture(userPath(capture), option("team"));
  showWire("to all", token);

  step("Mallory goes home, and tries words. Nobody is asked, and nobody notices.");
  const progress = new GuessProgress(words.length);
  const started = performance.now();
  const found = await findPassphrase(token, team, words, () => progress.tried());
  const seconds = (performance.now() - started) / 1000 / Math.max(1, progress.count);
  progress.end();
  if (found === undefined) stopped("tried in vain", `${progress.count} of ${words.length} words`);
  else {
    const opened = decryptToken(await deriveTeamKey(found, team), token);
    if (opened === undefined) throw new AttackError("the word that was found does not open the beacon");
    proof("the passphrase", found);
    proof("what the beacon says", sayingOf(opened.plaintext));
  }

  step("What would a better one have cost Mallory? To try all of a kind takes:");
  showCosts(seconds);
});

/** Starts Alice's program, which is told to call Mallory's port as well, and waits for a token. */
async function hearAlice(lab: LanLab, passphrase: string): Promise<Heard> {
  const { team } = lab;
  step(`Alice's program says to all of ${team} that it is here. Mallory hears it once.`);
  lab.passphrase = passphrase;
  const mallory = await lab.listenToDatagrams();
  const alice = await lab.startPeer("alice", { argv: ["--peer", mallory.address] });
  const token = (await mallory.next()).toString("latin1");
  await alice.leaves();
  return { token, team };
}

/** The first token in a datagram of a recording, and the team that its frames name. */
async function readCapture(path: string, given: string): Promise<Heard> {
  const { conversations, streams } = await loadCapture(path, false);
  const datagrams = conversations.flatMap((conversation) => [...conversation.datagrams()]);
  const beacon = datagrams.find(({ payload }) => tokenOf(payload) !== undefined)?.payload;
  if (beacon === undefined) throw new AttackError(`there is no beacon in ${path}`);
  const protocols = streams.map((stream) => recognise(linesOf(stream)));
  const named = protocols.flatMap((protocol) => (protocol.name === "session" ? [protocol.team] : []));
  const team = given || named[0];
  if (team === undefined) throw new AttackError("there is no frame that names the team: say it with --team");
  step(`Somebody on the way has recorded the team ${team}. Mallory takes one beacon.`);
  return { token: beacon.toString("latin1"), team };
}

/** @throws AttackError if the file cannot be read, or has no words */
function readWords(file: string): string[] {
  let text: string;
  try {
    if (statSync(file).size > MAX_BYTES) throw new AttackError(`${file} has more than ${MAX_BYTES} bytes`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    const problem = systemProblem(error, file);
    throw problem === undefined ? error : new AttackError(problem);
  }
  const words = text.split(/\r?\n/).filter((word) => word !== "");
  if (words.length === 0) throw new AttackError(`${file} has no words`);
  return words;
}

/** Who says in a beacon to be where. */
function sayingOf(plaintext: Buffer): string {
  const { body } = JSON.parse(plaintext.toString()) as { body: string };
  const { name, address, team } = JSON.parse(body) as Record<string, unknown>;
  return `${name} of ${team}, at ${address}`;
}

/** @param seconds how long one passphrase takes */
function showCosts(seconds: number): void {
  const count = WORDS.length.toLocaleString("en");
  const rows: [string, number][] = [
    ["one passphrase", 1],
    [`one word of a dictionary of ${DICTIONARY.toLocaleString("en")}`, DICTIONARY],
    ...[2, 4, 6].map((drawn): [string, number] => [
      `${drawn} of the ${count} words of --new-team`,
      WORDS.length ** drawn,
    ]),
  ];
  say(`   ${"".padEnd(38)} ${"this machine".padEnd(18)} ${MACHINES.toLocaleString("en")} of them`);
  for (const [what, possibilities] of rows) {
    const one = possibilities * seconds;
    const many = possibilities === 1 ? "" : duration(one / MACHINES);
    const here = possibilities === 1 ? `${seconds.toFixed(2)} seconds` : duration(one);
    say(`   ${what.padEnd(38)} ${here.padEnd(18)} ${many}`.trimEnd());
  }
}
