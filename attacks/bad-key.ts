// npm run attack -- bad-key: with a public key of 0, 1 or p - 1 everybody knows the shared secret, whatever the private
// key of the other side is. The stages refuse such keys. A copy of a stage without that check accepts them.

import { modp2048 as group } from "../03-dh-chat/groups.ts";
import { encodeInteger } from "../03-dh-chat/integers.ts";
import { deriveKeys, transcriptHash } from "../04-aes-chat/key-schedule.ts";
import { Opener } from "../04-aes-chat/sealed-lines.ts";
import { withTemporaryFolder } from "../captures/record/temporary-folder.ts";
import { copyWithoutCheck } from "./changed-copy.ts";
import { FOLDERS, type Lab, type Victim } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import { next } from "./on-the-way.ts";
import { parse } from "./played-peer.ts";
import { runAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";
import { toyKeyOf, xor } from "./xor.ts";

const TEXT = textOption("the code for the door is 2718", "what Bob says");

/** A public key that no private key makes, and the shared secrets that it can lead to: all values of y^x mod p. */
interface BadKey {
  name: string;
  value: bigint;
  secrets: readonly { name: string; value: bigint }[];
}

const ONE = { name: "1", value: 1n };
const MINUS_ONE = { name: "p - 1", value: group.prime - 1n };
const BAD_KEYS: readonly BadKey[] = [
  { name: "0", value: 0n, secrets: [{ name: "0", value: 0n }] },
  { name: "1", value: 1n, secrets: [ONE] },
  { name: "p - 1", value: group.prime - 1n, secrets: [ONE, MINUS_ONE] }, // 1 if x is even, p - 1 if x is odd.
];

await runAttack("bad-key", { text: TEXT }, async (lab, { stage, option }) => {
  const registry = await lab.startRegistry();
  await withTemporaryFolder(async (folder) => {
    step(`A lab copy of stage ${stage}: its check of public keys is taken out.`);
    copyWithoutCheck(FOLDERS[stage], folder, "diffie-hellman.ts", "isAcceptable");
    const bob = await lab.startChangedClient(folder, "lab-bob", registry);
    for (const key of BAD_KEYS) await readFrom(lab, bob, key, option("text"));
  });
  step(`The real stage ${stage}.`);
  const bob = await lab.startClient("bob", registry);
  for (const key of BAD_KEYS) {
    const { wire } = await callWith(lab, bob, key);
    const answer = await next(wire);
    if (parse(answer).code !== "bad-public-key") throw new AttackError(`bob answered ${answer}`);
    stopped(`bob's answer to y = ${key.name}`, answer);
  }
});

/** The four lines of the handshake (P6.1), and the connection that is open after them. */
interface Call {
  wire: LineSocket;
  transcript: Parameters<typeof transcriptHash>[0];
}

/** Calls Bob, who accepts the call, and gets the bad key. */
async function callWith(lab: Lab, bob: Victim, { value }: BadKey): Promise<Call> {
  const wire = await lab.connect(bob.port);
  const initiatorHello = JSON.stringify({ type: "hello", stage: lab.stage, from: "mallory", to: bob.name });
  wire.send(initiatorHello);
  await bob.shows(/^mallory wants to chat/);
  bob.types("/accept mallory");
  const publicKey = encodeInteger(value, group.bytes).toString("hex");
  const initiatorKey = JSON.stringify({ type: "key", group: group.name, publicKey });
  const responderHello = await next(wire);
  const responderKey = await next(wire);
  wire.send(initiatorKey);
  return { wire, transcript: { initiatorHello, responderHello, initiatorKey, responderKey } };
}

/** Calls the Bob who does not check the key. Reads the first line from there with a secret that Mallory knew beforehand. */
async function readFrom(lab: Lab, bob: Victim, key: BadKey, text: string): Promise<void> {
  step(`Mallory has no private key, and sends the public key y = ${key.name}.`);
  const call = await callWith(lab, bob, key);
  showScreen(bob.name, await bob.shows(/^chat with mallory started$/));
  bob.types(text);
  const line = await next(call.wire);
  for (const secret of key.secrets) {
    const read = decrypt(line, encodeInteger(secret.value, group.bytes), call.transcript);
    if (read === undefined) continue;
    say(
      `   the shared secret can only be ${key.secrets.map(({ name }) => name).join(" or ")}; it is ${secret.name}`,
    );
    proof(`mallory reads`, `${bob.name}> ${read}`);
    call.wire.close();
    await bob.shows(/^chat with mallory lost/);
    return;
  }
  throw new AttackError("none of the possible secrets makes Bob's line readable");
}

/** The text in Bob's first line; undefined if `secret` is not the shared secret. */
function decrypt(line: string, secret: Buffer, transcript: Call["transcript"]): string | undefined {
  const object = parse(line);
  try {
    const bytes =
      object.type === "xored"
        ? xor(Buffer.from(String(object.ciphertext), "hex"), toyKeyOf(secret))
        : new Opener(deriveKeys(secret, transcriptHash(transcript)).responder).open(object);
    return bytes && String(JSON.parse(bytes.toString()).text);
  } catch {
    return undefined;
  }
}
