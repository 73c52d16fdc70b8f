// What of a capture is shown, as its address says it: #/captures/ID/packet/3. Pure.

import type { Talk } from "./capture-lists.ts";

/** What is shown of a capture. */
export type View =
  | { tab: "connections"; row: number | undefined }
  /** Packets are counted from 1, all else from 0. */
  | { tab: "packets"; packet: number | undefined }
  /** The lines of a connection, or the datagrams of a conversation. */
  | { tab: "lines"; talk: Talk; line: number | undefined }
  | { tab: "plots"; stream: number; line: number | undefined };

/** @param parts what follows the capture's id; anything else than a view shows the connections */
export function readView(parts: readonly string[]): View {
  const [first, number, second, line] = parts;
  const at = whole(number);
  if (first === "packets") return { tab: "packets", packet: undefined };
  if (first === "packet" && at !== undefined) return { tab: "packets", packet: Math.max(1, at) };
  if (first === "stream" && second === "plots" && at !== undefined)
    return { tab: "plots", stream: at, line: whole(line) };
  if ((first === "stream" || first === "conversation") && at !== undefined)
    return { tab: "lines", talk: { kind: first, number: at }, line: whole(line) };
  return { tab: "connections", row: first === "connections" ? at : undefined };
}

/** The parts that `readView` reads. */
export function partsOf(view: View): string[] {
  switch (view.tab) {
    case "connections":
      return view.row === undefined ? [] : ["connections", `${view.row}`];
    case "packets":
      return view.packet === undefined ? ["packets"] : ["packet", `${view.packet}`];
    case "lines": {
      const { kind, number } = view.talk;
      const name = kind === "stream" ? "line" : "datagram";
      return [kind, `${number}`, ...(view.line === undefined ? [] : [name, `${view.line}`])];
    }
    case "plots":
      return ["stream", `${view.stream}`, "plots", ...(view.line === undefined ? [] : [`${view.line}`])];
  }
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined;
}
