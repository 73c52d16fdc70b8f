// Tests the addresses of what is shown of a capture.

import { expect } from "chai";
import { partsOf, readView, type View } from "./view-address.ts";

const VIEWS: readonly [string, View][] = [
  ["", { tab: "connections", row: undefined }],
  ["connections/2", { tab: "connections", row: 2 }],
  ["packets", { tab: "packets", packet: undefined }],
  ["packet/32", { tab: "packets", packet: 32 }],
  ["stream/2", { tab: "lines", talk: { kind: "stream", number: 2 }, line: undefined }],
  ["stream/2/line/0", { tab: "lines", talk: { kind: "stream", number: 2 }, line: 0 }],
  ["conversation/0/datagram/7", { tab: "lines", talk: { kind: "conversation", number: 0 }, line: 7 }],
  ["stream/3/plots", { tab: "plots", stream: 3, line: undefined }],
  ["stream/3/plots/9", { tab: "plots", stream: 3, line: 9 }],
];

describe("addresses of what is shown of a capture", () => {
  for (const [address, view] of VIEWS) {
    it(`"${address}" is read, and written again`, () => {
      expect(readView(address === "" ? [] : address.split("/"))).to.deep.equal(view);
      expect(partsOf(view).join("/")).to.equal(address);
    });
  }

  it("what is no view shows the connections", () => {
    for (const parts of [["packet"], ["packet", "-1"], ["packet", "1e9"], ["stream", "x"], ["<img>"], [""]])
      expect(readView(parts), parts.join("/")).to.deep.equal({ tab: "connections", row: undefined });
  });
});
