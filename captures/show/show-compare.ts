// Shows two captures of the same conversation side by side, such as stages 02 and 04. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { column } from "../../terminal/text.ts";
import { ciphertextOf, explain, jsonOf, namesOf, type Protocol, recognise } from "../explain/protocols.ts";
import { entropy, printableShare } from "../explain/readability.ts";
import { MORE, readable } from "../explain/readable.ts";
import { linesOf, type Side, type StreamLine } from "../explain/stream-lines.ts";
import type { LoadedCapture } from "../follow/load.ts";

/** The lines of a chat, without its handshake. */
interface Chat {
  path: string;
  protocol: Protocol & { name: "peers" };
  lines: Extract<StreamLine, { kind: "line" }>[];
}

/** The rows that compare the first chat of each capture; undefined if one of the captures holds no chat. */
export function showCompare(left: LoadedCapture, right: LoadedCapture, canvas: Canvas): string[] | undefined {
  const [one, other] = [chatOf(left), chatOf(right)];
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
    rows.push(`${column(who, nameWidth, MORE)}  ${cell(first, half, canvas)}  ${cell(second, half, canvas)}`);
  }
  rows.push("", ...[one, other].flatMap((chat) => verdict(chat)));
  return rows;
}

function chatOf(capture: LoadedCapture): Chat | undefined {
  for (const stream of capture.streams) {
    const lines = linesOf(stream);
    const protocol = recognise(lines);
    if (protocol.name !== "peers") continue;
    const chat = lines.flatMap((line) => (line.kind === "line" && !isHandshake(line.bytes) ? [line] : []));
    return { path: capture.path, protocol, lines: chat };
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

function cell(line: Chat["lines"][number] | undefined, width: number, canvas: Canvas): string {
  if (line === undefined) return " ".repeat(width);
  const kind = ciphertextOf(line.bytes) === undefined ? "plaintext" : "ciphertext";
  return canvas.paint(kind, column(readable(line.bytes), width, MORE));
}

/** Says how much of a chat can be read. */
function verdict({ path, lines }: Chat): string[] {
  const content = Buffer.concat(lines.map(({ bytes }) => ciphertextOf(bytes) ?? bytes));
  const open = lines.filter(({ bytes }) => explain(bytes) !== undefined).length;
  const share = Math.round(100 * printableShare(content));
  return [
    `${path}: ${open} of ${lines.length} lines can be read`,
    `  ${share}% of the bytes are printable (of random ones 38%), ${entropy(content).toFixed(2)} of 8 bits per byte`,
  ];
}
