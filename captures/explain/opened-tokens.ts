// Finds the tokens in the data of a packet that the team's key of stage 05 opens, and labels what is in them. Pure.

import { type LabelledBytes, plaintextBytes } from "./line-bytes.ts";
import { beaconIn, beaconWords, openToken, type TeamKey, withoutCr } from "./team-tokens.ts";

/** Bytes that a key has opened, with labels. */
export interface TitledBytes {
  title: string;
  ranges: LabelledBytes[];
}

/** The tokens in data that the team's key opens: what is in them, and in a beacon, what is signed. */
export function openedIn(data: Buffer | undefined, teamKey: TeamKey): TitledBytes[] {
  return splitLines(data ?? Buffer.alloc(0)).flatMap((line) => {
    const plaintext = openToken(withoutCr(line), teamKey);
    if (plaintext === undefined) return [];
    const tables = [
      { title: "Inside the token, decrypted with the team's key:", ranges: plaintextBytes(plaintext) },
    ];
    const beacon = beaconIn(plaintext);
    if (beacon !== undefined)
      tables.push({
        title: `The body, which is what is signed; the signature is ${beacon.signature}: ${beaconWords(beacon)}`,
        ranges: plaintextBytes(beacon.body),
      });
    return tables;
  });
}

function splitLines(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < data.length; ) {
    const found = data.indexOf("\n", start);
    const end = found === -1 ? data.length : found;
    lines.push(data.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
