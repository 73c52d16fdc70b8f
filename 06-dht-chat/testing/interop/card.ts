// The card that is handed over in person (P10.2).

import { randomBytes } from "node:crypto";
import { sha256 } from "./person.ts";

export interface Card {
  id: string;
  secret: Buffer;
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DROPPED = /[ \t\r\n\u00a0\u202f\u002d\u2010-\u2015]/g;

export function makeCard(id: string, secret: Buffer = randomBytes(32)): Card {
  return { id, secret };
}

/** How the secret is named in hellos: 8 bytes in hex. */
export function hintOf(secret: Buffer): string {
  return sha256("p2p-chat 06 hint", secret).subarray(0, 8).toString("hex");
}

export function cardText({ id, secret }: Card): string {
  const bytes = Buffer.concat([secret, checkOf(id, secret)]);
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let code = "";
  for (let index = 0; index < 56; index++, number /= 32n) {
    code = (ALPHABET[Number(number % 32n)] ?? "") + code;
  }
  return `P2P06:${id}:${code}`;
}

export function readCard(text: string): Card | undefined {
  const plain = text.replace(DROPPED, "").replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const parts = /^P2P[0O]6:([0-9]{15}):([0-9A-Z]{56})$/.exec(plain);
  if (parts === null) return undefined;
  const [, id = "", code = ""] = parts;
  let number = 0n;
  for (const letter of code.replace(/O/g, "0").replace(/[IL]/g, "1")) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) return undefined;
    number = number * 32n + BigInt(digit);
  }
  const bytes = Buffer.from(number.toString(16).padStart(70, "0"), "hex");
  const secret = bytes.subarray(0, 32);
  return checkOf(id, secret).equals(bytes.subarray(32)) ? { id, secret } : undefined;
}

function checkOf(id: string, secret: Buffer): Buffer {
  return sha256("p2p-chat 06 card", id, secret).subarray(0, 3);
}
