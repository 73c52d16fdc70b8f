// npm run attack -- weak-passphrase [FILE]: whoever has heard one beacon can guess the team's passphrase, and nobody
// notices. A right guess is known by the token's tag. What scrypt costs for one guess is measured, and says what a better
// passphrase costs.

import { availableParallelism } from "node:os";
import { openBeacon, parseBeacon } from "../05-lan-chat/beacons.ts";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import { WORDS } from "../05-lan-chat/words.ts";
import { recognise } from "../captures/explain/protocols.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { tokenOf } from "../captures/explain/tokens.ts";
import { loadCapture } from "../captures/follow/load.ts";
import { passphrasesFor } from "./common-passphrases.ts";
import { duration } from "./durations.ts";
import type { LanLab } from "./lan-lab.ts";
import { type AttackOption, runLanAttack, textOption } from "./program.ts";
import { Bar } from "./progress.ts";
import { AttackError, proof, say, step, stopped } from "./report.ts";

const WHOLE_LIST = "all";

/** The list can be cut, for whoever does not want to wait. */
const MOST: AttackOption = {
  value: "NUMBER",
  help: "how many passphrases to try at most (default: the whole list)",
  usual: WHOLE_LIST,
  check: (value) => (/^[1-9][0-9]{0,5}$/.test(value) ? undefined : "this is a number from 1 to 999999"),
};

const OPTIONS = {
  passphrase: textOption("summer2026", "the passphrase that the team takes, without FILE", 100),
  team: {
    value: "TEAM",
    help: "with FILE: the team's name (default: as it stands in the file's frames)",
    usual: "",
    check: (value: string) =>
      /^[A-Za-z0-9_-]{1,32}$/.test(value) ? undefined : "a team has 1 to 32 of A-Z a-z 0-9 _ -",
  },
  most: MOST,
};

/** So many words are in a large dictionary. */
const DICTIONARY = 100_000;

/** So many machines like this one somebody may rent. */
const MACHINES = 1000;

/** What Mallory has heard. */
interface Heard {
  beacon: Buffer;
  team: string;
}

await runLanAttack("weak-passphrase", OPTIONS, async (lab, { file, option }) => {
  const heard =
    file === undefined ? await hearAlice(lab, option("passphrase")) : await readCapture(file, option("team"));
  const made = tokenOf(heard.beacon)?.seconds ?? 0;
  say(`   ${heard.beacon.length} bytes, sealed at ${new Date(made * 1000).toISOString().slice(11, 19)}`);
  say(`   The team's name is no secret, it stands in every frame: ${heard.team}`);

  const list = passphrasesFor(heard.team);
  const limit = option("most") === WHOLE_LIST ? list.length : Number(option("most"));
  const tries = list.slice(0, limit);
  step(`Mallory tries ${tries.length} passphrases that people take. Nobody hears of it.`);
  const { found, tried, seconds } = await guess(heard, tries);
  say(`   ${tried} tries in ${duration(seconds)}: scrypt takes 32 MiB of memory for each`);
  if (found === undefined) stopped("the passphrase", `none of these ${tried}`);
  else {
    proof("the passphrase", found.passphrase);
    proof("read in the beacon", found.read);
  }

  step("At this rate, to try all of them takes (half of it on average):");
  showCosts(tried / seconds);
});

/** Starts a peer of a team with this passphrase, and records one of its beacons. */
async function hearAlice(lab: LanLab, passphrase: string): Promise<Heard> {
  step("Alice's program looks for others. Mallory, without any key, records one beacon.");
  lab.passphrase = passphrase;
  const mallory = await lab.listenToDatagrams();
  await lab.startPeer("alice", { argv: ["--peer", mallory.address] });
  return { beacon: await mallory.next(), team: lab.team };
}

/** The first token in a datagram of a capture, and the team of its frames. */
async function readCapture(file: string, team: string): Promise<Heard> {
  step("Somebody on the way has recorded everything that passed. One beacon is enough.");
  const { conversations, streams } = await loadCapture(file, false);
  for (const conversation of conversations) {
    for (const { payload } of conversation.datagrams()) {
      if (tokenOf(payload) !== undefined) return { beacon: payload, team: team || teamIn(streams) };
    }
  }
  throw new AttackError(`there is no beacon in ${file}`);
}

function teamIn(streams: Awaited<ReturnType<typeof loadCapture>>["streams"]): string {
  for (const stream of streams) {
    const protocol = recognise(linesOf(stream));
    if (protocol.name === "session") return protocol.team;
  }
  throw new AttackError("there is no frame that names the team: say it with --team");
}

interface Guessed {
  /** Undefined if no passphrase was right. */
  found: { passphrase: string; read: string } | undefined;
  tried: number;
  seconds: number;
}

/** Tries one passphrase after the other, on each core of this machine one. */
async function guess({ beacon, team }: Heard, passphrases: readonly string[]): Promise<Guessed> {
  const start = performance.now();
  const bar = new Bar();
  const atOnce = Math.min(availableParallelism(), 4); // Node.js has four threads for it.
  let tried = 0;
  let found: Guessed["found"];
  while (found === undefined && tried < passphrases.length) {
    const some = passphrases.slice(tried, tried + atOnce);
    const read = await Promise.all(some.map(async (one) => readWith(await deriveTeamKey(one, team), beacon)));
    const index = read.findIndex((text) => text !== undefined);
    tried += some.length;
    bar.show(tried / passphrases.length, `${tried} of ${passphrases.length}: ${some.at(-1)}`);
    if (index >= 0) found = { passphrase: some[index] ?? "", read: read[index] ?? "" };
  }
  bar.end();
  return { found, tried, seconds: (performance.now() - start) / 1000 };
}

/** What the beacon says, if the key is right. */
function readWith(teamKey: Buffer, beacon: Buffer): string | undefined {
  const token = openBeacon(beacon, teamKey);
  const claim = token && parseBeacon(token.plaintext, token.seconds);
  return claim && `${claim.content.name} of team ${claim.content.team} is at ${claim.content.address}`;
}

/** @param rate how many passphrases this machine tries in a second */
function showCosts(rate: number): void {
  const rows: [string, number][] = [
    [`one word of a dictionary of ${DICTIONARY.toLocaleString("en")}`, DICTIONARY],
    ...[1, 2, 4, 6].map((count): [string, number] => [
      `${count} of the ${WORDS.length.toLocaleString("en")} words of --new-team`,
      WORDS.length ** count,
    ]),
  ];
  say(`   ${"passphrase".padEnd(38)} ${"this machine".padEnd(18)} ${MACHINES.toLocaleString("en")} of them`);
  for (const [what, possibilities] of rows) {
    const [one, many] = [possibilities / rate, possibilities / rate / MACHINES].map(duration);
    say(`   ${what.padEnd(38)} ${one?.padEnd(18)} ${many}`);
  }
}
