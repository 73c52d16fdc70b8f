// The addresses of a record: through a relay that is reached by WebSocket, to a peer (P10.3). Pure.

import { publicKeyOfPeerId } from "./identity.ts";

const FORM =
  /^\/(?<kind>ip4|ip6|dns)\/(?<host>[^/]+)\/tcp\/(?<port>[1-9][0-9]{0,4})\/(?:ws|wss)\/p2p\/(?<relay>[^/]+)\/p2p-circuit\/p2p\/(?<peer>[^/]+)$/;

const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/**
 * Whether this is `/ip4|ip6|dns/HOST/tcp/PORT/ws|wss/p2p/RELAY/p2p-circuit/p2p/PEER`, and nothing before or behind it.
 * Relays have Ed25519 keys, as all nodes of this stage.
 * @param peerId the peer that the address must lead to
 */
export function isCircuitAddress(value: unknown, peerId: string): value is string {
  if (typeof value !== "string") return false;
  const { kind = "", host = "", port = "", relay = "", peer = "" } = FORM.exec(value)?.groups ?? {};
  return (
    isHost(kind, host) &&
    Number(port) <= 65_535 &&
    publicKeyOfPeerId(relay) !== undefined &&
    relay !== peer &&
    peer === peerId
  );
}

function isHost(kind: string, host: string): boolean {
  switch (kind) {
    case "ip4":
      return IPV4.test(host);
    case "ip6":
      return /^[0-9a-f:.]+$/i.test(host) && URL.canParse(`http://[${host}]/`);
    case "dns":
      return NAME.test(host);
    default:
      return false;
  }
}
