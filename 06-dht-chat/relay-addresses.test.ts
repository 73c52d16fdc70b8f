import { expect } from "chai";
import { peerIdOf } from "./identity.ts";
import { circuitAddress, parseRelayAddress, relayOfCircuit } from "./relay-addresses.ts";

const RELAY = peerIdOf(new Uint8Array(32).fill(1));
const PEER = peerIdOf(new Uint8Array(32).fill(2));
const OTHER = peerIdOf(new Uint8Array(32).fill(3));

describe("addresses of relays", () => {
  it("P10.3 lead to a peer through a relay, and back again", () => {
    for (const way of ["/ip4/127.0.0.1/tcp/8060/ws", "/ip6/::1/tcp/1/ws", "/dns/relay.example/tcp/443/wss"]) {
      const relay = { address: `${way}/p2p/${RELAY}`, peerId: RELAY };
      expect(parseRelayAddress(relay.address, PEER), way).to.deep.equal(relay);
      expect(relayOfCircuit(circuitAddress(relay.address, PEER), PEER), way).to.deep.equal(relay);
    }
  });

  it("P10.3 are nothing else: another peer, another form, oneself, something endless", () => {
    const right = `/ip4/127.0.0.1/tcp/8060/ws/p2p/${RELAY}`;
    expect(relayOfCircuit(circuitAddress(right, PEER), OTHER)).to.equal(undefined);
    for (const wrong of [
      undefined,
      7,
      "",
      right.replace("/ws", ""),
      right.replace("tcp", "udp"),
      right.replace("8060", "80600"),
      right.replace("127.0.0.1", "127.0.0.1/x"),
      right.replace("/ip4/127.0.0.1", `/dns/${"a.".repeat(400)}b`),
      right.replace(RELAY, "12D3KooW"),
      right.replace(RELAY, PEER),
      circuitAddress(right, OTHER),
    ])
      expect(parseRelayAddress(wrong, PEER), String(wrong)).to.equal(undefined);
  });
});
