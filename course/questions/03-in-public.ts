// Repeats the exchange of lesson 03-1 with p = 23, using stage 03's own functions.

import { power, TOY } from "../../checks/engine/cryptography.ts";
import type { Prediction } from "../exercises/question.ts";
import { jsonFrom } from "./support/output.ts";

/** The private keys of Alice and Bob on the page. */
const ALICE = 8n;
const BOB = 5n;

/** Both public keys, and the secret as each side computes it. */
interface Exchange {
  alicePublic: number;
  bobPublic: number;
  aliceSecret: number;
  bobSecret: number;
}

const PROGRAM = `
  const { modPow, sharedSecret } = await import("./03-dh-chat/diffie-hellman.ts");
  const { toyGroup } = await import("./03-dh-chat/groups.ts");
  const alicePublic = modPow(toyGroup.generator, ${ALICE}n, toyGroup.prime);
  const bobPublic = modPow(toyGroup.generator, ${BOB}n, toyGroup.prime);
  console.log(JSON.stringify({
    alicePublic: Number(alicePublic),
    bobPublic: Number(bobPublic),
    aliceSecret: sharedSecret(${ALICE}n, bobPublic, toyGroup)[0],
    bobSecret: sharedSecret(${BOB}n, alicePublic, toyGroup)[0],
  }));
`;

const modulo = (value: bigint, modulus: bigint): string => String(value % modulus);

/** Wrong ways to compute the secret, with an explanation for each. */
function mistakes(): [answer: string, explanation: string][] {
  const { generator, prime } = TOY;
  const alicePublic = power(generator, ALICE, prime);
  const bobPublic = power(generator, BOB, prime);
  return [
    [
      String(alicePublic),
      "That is Alice's public key, which everybody hears. The secret needs one more step: each raises the other's public key to the own private key.",
    ],
    [
      String(bobPublic),
      "That is Bob's public key, which everybody hears. The secret needs one more step: each raises the other's public key to the own private key.",
    ],
    [
      modulo(alicePublic * bobPublic, prime),
      "You have multiplied the two public keys. Eve can do that, too; it adds the exponents, and the secret has their product in the exponent.",
    ],
    [
      modulo(ALICE * BOB, prime),
      "You have multiplied the two private keys. Nobody has both. They meet in the exponent: each raises the other's public key to the own private key.",
    ],
    [
      String(power(generator, (ALICE * BOB) % prime, prime)),
      "You have taken the product of the exponents modulo 23. Exponents go round in a circle of 22: look at the row of powers, where 5 to the 22nd is 1.",
    ],
    [
      String(power(alicePublic, ALICE, prime)),
      "You have raised Alice's public key to Alice's own private key. Alice takes Bob's public key, the one that was received.",
    ],
    [
      String(power(bobPublic, BOB, prime)),
      "You have raised Bob's public key to Bob's own private key. Bob takes Alice's public key, the one that was received.",
    ],
    [
      "40",
      "40 is the product of the private keys, which nobody has. It stands in the exponent: 5 to the 40th, modulo 23.",
    ],
  ];
}

export const question: Prediction = {
  async find() {
    const { alicePublic, bobPublic, aliceSecret, bobSecret } = (await jsonFrom(PROGRAM)) as Exchange;
    if (aliceSecret !== bobSecret) throw new Error("stage 03 has computed two different secrets");
    return {
      answers: [String(aliceSecret)],
      observed: [
        "stage 03's own functions, with p = 23 and g = 5:",
        `alice sends ${alicePublic} (5^${ALICE} mod 23), bob sends ${bobPublic} (5^${BOB} mod 23)`,
        `alice computes ${bobPublic}^${ALICE} mod 23 = ${aliceSecret}, bob computes ${alicePublic}^${BOB} mod 23 = ${bobSecret}`,
      ].join("\n"),
    };
  },
  /** A leading zero does not matter: 06 counts as 6. */
  normalise(answer) {
    return answer.trim().replace(/^0+(?=[0-9])/, "");
  },
  problemOf: (answer) => (/^\d{1,9}$/.test(answer) ? undefined : "Enter a whole number, such as 14."),
  explain(answer) {
    const known = mistakes().find(([wrong]) => wrong === answer);
    if (known !== undefined) return known[1];
    if (Number(answer) > 22)
      return "All numbers are taken modulo 23, so the secret is from 1 to 22: what remains after dividing by 23.";
    return "Compute it on both sides, Alice's and Bob's: the two results must be equal. Take the remainder after every multiplication, and look at the row of powers to check your public keys.";
  },
};
