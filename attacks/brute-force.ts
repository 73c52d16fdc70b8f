// npm run attack -- brute-force [FILE]: finds private keys from public keys by trying all of them. The toy group has
// twenty private keys. A real group has more than anybody can try.

import { modPow, sharedSecret } from "../03-dh-chat/diffie-hellman.ts";
import { GROUPS, type Group } from "../03-dh-chat/groups.ts";
import { decodeInteger } from "../03-dh-chat/integers.ts";
import { type CapturedChat, chatsIn, committedCapture, textOf } from "./capture-lines.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, say, showWire, step, stopped } from "./report.ts";
import { toyKeyOf, xor } from "./xor.ts";

/** The attack gives up if there are more private keys than this: to try them would take too long. */
const MAX_TRIES = 1_000_000n;

/** The private key that belongs to a public key; undefined if no key of the group does. */
function findPrivateKey(publicKey: bigint, group: Group): bigint | undefined {
  // BEGIN SOLUTION 03-brute-force
  for (let candidate = group.smallestPrivateKey; candidate <= group.largestPrivateKey; candidate += 1n) {
    if (modPow(group.generator, candidate, group.prime) === publicKey) return candidate;
  }
  return undefined;
  // END SOLUTION 03-brute-force
}

await runAttack("brute-force", {}, async (_lab, { file }) => {
  step("Somebody on the way has recorded a chat. Both public keys are in it.");
  for (const chat of await chatsIn(file ?? committedCapture("03-dh-chat-toy-group"))) {
    const [initiatorKey, responderKey] = [
      publicKeyOf(chat, chat.initiator),
      publicKeyOf(chat, chat.responder),
    ];
    const { group } = initiatorKey;
    if (group.largestPrivateKey - group.smallestPrivateKey > MAX_TRIES) return giveUp(group);

    step(`Which x gives ${group.generator}^x mod ${group.prime} = ${initiatorKey.value}?`);
    const privateKey = findPrivateKey(initiatorKey.value, group);
    if (privateKey === undefined) throw new AttackError("no private key of the group gives this public key");
    proof(`${chat.initiator}'s private key`, String(privateKey));
    const others = findPrivateKey(responderKey.value, group);
    proof(`${chat.responder}'s private key`, String(others));

    step("One private key and the other public key give the shared secret.");
    const secret = sharedSecret(privateKey, responderKey.value, group);
    say(`   shared secret: ${decodeInteger(secret)}`);
    const texts = read(chat, toyKeyOf(secret));
    if (texts.length === 0) throw new AttackError("with this secret nothing can be read");
    for (const text of texts) proof("read from the capture", text);
  }
});

interface PublicKey {
  value: bigint;
  group: Group;
}

/** The public key that somebody sent in a chat. */
function publicKeyOf({ lines }: CapturedChat, name: string): PublicKey {
  const line = lines.find(({ from, object }) => from === name && object.type === "key");
  const group = Object.values(GROUPS).find((known) => known.name === line?.object.group);
  const digits = line?.object.publicKey;
  if (
    line === undefined ||
    group === undefined ||
    typeof digits !== "string" ||
    !/^(?:[0-9a-f]{2})+$/.test(digits)
  ) {
    throw new AttackError(`there is no public key of ${name} in the capture`);
  }
  showWire(name, line.bytes.toString());
  return { value: decodeInteger(Buffer.from(digits, "hex")), group };
}

/** All texts of the chat, decrypted with this key; empty if the key is wrong. */
function read({ lines }: CapturedChat, key: Buffer): string[] {
  return lines.flatMap(({ from, object }) => {
    if (object.type !== "xored") return [];
    const line = xor(Buffer.from(String(object.ciphertext), "hex"), key).toString();
    const text = isJson(line) ? textOf(JSON.parse(line)) : undefined;
    return text === undefined ? [] : [`${from}> ${text}`];
  });
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Measures one second of trying, and says how long it would take to try all keys. */
function giveUp(group: Group): void {
  step(`The prime has ${group.prime.toString(2).length} bits. Mallory tries for a second.`);
  const end = Date.now() + 1000;
  let tries = 0;
  while (Date.now() < end) {
    modPow(group.generator, group.largestPrivateKey - BigInt(tries), group.prime);
    tries += 1;
  }
  const bits = group.largestPrivateKey.toString(2).length;
  const years = (2 ** bits / tries / (365 * 86_400)).toExponential(0);
  say(`   ${tries} private keys in a second, of 2^${bits}`);
  stopped("trying them all takes", `${years.replace("e+", " * 10^")} years`);
}
