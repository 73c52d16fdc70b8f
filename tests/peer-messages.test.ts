// Clauses P3.2 to P3.4 with a peer that is called, and every line that is not allowed in a chat. The checks mostly call.

import { expect } from "chai";
import { ack, type Members, message, type Role, refusalInChat } from "./support/raw-peer.ts";
import { lostChat, useScene } from "./support/scene.ts";

/** Who the peer is: somebody whom the client has called. */
const role: Role = "responder";

for (const stage of ["02", "04"] as const) {
  describe(`messages of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P3.2 P3.3 messages and acks go both ways, counted from 1 in each", async () => {
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

    it("P3.2 P3.3 P3.4 P3.7 what is not allowed in a chat is refused and not shown", async () => {
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
  });
}
