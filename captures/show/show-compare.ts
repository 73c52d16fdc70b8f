// Shows two captures of the same conversation side by side, such as stages 02 and 04. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column } from "../../terminal/text.ts";
import {
  type Chat,
  type ChatLine,
  chatIn,
  pairs,
  readableIn,
  type Spread,
  spreadsOf,
} from "../explain/chats.ts";
import type { KeyLog } from "../explain/key-log.ts";
import { ciphertextOf, namesOf } from "../explain/protocols.ts";
import { MORE, readable } from "../explain/readable.ts";
import type { LoadedCapture } from "../follow/load.ts";

/** A chat, and the capture that it is from. */
interface NamedChat {
  path: string;
  chat: Chat;
}

/** How to compare. */
export interface CompareView {
  /** Whether to say how much of each chat is text, and how evenly its bytes are spread. */
  stats: boolean;
  /** If given, the lines that it decrypts are shown in clear. */
  keyLog: KeyLog | undefined;
}

/** The rows that compare the first chat of each capture; undefined if one of the captures holds no chat. */
export function showCompare(
  left: LoadedCapture,
  right: LoadedCapture,
  { stats, keyLog }: CompareView,
  canvas: Canvas,
): string[] | undefined {
  const [one, other] = [chatIn(left.streams, keyLog), chatIn(right.streams, keyLog)];
  if (one === undefined || other === undefined) return undefined;
  const chats = [
    { path: left.path, chat: one },
    { path: right.path, chat: other },
  ] as const;
  const names = namesOf(one.protocol);
  const nameWidth = Math.min(14, Math.max(names.a.length, names.b.length));
  const half = Math.floor((canvas.width - nameWidth - 4) / 2);
  const [title, otherTitle] = chats.map(({ path, chat }) =>
    column(`stage ${chat.protocol.stage}: ${path}`, half, MORE),
  );
  const rows = [canvas.paint("heading", `${"".padEnd(nameWidth)}  ${title}  ${otherTitle}`)];
  for (const [first, second] of pairs(one.lines, other.lines)) {
    const who = names[(first ?? second)?.from ?? "a"];
    rows.push(
      `${column(who, nameWidth, MORE)}  ${cell(first, one, half, canvas)}  ${cell(second, other, half, canvas)}`,
    );
  }
  rows.push(
    "",
    ...chats.flatMap((chat) => [verdict(chat, keyLog !== undefined), ...(stats ? statistics(chat) : [])]),
  );
  return rows;
}

function cell(line: ChatLine | undefined, { opened }: Chat, width: number, canvas: Canvas): string {
  if (line === undefined) return " ".repeat(width);
  const inside = opened.get(line);
  if (inside !== undefined && "line" in inside)
    return canvas.paint("plaintext", column(readable(inside.line), width, MORE));
  const kind = ciphertextOf(line.bytes) === undefined ? "plaintext" : "ciphertext";
  return canvas.paint(kind, column(readable(line.bytes), width, MORE));
}

function verdict({ path, chat }: NamedChat, hasKeys: boolean): string {
  return `${path}: ${readableIn(chat, hasKeys).words}`;
}

function statistics({ chat }: NamedChat): string[] {
  const { wire, ciphertexts } = spreadsOf(chat);
  const rows = [`  on the wire: ${numbersOf(wire)}`];
  if (ciphertexts !== undefined)
    rows.push(`  the ciphertexts in it: ${numbersOf(ciphertexts)} (random: 38%, nearly 8)`);
  return rows;
}

function numbersOf({ printable, entropy }: Spread): string {
  return `${Math.round(100 * printable)}% printable, ${entropy.toFixed(2)} bits per byte`;
}
