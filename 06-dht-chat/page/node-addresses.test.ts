import { expect } from "chai";
import { askNode, readNodes } from "./node-addresses.ts";

const OWN = "/ip4/127.0.0.1/tcp/8060/ws/p2p/12D3KooWA";
const OTHER = "/ip4/127.0.0.1/tcp/8061/ws/p2p/12D3KooWB";

describe("the addresses that the page joins by", () => {
  it("P10.5 the own node's come first, then those of others, each once", () => {
    const text = JSON.stringify({ peerId: "x", addresses: [OWN], others: [OTHER, OWN] });
    expect(readNodes(text)).to.deep.equal([OWN, OTHER]);
  });

  it("P10.5 what is no address, too long or too much is not used", () => {
    for (const text of ["", "no json", "null", "[]", "7", '{"addresses":7}', '{"addresses":{"length":9}}']) {
      expect(readNodes(text), text).to.deep.equal([]);
    }
    expect(
      readNodes(JSON.stringify({ addresses: [1, null, OWN, "http://x", `/${"a".repeat(600)}`] })),
    ).to.deep.equal([OWN]);
    const many = Array.from({ length: 1000 }, (_, n) => `/ip4/127.0.0.1/tcp/${n}/ws`);
    expect(readNodes(JSON.stringify({ addresses: many }))).to.have.length(64);
    expect(readNodes(JSON.stringify({ addresses: [OWN], filler: "x".repeat(70_000) }))).to.deep.equal([]);
  });

  it("P10.5 a node that does not answer, or says nothing, is an error", async () => {
    const answers = [
      { ok: false, text: async () => JSON.stringify({ addresses: [OWN] }) },
      { ok: true, text: async () => "{}" },
    ];
    for (const answer of answers) {
      expect(await askNode(async () => answer).catch((error: unknown) => error)).to.be.instanceOf(Error);
    }
    const nodes = await askNode(async () => ({
      ok: true,
      text: async () => JSON.stringify({ addresses: [OWN] }),
    }));
    expect(nodes).to.deep.equal([OWN]);
  });
});
