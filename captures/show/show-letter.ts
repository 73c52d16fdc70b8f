// Shows a letter of stage 05: what its carrier sees, and what its recipient reads. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { wrap } from "../../terminal/text.ts";
import { type Letter, openLetter, type Reader } from "../explain/letters.ts";
import { type LabelledBytes, plaintextBytes } from "../explain/line-bytes.ts";
import { readable } from "../explain/readable.ts";
import { timeOfToken } from "../explain/tokens.ts";
import { labelledRows } from "./labelled-rows.ts";

/** Of a long range, only its beginning and its end are shown. */
const MOST_ROWS = 4;

/** @param reader whose identity is to open it; undefined for what a carrier sees */
export function showLetter(letter: Letter, reader: Reader | undefined, { width, paint }: Canvas): string[] {
  const table = (ranges: readonly LabelledBytes[]): string[] => {
    const [heading = "", ...rows] = labelledRows(ranges, { width, mostRows: MOST_ROWS });
    return [paint("heading", heading), ...rows];
  };
  const rows = [
    ...wrap("What a carrier keeps, and cannot read:", width),
    ...table(plaintextBytes(letter.line)),
    "",
    ...wrap("The body, which is what is signed:", width),
    ...table(plaintextBytes(letter.body)),
    "",
  ];
  if (reader === undefined)
    return [
      ...rows,
      ...wrap("Its recipient's identity opens it: --identity FILE (their identity.pem).", width),
    ];
  const opened = openLetter(letter, reader);
  if ("problem" in opened)
    return [...rows, paint("bad", `not opened: ${readable(Buffer.from(opened.problem))}`)];
  return [
    ...rows,
    ...wrap(`Opened with the recipient's identity; written ${timeOfToken(opened.seconds)}:`, width),
    ...table(plaintextBytes(opened.plaintext)),
    "",
    ...wrap(AFTERWARDS, width),
  ];
}

const AFTERWARDS =
  "Whoever gets this identity, be it in ten years, reads this letter like that, and every other one that somebody has kept. " +
  "It opens no session. Whether the signature is right cannot be told here: the letter names its writer by the fingerprint " +
  "of their key, and does not hold the key.";
