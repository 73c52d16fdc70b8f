import { expect } from "chai";
import fc from "fast-check";
import { type Bytes, fromUtf8, toUtf8 } from "../bytes.ts";
import type { Pipe } from "../pipe.ts";
import { drawPipeFaults, pipePair } from "./pipes.ts";

const KEYS = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;

async function textsOf(pipe: Pick<Pipe, "frames">): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for await (const frame of pipe.frames) texts.push(fromUtf8(frame));
  return texts;
}

async function sendAll(pipe: Pipe, texts: readonly string[]): Promise<void> {
  for (const text of texts) await pipe.send(toUtf8(text));
}

async function isRefused(sending: Promise<void>): Promise<boolean> {
  return sending.then(
    () => false,
    () => true,
  );
}

describe("a pipe in memory", () => {
  it("P10.6 carries frames both ways, in order, and each end knows the other's key", async () => {
    const [one, other] = pipePair(KEYS).ends;
    expect([one.remoteKey, other.remoteKey]).to.deep.equal([KEYS[1], KEYS[0]]);
    await Promise.all([sendAll(one, ["a", "b"]), sendAll(other, ["c"])]);
    await Promise.all([one.end(), other.end()]);
    expect([await textsOf(other), await textsOf(one)]).to.deep.equal([["a", "b"], ["c"]]);
  });

  it("P10.6 after an end nothing is sent there, and the other way goes on", async () => {
    const [one, other] = pipePair(KEYS).ends;
    await one.end();
    expect(await isRefused(one.send(toUtf8("late")))).to.equal(true);
    await other.send(toUtf8("still"));
    await other.end();
    expect([await textsOf(one), await textsOf(other)]).to.deep.equal([["still"], []]);
  });

  it("P10.6 a send waits until there is room", async () => {
    const [one, other] = pipePair(KEYS, { room: 2 }).ends;
    await one.send(toUtf8("a"));
    let isSent = false;
    const second = one.send(toUtf8("b")).then(() => {
      isSent = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSent).to.equal(false);
    await other.frames[Symbol.asyncIterator]().next();
    await second;
    expect(isSent).to.equal(true);
  });

  it("P10.6 what is held comes when it is released, one by one", async () => {
    const pair = pipePair(KEYS);
    const [one, other] = pair.ends;
    pair.hold(0);
    await sendAll(one, ["a", "b", "c"]);
    const frames = other.frames[Symbol.asyncIterator]();
    const first: Promise<IteratorResult<Bytes>> = frames.next();
    let hasCome = false;
    void first.then(() => {
      hasCome = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasCome).to.equal(false);
    pair.release(0, 1);
    expect(fromUtf8((await first).value)).to.equal("a");
    await one.end();
    pair.release(0);
    expect(await textsOf({ frames: { [Symbol.asyncIterator]: () => frames } })).to.deep.equal(["b", "c"]);
  });

  it("P10.6 a reset ends both ways: who does it reads nothing more, the other what had come", async () => {
    for (const isHarsh of [false, true]) {
      const [one, other] = pipePair(KEYS, { isHarsh }).ends;
      await Promise.all([one.send(toUtf8("a")), other.send(toUtf8("b"))]);
      one.reset();
      one.reset();
      expect(await isRefused(one.send(toUtf8("c")))).to.equal(true);
      expect(await isRefused(other.send(toUtf8("d")))).to.equal(true);
      expect([await textsOf(one), await textsOf(other)]).to.deep.equal([[], isHarsh ? [] : ["a"]]);
    }
  });

  it("P10.6 is cut after so many frames of both ends", async () => {
    const [one, other] = pipePair(KEYS, { cutAfter: 3 }).ends;
    await sendAll(one, ["a", "b"]);
    await other.send(toUtf8("c"));
    expect([await isRefused(one.send(toUtf8("d"))), await isRefused(other.send(toUtf8("e")))]).to.deep.equal([
      true,
      true,
    ]);
    expect([await textsOf(other), await textsOf(one)]).to.deep.equal([["a", "b"], ["c"]]);
  });

  it("P10.6 what is altered on the way arrives so", async () => {
    const pair = pipePair(KEYS, {
      alter: (from, index, frame) => (from === 0 && index === 1 ? [] : [frame, frame]),
    });
    const [one, other] = pair.ends;
    await sendAll(one, ["a", "b", "c"]);
    await one.end();
    expect(await textsOf(other)).to.deep.equal(["a", "a", "c", "c"]);
    expect(one.sent.map(fromUtf8)).to.deep.equal(["a", "b", "c"]);
  });

  it("P10.6 with drawn faults a beginning of what was sent arrives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 3, maxLength: 3 }),
        async (drawn) => {
          const [one, other] = pipePair(
            KEYS,
            drawPipeFaults(() => drawn.shift() ?? 0, 12),
          ).ends;
          const sent = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
          const sending = sendAll(one, sent).then(
            () => one.end(),
            () => undefined,
          );
          const arrived = await textsOf(other);
          await sending;
          expect(arrived).to.deep.equal(sent.slice(0, arrived.length));
        },
      ),
    );
  });
});
