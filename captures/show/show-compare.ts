// Shows two captures of the same conversation side by side, such as stages 02 and 04. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column } from "../../terminal/text.ts";
import type { KeyLog } from "../explain/key-log.ts";
import { ciphertextOf, explain, jsonOf, namesOf, type Protocol, recognise } from "../explain/protocols.ts";
import { entropy, printableShare } from "../explain/readability.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type Side, type StreamLine, wireBytes } from "../explain/stream-lines.ts";
import { unseal } from "../explain/unseal.ts";
import type { Unsealed } from "../explain/unsealed.ts";
import type { LoadedCapture } from "../follow/load.ts";

/** The lines of a chat, without its handshake. */
interface Chat {
  path: string;
  protocol: Protocol & { name: "peers" };
  lines: Extract<StreamLine, { kind: "line" }>[];
  /** What the key log has decrypted, or why it could not. */
  opened: ReadonlyMap<StreamLine, Unsealed>;
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
  const [one, other] = [chatOf(left, keyLog), chatOf(right, keyLog)];
  if (one === undefined || other === undefined) return undefined;
  const names = namesOf(one.protocol);
  const nameWidth = Math.min(14, Math.max(names.a.length, names.b.length));
  const half = Math.floor((canvas.width - nameWidth - 4) / 2);
  const title = (chat: Chat): string => `stage ${chat.protocol.stage}: ${chat.path}`;
  const rows = [
    canvas.paint(
      "heading",
      `${"".padEnd(nameWidth)}  ${column(title(one), half, MORE)}  ${column(title(other), half, MORE)}`,
    ),
  ];
  for (const [first, second] of pairs(one, other)) {
    const who = names[(first ?? second)?.from ?? "a"];
    rows.push(
      `${column(who, nameWidth, MORE)}  ${cell(first, one, half, canvas)}  ${cell(second, other, half, canvas)}`,
    );
  }
  rows.push(
    "",
    ...[one, other].flatMap((chat) => [
      verdict(chat, keyLog !== undefined),
      ...(stats ? statistics(chat) : []),
    ]),
  );
  return rows;
}

function chatOf(capture: LoadedCapture, keyLog: KeyLog | undefined): Chat | undefined {
  for (const stream of capture.streams) {
    const lines = linesOf(stream);
    const protocol = recognise(lines);
    if (protocol.name !== "peers") continue;
    const chat = lines.flatMap((line) => (line.kind === "line" && !isHandshake(line.bytes) ? [line] : []));
    const opened = keyLog === undefined ? new Map<StreamLine, Unsealed>() : unseal(lines, keyLog);
    return { path: capture.path, protocol, lines: chat, opened };
  }
  return undefined;
}

function isHandshake(bytes: Buffer): boolean {
  const type = jsonOf(bytes)?.type;
  return type === "hello" || type === "key";
}

/** Pairs the n-th line of each side in one chat with the n-th line of that side in the other chat. */
function* pairs(
  one: Chat,
  other: Chat,
): Generator<[Chat["lines"][number] | undefined, Chat["lines"][number] | undefined]> {
  const rest: Record<Side, Chat["lines"]> = {
    a: other.lines.filter(({ from }) => from === "a"),
    b: other.lines.filter(({ from }) => from === "b"),
  };
  for (const line of one.lines) yield [line, rest[line.from].shift()];
  for (const line of [...rest.a, ...rest.b]) yield [undefined, line];
}

function cell(
  line: Chat["lines"][number] | undefined,
  { opened }: Chat,
  width: number,
  canvas: Canvas,
): string {
  if (line === undefined) return " ".repeat(width);
  const inside = opened.get(line);
  if (inside !== undefined && "line" in inside)
    return canvas.paint("plaintext", column(readable(inside.line), width, MORE));
  const kind = ciphertextOf(line.bytes) === undefined ? "plaintext" : "ciphertext";
  return canvas.paint(kind, column(readable(line.bytes), width, MORE));
}

/** Says how many lines of a chat can be read, by anybody and with the keys. */
function verdict({ path, lines, opened }: Chat, hasKeys: boolean): string {
  const isOpen = (line: Chat["lines"][number]): boolean => explain(line.bytes) !== undefined;
  const open = lines.filter(isOpen).length;
  const row = `${path}: ${open} of ${lines.length} lines can be read`;
  if (!hasKeys || open === lines.length) return row;
  const inside = lines.map((line) => opened.get(line));
  const decrypted = inside.filter((one) => one !== undefined && "line" in one).length;
  const problem = inside.find((one) => one !== undefined && "problem" in one);
  const why = problem !== undefined && "problem" in problem ? ` (${problem.problem})` : "";
  return `${row}, with the keys ${open + decrypted}${why}`;
}

/** Two numbers that tell text from random bytes: of all bytes on the wire, and of the ciphertexts in them. */
function statistics({ lines }: Chat): string[] {
  const ciphertexts = Buffer.concat(lines.flatMap(({ bytes }) => ciphertextOf(bytes) ?? []));
  const wire = numbersOf(Buffer.concat(lines.map(wireBytes)));
  return [
    `  on the wire: ${wire}`,
    ...(ciphertexts.length > 0
      ? [`  the ciphertexts in it: ${numbersOf(ciphertexts)} (random: 38%, nearly 8)`]
      : []),
  ];
}

function numbersOf(bytes: Buffer): string {
  return `${Math.round(100 * printableShare(bytes))}% printable, ${entropy(bytes).toFixed(2)} bits per byte`;
}
