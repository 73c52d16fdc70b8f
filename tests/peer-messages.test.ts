// Clauses P3.2 to P3.4: ids, acknowledgements, and the texts that a chat carries.

import { expect } from "chai";
import { ack, type Members, message, ROLES, refusalInChat } from "./support/raw-peer.ts";
import { lostChat, useScene } from "./support/scene.ts";

const REPLACEMENT = "\ufffd";

/** The characters from one code point to another, both included. */
function characters(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join("");
}

for (const stage of ["02", "04"] as const) {
  describe(`messages of stage ${stage}`, () => {
    const scene = useScene(stage);

    for (const role of ROLES) {
      it(`P3.2 P3.3 messages and acks go both ways, counted from 1 in each, with a peer that is the ${role}`, async () => {
        const alice = await scene.client("alice", "--accept");
        const bob = await scene.chat(alice, role, "bob");
        alice.enter("one");
        await alice.line("you> one");
        await bob.expect(message(1, "one"));
        bob.say(message(1, "eins"));
        await bob.expect(ack(1));
        await alice.line("bob> eins");
        bob.say(ack(1));
        await alice.line("delivered to bob: 1");
        alice.enter("two");
        await bob.expect(message(2, "two"));
        alice.enter("three");
        await bob.expect(message(3, "three"));
        bob.say(message(2, "zwei"));
        bob.say(message(3, "drei"));
        await bob.expect(ack(2));
        await bob.expect(ack(3));
        await alice.line("bob> zwei");
        await alice.line("bob> drei");
        bob.say(ack(2));
        bob.say(ack(3));
        await alice.line("delivered to bob: 2");
        await alice.line("delivered to bob: 3");
      });

      it(`P3.2 P3.3 P3.4 P3.7 what is not allowed in a chat is refused and not shown; the ${role} sent it`, async () => {
        const alice = await scene.client("alice", "--accept");
        const cases: Members[] = [
          message(2, "out of turn"),
          message(0, "zero"),
          message(-1, "negative"),
          message(1.5, "fraction"),
          message(2 ** 53, "huge"),
          { type: "message", id: "1", text: "string" },
          { type: "message", id: null, text: "null" },
          { type: "message", text: "no id" },
          message(1, ""),
          message(1, "x".repeat(8193)),
          message(1, `${"é".repeat(4096)}x`),
          message(1, "high \ud800"),
          message(1, "\udc00 low"),
          message(1, "swapped \ude00\ud83d"),
          { type: "message", id: 1 },
          { type: "message", id: 1, text: 5 },
          { type: "message", id: 1, text: ["x"] },
          ack(1),
          ack(0),
          { type: "ack" },
          { type: "ack", id: "1" },
          { type: "hello", stage, from: "bob", to: "alice" },
          { type: "ping" },
          { type: "Message", id: 1, text: "case" },
          { id: 1, text: "no type" },
        ];
        for (const [index, payload] of cases.entries()) {
          const name = `bob${index}`;
          const bob = await scene.chat(alice, role, name);
          bob.say(payload);
          expect(await bob.refusal(), JSON.stringify(payload).slice(0, 100)).to.equal(refusalInChat(stage));
          await alice.line(lostChat(name));
        }
        expect(alice.lines.filter((line) => /^bob[0-9]+> /.test(line))).to.deep.equal([]);
      });
    }

    it("P3.2 a message may not come twice, and none of what follows it is shown", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      bob.say(message(1, "once"));
      await bob.expect(ack(1));
      bob.say(message(1, "once"));
      bob.say(message(2, "next"));
      expect(await bob.refusal()).to.equal(refusalInChat(stage));
      await alice.line(lostChat("bob"));
      expect(alice.shown("bob> ")).to.deep.equal(["bob> once"]);
    });

    it("P3.3 acks may come in any order, but each only once", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      alice.enterAll(["one", "two", "three"]);
      for (const [index, text] of ["one", "two", "three"].entries())
        await bob.expect(message(index + 1, text));
      bob.say(ack(2));
      await alice.line("delivered to bob: 2");
      bob.say(ack(1));
      await alice.line("delivered to bob: 1");
      bob.say(ack(2));
      expect(await bob.refusal()).to.equal(refusalInChat(stage));
      await alice.line(lostChat("bob"));
      await alice.line("not delivered to bob: 3");
      expect(alice.shown("not delivered")).to.have.length(1);
    });

    it("P3.4 controls and bidirectional controls are shown as U+FFFD, each one, and all else as it is", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      const cases: [sent: string, shown: string][] = [
        [`<${characters(0x00, 0x1f)}>`, `<${REPLACEMENT.repeat(9)}\t${REPLACEMENT.repeat(22)}>`],
        [`<${characters(0x7f, 0x9f)}>`, `<${REPLACEMENT.repeat(33)}>`],
        [`<${characters(0x202a, 0x202e)}>`, `<${REPLACEMENT.repeat(5)}>`],
        [`<${characters(0x2066, 0x2069)}>`, `<${REPLACEMENT.repeat(4)}>`],
        ["\u001b[31mred\u001b[0m", `${REPLACEMENT}[31mred${REPLACEMENT}[0m`],
        ["a\r\nbob> b\u0085c", `a${REPLACEMENT}${REPLACEMENT}bob> b${REPLACEMENT}c`],
        // The neighbours of what is replaced.
        ["< ~\u00a0\u200e\u200f\u2029\u202f\u2065\u206a>", "< ~\u00a0\u200e\u200f\u2029\u202f\u2065\u206a>"],
        ["naïve café ☕ 😀 👩‍👩‍👧", "naïve café ☕ 😀 👩‍👩‍👧"],
        [" /quit ", " /quit "],
        ["\t", "\t"],
      ];
      for (const [index, [sent, shown]] of cases.entries()) {
        bob.say(message(index + 1, sent));
        await bob.expect(ack(index + 1));
        expect(await alice.line(/^bob> /)).to.equal(`bob> ${shown}`);
      }
      // The same text written with escapes, as another language's JSON might write it.
      const id = cases.length + 1;
      bob.say(`{"type":"message","id":${id},"text":"\\ud83d\\ude00 caf\\u00e9 \\u0007"}`);
      await bob.expect(ack(id));
      await alice.line(`bob> 😀 café ${REPLACEMENT}`);
    });

    it("P3.4 a text of 8,192 bytes is shown whole, whatever its characters", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      for (const [index, text] of ["x".repeat(8192), "é".repeat(4096), "😀".repeat(2048)].entries()) {
        bob.say(message(index + 1, text));
        await bob.expect(ack(index + 1));
        expect(await alice.line(/^bob> /)).to.equal(`bob> ${text}`);
      }
    });

    it("P3.4 a client never sends an empty text or one of more than 8,192 bytes", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      const longest = "é".repeat(4096);
      alice.enterAll(["", longest, `${longest}x`, "the end"]);
      const texts: string[] = [];
      while (texts.at(-1) !== "the end") texts.push(String((await bob.hear()).text));
      expect(texts[0]).to.equal(longest);
      for (const text of texts) expect(Buffer.byteLength(text)).to.be.within(1, 8192);
    });

    it("P3.3 P0.2 P0.5 lines in a chat may come in pieces, and an unfinished one is never acted on", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "initiator", "bob");
      const line = bob.wrap(message(1, "Grüße ☕"));
      for (const byte of Buffer.from(`${line}\r\n`)) bob.wire.send(Buffer.of(byte));
      await bob.expect(ack(1));
      await alice.line("bob> Grüße ☕");
      bob.wire.send(bob.wrap(message(2, "unfinished")));
      bob.wire.endHalf();
      await alice.line(lostChat("bob"));
      expect(await bob.wire.end()).to.not.include("{");
      expect(alice.shown("bob> ")).to.deep.equal(["bob> Grüße ☕"]);
    });

    it("P3.7 P0.3 a line in a chat that is too long, not UTF-8 or not JSON ends it", async () => {
      const alice = await scene.client("alice", "--accept");
      const notUtf8 = stage === "04" ? ["bad-encoding", "bad-record"] : ["bad-encoding"];
      const cases: [line: string | Buffer, codes: string[]][] = [
        ["x".repeat(262_144), ["line-too-long"]],
        // In stage 04 the contract names two codes for these bytes: P3.7's and P6.4's.
        [Buffer.from([0x7b, 0xff, 0x7d]), notUtf8],
        ["hi", [refusalInChat(stage)]],
        ["", [refusalInChat(stage)]],
        ["{}", [refusalInChat(stage)]],
        ["[1]", [refusalInChat(stage)]],
        ["null", [refusalInChat(stage)]],
      ];
      for (const [index, [line, codes]] of cases.entries()) {
        const name = `bob${index}`;
        const bob = await scene.chat(alice, "initiator", name);
        bob.wire.send(Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
        expect(codes, `case ${index}`).to.include(await bob.refusal());
        await alice.line(lostChat(name));
      }
    });

    it("P3.3 P3.5 what is not acknowledged when the connection is lost is reported, id by id", async () => {
      const alice = await scene.client("alice", "--accept");
      const bob = await scene.chat(alice, "responder", "bob");
      alice.enterAll(["one", "two", "three"]);
      for (const [index, text] of ["one", "two", "three"].entries())
        await bob.expect(message(index + 1, text));
      bob.say(ack(2));
      await alice.line("delivered to bob: 2");
      bob.wire.reset();
      await alice.line(lostChat("bob"));
      await alice.line("not delivered to bob: 1");
      await alice.line("not delivered to bob: 3");
      expect(alice.lines.filter((line) => line.includes("delivered"))).to.have.length(3);
    });
  });
}
