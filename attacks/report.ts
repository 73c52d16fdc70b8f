// What an attack prints: numbered steps, lines on the wire, lines on a screen, and the proof.

import { MORE, readable } from "../captures/explain/readable.ts";
import { fitted } from "../terminal/fitted.ts";
import { canvasFor, type Style } from "../terminal/paint.ts";
import { cut } from "../terminal/text.ts";

/** The attack did not go as expected. The message is one line. */
export class AttackError extends Error {}

/** Where the output is no terminal, lines from the wire are cut to this width, so that they fit into a page. */
const WIDTH = 78;

const canvas = canvasFor(process.stdout, process.env);
const width = process.stdout.isTTY ? canvas.width : WIDTH;
let steps = 0;

/** Prints a text; on a terminal, long lines end between words. */
export function say(text = "", style?: Style): void {
  const shown = fitted(text, process.stdout.isTTY ? width : undefined);
  console.log(style === undefined ? shown : canvas.paint(style, shown));
}

export function heading(text: string): void {
  say(text, "heading");
}

/** Prints what the attacker does next. */
export function step(text: string): void {
  steps += 1;
  say(`${steps}. ${text}`);
}

/** Prints a line from the wire, cut to the width. Ciphertext has another colour. */
export function showWire(who: string, line: string): void {
  const kind = /"type":"(?:xored|sealed|unauthenticated)"/.test(line) ? "ciphertext" : "plaintext";
  const shown = cut(readable(Buffer.from(line)), width - who.length - 5, MORE);
  console.log(`   ${who}: ${canvas.paint(kind, shown)}`);
}

/** Prints what a victim's program has shown to its user. */
export function showScreen(name: string, line: string): void {
  say(`   ${name}'s screen: ${readable(Buffer.from(line))}`);
}

/** Prints what the attacker has learned or done although they should not be able to, and where it can be seen. */
export function proof(where: string, what: string): void {
  say(`proof: ${where}: ${readable(Buffer.from(what))}`, "bad");
}

/** Prints that the attack was stopped as expected, and what the other side answered or showed. */
export function stopped(where: string, what: string): void {
  say(`stopped: ${where}: ${readable(Buffer.from(what))}`, "heading");
}
