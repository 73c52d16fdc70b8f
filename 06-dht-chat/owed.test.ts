import { expect } from "chai";
import { isOwedFor, Owed } from "./owed.ts";

const chunk = (file: number, offset: number) =>
  ({ type: "chunk", file, offset, bytes: new Uint8Array(1) }) as const;

const message = (id: string) => ({ type: "message", id, text: "x" }) as const;

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

  it("P10.10 the time runs from the oldest debt, and anew when something before it is acknowledged", () => {
    const owed = new Owed();
    expect([owed.since, owed.isEmpty]).deep.equal([undefined, true]);
    owed.sent(message("a"), 100);
    owed.sent(message("b"), 200);
    expect(owed.since).equal(100);
    owed.received({ type: "ack", id: "a" }, 300);
    expect([owed.since, owed.isEmpty]).deep.equal([300, false]);
    owed.received({ type: "ack", id: "unknown" }, 400);
    expect(owed.since).equal(300);
    owed.received({ type: "ack", id: "b" }, 500);
    expect(owed.isEmpty).equal(true);
    owed.sent(chunk(1, 0), 900);
    expect(owed.since).equal(900);
    owed.clear();
    expect(owed.since).equal(undefined);
  });

  it("P10.10 what is never acknowledged has its 10 s, however much that went out later is", () => {
    const owed = new Owed();
    owed.sent(message("never"), 0);
    for (let now = 1000; now <= 20_000; now += 1000) {
      owed.sent(message(`${now}`), now);
      owed.received({ type: "ack", id: `${now}` }, now + 500);
      owed.sent(chunk(1, now), now + 500);
      owed.received({ type: "chunk-ack", file: 1, offset: now }, now + 900);
    }
    expect(owed.since).equal(0);
    // Sent again, it is owed from then on.
    owed.sent(message("never"), 30_000);
    expect(owed.since).equal(30_000);
  });

  it("P10.9 P10.10 a slow line that pays one debt after the other, in their order, is never late", () => {
    const owed = new Owed();
    // A window of 4 MiB that is sent at once, and a message behind it: at 100 kB/s a chunk takes 655 ms, all of them 42 s.
    for (let index = 0; index < 64; index += 1) owed.sent(chunk(1, index * 65_536), 0);
    owed.sent(message("behind"), 0);
    let now = 0;
    for (let index = 0; index < 64; index += 1) {
      expect(now - (owed.since ?? 0)).to.be.below(10_000);
      now += 655;
      owed.received({ type: "chunk-ack", file: 1, offset: index * 65_536 }, now);
    }
    expect(now).to.be.above(40_000);
    expect(owed.since, "its own 10 s begin when nothing stands before it").equal(now);
    owed.received({ type: "ack", id: "behind" }, now + 655);
    expect(owed.isEmpty).equal(true);
  });

  it("P10.10 their done or cancel pays for a file; a cancel of our own only forgets it", () => {
    for (const type of ["done", "cancel", "refuse"] as const) {
      const owed = new Owed();
      owed.sent(chunk(1, 0), 0);
      owed.sent(message("a"), 1);
      owed.received({ type, file: 1 }, 5000);
      expect(owed.since).equal(5000);
    }
    const owed = new Owed();
    owed.sent(chunk(1, 0), 0);
    owed.sent(message("a"), 1);
    owed.forget(1);
    expect(owed.since).equal(1);
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
