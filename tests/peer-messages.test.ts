// Tests clauses P3.2 to P3.4 with a peer that is called (in most checks, it calls), and all forbidden lines.

import { expect } from "chai";
import { ack, message, refusalInChat } from "../checks/engine/chat.ts";
import { lostChat, opensChat } from "../checks/engine/chat-steps.ts";
import type { Members } from "../checks/engine/connection.ts";
import { testsOf } from "./support/on-the-wire.ts";

for (const stage of ["02", "04"] as const) {
  describe(`messages of stage ${stage}`, () => {
    const it = testsOf(stage);

    it("P3.2 P3.3 messages and acks go both ways, counted from 1 in each", async (scene) => {
      const { alice, bob } = await scene.chat("responder");
      await alice.enters("one");
      await alice.shows("you> one");
      await bob.hears(message(1, "one"));
      await bob.says(message(1, "eins"));
      await bob.hears(ack(1));
      await alice.shows("bob> eins");
      await bob.says(ack(1));
      await alice.shows("delivered to bob: 1");
      await alice.enters("two");
      await bob.hears(message(2, "two"));
      await alice.enters("three");
      await bob.hears(message(3, "three"));
      await bob.says(message(2, "zwei"));
      await bob.says(message(3, "drei"));
      await bob.hears(ack(2));
      await bob.hears(ack(3));
      await alice.shows("bob> zwei");
      await alice.shows("bob> drei");
      await bob.says(ack(2));
      await bob.says(ack(3));
      await alice.shows("delivered to bob: 2");
      await alice.shows("delivered to bob: 3");
    });

    it("P3.2 P3.3 P3.4 P3.7 what is not allowed in a chat is refused and not shown", async (scene) => {
      const alice = await scene.client("alice");
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
        const bob = await opensChat(scene, alice, "responder", `bob${index}`);
        await bob.says(payload);
        await bob.refused(refusalInChat(stage));
        await alice.shows(lostChat(bob.name));
      }
      expect(alice.lines.filter((line) => /^bob[0-9]+> /.test(line))).to.deep.equal([]);
    });
  });
}
