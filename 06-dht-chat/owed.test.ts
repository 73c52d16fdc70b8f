import { expect } from "chai";
import { isOwedFor, Owed } from "./owed.ts";

const chunk = (file: number, offset: number) =>
  ({ type: "chunk", file, offset, bytes: new Uint8Array(1) }) as const;

describe("what is owed an acknowledgement", () => {
  it("P10.10 messages and chunks are owed for, nothing else is", () => {
    expect(isOwedFor({ type: "message", id: "a", text: "x" })).equal(true);
    expect(isOwedFor(chunk(1, 0))).equal(true);
    const others = [
      { type: "ack", id: "a" },
      { type: "offer" },
      { type: "done", file: 1 },
      { type: "ready" },
    ] as never[];
    for (const content of others) expect(isOwedFor(content)).equal(false);
  });

  it("P10.10 the time runs from the first that is owed, and anew with each acknowledgement", () => {
    const owed = new Owed();
    owed.sent({ type: "message", id: "a", text: "x" }, 100);
    owed.sent({ type: "message", id: "b", text: "x" }, 200);
    expect(owed.since).equal(100);
    owed.received({ type: "ack", id: "a" }, 300);
    expect([owed.since, owed.isEmpty]).deep.equal([300, false]);
    owed.received({ type: "ack", id: "unknown" }, 400);
    expect(owed.since).equal(300);
    owed.received({ type: "ack", id: "b" }, 500);
    expect(owed.isEmpty).equal(true);
    owed.sent(chunk(1, 0), 900);
    expect(owed.since).equal(900);
  });

  it("P10.9 P10.10 an acknowledgement of a chunk stands for all before it, of this file alone", () => {
    const owed = new Owed();
    for (const offset of [0, 10, 20]) owed.sent(chunk(1, offset), 0);
    owed.sent(chunk(2, 0), 0);
    owed.received({ type: "chunk-ack", file: 1, offset: 10 }, 5);
    expect(owed.isEmpty).equal(false);
    owed.received({ type: "chunk-ack", file: 1, offset: 20 }, 6);
    expect(owed.isEmpty).equal(false);
    owed.received({ type: "cancel", file: 2 }, 7);
    expect(owed.isEmpty).equal(true);
  });
});
