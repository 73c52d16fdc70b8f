// npm run attack -- eavesdropping-relay: Mallory runs the relay through which Alice and Bob chat, and keeps all that comes
// by, after the relay's own decryption. What Mallory looks for in it is not there; what is there, says a lot.

import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseCard } from "../06-dht-chat/card.ts";
import type { DhtUser } from "./dht-lab.ts";
import { runDhtAttack, textOption } from "./program.ts";
import {
  type Burst,
  bursts,
  bytesFrom,
  type Heard,
  isIn,
  type Learned,
  lanesOf,
  learn,
  parseHeard,
} from "./relay-log.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

const TEXT = textOption("the door code is 7351", "what Alice writes to Bob");

const FILE_NAME = "us-at-the-lake.png";
const FILE_BYTES = 30_000;
const PNG = Buffer.from("89504e470d0a1a0a", "hex");
/** What Alice and Bob call each other, on their own pages. */
const NAMES = { alice: "Alice from room 12", bob: "Bob the locksmith" };
const LAST_TEXT = "see you at eight";
const THINGS = 3;

/** The silence between two messages, in milliseconds: people are slow. */
const SILENCE = 1500;

/** So often all is sent at most. */
const MOST_TIMES = 5;

/** So many bytes of a secret or a picture are looked for: nobody finds them by chance. */
const PIECE = 16;

await runDhtAttack("eavesdropping-relay", { text: TEXT }, async (lab, { option }) => {
  step("Mallory starts a relay: the stage's own node, with an ear behind its decryption.");
  const log = join(lab.folder, "heard");
  const relay = lab.startPlayed("eavesdropping-relay.ts", [log]);
  const address = (await relay.line(/^listening on /)).slice("listening on ".length);
  const [alice, bob] = [lab.startUser("alice"), lab.startUser("bob")];
  await Promise.all([alice.starts([address]), bob.starts([address])]);
  say(`   Alice has the number ${alice.number}, Bob has ${bob.number}.`);

  step("Bob scans the card on Alice's screen. No relay is there. His page calls hers.");
  const card = await meet(alice, bob);
  await pause(SILENCE);

  step("Alice sends two texts and a picture, in an order drawn by lot.");
  const picture = Buffer.concat([PNG, randomBytes(FILE_BYTES - PNG.length)]);
  const { place, first } = await sendInTime(alice, bob, option("text"), picture);

  step("What the relay has seen of it, and nothing else is in the table:");
  const heard = readHeard(log);
  const learned = await learn(heard);
  const callers = showCalls(learned, alice, bob, heard);
  const things = bursts(
    learned.passed.filter(({ time }) => time >= first),
    THINGS,
  );
  showBursts(things, callers, heard[0]?.time ?? 0);
  guess(things, callers.alice, place);

  step("Mallory searches all that the relay has decrypted.");
  search(
    heard,
    {
      "the first text": Buffer.from(option("text")),
      "the second text": Buffer.from(LAST_TEXT),
      "the file's name": Buffer.from(FILE_NAME),
      "the picture": picture.subarray(100, 100 + PIECE),
      "Alice's name": Buffer.from(NAMES.alice),
      "Bob's name": Buffer.from(NAMES.bob),
      "the card's text": Buffer.from(card.text.slice(-PIECE)),
      "the card's secret": Buffer.from(card.secret.subarray(0, PIECE)),
    },
    alice.number,
  );
});

/** Bob takes Alice's card. @returns the card */
async function meet(alice: DhtUser, bob: DhtUser): Promise<{ text: string; secret: Uint8Array }> {
  alice.does({ do: "card" });
  const text = (await alice.shows(/^card /)).slice("card ".length);
  const card = await parseCard(text);
  if ("problem" in card) throw new AttackError(`Alice's card cannot be read: ${card.problem}`);
  bob.does({ do: "enter", card: text });
  await Promise.all([
    alice.shows(new RegExp(`^contact ${bob.number} relayed$`)),
    bob.shows(new RegExp(`^contact ${alice.number} relayed$`)),
  ]);
  alice.does({ do: "rename", to: bob.number, name: NAMES.bob });
  bob.does({ do: "rename", to: alice.number, name: NAMES.alice });
  showScreen("alice", `${NAMES.bob}: relayed`);
  return { text, secret: card.secret };
}

/** What was sent: which one was the picture, from 0; when the first one was sent; and how long the slowest took. */
interface Sent {
  place: number;
  first: number;
  slowest: number;
}

/** Sends all three. On a machine so busy that one of them takes as long as people's silence, once more. */
async function sendInTime(alice: DhtUser, bob: DhtUser, text: string, picture: Buffer): Promise<Sent> {
  for (let times = 1; ; times += 1) {
    const sent = await send(alice, bob, text, picture);
    if (sent.slowest < SILENCE) return sent;
    if (times === MOST_TIMES) throw new AttackError("this machine is too busy: each message takes seconds");
    say("   This machine is busy: one took longer than the silence between them. Once more.");
    await pause(SILENCE);
  }
}

