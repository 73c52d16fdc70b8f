// Says in a few words what a stream or a conversation is. Pure.

import type { UdpConversation } from "../follow/conversations.ts";
import type { Stream } from "../read/packet.ts";
import { libp2pIn } from "./libp2p.ts";
import type { Protocol } from "./protocols.ts";
import { readable } from "./readable.ts";
import type { StreamLine } from "./stream-lines.ts";
import { beaconIn, openToken, type TeamKey } from "./team-tokens.ts";
import { tokenOf } from "./tokens.ts";

/** Describes a stream in words. @param lines of the stream, in order @param protocol that they speak */
export function streamWords(stream: Stream, lines: readonly StreamLine[], protocol: Protocol): string {
  switch (protocol.name) {
    case "calculator":
      return "01, calculator";
    case "registry":
      return `registry, ${protocol.username ?? "a client"}`;
    case "peers":
      return `${protocol.stage}, ${protocol.initiator} calls ${protocol.responder ?? "?"}`;
    case "session":
      return `05, ${protocol.initiator} calls ${protocol.responder ?? "?"}`;
    case "libp2p":
      return `06, to a node: ${clearShare(lines)} in clear`;
    case "unknown":
      return lines.length > 0 ? "not ours" : describeSilent(stream);
  }
}

/** How much of a connection of stage 06 can be read, in percent. */
function clearShare(lines: readonly StreamLine[]): string {
  const { clearBytes, allBytes } = libp2pIn(lines) ?? { clearBytes: 0, allBytes: 1 };
  return `${((100 * clearBytes) / allBytes).toFixed(1)}%`;
}

/** Describes a stream without any data. */
function describeSilent({ unopened }: Stream): string {
  if (unopened === undefined) return "nothing was said";
  return unopened === "refused" ? "refused" : "no answer";
}

/** Describes a conversation by its first token, and whose beacon that is: there may be anything else on any port. */
export function conversationWords({ datagrams }: UdpConversation, teamKey: TeamKey | undefined): string {
  for (const { payload } of datagrams()) {
    if (tokenOf(payload) === undefined) continue;
    const opened = teamKey === undefined ? undefined : openToken(payload, teamKey);
    const name = opened === undefined ? undefined : beaconIn(opened)?.object.name;
    return typeof name === "string" ? `05, ${readable(Buffer.from(name))}` : "05, tokens";
  }
  return "not ours";
}
