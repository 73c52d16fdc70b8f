// npm run attack -- second-key: Mallory makes keys until one has the number of somebody else: here, the first digits of it.
// From the time of one try follows what all 15 digits cost. And then: what such a key is good for.

import type { Bytes } from "../06-dht-chat/bytes.ts";
import { hintOf, makeCard } from "../06-dht-chat/card.ts";
import { type Identity, idOf, makeIdentity } from "../06-dht-chat/identity.ts";
import type { Pipe } from "../06-dht-chat/pipe.ts";
import { openSession, SessionError, type SessionOptions } from "../06-dht-chat/session.ts";
import { duration } from "./durations.ts";
import { pipes } from "./memory-pipes.ts";
import { type AttackOption, runAlone } from "./program.ts";
import { AttackError, proof, say, step, stopped } from "./report.ts";

const DIGITS = numberOption("how many of the 15 digits must be the same, 1 to 6 (default 4)", "4", 6);
const IDS = numberOption("how many known numbers there are: any one of them will do (default 1)", "1", 1000);

const ALL_DIGITS = 15;
const RUNS = 4;
/** So many keys are made at a time: the processor has several cores. */
const BATCH = 256;
/** What an hour of one core costs that is rented, about; whoever knows better, puts another price here. */
const CENTS_AN_HOUR = 3;
const THOUSAND = 1000;

await runAlone("second-key", { digits: DIGITS, ids: IDS }, async ({ option }) => {
  const [digits, count] = [Number(option("digits")), Number(option("ids"))];
  const known = await Promise.all(Array.from({ length: count }, makeIdentity));
  const [bob] = known;
  if (bob === undefined) throw new AttackError("there is nobody to attack");
  const whom = count === 1 ? `Bob's number ${bob.id}` : `one of ${count} numbers, such as Bob's ${bob.id}`;

  step(`Mallory makes keys, until the number of one begins as ${whom}: ${digits} of ${ALL_DIGITS} digits.`);
  const expected = 10 ** digits / count;
  const wanted = new Set(known.map(({ id }) => id.slice(0, digits)));
  const start = performance.now();
  let [tries, made] = [0, 0];
  for (let run = 1; run <= RUNS; run += 1) {
    const found = await search(wanted, digits);
    tries += found.tries;
    made += found.made;
    proof(`run ${run}`, `${found.id} after ${shown(found.tries)} keys (expected: about ${shown(expected)})`);
  }
  const rate = (made / (performance.now() - start)) * 1000;
  say(`   ${shown(tries / RUNS)} keys on average; ${shown(rate)} keys a second on this machine.`);

  step("What would all 15 digits cost? One digit more is ten times the work.");
  say("                                        keys      this machine     1,000 of them");
  for (const [what, people] of [
    ["one chosen number", 1],
    ["any one of 1,000 known", 1000],
    ["any one of 1,000,000 known", 1_000_000],
  ] as const) {
    const keys = 10 ** ALL_DIGITS / people;
    const [one, many] = [duration(keys / rate), duration(keys / rate / THOUSAND)];
    say(`   ${what.padEnd(32)}${shown(keys).padStart(9)} ${one.padStart(17)} ${many.padStart(17)}`);
  }
  const hours = 10 ** ALL_DIGITS / rate / 3600;
  say(
    `   At ${CENTS_AN_HOUR} cents for an hour of such a machine, a chosen number costs ${shown((hours * CENTS_AN_HOUR) / 100)} euros.`,
  );
  say("   Better programs (the next key by one addition of points) on better machines cost far less.");

  step(`Say that Mallory has paid, and has a second key with all ${ALL_DIGITS} digits of Bob's number.`);
  say("   Nobody can make one here. So Alice's page is given Mallory's own number as Bob's: as if both");
  say("   keys had it. It looks the number up, finds Mallory, and calls.");
  await useless(bob);
});

/** Makes keys until one has a number that begins with one of these. @returns how many were tried, and made in all */
async function search(
  wanted: ReadonlySet<string>,
  digits: number,
): Promise<{ id: string; tries: number; made: number }> {
  for (let tries = 0; ; tries += BATCH) {
    const ids = await Promise.all(Array.from({ length: BATCH }, numberOfNewKey));
    const at = ids.findIndex((id) => wanted.has(id.slice(0, digits)));
    if (at !== -1) return { id: ids[at] ?? "", tries: tries + at + 1, made: tries + BATCH };
  }
}

async function numberOfNewKey(): Promise<string> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("publicKey" in pair)) throw new AttackError("this Node.js makes no Ed25519 keys");
  return idOf(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
}

/** What stops who has the number, and neither the pinned key nor the card's secret. */
async function useless(bob: Identity): Promise<void> {
  const [alice, mallory] = await Promise.all([makeIdentity(), makeIdentity()]);
  const { secret } = makeCard(bob.id);
  const made = makeCard(bob.id).secret;
  const sameNumber = mallory.id;

  // Any secret will do for Mallory, whoever the card is of: there is nobody to say which one is right.
  const any = async () => ({ secret: made });
  const pinned = await meet(alice, { id: sameNumber, key: bob.publicKey, secret }, mallory, any);
  stopped("Alice has met Bob, so his key is pinned. Her page", pinned.initiator);

  const fresh = await meet(alice, { id: sameNumber, secret }, mallory, any);
  stopped("Alice has only Bob's card. Mallory makes a secret up, and gets", fresh.responder);

  const hint = await hintOf(secret);
  const bobsCard = async (asked: string) => (asked === hint ? { secret } : ("unknown-card" as const));
  const calls = await meet(mallory, { id: alice.id, secret: made }, alice, bobsCard);
  stopped("Mallory calls Alice as Bob, with that secret. Her page", calls.responder);
}

/** One calls the other. @param secretOf says which secret the called one has for the hint of a card */
async function meet(
  caller: Identity,
  to: { id: string; key?: Bytes; secret: Bytes },
  called: Identity,
  secretOf: (hint: string) => Promise<{ secret: Bytes } | "unknown-card">,
): Promise<Record<"initiator" | "responder", string>> {
  const [one, other] = pipes([caller.publicKey, called.publicKey]);
  const complete = async (): Promise<"stored"> => "stored";
  const initiator = outcome(one, { role: "initiator", identity: caller, to, complete });
  const responder = outcome(other, { role: "responder", identity: called, complete, secretOf });
  return { initiator: await initiator, responder: await responder };
}

/** What a side says of the session. @throws AttackError if there is one */
async function outcome(pipe: Pipe, options: SessionOptions): Promise<string> {
  try {
    await openSession(pipe, options);
  } catch (error) {
    if (error instanceof SessionError) return error.code;
    throw error;
  }
  throw new AttackError("there is a session: somebody is deceived");
}

/** 1.0 * 10^15, or 12,345. */
function shown(count: number): string {
  if (count < 1e9) return Math.round(count).toLocaleString("en");
  return count.toExponential(0).replace("e+", " * 10^");
}

function numberOption(help: string, usual: string, most: number): AttackOption {
  const check = (value: string): string | undefined =>
    /^[1-9][0-9]{0,3}$/.test(value) && Number(value) <= most ? undefined : `a number from 1 to ${most}`;
  return { value: "N", help, usual, check };
}
