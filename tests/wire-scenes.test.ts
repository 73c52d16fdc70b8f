// The wire, with the real programs of each stage: what passes is seen byte for byte, and what Mallory does has its effect.

import { expect } from "chai";
import { type Direction, WIRE_STAGES, type WireLine, type WireStage } from "../web/shared/wire.ts";
import { until } from "./support/until.ts";
import { bytesOf, type PlayedScene, type WirePage, WireServer } from "./support/wire-page.ts";

const CHAT_STAGES = ["02", "03", "04"] as const;
const PAYMENT = "pay 100 to carol";

/** The lines of a message in each stage, and the link. */
const MESSAGE: Readonly<Record<WireStage, { type: string; direction: Direction }>> = {
  "01": { type: "question", direction: { link: "calculator", from: "alice", to: "calculator" } },
  "02": { type: "message", direction: { link: "chat", from: "alice", to: "bob" } },
  "03": { type: "xored", direction: { link: "chat", from: "alice", to: "bob" } },
  "04": { type: "sealed", direction: { link: "chat", from: "alice", to: "bob" } },
  "05": { type: "token", direction: { link: "session", from: "alice", to: "bob" } },
};

/** What each act comes to in each stage: whether it is noticed, and what is printed. */
const OUTCOMES: Readonly<
  Record<WireStage, Readonly<Record<"tamper" | "flip" | "again", [boolean, RegExp]>>>
> = {
  "01": {
    tamper: [false, /^= 901$/],
    flip: [false, /^= [02-9]/],
    again: [false, /^= 101$/],
  },
  "02": {
    tamper: [false, /^alice> pay 900 to carol$/],
    flip: [false, /^alice> pay [^1]00 to carol$/],
    again: [true, /^chat with alice lost: /],
  },
  "03": {
    tamper: [false, /^alice> pay 900 to carol$/],
    flip: [false, /^alice> pay [^1]00 to carol$/],
    again: [true, /^chat with alice lost: /],
  },
  "04": {
    tamper: [true, /^chat with alice lost: /],
    flip: [true, /^chat with alice lost: /],
    again: [true, /^chat with alice lost: /],
  },
  "05": {
    tamper: [true, /^disconnected from alice: /],
    flip: [true, /^disconnected from alice: /],
    again: [true, /^disconnected from alice: /],
  },
};

const OFFERS: Readonly<Record<WireStage, string>> = {
  "01": "Change 100 into 900",
  "02": "Change 100 into 900",
  "03": "Flip the bit that makes 1 into 9",
  "04": "Flip the bit that makes 1 into 9",
  "05": "Change one letter of the ciphertext",
};

