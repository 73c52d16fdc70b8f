// npm run attack -- weak-passphrase [FILE]: finds a team's passphrase from one beacon. Whoever has heard it can try as many
// passphrases as they like, and asks nobody. FILE has a passphrase to try in each line.

import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decryptToken } from "../05-lan-chat/fernet.ts";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import { withTemporaryFolder } from "../captures/record/temporary-folder.ts";
import { systemProblem } from "../programs/system-error.ts";
import { COMMON_PASSPHRASES } from "./common-passphrases.ts";
import type { LanLab } from "./lan-lab.ts";
import { type AttackOption, runLanAttack } from "./program.ts";
import { GuessProgress } from "./progress.ts";
import { AttackError, proof, say, showWire, step, stopped } from "./report.ts";

const TEAM = "rocket";

/** The largest list that is read: some 20 million words, in bytes. To try them takes weeks. */
const MAX_BYTES = 200_000_000;

/** How long to wait for a beacon, in milliseconds. Alice sends one at the start. */
const PATIENCE = 30_000;

/** A phrase as --new-team draws it: six words out of 1,024. */
const DRAWN = 1024 ** 6;

const PASSPHRASE: AttackOption = {
  value: "TEXT",
  help: "the passphrase of Alice's team (default: one of the words)",
  usual: "",
  check: (value) =>
    /^\P{C}{1,200}$/u.test(value)
      ? undefined
      : "a passphrase has 1 to 200 characters, none of them a control",
};

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

await runLanAttack("weak-passphrase", { passphrase: PASSPHRASE }, async (lab, { file, option }) => {
  const words = file === undefined ? COMMON_PASSPHRASES : readWords(file);
  const passphrase = option("passphrase") || words[randomInt(words.length)] || "";

  step(
    `Alice's program starts, in the team ${TEAM}, and says to all that it is here. Mallory hears it once.`,
  );
  const token = await hearBeacon(lab, passphrase);
  showWire("alice -> all", token);

  step("Mallory goes home, and tries words. Nobody is asked, and nobody notices.");
  const progress = new GuessProgress(words.length);
  const started = performance.now();
  const found = await findPassphrase(token, TEAM, words, () => progress.tried());
  const each = (performance.now() - started) / 1000 / Math.max(1, progress.count);
  progress.end();
  if (found === undefined) stopped("tried in vain", `${progress.count} of ${words.length} words`);
  else {
    const opened = decryptToken(await deriveTeamKey(found, TEAM), token);
    if (opened === undefined) throw new AttackError("the word that was found does not open the beacon");
    proof("the passphrase", found);
    proof("what the beacon says", sayingOf(opened.plaintext));
  }

  step("What would a better one have cost Mallory?");
  say(`   one word takes ${each.toFixed(2)} s here`);
  say(`   six words that a program has drawn take ${inYears(each * DRAWN)} on a thousand such machines`);
});

/** Starts Alice's program, which is told to call Mallory's port as well, and waits for a token. */
async function hearBeacon(lab: LanLab, passphrase: string): Promise<string> {
  const socket = createSocket("udp4");
  try {
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const heard = once(socket, "message", { signal: AbortSignal.timeout(PATIENCE) });
    heard.catch(() => {}); // If Alice does not start, that is said first.
    return await withTemporaryFolder(async (folder) => {
      const phraseFile = join(folder, "passphrase");
      writeFileSync(phraseFile, `${passphrase}\n`);
      const alice = lab.startProgram("05-lan-chat/peer.ts", [
        ...["--name", "alice", "--team", TEAM, "--port", "0", "--data", join(folder, "alice")],
        ...["--passphrase-file", phraseFile, "--peer", `127.0.0.1:${socket.address().port}`],
      ]);
      await alice.line(/^listening on /);
      const [datagram] = (await heard.catch(() => {
        throw new AttackError("alice is not heard");
      })) as [Buffer];
      await alice.kill();
      return datagram.toString("latin1");
    });
  } finally {
    socket.close();
  }
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

function inYears(seconds: number): string {
  const years = seconds / 1000 / 86400 / 365;
  return `${Math.round(years).toLocaleString("en")} years`;
}
