import { expect } from "chai";
import type { Bytes } from "./bytes.ts";
import { decodeContent, encodeContent } from "./contents.ts";
import { Direct } from "./direct.ts";
import { Opener, type SealedPair, Sealer } from "./sealed-channel.ts";
import type { Role } from "./session-keys.ts";
import { FakeDirect } from "./testing/fake-direct.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { quiet } from "./testing/quiet.ts";

const MESSAGE = encodeContent({ type: "message", id: "ab".repeat(16), text: "hello" });

/** Keys of attempt n, as both sides have them. */
function keysOf(role: Role, n: number): SealedPair {
  const initiator = new Uint8Array(32).fill(n);
  const responder = new Uint8Array(32).fill(100 + n);
  const [own, other] = role === "initiator" ? [initiator, responder] : [responder, initiator];
  return { sealer: new Sealer(own), opener: new Opener(other) };
}

interface Side {
  direct: Direct;
  /** Attempts whose keys were taken. */
  taken: number[];
  /** What was said on the stream. */
  said: { n: number; sdp: string }[];
  received: Bytes[];
  events: string[];
}

describe("a direct path", () => {
  let clock: HandClock;
  let net: FakeDirect;
  let initiator: Side;
  let responder: Side;
  /** Whether what is said on the stream arrives. */
  let isStreamOpen: boolean;

  beforeEach(() => {
    clock = new HandClock();
    net = new FakeDirect();
    isStreamOpen = true;
    initiator = makeSide("initiator", () => responder);
    responder = makeSide("responder", () => initiator);
  });

  function makeSide(role: Role, other: () => Side): Side {
    const side: Omit<Side, "direct"> = { taken: [], said: [], received: [], events: [] };
    const direct = new Direct({
      session: {
        role,
        directKeys: async (n) => {
          if (n <= (side.taken.at(-1) ?? 0)) throw new RangeError("no key is given out twice");
          side.taken.push(n);
          return keysOf(role, n);
        },
      },
      clock,
      makeAttempt: net.make,
      sayOnStream: async (n, sdp) => {
        side.said.push({ n, sdp });
        if (isStreamOpen) void other().direct.receive(n, sdp);
      },
      events: {
        ready: () => void side.events.push("ready"),
        received: async (content) => void side.received.push(content),
        closed: () => void side.events.push("closed"),
      },
    });
    return { ...side, direct };
  }

  async function turn(milliseconds: number): Promise<void> {
    const end = clock.now() + milliseconds;
    await quiet();
    for (let next = clock.next; next !== undefined && next <= end; next = clock.next) {
      clock.turnTo(next);
      await quiet();
    }
    clock.turnTo(end);
  }

  async function open(): Promise<void> {
    responder.direct.turnOn();
    initiator.direct.turnOn();
    await turn(0);
  }

  it("P10.10 the initiator opens attempt 1, and only it; contents pass once the other's ready came", async () => {
    responder.direct.turnOn();
    await turn(60_000);
    expect(net.made).equal(0);
    initiator.direct.turnOn();
    await turn(0);
    expect([initiator.events, responder.events]).deep.equal([["ready"], ["ready"]]);
    expect(initiator.said.map(({ n }) => n)).deep.equal([1]);
    expect(responder.said.map(({ n }) => n)).deep.equal([1]);
    await initiator.direct.send(MESSAGE);
    await responder.direct.send(MESSAGE);
    await turn(0);
    expect(responder.received.map(decodeContent)).deep.equal([decodeContent(MESSAGE)]);
    expect(initiator.received.map(decodeContent)).deep.equal([decodeContent(MESSAGE)]);
  });

  it("P10.10 what is sent is one sealed frame under the attempt's own key, with the counter from 0: ready is first", async () => {
    const frames: Bytes[] = [];
    net.alter = (message) => {
      frames.push(message);
      return message;
    };
    await open();
    await initiator.direct.send(MESSAGE);
    const opener = new Opener(new Uint8Array(32).fill(1));
    const ofInitiator = [];
    for (const frame of frames) {
      const content = await new Opener(new Uint8Array(32).fill(1)).open(frame);
      if (content) ofInitiator.push(frame);
    }
    const first = ofInitiator[0];
    expect(ofInitiator).to.have.lengthOf(1);
    expect(first && decodeContent((await opener.open(first)) ?? new Uint8Array())).deep.equal({
      type: "ready",
    });
    expect(await opener.open(frames.at(-1) ?? new Uint8Array())).deep.equal(MESSAGE);
  });

  it("P10.10 many that are sent at once arrive in their order", async () => {
    await open();
    const contents = Array.from({ length: 50 }, (_, index) =>
      encodeContent({ type: "message", id: "ab".repeat(16), text: String(index) }),
    );
    await Promise.all(contents.map((content) => initiator.direct.send(content)));
    await turn(0);
    expect(responder.received).deep.equal(contents);
  });

  it("P10.10 another n than the latest is passed over, by both sides", async () => {
    isStreamOpen = false;
    responder.direct.turnOn();
    initiator.direct.turnOn();
    await turn(0);
    const [offer] = initiator.said;
    await responder.direct.receive(5, offer?.sdp ?? "");
    await responder.direct.receive(5, offer?.sdp ?? "");
    await responder.direct.receive(3, offer?.sdp ?? "");
    expect(responder.said.map(({ n }) => n)).deep.equal([5]);
    const answer = responder.said[0]?.sdp ?? "";
    await initiator.direct.receive(5, answer);
    await initiator.direct.receive(2, answer);
    await turn(0);
    expect(net.opened).equal(0);
    await initiator.direct.receive(1, answer);
    await initiator.direct.receive(1, "a second answer");
    await turn(0);
    expect(net.opened).equal(2);
    // Their keys are those of different attempts: nothing opens, and the path is closed again.
    expect(initiator.events).deep.equal([]);
  });

  it("P10.10 an offer or an answer that is none ends the attempt, and nothing else", async () => {
    responder.direct.turnOn();
    await responder.direct.receive(1, "nonsense");
    expect(responder.said).deep.equal([]);
    isStreamOpen = false;
    initiator.direct.turnOn();
    await turn(0);
    await initiator.direct.receive(1, "nonsense");
    isStreamOpen = true;
    await turn(31_000);
    expect(initiator.said.map(({ n }) => n)).deep.equal([1, 2]);
    expect(initiator.direct.isReady).equal(true);
  });

  it("P10.10 nothing is taken on a channel before its ready", async () => {
    net.alter = () => new Uint8Array(40);
    await open();
    expect([initiator.events, responder.events]).deep.equal([[], []]);
    expect(net.open).equal(0);
    await initiator.direct.send(MESSAGE).then(
      () => expect.fail("it was sent"),
      (error: unknown) => expect(error).instanceOf(Error),
    );
  });

  it("P10.10 a first message that is sealed well and is no ready closes the channel", async () => {
    isStreamOpen = false;
    initiator.direct.turnOn();
    await turn(0);
    const attempt = net.make();
    const answer = await attempt.answer(initiator.said[0]?.sdp ?? "");
    await initiator.direct.receive(1, answer);
    const channel = await attempt.opened;
    await channel.send(await keysOf("responder", 1).sealer.seal(MESSAGE));
    await turn(0);
    expect(initiator.received).deep.equal([]);
    expect(net.open).equal(0);
  });

  it("P10.10 the next attempt comes 30 s after the end of one at the earliest, and has the next number and its keys", async () => {
    await open();
    for (const n of [2, 3, 4]) {
      net.closeAll();
      await turn(29_999);
      expect(initiator.taken.at(-1)).equal(n - 1);
      await turn(1);
      expect(initiator.taken.at(-1)).equal(n);
      expect(initiator.direct.isReady).equal(true);
    }
    expect(initiator.events.join()).equal("ready,closed,ready,closed,ready,closed,ready");
    expect(responder.taken).deep.equal([1, 2, 3, 4]);
  });

  it("P10.10 an attempt that is not answered ends after some time, and pauses grow", async () => {
    initiator.direct.turnOn();
    await turn(3 * 60_000);
    expect(initiator.said.map(({ n }) => n)).deep.equal([1, 2, 3]);
    expect(net.open).equal(0);
  });

  it("P10.10 turned off, nothing is offered or answered, and an open path is closed", async () => {
    await open();
    responder.direct.turnOff();
    await turn(0);
    expect([initiator.events.at(-1), responder.events.at(-1)]).deep.equal(["closed", "closed"]);
    await turn(60_000);
    expect(responder.said).to.have.lengthOf(1);
    initiator.direct.turnOff();
    const { made } = net;
    await turn(10 * 60_000);
    expect(net.made).equal(made);
  });

  it("P10.10 a browser that makes no connections leaves all relayed, and no error unhandled", async () => {
    const errors: unknown[] = [];
    const note = (error: unknown): void => void errors.push(error);
    process.on("unhandledRejection", note);
    net.fails = true;
    await open();
    await turn(60_000);
    process.off("unhandledRejection", note);
    expect(errors).deep.equal([]);
    expect(initiator.direct.isReady).equal(false);
    expect(initiator.said).deep.equal([]);
  });
});