describe("the wire", () => {
  let server: WireServer;
  let page: WirePage;

  beforeEach(() => {
    server = new WireServer();
    page = server.page();
  });

  afterEach(() => server.close());

  /** Holds the direction of messages, lets Alice say something, and waits for its line. */
  async function heldMessage(scene: PlayedScene, text: string): Promise<WireLine> {
    const { type, direction } = MESSAGE[scene.shown.stage];
    await page.call("wire/hold", { scene: scene.number, holds: true, ...direction });
    const before = scene.lines.length;
    await scene.type("alice", text);
    return scene.passes(
      (line) => line.number > before && line.type === type && isOf(line, direction),
      `the line of ${text}`,
    );
  }

  it("shows the calculator's lines as they were sent, with words, clause and colours", async () => {
    const scene = await page.scene("01");
    await scene.type("alice", "2 + 3 * 4");
    await scene.prints("alice", /^= 20$/);
    const [question, answer] = scene.lines;
    expect(String(question && bytesOf(question))).to.equal("2 + 3 * 4\n");
    expect(question).to.deep.include({
      ...{ number: 1, link: "calculator", from: "alice", to: "calculator", type: "question" },
      ...{ clause: "P1.2", words: "2 + 3 * 4", state: "passed", acts: [], connection: 1 },
      spans: [
        { length: 9, sight: "readable" },
        { length: 1, sight: "known" },
      ],
    });
    expect(answer).to.include({ number: 2, from: "calculator", to: "alice", type: "answer", words: "= 20" });
    await scene.type("alice", "2 +");
    await scene.prints("alice", /^error: /);
    expect(scene.said.slice(0, 3)).to.deep.equal([
      "alice to calculator: 2 + 3 * 4",
      "calculator to alice: = 20",
      "alice to calculator: 2 +",
    ]);
    expect(page.table).to.deep.equal([
      { stage: "01", title: "01 calculator", readable: true, noticed: null, remark: "" },
    ]);
  });

  for (const stage of CHAT_STAGES)
    it(`shows a chat of stage ${stage}: what it says in clear, and what is sealed`, async () => {
      const scene = await page.scene(stage);
      await scene.type("alice", PAYMENT);
      await scene.prints("bob", new RegExp(`^alice> ${PAYMENT}$`));
      const { type, direction } = MESSAGE[stage];
      const line = await scene.passes((one) => one.type === type && isOf(one, direction), "the message");
      const isClear = stage === "02";
      expect(bytesOf(line).includes(PAYMENT)).to.equal(isClear);
      if (isClear) expect(String(bytesOf(line))).to.equal(`{"type":"message","id":1,"text":"${PAYMENT}"}\n`);
      expect(line.words).to.match(isClear ? /^pay 100 to carol$/ : /^\(sealed: [0-9]+ bytes\)$/);
      expect(line.spans.map(({ sight }) => sight)).to.include(isClear ? "readable" : "sealed");
      await until(() => scene.said.includes(`alice to bob: ${PAYMENT}`), "what was said");
      expect(page.table[0]).to.deep.include({ stage, readable: isClear, noticed: null });
    });

  it("says where Mallory had to change a port to get between, and shows the registry's words as they were", async () => {
    const scene = await page.scene("02");
    const user = await scene.passes((line) => line.type === "user", "the registry's answer");
    const port = (base64 = ""): string =>
      /"port":([0-9]+)/.exec(String(Buffer.from(base64, "base64")))?.[1] ?? "";
    const registered = scene.lines.find(({ from, type }) => from === "bob" && type === "register");
    expect(port(user.bytes)).to.equal(port(registered?.bytes));
    expect(port(user.changed)).to.not.equal(port(user.bytes));
    expect(user.acts).to.deep.equal(["set-up"]);
    expect(user.note).to.equal(
      `to get between, Mallory wrote ${port(user.changed)} where bob's port ${port(user.bytes)} stood: who calls bob there comes to Mallory first`,
    );
  });

  for (const stage of WIRE_STAGES) {
    const text = stage === "01" ? "100 + 1" : PAYMENT;
    const { direction } = MESSAGE[stage];

    /** Lets an act come to its end: what waits is passed on, and what is printed says whether it was noticed. */
    async function comesTo(
      scene: PlayedScene,
      line: number,
      act: "tamper" | "flip" | "again",
    ): Promise<void> {
      await page.call("wire/hold", { scene: scene.number, holds: false, ...direction });
      const outcome = await scene.outcome(line, ({ noticed }) => noticed !== null);
      const [noticed, words] = OUTCOMES[stage][act];
      expect(outcome.words).to.match(words);
      expect(outcome).to.include({ noticed, party: stage === "01" ? "alice" : "bob" });
      // What was sent again was not changed.
      expect(page.table[0]).to.include({ stage, noticed: act === "again" ? null : noticed });
    }

    it(`changes a message of stage ${stage} as it is offered`, async () => {
      const scene = await page.scene(stage);
      const { number } = await heldMessage(scene, text);
      const offered = await scene.passes(
        (line) => line.number === number && line.offer !== undefined,
        "the offer",
      );
      expect(offered.offer).to.equal(OFFERS[stage]);
      await page.call("wire/tamper", { scene: scene.number, line: number });
      const changed = scene.lines.find((line) => line.number === number);
      expect(changed?.changed).to.not.equal(changed?.bytes);
      expect(changed?.offer).to.equal(undefined);
      await comesTo(scene, number, "tamper");
    });

    it(`flips a bit of a message of stage ${stage}`, async () => {
      const scene = await page.scene(stage);
      const line = await heldMessage(scene, text);
      const place = placeOfBit(line);
      await page.call("wire/flip", { scene: scene.number, line: line.number, ...place });
      const changed = scene.lines.find(({ number }) => number === line.number);
      expect(changed).to.deep.include({ acts: ["flipped"], state: "held", bytes: line.bytes });
      await comesTo(scene, line.number, "flip");
    });

    it(`sends a message of stage ${stage} again`, async () => {
      const scene = await page.scene(stage);
      await scene.type("alice", text);
      await scene.prints(stage === "01" ? "alice" : "bob", stage === "01" ? /^= 101$/ : /^alice> /);
      const message = scene.lines
        .filter((line) => line.type === MESSAGE[stage].type && isOf(line, direction))
        .at(-1);
      const copied = message?.number ?? 0;
      await page.call("wire/again", { scene: scene.number, line: copied });
      const copy = await scene.passes(({ copyOf }) => copyOf === copied, "the copy");
      expect(copy).to.deep.include({ bytes: message?.bytes, acts: ["sent-again"], state: "passed" });
      await comesTo(scene, copy.number, "again");
    });

    it(`drops a message of stage ${stage}, and it never arrives`, async () => {
      const scene = await page.scene(stage);
      const { number } = await heldMessage(scene, text);
      await page.call("wire/drop", { scene: scene.number, line: number });
      expect(scene.lines.find((line) => line.number === number)).to.include({ state: "dropped" });
      await page.call("wire/hold", { scene: scene.number, holds: false, ...direction });
      await scene.outcome(number);
      const printed = scene.printed(stage === "01" ? "alice" : "bob");
      expect(printed.filter((line) => /^= 101$|^alice> /.test(line))).to.deep.equal([]);
    });
  }

  it("drops a message: only what comes behind it is noticed, by its number", async () => {
    const scene = await page.scene("02");
    const { number } = await heldMessage(scene, "first");
    await page.call("wire/drop", { scene: scene.number, line: number });
    expect(await scene.outcome(number)).to.include({
      noticed: null,
      words: "the next line will have a number out of turn, and show the gap",
    });
    // It stood on the wire, though it never arrived.
    await until(() => page.table[0]?.readable === true, "that the text could be read");
    await page.call("wire/hold", { scene: scene.number, holds: false, ...MESSAGE["02"].direction });
    await scene.type("alice", "second");
    const later = await scene.outcome(number, ({ noticed }) => noticed === true);
    expect(later.words).to.match(/^chat with alice lost: /);
    expect(later.party).to.equal("bob");
    // What was dropped is nothing that was changed.
    expect(page.table[0]).to.include({ noticed: null });
  });

  it("drops a sealed message: Bob's program refuses the next one, and it is Bob's that has noticed", async () => {
    const scene = await page.scene("04");
    const { number } = await heldMessage(scene, "first");
    await page.call("wire/drop", { scene: scene.number, line: number });
    await scene.outcome(number);
    await until(() => page.table[0]?.readable === false, "that the text could not be read");
    await page.call("wire/hold", { scene: scene.number, holds: false, ...MESSAGE["04"].direction });
    await scene.type("alice", "second");
    expect(await scene.outcome(number, ({ noticed }) => noticed === true)).to.include({ party: "bob" });
  });

  for (const stage of ["04", "05"] as const)
    it(`lets Alice call Bob again after a chat of stage ${stage} has ended, and they talk`, async () => {
      const scene = await page.scene(stage);
      const line = await heldMessage(scene, PAYMENT);
      await page.call("wire/tamper", { scene: scene.number, line: line.number });
      await page.call("wire/hold", { scene: scene.number, holds: false, ...MESSAGE[stage].direction });
      const isOn = () => page.fake.events("wire/chat").at(-1)?.isOn;
      await until(() => isOn() === false, "the end of the chat");
      await page.call("wire/call", { scene: scene.number });
      await until(() => isOn() === true, "the chat");
      await scene.type("alice", "hello again");
      await scene.prints("bob", /^alice> hello again$/);
    });

  it("says no words to the calculator that are no calculation, keeps them, and what waits is said again, too", async () => {
    const first = await page.scene("02");
    await first.type("alice", PAYMENT);
    await first.prints("bob", /^alice> /);
    await first.type("alice", "3 * 4");
    await first.prints("bob", /^alice> 3/);
    await heldMessage(first, "wait for me");
    const second = await page.scene("01", first.number);
    expect(second.lines.map(({ words }) => words)).to.deep.equal(["3 * 4", "= 12"]);
    expect(second.says).to.match(/^what is no calculation was not said again; /);
    const third = await page.scene("03", second.number);
    expect(third.printed("bob")).to.include.members([`alice> ${PAYMENT}`, "alice> wait for me"]);
  });

  it("passes on what waits, in its order, and what is typed meanwhile arrives behind it", async () => {
    const scene = await page.scene("04");
    const first = await heldMessage(scene, "first");
    await scene.type("alice", "second");
    const second = await scene.passes(
      ({ type, number }) => type === "sealed" && number > first.number,
      "second",
    );
    let problem = "";
    try {
      await page.call("wire/pass", { scene: scene.number, line: second.number });
    } catch (error) {
      problem = String(error);
    }
    expect(problem).to.match(/waits before it/);
    await page.call("wire/pass", { scene: scene.number, line: first.number });
    await scene.prints("bob", /^alice> first$/);
    expect(scene.printed("bob").join()).to.not.include("second");
    await page.call("wire/hold", { scene: scene.number, holds: false, ...MESSAGE["04"].direction });
    await scene.prints("bob", /^alice> second$/);
  });

  it("passes on what waits also when its sender has gone, and sends nothing when nobody is there", async () => {
    const scene = await page.scene("01");
    const { number } = await heldMessage(scene, "100 + 1");
    const ended = () => page.fake.events("terminals/ended").map(({ terminal }) => terminal);
    await page.call("terminals/end", { terminal: scene.terminal("alice") });
    await until(() => ended().includes(scene.terminal("alice")), "the end of Alice's program");
    await page.call("wire/pass", { scene: scene.number, line: number });
    const answer = await scene.passes(({ type }) => type === "answer", "the answer");
    expect(answer.words).to.equal("= 101");
    await until(() => scene.lines.every(({ state }) => state !== "held"), "the end");
    await page.call("terminals/end", { terminal: scene.terminal("calculator") });
    await until(() => ended().length === 2, "the end of the calculator");
    const nothingIsSent = async (): Promise<boolean> =>
      page.call("wire/again", { scene: scene.number, line: number }).then(
        () => scene.lines.at(-1)?.state === "dropped",
        (error: unknown) => /is over/.test(String(error)),
      );
    // The system tells us after a moment that the calculator has gone.
    while (!(await nothingIsSent())) await new Promise((resolve) => setImmediate(resolve));
  });

  it("keeps the words when the stage is switched, and seals them", async () => {
    const first = await page.scene("02");
    await first.type("alice", PAYMENT);
    await first.prints("bob", /^alice> /);
    await first.type("bob", "I will, tomorrow");
    await until(() => first.said.length === 2, "both words");
    const second = await page.scene("04", first.number);
    expect(second.said).to.deep.equal([`alice to bob: ${PAYMENT}`, "bob to alice: I will, tomorrow"]);
    expect(second.printed("bob")).to.include(`alice> ${PAYMENT}`);
    expect(second.lines.some((line) => bytesOf(line).includes(PAYMENT))).to.equal(false);
    expect(first.state).to.equal("ended");
    // Once more: what was said again is not said twice.
    const third = await page.scene("03", second.number);
    expect(third.said).to.deep.equal(second.said);
    expect(page.table.map(({ stage, readable }) => [stage, readable])).to.deep.equal([
      ["02", true],
      ["03", false],
      ["04", false],
    ]);
  });

  it("lets three peers of stage 05 find each other and talk, all through Mallory", async () => {
    const scene = await page.scene("05");
    const datagrams = scene.lines.filter(({ link }) => link === "datagram");
    const ways = new Set(datagrams.map(({ from, to }) => `${from} ${to}`));
    expect(ways.size).to.equal(6);
    for (const { type, clause, connection } of datagrams)
      expect({ type, clause, connection }).to.deep.equal({ type: "token", clause: "P8.5", connection: 0 });
    await scene.type("alice", PAYMENT);
    await scene.prints("bob", new RegExp(`^alice> ${PAYMENT}$`));
    const frame = scene.lines.filter((line) => isOf(line, MESSAGE["05"].direction)).slice(-3);
    expect(frame.map(({ type }) => type)).to.deep.equal(["header", "token", "end"]);
    await until(() => scene.said.includes(`alice to bob: ${PAYMENT}`), "what was said");
    expect(page.table[0]).to.include({ stage: "05", readable: false });
    await scene.type("carol", "hello from the third");
    await scene.prints("alice", /^carol> hello from the third$/);
    expect(scene.lines.some(({ link, from }) => link === "session" && from === "carol")).to.equal(true);
  });

  it("goes on in stage 05 when a token was changed: Alice calls again, also through Mallory", async () => {
    const scene = await page.scene("05");
    const line = await heldMessage(scene, PAYMENT);
    await page.call("wire/tamper", { scene: scene.number, line: line.number });
    await page.call("wire/hold", { scene: scene.number, holds: false, ...MESSAGE["05"].direction });
    await scene.outcome(line.number, ({ noticed }) => noticed === true);
    await scene.type("alice", "/connect bob");
    await scene.prints("bob", new RegExp(`^alice> ${PAYMENT}$`));
    expect(new Set(scene.lines.map(({ connection }) => connection)).size).to.be.greaterThan(2);
  });

  it("drops a datagram of stage 05, and nobody says a word; one that is changed, too", async () => {
    const scene = await page.scene("05");
    const way: Direction = { link: "datagram", from: "bob", to: "alice" };
    await page.call("wire/hold", { scene: scene.number, holds: true, ...way });
    const before = scene.lines.length;
    const line = await scene.passes((one) => one.number > before && isOf(one, way), "the next beacon");
    await page.call("wire/flip", { scene: scene.number, line: line.number, byte: 200, bit: 0 });
    await page.call("wire/pass", { scene: scene.number, line: line.number });
    expect(await scene.outcome(line.number)).to.include({
      noticed: null,
      words: "Alice printed nothing: a datagram that is not right is dropped without a word (P8.6)",
    });
  });

  it("explains every byte of a line, and one that an address holds, alike", async () => {
    const scene = await page.scene("04");
    await scene.type("alice", PAYMENT);
    const line = await scene.passes(({ type }) => type === "sealed", "the message");
    const explained = await page.call("wire/explain", {
      scene: scene.number,
      line: line.number,
      changed: false,
    });
    expect(explained.parts.map(({ name }) => name)).to.deep.equal([
      ...["type", "seq", "iv", "ciphertext", "tag", "end-of-object", "lf"],
    ]);
    expect(explained.parts.reduce((sum, { length }) => sum + length, 0)).to.equal(line.length);
    expect(explained.parts.find(({ name }) => name === "seq")).to.include({ clause: "P6.3", sight: "known" });
    expect(explained.clauseText).to.match(/^From the keys on, each line is /);
    const { stage, link, bytes } = explained;
    expect(await page.call("wire/explain-bytes", { stage, link, bytes })).to.deep.equal(explained);
  });

  it("keeps the words of a scene that has ended, too, and those that a stage cannot say for later", async () => {
    const first = await page.scene("05");
    await first.type("carol", "hello from the third");
    await until(() => first.said.length === 1, "what Carol says");
    await page.call("wire/end", { scene: first.number });
    const second = await page.scene("02", first.number);
    expect(second.said).to.deep.equal([]);
    const third = await page.scene("05", second.number);
    expect(third.said).to.deep.equal(["carol to alice: hello from the third"]);
  });

  it("refuses what a page may not send, and says why", async () => {
    const scene = await page.scene("01");
    const line = await heldMessage(scene, "100 + 1");
    const where = { scene: scene.number, line: line.number };
    const digits = "pairs of the digits";
    const refused: readonly [Parameters<WirePage["call"]>[0], Record<string, unknown>, string][] = [
      ["wire/change", { ...where, hex: "0" }, digits],
      ["wire/change", { ...where, hex: "0g" }, digits],
      ["wire/change", { ...where, hex: "" }, "nothing is left of the line"],
      ["wire/change", { ...where, text: "x", hex: "00" }, "by a text or by digits"],
      ["wire/change", where, "by a text or by digits"],
      ["wire/change", { ...where, text: "ü".repeat(200_000) }, "a line has at most 262144 bytes"],
      ["wire/change", { ...where, text: "100 + 1" }, "nothing was changed"],
      ["wire/flip", { ...where, byte: 8, bit: 0 }, "has 8 bytes"],
      ["wire/flip", { ...where, byte: 0, bit: 8 }, "bit is no whole number from 0 to 7"],
      ["wire/pass", { ...where, line: 77 }, "line 77 is not there"],
      ["wire/hold", { ...where, holds: true, link: "chat", from: "alice", to: "bob" }, "do not go that way"],
      ["wire/hold", { ...where, holds: 1, ...MESSAGE["01"].direction }, "holds is neither true nor false"],
      ["wire/open", { stage: "06", columns: 80, rows: 24 }, "stage is none of"],
      ["wire/open", { stage: "01", columns: 1e6, rows: 24 }, "columns is no whole number"],
      ["wire/open", { stage: "01", columns: 80, rows: 24, keep: 77 }, "no such scene"],
    ];
    for (const [name, given, why] of refused) {
      const problem = await page.call(name, given as never).then(
        () => "it was done",
        (error: unknown) => String(error),
      );
      expect(problem, name)
        .to.include(why)
        .and.match(/^Error: /);
    }
    // Nothing of it has touched the line.
    await page.call("wire/pass", where);
    await scene.prints("alice", /^= 101$/);
  });

  it("refuses acts while the stage is set up, foreign scenes, and more scenes than there may be", async () => {
    const refused = async (call: Promise<unknown>): Promise<string> => {
      try {
        await call;
      } catch (error) {
        return String(error);
      }
      return "was not refused";
    };
    const size = { columns: 80, rows: 24 };
    const { scene } = await page.call("wire/open", { stage: "01", ...size });
    const { direction } = MESSAGE["01"];
    expect(await refused(page.call("wire/hold", { scene, holds: true, ...direction }))).to.match(
      /still being set up/,
    );
    expect(await refused(server.page().call("wire/end", { scene }))).to.match(/this scene has ended/);
    for (let i = 0; i < 3; i += 1) await page.call("wire/open", { stage: "01", ...size });
    expect(await refused(page.call("wire/open", { stage: "01", ...size }))).to.match(/4 scenes are open/);
    await page.call("wire/end", { scene });
    await page.call("wire/open", { stage: "01", ...size });
    for (const bytes of ["", "a b", "ä"])
      expect(await refused(page.call("wire/explain-bytes", { stage: "02", link: "chat", bytes }))).to.match(
        /no line/,
      );
  });
});

function isOf({ link, from, to }: Direction, other: Direction): boolean {
  return link === other.link && from === other.from && to === other.to;
}

/** A bit in the amount, or where it must be in the ciphertext's digits: it makes another digit of the one that is there. */
function placeOfBit(line: WireLine): { byte: number; bit: number } {
  const text = String(bytesOf(line));
  if (line.type === "token") return { byte: Math.floor(line.length / 2), bit: 0 };
  const isClear = line.type === "question" || line.type === "message";
  const inside = `{"type":"message","id":1,"text":"${PAYMENT}"}`.indexOf("100");
  const byte = isClear
    ? text.indexOf("100")
    : text.indexOf('"ciphertext":"') + '"ciphertext":"'.length + 2 * inside + 1;
  if (isClear) return { byte, bit: 3 };
  // b and c, d and e differ in the lowest bit, as the digits 0 to 9 do in pairs; a and c, d and f in the next one.
  return { byte, bit: /[af]/.test(text[byte] ?? "") ? 1 : 0 };
}
