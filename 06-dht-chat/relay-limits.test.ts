import { expect } from "chai";
import { isHostFull, RELAY_LIMITS } from "./relay-limits.ts";

describe("what a relay takes on", () => {
  const sixteen = Array.from({ length: 16 }, (_, index) => `/ip4/10.0.0.1/tcp/${50_000 + index}/ws`);

  it("P10.5 200 reservations, 16 from one address, 256 circuits", () => {
    expect(RELAY_LIMITS).to.include({ reservations: 200, reservationsOfAHost: 16, circuits: 256 });
  });

  it("P10.5 a seventeenth reservation from one address is one too many; another address has its own sixteen", () => {
    expect(isHostFull("/ip4/10.0.0.1/tcp/1/ws", sixteen.slice(1), RELAY_LIMITS)).to.equal(false);
    expect(isHostFull("/ip4/10.0.0.1/tcp/1/ws", sixteen, RELAY_LIMITS)).to.equal(true);
    expect(isHostFull("/ip4/10.0.0.11/tcp/1/ws", sixteen, RELAY_LIMITS)).to.equal(false);
  });

  it("P10.5 the own machine has no such limit", () => {
    for (const own of ["/ip4/127.0.0.1/tcp/1/ws", "/ip6/::1/tcp/1/ws"])
      expect(isHostFull(own, Array(50).fill(own), RELAY_LIMITS), own).to.equal(false);
  });
});
