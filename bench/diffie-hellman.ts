// Measures Diffie-Hellman as stage 03 computes it, and as OpenSSL does.

import { createDiffieHellman, randomBytes } from "node:crypto";
import { modPow } from "../03-dh-chat/diffie-hellman.ts";
import { modp2048 } from "../03-dh-chat/groups.ts";
import { decodeInteger, encodeInteger } from "../03-dh-chat/integers.ts";
import { KeyExchange } from "../03-dh-chat/key-exchange.ts";
import { parseObject } from "../03-dh-chat/messages.ts";
import type { Row } from "./report.ts";

const RUNS = 9;
const PER_RUN = 20;
const EXPONENT_BYTES = 32;

export async function measureDiffieHellman(): Promise<Row[]> {
  const own: number[] = [];
  const builtIn: number[] = [];
  const handshakes: number[] = [];
  measureRun(); // The first run only warms up: afterwards the code is compiled.
  for (let run = 0; run < RUNS; run += 1) {
    const { ownTime, builtInTime, handshakeTime } = measureRun();
    own.push(ownTime);
    builtIn.push(builtInTime);
    handshakes.push(handshakeTime);
  }
  return [
    {
      name: "modPow, 2,048 bits, exponent of 256",
      unit: "ms",
      runs: own,
      beside: { name: "node:crypto", runs: builtIn },
    },
    {
      name: "a whole handshake, both sides",
      unit: "ms",
      runs: handshakes,
      limit: { bound: "at most", value: 25, of: "value" },
    },
  ];
}

/** The mean times of one run, in milliseconds. */
function measureRun(): { ownTime: number; builtInTime: number; handshakeTime: number } {
  const exponent = randomBytes(EXPONENT_BYTES);
  exponent[0] = (exponent[0] ?? 0) | 0x80; // Both use an exponent of exactly 256 bits.
  const othersPublicKey = modPow(
    modp2048.generator,
    decodeInteger(randomBytes(EXPONENT_BYTES)),
    modp2048.prime,
  );

  const privateKey = decodeInteger(exponent);
  let result = 0n;
  const ownTime = timeEach(() => {
    result = modPow(othersPublicKey, privateKey, modp2048.prime);
  });

  const builtIn = createDiffieHellman(encodeInteger(modp2048.prime, modp2048.bytes), Buffer.from([2]));
  builtIn.setPrivateKey(exponent);
  const encoded = encodeInteger(othersPublicKey, modp2048.bytes);
  let secret = Buffer.alloc(0);
  const builtInTime = timeEach(() => {
    secret = builtIn.computeSecret(encoded);
  });
  if (decodeInteger(secret) !== result) throw new Error("modPow and node:crypto disagree");

  return { ownTime, builtInTime, handshakeTime: timeEach(shakeHands) };
}

/** Makes key pairs, shared secrets and safety numbers for both sides. In a chat, each side has its own processor. */
function shakeHands(): void {
  const alice = new KeyExchange(modp2048);
  const bob = new KeyExchange(modp2048);
  const one = alice.agree(parseObject(bob.line));
  const other = bob.agree(parseObject(alice.line));
  if (!one.secret.equals(other.secret) || one.safetyNumber !== other.safetyNumber) {
    throw new Error("the two sides disagree");
  }
}

function timeEach(action: () => void): number {
  const start = performance.now();
  for (let i = 0; i < PER_RUN; i += 1) action();
  return (performance.now() - start) / PER_RUN;
}
