// The team's passphrase: the first line of a file, or what somebody types unseen; and six words for a new team (P8.1).

import { isUtf8 } from "node:buffer";
import { randomInt } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { HiddenLine } from "./hidden-line.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import { WORDS } from "./words.ts";

/** The longest passphrase, in bytes of UTF-8. */
const MAX_PASSPHRASE_BYTES = 8192;

/** A shorter one gets a warning (P8.1), in characters. */
const SHORT = 16;

/** How many words are drawn for a new team. So many of our list are one of more than 2^60 passphrases. */
const NEW_WORDS = 6;

/**
 * Reads the first line of a file, which may be a pipe. No more than the longest passphrase is read.
 * @throws UserError if it cannot be read, or its first line is no passphrase
 */
export function readPassphraseFile(path: string): string {
  try {
    return passphraseIn(readBeginning(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = error instanceof UserError ? message : `cannot be read (${code ?? message})`;
    throw new UserError(
      `the passphrase file ${printable(path)} ${reason}; its first line is the team's passphrase`,
    );
  }
}

/**
 * The passphrase in the bytes of a file: its first line, without its LF or CR LF. Blanks count (P8.1). Pure.
 * @throws UserError if it is empty, too long, or not UTF-8
 */
export function passphraseIn(bytes: Buffer): string {
  const lineFeed = bytes.indexOf("\n");
  const line = lineFeed < 0 ? bytes : bytes.subarray(0, lineFeed);
  const isEndedByBoth = lineFeed > 0 && line.at(-1) === 0x0d;
  const passphrase = isEndedByBoth ? line.subarray(0, -1) : line;
  if (passphrase.length === 0) throw new UserError("begins with an empty line");
  if (passphrase.length > MAX_PASSPHRASE_BYTES)
    throw new UserError(`begins with a line of more than ${MAX_PASSPHRASE_BYTES} bytes`);
  if (!isUtf8(passphrase)) throw new UserError("does not begin with a line of UTF-8");
  return passphrase.toString("utf8");
}

/** What is doubtful about a passphrase, in one sentence each. None of them says anything of its text. Pure. */
export function passphraseWarnings(passphrase: string): string[] {
  const isShort = [...passphrase].length < SHORT;
  return [
    ...(isShort
      ? [
          `warning: the passphrase is shorter than ${SHORT} characters: whoever records one datagram can try guesses; --new-team draws a better one`,
        ]
      : []),
    ...(passphrase.startsWith("\uFEFF")
      ? [
          "warning: the passphrase file begins with a byte order mark, and it counts: on other machines the file must be the same",
        ]
      : []),
  ];
}

/** Six words, drawn from the list (P8.1). @param draw gives an integer from 0, below the one given */
export function drawPassphrase(draw: (below: number) => number = randomInt): string {
  return Array.from({ length: NEW_WORDS }, () => WORDS[draw(WORDS.length)] ?? "").join(" ");
}

/**
 * Asks in a terminal for the passphrase, and shows nothing of what is typed.
 * @returns undefined if the user gives up (Ctrl-C, Ctrl-D, or the terminal's end)
 */
export function askPassphrase(
  question: string,
  input: Readable & { setRawMode?: (isRaw: boolean) => unknown },
  output: Writable,
): Promise<string | undefined> {
  const hidden = new HiddenLine(MAX_PASSPHRASE_BYTES);
  input.setRawMode?.(true); // Before the question: who types quickly must not be seen either.
  output.write(question);
  return new Promise((resolve) => {
    const finish = (answer: string | undefined): void => {
      input.off("data", take).off("end", end);
      input.setRawMode?.(false);
      input.pause();
      output.write("\n");
      resolve(answer);
    };
    const end = (): void => finish(undefined);
    const take = (chunk: Buffer): void => {
      const state = hidden.push(chunk);
      if (state.kind === "more") return;
      finish(state.kind === "line" ? state.text : undefined);
      // What was typed or pasted behind the line is for whoever reads next.
      if (state.kind === "line" && state.rest.length > 0) input.unshift(state.rest);
    };
    input.on("data", take).once("end", end);
    input.resume();
  });
}

/** As many bytes of the file as a passphrase and its line end can have, and one more. */
function readBeginning(path: string): Buffer {
  const bytes = Buffer.alloc(MAX_PASSPHRASE_BYTES + 3);
  const file = openSync(path, "r");
  try {
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      length += count;
      if (count === 0 || bytes.subarray(0, length).includes("\n")) break;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
