// Shows the datagrams between two ends to people: when, who, how much, and what it says. Makes text; prints nothing.

import type { Canvas } from "../../terminal/paint.ts";
import { cut } from "../../terminal/text.ts";
import { endpoint } from "../explain/endpoint.ts";
import { hexDump } from "../explain/hex-dump.ts";
import { datagramWords } from "../explain/listed-packets.ts";
import { MORE } from "../explain/readable.ts";
import type { TeamKey } from "../explain/team-tokens.ts";
import type { UdpConversation } from "../follow/conversations.ts";
import type { Cast } from "../read/packet.ts";

const BYTES_PER_ROW = 16;

/** How to show a conversation. */
export interface ConversationView {
  /** Whether to show every byte in hexadecimal, too. */
  hex: boolean;
  /** If given, tokens that it opens are shown in words. */
  teamKey: TeamKey | undefined;
}

/** The rows that show a conversation. */
export function showConversation(
  conversation: UdpConversation,
  { hex, teamKey }: ConversationView,
  { width, paint }: Canvas,
): string[] {
  const { a, b, cast, firstTime } = conversation;
  const who = Math.max("from".length, endpoint(a).length, cast === "one" ? endpoint(b).length : 0);
  const rows = [
    `${endpoint(a)} → ${endpoint(b)}${cast === "one" ? "" : `, ${castWords(cast)}`}`,
    paint("heading", `${"seconds".padStart(8)}  packet  ${"from".padEnd(who)}  bytes  what it says`),
  ];
  for (const datagram of conversation.datagrams()) {
    const { what, isSealed } = datagramWords(datagram, teamKey);
    const beginning = [
      (Number(datagram.time - firstTime) / 1e9).toFixed(3).padStart(8),
      String(datagram.packet).padStart(6),
      endpoint(datagram.source).padEnd(who),
      String(datagram.payloadLength).padStart(5),
      "",
    ].join("  ");
    rows.push(
      beginning + paint(isSealed ? "ciphertext" : "plaintext", cut(what, width - beginning.length, MORE)),
    );
    if (hex)
      for (const row of hexDump(datagram.payload, BYTES_PER_ROW))
        rows.push(paint("dim", `${" ".repeat(10)}${row}`));
  }
  return rows;
}

/** To how many a datagram goes, in words. */
export function castWords(cast: Cast): string {
  if (cast === "one") return "to one";
  return cast === "multicast" ? "multicast, to a group" : "broadcast, to all of a network";
}
