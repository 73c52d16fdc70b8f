// What an attack prints: numbered steps, what stands on the wire, what a screen shows, and the proof.

import { MORE, readable } from "../captures/explain/readable.ts";
import { canvasFor } from "../terminal/paint.ts";
import { cut } from "../terminal/text.ts";

/** The attack did not do what it should. The message is one line. */
export class AttackError extends Error {}

/** Lines from the wire are cut to this width where the output is no terminal, so that they fit into a page. */
const WIDTH = 78;

const canvas = canvasFor(process.stdout, process.env);
const width = process.stdout.isTTY ? canvas.width : WIDTH;
let steps = 0;

export function say(text = ""): void {
  console.log(text);
}

export function heading(text: string): void {
  say(canvas.paint("heading", text));
}

/** What the attacker does next. */
export function step(text: string): void {
  steps += 1;
  say(`${steps}. ${text}`);
}

/** A line as it stood on the wire, cut to the width. What nobody should be able to read has another colour. */
export function showWire(who: string, line: string): void {
  const kind = /"type":"(?:xored|sealed|unauthenticated)"/.test(line) ? "ciphertext" : "plaintext";
  const shown = cut(readable(Buffer.from(line)), width - who.length - 5, MORE);
  say(`   ${who}: ${canvas.paint(kind, shown)}`);
}

/** What a victim's program has shown to its user. */
export function showScreen(name: string, line: string): void {
  say(`   ${name}'s screen: ${readable(Buffer.from(line))}`);
}

/** What the attacker should not have been able to know or to bring about, and where it can be seen. */
export function proof(where: string, what: string): void {
  say(canvas.paint("bad", `proof: ${where}: ${readable(Buffer.from(what))}`));
}

/** The attack has failed as it should: what the other side answered, or showed. */
export function stopped(where: string, what: string): void {
  say(canvas.paint("heading", `stopped: ${where}: ${readable(Buffer.from(what))}`));
}
