// The addresses of a record: through a relay that is reached by WebSocket, to a peer (P10.3). Pure.

import { publicKeyOfPeerId } from "./identity.ts";

const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/** The longest name of a host, and the form of its labels (RFC 1035 section 2.3.4); underscores are in use, too. */
const MAX_NAME_LENGTH = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/**
 * Whether this is `/ip4|ip6|dns/HOST/tcp/PORT/ws|wss/p2p/RELAY/p2p-circuit/p2p/PEER`, and nothing before or behind it.
 * Relays have Ed25519 keys, as all nodes of this stage.
 * @param peerId the peer that the address must lead to
 */
export function isCircuitAddress(value: unknown, peerId: string): value is string {
  if (typeof value !== "string") return false;
  const [kind = "", host = "", port = "", transport = "", relay = "", peer = ""] = variablesOf(value) ?? [];
  return (
    isHost(kind, host) &&
    /^[1-9][0-9]{0,4}$/.test(port) &&
    Number(port) <= 65_535 &&
    (transport === "ws" || transport === "wss") &&
    publicKeyOfPeerId(relay) !== undefined &&
    relay !== peer &&
    peer === peerId
  );
}

/** What stands between the words that are the same in all of them. @returns undefined if these are others */
function variablesOf(address: string): string[] | undefined {
  const [start, kind, host, tcp, port, transport, toRelay, relay, circuit, toPeer, peer, ...rest] =
    address.split("/");
  const fixed = [start, tcp, toRelay, circuit, toPeer, ...rest].join("/");
  if (fixed !== "/tcp/p2p/p2p-circuit/p2p" || peer === undefined) return undefined;
  return [kind, host, port, transport, relay, peer].map(String);
}

function isHost(kind: string, host: string): boolean {
  switch (kind) {
    case "ip4":
      return IPV4.test(host);
    case "ip6":
      return /^[0-9a-f:.]+$/i.test(host) && URL.canParse(`http://[${host}]/`);
    case "dns":
      return host.length <= MAX_NAME_LENGTH && host.split(".").every((label) => LABEL.test(label));
    default:
      return false;
  }
}
