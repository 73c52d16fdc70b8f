// npm run attack -- forged-record: Mallory puts false records for Bob's number into every node of the table, one by one, in
// bare messages, without the stage's own program. Every node checks for itself, and refuses.

import { type Bytes, concat, toBase64, toUtf8 } from "../06-dht-chat/bytes.ts";
import { type Identity, makeIdentity, sign } from "../06-dht-chat/identity.ts";
import { checkRecord, makeRecord, type PeerRecord, recordKey } from "../06-dht-chat/record.ts";
import type { DhtLab } from "./dht-lab.ts";
import { DhtTable } from "./dht-table.ts";
import { runDhtAttack } from "./program.ts";
import { AttackError, proof, say, step, stopped } from "./report.ts";

const NODES = 3;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What stands in a record's body, in the order of P10.3. */
interface Body {
  id: string;
  key: string;
  seq: number;
  expires: number;
  addrs: readonly string[];
}

/** A record that Mallory tries. */
interface Forgery {
  what: string;
  value: Bytes;
  /** What the check of P10.4 calls it. */
  refused: string;
}

await runDhtAttack("forged-record", {}, async (lab) => {
  step(`${NODES} nodes of the table. Bob's page puts his record there; Mallory reads it from each.`);
  const nodes = await startNodes(lab);
  const bob = await makeIdentity();
  await lab.startUser("bob").starts(nodes, bob.seed);
  const mallory = lab.startPlayed("mallory.ts");
  await mallory.line("ready");
  const table = new DhtTable(mallory, nodes, bob);
  const record = await table.own();
  say(`   ${recordKey(bob.id)}: ${record.addresses[0]}`);

  step("First a true one: what Mallory has read, put again. The nodes take it, so the messages are right.");
  for (const [index, answer] of (await table.put(record.value)).entries()) {
    if (answer !== "stored") throw new AttackError(`node ${index + 1} does not take a true record`);
    say(`   node ${index + 1}: stored`);
  }

  step("Now false ones, each put into every node.");
  for (const { what, value, refused } of await forgeries(bob, record)) {
    const answers = await table.put(value);
    for (const [index, answer] of answers.entries())
      if (answer !== "reset") throw new AttackError(`node ${index + 1} has taken it: ${what}`);
    stopped(what, `all ${answers.length} nodes reset the stream (${refused})`);
    await table.own();
  }

  step("Mallory reads Bob's record from each node, once more.");
  const after = await table.own();
  if (after.seq < record.seq) throw new AttackError("an older record stands there");
  proof("what stands in the table", `Bob's own record in all ${nodes.length} nodes, signed by his key`);
  say("   What this does not stop: Mallory can run the nodes that are nearest to Bob's number, and have");
  say("   them answer that there is nothing. Nobody is deceived then; but nobody finds Bob either.");
});

async function startNodes(lab: DhtLab): Promise<string[]> {
  const first = await lab.startNode();
  const others = await Promise.all(Array.from({ length: NODES - 1 }, () => lab.startNode(first)));
  return [first, ...others];
}

/** False records. The lab has Bob's key for some of them, so that nothing but one thing is wrong with each. */
async function forgeries(bob: Identity, { seq, addresses }: PeerRecord): Promise<Forgery[]> {
  const mallory = await makeIdentity();
  const now = Date.now();
  const later = seq + 1;
  const soon = now + HOUR;
  const to = (peerId: string): string[] => addresses.map((one) => one.replace(/[^/]+$/, peerId));
  const bobs = { id: bob.id, key: toBase64(bob.publicKey), seq: later, expires: soon, addrs: addresses };
  const withKey = { ...bobs, key: toBase64(mallory.publicKey), addrs: to(mallory.peerId) };
  const genuine = await makeRecord({ identity: bob, seq: later, expires: soon, addresses });
  const tries: [what: string, value: Bytes][] = [
    ["Mallory's key under Bob's number", await signed(withKey, mallory)],
    ["Bob's key, and a signature with a changed bit", changed(genuine)],
    ["Bob's record with a greater seq, signed by Mallory", await signed(bobs, mallory)],
    ["a record of Bob's own that has expired", await signed({ ...bobs, expires: now - 1 }, bob)],
    [
      "signed by Bob's key, but an address of Mallory's",
      await signed({ ...bobs, addrs: to(mallory.peerId) }, bob),
    ],
    ["Bob's own, for a day and a minute", await signed({ ...bobs, expires: now + 24 * HOUR + MINUTE }, bob)],
    ["Bob's own, with a seq an hour ahead", await signed({ ...bobs, seq: now + HOUR }, bob)],
  ];
  const checked = tries.map(async ([what, value]) => {
    const outcome = await checkRecord(recordKey(bob.id), value, now);
    return { what, value, refused: "refused" in outcome ? outcome.refused : "nothing is wrong with it" };
  });
  const old = await makeRecord({ identity: bob, seq: seq - 1, expires: soon, addresses });
  return [
    ...(await Promise.all(checked)),
    { what: "Bob's own of a moment before, replayed", value: old, refused: "older" },
  ];
}

/** A record as P10.3 has it, whatever its body says. */
async function signed(body: Body, signer: Identity): Promise<Bytes> {
  const text = JSON.stringify(body);
  const signature = await sign(signer, concat(toUtf8("p2p-chat 06 record\0"), toUtf8(text)));
  return toUtf8(JSON.stringify({ body: text, signature: toBase64(signature) }));
}

/** The record with another signature. */
function changed(record: Bytes): Bytes {
  const { body, signature } = JSON.parse(Buffer.from(record).toString("utf8")) as Record<string, string>;
  const bytes = Buffer.from(signature ?? "", "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return toUtf8(JSON.stringify({ body, signature: toBase64(Uint8Array.from(bytes)) }));
}
