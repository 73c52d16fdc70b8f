import { expect } from "chai";
import { DELIVERY_TIME, MAX_OPEN_MESSAGES, Outbox, type OutboxWork, REACH_TIME } from "./outbox.ts";

const START = 1_000_000;

function message(number: number, since = START): { id: string; text: string; since: number } {
  return { id: String(number).padStart(32, "0"), text: `text ${number}`, since };
}

function idOf(number: number): string {
  return message(number).id;
}

/** The numbers of the messages that are to be sent. */
function sent({ send }: OutboxWork): number[] {
  return send.map(({ id, text }) => {
    expect(text).to.equal(`text ${Number(id)}`);
    return Number(id);
  });
}

describe("06 outbox (P10.8)", () => {
  it("P10.8 a message that is sent and not acknowledged is dropped after 30 s, to the millisecond", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    const work = outbox.add(message(1), START);
    expect(sent(work)).to.deep.equal([1]);
    expect(work.lookAgain).to.equal(START + 30_000);
    expect(outbox.look(START + 29_999)).to.deep.equal({
      drop: [],
      deliver: [],
      send: [],
      lookAgain: START + 30_000,
    });
    expect(outbox.look(START + 30_000)).to.deep.equal({
      drop: [idOf(1)],
      deliver: [],
      send: [],
      lookAgain: undefined,
    });
    expect([DELIVERY_TIME, REACH_TIME]).to.deep.equal([30_000, 10_000]);
  });

  it("P10.8 a message that no session takes within 10 s is dropped then, to the millisecond", () => {
    const outbox = new Outbox(START - 60_000);
    expect(outbox.add(message(1), START)).to.deep.include({ send: [], lookAgain: START + 10_000 });
    outbox.add(message(2, START + 1), START + 1);
    expect(outbox.look(START + 9_999).drop).to.deep.equal([]);
    expect(outbox.look(START + 10_000).drop).to.deep.equal([idOf(1)]);
    expect(outbox.look(START + 10_000).drop).to.deep.equal([]);
    expect(sent(outbox.connected(START + 10_000))).to.deep.equal([2]);
  });

  it("P10.8 at the last millisecond of the 10 s a session still takes it, and then it has 30 s in all", () => {
    const outbox = new Outbox(START);
    outbox.add(message(1), START);
    const work = outbox.connected(START + 9_999);
    expect(sent(work)).to.deep.equal([1]);
    expect(work.lookAgain).to.equal(START + 30_000);
    expect(outbox.connected(START + 30_000)).to.deep.include({ drop: [idOf(1)], send: [] });
  });

  it("P10.8 one that is due is not sent when the session comes in that moment", () => {
    const outbox = new Outbox(START);
    outbox.add(message(1), START);
    expect(outbox.connected(START + 10_000)).to.deep.include({ drop: [idOf(1)], send: [] });
  });

  it("P10.8 what a session has taken waits the 30 s for a reconnection, not 10", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    outbox.add(message(1), START);
    expect(outbox.disconnected(START + 1_000).lookAgain).to.equal(START + 30_000);
    expect(outbox.look(START + 29_000).drop).to.deep.equal([]);
    expect(sent(outbox.connected(START + 29_999))).to.deep.equal([1]);
    expect(outbox.disconnected(START + 30_000).drop).to.deep.equal([idOf(1)]);
  });

  it("P10.8 what no session has taken has 10 s from the loss of the session that stood, and 30 s in all", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    for (let number = 1; number <= MAX_OPEN_MESSAGES; number++) outbox.add(message(number), START);
    outbox.add(message(100, START + 5_000), START + 5_000);
    outbox.add(message(101, START + 16_000), START + 16_000);
    expect(outbox.disconnected(START + 16_000).lookAgain).to.equal(START + 26_000);
    // A second loss is none: the 10 s do not begin anew.
    outbox.disconnected(START + 20_000);
    expect(outbox.look(START + 25_999).drop).to.deep.equal([]);
    expect(outbox.look(START + 26_000).drop).to.deep.equal([idOf(100), idOf(101)]);
    const late = new Outbox(START);
    late.connected(START);
    for (let number = 1; number <= MAX_OPEN_MESSAGES + 1; number++) late.add(message(number), START);
    late.disconnected(START + 25_000);
    expect(late.look(START + 29_999).drop).to.deep.equal([]);
    expect(late.look(START + 30_000).drop).to.have.lengthOf(MAX_OPEN_MESSAGES + 1);
  });

  it("P10.8 after a reconnection what is not acknowledged is sent again, under its id and in its order", () => {
    const outbox = new Outbox(START);
    outbox.add(message(1), START);
    outbox.add(message(2), START);
    expect(sent(outbox.connected(START))).to.deep.equal([1, 2]);
    outbox.add(message(3), START + 1);
    expect(outbox.acknowledged(idOf(2), START + 2)).to.deep.include({ deliver: [idOf(2)], send: [] });
    outbox.disconnected(START + 3);
    expect(sent(outbox.add(message(4), START + 4))).to.deep.equal([]);
    expect(sent(outbox.connected(START + 5))).to.deep.equal([1, 3, 4]);
    expect(sent(outbox.look(START + 6))).to.deep.equal([]);
  });

  it("P10.10 when the path changes, what is not acknowledged is sent again", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    for (const number of [1, 2, 3]) outbox.add(message(number), START);
    outbox.acknowledged(idOf(1), START);
    expect(sent(outbox.connected(START + 1))).to.deep.equal([2, 3]);
  });

  it("P10.8 64 messages are open at most, the oldest ones; each acknowledgement makes room for the next", () => {
    const outbox = new Outbox(START);
    for (let number = 1; number <= 70; number++) outbox.add(message(number), START);
    const first = Array.from({ length: 64 }, (_, index) => index + 1);
    expect(sent(outbox.connected(START))).to.deep.equal(first);
    expect(sent(outbox.add(message(71), START))).to.deep.equal([]);
    expect(sent(outbox.acknowledged(idOf(64), START))).to.deep.equal([65]);
    expect(sent(outbox.acknowledged(idOf(1), START))).to.deep.equal([66]);
    outbox.disconnected(START);
    const again = sent(outbox.connected(START));
    expect(again).to.deep.equal([...first.slice(1, -1), 65, 66]);
    expect(outbox.size).to.equal(69);
  });

  it("P10.8 a dropped message gives its room to the next one", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    for (let number = 1; number <= 64; number++) outbox.add(message(number), START);
    outbox.add(message(65, START + 1), START + 1);
    const work = outbox.look(START + 30_000);
    expect(work.drop).to.have.lengthOf(64);
    expect(sent(work)).to.deep.equal([65]);
  });

  it("P10.8 a late acknowledgement makes a dropped message delivered", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    outbox.add(message(1), START);
    expect(outbox.look(START + 30_000).drop).to.deep.equal([idOf(1)]);
    const work = outbox.acknowledged(idOf(1), START + 40_000);
    expect(work).to.deep.equal({ drop: [], deliver: [idOf(1)], send: [], lookAgain: undefined });
  });

  it("P10.8 an acknowledgement in the millisecond of the end counts, and nothing is dropped", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    outbox.add(message(1), START);
    expect(outbox.acknowledged(idOf(1), START + 30_000)).to.deep.include({ drop: [], deliver: [idOf(1)] });
  });

  it("P10.8 a dropped message is sent again only when its user says so, under its id, and has 30 s anew", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    outbox.add(message(1), START);
    outbox.look(START + 30_000);
    outbox.disconnected(START + 31_000);
    expect(sent(outbox.connected(START + 32_000))).to.deep.equal([]);
    const work = outbox.add(message(1, START + 50_000), START + 50_000);
    expect(work.send).to.deep.equal([{ type: "message", id: idOf(1), text: "text 1" }]);
    expect(work.lookAgain).to.equal(START + 80_000);
    expect(outbox.look(START + 79_999).drop).to.deep.equal([]);
    expect(outbox.look(START + 80_000).drop).to.deep.equal([idOf(1)]);
  });

  it("P10.8 a message that waits already is not taken a second time", () => {
    const outbox = new Outbox(START);
    outbox.connected(START);
    outbox.add(message(1), START);
    expect(sent(outbox.add(message(1, START + 5), START + 5))).to.deep.equal([]);
    expect(outbox.size).to.equal(1);
    expect(outbox.look(START + 30_000).drop).to.deep.equal([idOf(1)]);
  });

  it("P10.8 what was under way when the page was closed goes on within its 30 s, and is dropped after them", () => {
    const restored = [message(1, START - 30_000), message(2, START - 29_999), message(3, START)];
    const outbox = new Outbox(START, restored);
    expect(outbox.look(START).drop).to.deep.equal([idOf(1)]);
    expect(sent(outbox.connected(START))).to.deep.equal([2, 3]);
    expect(outbox.look(START + 1).drop).to.deep.equal([idOf(2)]);
    // A session may have taken it before the page was closed: its acknowledgement is worth 30 s.
    expect(new Outbox(START, [message(1)]).look(START).lookAgain).to.equal(START + 30_000);
    // The clock was put back meanwhile.
    expect(new Outbox(START, [message(1, START + 3_600_000)]).look(START).lookAgain).to.equal(START + 30_000);
  });
});
