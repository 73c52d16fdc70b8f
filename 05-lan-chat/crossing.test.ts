import { expect } from "chai";
import { crosses, staysIfCrossed } from "./crossing.ts";

/** A fingerprint that begins with this byte. */
function fingerprint(first: number): string {
  return Buffer.alloc(32, 0).fill(first, 0, 1).toString("base64url");
}

describe("crossing calls", () => {
  it("P9.6 are those that began before the session was complete, and come from the other side", () => {
    const standing = { role: "initiator", completed: 10 } as const;
    expect(crosses({ role: "responder", began: 9 }, standing)).to.equal(true);
    expect(crosses({ role: "responder", began: 11 }, standing)).to.equal(false);
    expect(crosses({ role: "initiator", began: 9 }, standing)).to.equal(false);
  });

  it("P9.6 are decided by the smaller fingerprint, and both sides decide the same", () => {
    // As letters, `-` and `0` come before `A` and `z`; as bytes, they come after.
    const inOrder = [0x00, 0x4a, 0x8f, 0xd0, 0xf8, 0xff].map(fingerprint);
    expect(inOrder.map((one) => one[0])).to.deep.equal(["A", "S", "j", "0", "-", "_"]);
    for (const [i, smaller] of inOrder.entries()) {
      for (const larger of inOrder.slice(i + 1)) {
        expect(staysIfCrossed("initiator", smaller, larger)).to.equal(true);
        expect(staysIfCrossed("responder", larger, smaller)).to.equal(true);
        expect(staysIfCrossed("responder", smaller, larger)).to.equal(false);
        expect(staysIfCrossed("initiator", larger, smaller)).to.equal(false);
      }
    }
  });
});