/** Sends all three, each when the one before has arrived. */
async function send(alice: DhtUser, bob: DhtUser, text: string, picture: Buffer): Promise<Sent> {
  const first = Date.now();
  let slowest = 0;
  const place = randomInt(THINGS);
  const texts = [text, LAST_TEXT];
  for (let index = 0; index < THINGS; index += 1) {
    if (index > 0) await pause(SILENCE);
    const start = performance.now();
    if (index === place) {
      alice.does({ do: "send", to: bob.number, name: FILE_NAME, bytes: picture.toString("base64") });
      await Promise.all([alice.shows(/: me file done /), bob.shows(/: them file done /)]);
      showScreen("bob", `${FILE_NAME}, ${picture.length} bytes`);
      slowest = Math.max(slowest, performance.now() - start);
      continue;
    }
    const next = texts.shift() ?? "";
    alice.does({ do: "say", to: bob.number, text: next });
    await alice.shows(/: me delivered /);
    const line = await bob.shows(/: them received /);
    showScreen("bob", JSON.parse(line.slice(line.indexOf('"'))));
    slowest = Math.max(slowest, performance.now() - start);
  }
  return { place, first, slowest };
}

function readHeard(log: string): Heard[] {
  const lines = readFileSync(log, "utf8").split("\n").slice(0, -1);
  return lines.map(parseHeard);
}

/** Shows who looked up whom, and who called whom. @returns the peer ids. @throws AttackError if the relay is wrong */
function showCalls(
  { passed, questions, numbers }: Learned,
  alice: DhtUser,
  bob: DhtUser,
  heard: readonly Heard[],
): Record<"alice" | "bob", string> {
  const start = heard[0]?.time ?? 0;
  const own = (peer: string): string => numbers.get(peer) ?? "?";
  const rows = questions.flatMap(({ time, peer, kind, number, address }) =>
    kind === "looks up" && own(peer) === number
      ? [] // Who publishes looks at what stands there first.
      : [`   ${after(start, time)}  ${own(peer)} ${kind} the number ${number}, from ${host(address)}`],
  );
  for (const row of unique(rows)) say(row);
  const [call] = passed;
  if (call === undefined) throw new AttackError("the relay has seen no call");
  say(`   ${after(start, call.time)}  ${own(call.from)} calls ${own(call.to)}`);
  const [caller, called] = [own(call.from), own(call.to)];
  const isRight = [caller, called].sort().join() === [alice.number, bob.number].sort().join();
  if (!isRight) throw new AttackError(`the relay thinks that ${caller} calls ${called}`);
  proof("the relay knows who talks to whom", `${caller} and ${called}`);
  return caller === alice.number ? { alice: call.from, bob: call.to } : { alice: call.to, bob: call.from };
}

function showBursts(
  things: readonly Burst[],
  { alice, bob }: Record<"alice" | "bob", string>,
  start: number,
): void {
  say("   second   from Alice   from Bob   (bytes, sealed)");
  for (const burst of things) {
    const [there, back] = [bytesFrom(burst, alice), bytesFrom(burst, bob)].map((count) =>
      count.toLocaleString("en"),
    );
    say(`   ${after(start, burst.from)} ${there?.padStart(12)} ${back?.padStart(10)}`);
  }
}

/** The relay takes the largest for the picture. */
function guess(things: readonly Burst[], alice: string, place: number): void {
  const sizes = things.map((burst) => bytesFrom(burst, alice));
  const largest = sizes.indexOf(Math.max(...sizes));
  if (largest !== place)
    throw new AttackError(`the relay takes number ${largest + 1} for the picture: it was ${place + 1}`);
  proof(
    "the relay's guess",
    `number ${largest + 1} is a picture, of some ${Math.round((sizes[largest] ?? 0) / 1000)} kB`,
  );
}

/** Looks for each thing in all that was heard. @throws AttackError if one is there */
function search(heard: readonly Heard[], things: Readonly<Record<string, Buffer>>, number: string): void {
  const lanes = lanesOf(heard);
  const size = heard.reduce((sum, { bytes }) => sum + bytes.length, 0).toLocaleString("en");
  // A search that finds nothing at all would prove nothing.
  if (!isIn(lanes, Buffer.from(`/u/${number}`)))
    throw new AttackError("the search does not even find Alice's number");
  proof(`found in ${size} bytes`, `/u/${number}, which Bob's page has looked up`);
  const found = Object.entries(things).filter(([, bytes]) => isIn(lanes, bytes));
  if (found.length > 0) throw new AttackError(`the relay has read ${found.map(([name]) => name).join(", ")}`);
  stopped(`not found in ${size} bytes`, Object.keys(things).join(", "));
}

function after(start: number, time: number): string {
  return ((time - start) / 1000).toFixed(1).padStart(6);
}

/** The IP address in `/ip4/127.0.0.1/tcp/40000/ws`. */
function host(address: string): string {
  return address.split("/")[2] ?? "?";
}

/** The same twice, but for the time, is one row. */
function unique(rows: readonly string[]): string[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const what = row.trim().replace(/^\S+ /, "");
    return !seen.has(what) && seen.add(what);
  });
}
