import { expect } from "chai";
import type { Content } from "./contents.ts";
import { Deliveries } from "./deliveries.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { quiet } from "./testing/quiet.ts";

const CHAT = "0123456789abcdef";

describe("deliveries of one contact", () => {
  function setUp() {
    const clock = new HandClock();
    const store = new MemoryStore();
    const sent: Content[] = [];
    const answers: Content[] = [];
    const states: string[] = [];
    const warnings: string[] = [];
    let room = Promise.resolve();
    /** From now on nothing has room until the returned function is called. */
    const hold = (): (() => void) => {
      let release = (): void => {};
      room = new Promise((resolve) => {
        release = resolve;
      });
      return () => release();
    };
    const deliveries = new Deliveries(
      {
        chat: CHAT,
        store,
        clock,
        send: async (content) => {
          sent.push(content);
          await room;
        },
        answer: (content) => void answers.push(content),
        show: (message) => void states.push(message.kind === "own" ? message.state : message.text),
        warn: (sentence) => void warnings.push(sentence),
      },
      [],
    );
    return { clock, store, sent, answers, states, warnings, deliveries, hold };
  }

  it("P10.8 a late acknowledgement makes a dropped message delivered", async () => {
    const { clock, sent, states, deliveries } = setUp();
    deliveries.up();
    await deliveries.say("late");
    await quiet();
    clock.turnTo(clock.now() + 30_000);
    await quiet();
    expect(states).deep.equal(["sending", "dropped"]);
    const [message] = sent;
    if (message?.type !== "message") throw new Error("nothing was sent");
    await deliveries.acknowledged(message.id);
    expect(states).deep.equal(["sending", "dropped", "delivered"]);
    deliveries.stop();
  });

  it("P10.8 a message is stored before it is sent, and stays here if it cannot be stored", async () => {
    const { store, sent, deliveries } = setUp();
    deliveries.up();
    store.fault = ({ name }) => {
      if (name === "entries.put") throw new Error("full");
    };
    expect(await deliveries.say("x")).to.have.property("problem");
    await quiet();
    expect(sent).deep.equal([]);
    deliveries.stop();
  });

  it("P10.8 what cannot be stored is not acknowledged, and the user is told", async () => {
    const { store, answers, states, warnings, deliveries } = setUp();
    store.fault = ({ name }) => {
      if (name === "commit") throw new Error("full");
    };
    await deliveries.receive({ type: "message", id: "00".repeat(16), text: "x" });
    expect([answers, states]).deep.equal([[], []]);
    expect(warnings).to.have.lengthOf(1);
    deliveries.stop();
  });

  it("P10.8 what was to go a way that is lost goes the next one, once", async () => {
    const { clock, sent, deliveries, hold } = setUp();
    const release = hold();
    deliveries.up();
    for (const text of ["1", "2", "3"]) await deliveries.say(text);
    await quiet();
    deliveries.down();
    deliveries.up();
    release();
    await quiet();
    const texts = sent.map((content) => (content.type === "message" ? content.text : ""));
    // The first one was being sent when the way was lost.
    expect(texts).deep.equal(["1", "1", "2", "3"]);
    expect(clock.next).not.equal(undefined);
    deliveries.stop();
    expect(clock.next).equal(undefined);
  });
});
