import { expect } from "chai";
import { Conversation } from "./conversation.ts";
import { chatChangeIn, eventIn } from "./printed-events.ts";
import { PrintedLines } from "./printed-lines.ts";

describe("the lines that a program prints in a terminal", () => {
  it("are what is on the screen: neither prompts that are drawn anew, nor escapes", () => {
    const lines = new PrintedLines();
    expect(lines.take("\u001b[1G\u001b[0Jyou> \u001b[6G")).to.deep.equal([]);
    expect(lines.take("\u001b[1G\u001b[0Jalice> hi\r\n\u001b[1G\u001b[0Jyou> \u001b[6Ghel")).to.deep.equal([
      "alice> hi",
    ]);
    expect(lines.take("lo\r\r\n")).to.deep.equal(["you> hello"]);
    expect(lines.take("\u001b[31mred\u001b[39m\r\n\r\n")).to.deep.equal(["red", ""]);
  });

  it("are cut if one has no end", () => {
    const lines = new PrintedLines();
    for (let i = 0; i < 3; i += 1) lines.take("x".repeat(1_000_000));
    expect(lines.take("\n")[0]?.length).to.equal(1_048_576);
  });

  it("say who has said what, what was refused, and what was only typed", () => {
    expect(eventIn("alice> hi> there")).to.deep.equal({ kind: "shown", from: "alice", text: "hi> there" });
    expect(eventIn("alice to all> hi")).to.deep.equal({ kind: "shown", from: "alice", text: "hi" });
    expect(eventIn("letter from bob> hi")).to.deep.equal({ kind: "shown", from: "bob", text: "hi" });
    expect(eventIn("= 20")).to.deep.equal({ kind: "shown", from: "calculator", text: "= 20" });
    expect(eventIn("[bob] you> hi")).to.deep.equal({ kind: "own", to: undefined, text: "hi" });
    expect(eventIn("3 to bob> hi")).to.deep.equal({ kind: "own", to: "bob", text: "hi" });
    for (const typed of ["you> /verify", "[bob] you> ", "you> EOM", "> 2 + 3", ""])
      expect(eventIn(typed)).to.deep.equal({ kind: "echo" });
    expect(eventIn("chat with bob lost: wrong tag")).to.deep.equal({ kind: "failed", isEnd: true });
    expect(eventIn("disconnected from bob: bad-record")).to.deep.equal({ kind: "failed", isEnd: true });
    expect(eventIn("error: no chat")).to.deep.equal({ kind: "failed", isEnd: false });
    for (const line of ["joined: carol", "left: bob", "found: alice"])
      expect(eventIn(line)).to.deep.equal({ kind: "presence" });
    for (const other of ["disconnected from bob", "delivered to bob: 1"])
      expect(eventIn(other)).to.deep.equal({ kind: "other" });
  });
});

describe("the beginning and the end of a chat", () => {
  it("are told with a name", () => {
    for (const line of ["chat with bob started", "connected to bob"])
      expect(chatChangeIn(line), line).to.deep.equal({ with: "bob", isOn: true });
    for (const line of ["chat with bob ended", "chat with bob lost: error", "disconnected from bob: bad"])
      expect(chatChangeIn(line), line).to.deep.equal({ with: "bob", isOn: false });
    for (const line of ["bob> chat with bob ended", "no chat with bob", "chat with bob", ""])
      expect(chatChangeIn(line), line).to.equal(undefined);
  });
});

describe("a conversation", () => {
  const said = (text: string) => ({ from: "alice", to: "bob", text }) as const;

  it("knows whether a text was shown as it was typed", () => {
    const conversation = new Conversation();
    for (const text of ["one", "two", "three"]) conversation.typed(said(text));
    expect(conversation.shown(said("one"))).to.deep.equal({ said: said("one"), isAsTyped: true });
    expect(conversation.shown(said("2"))).to.deep.equal({ said: said("two"), isAsTyped: false });
    expect(conversation.shown(said("three")).isAsTyped).to.equal(true);
  });

  it("forgets what was dropped when what was typed behind it is shown", () => {
    const conversation = new Conversation();
    for (const text of ["dropped", "shown"]) conversation.typed(said(text));
    expect(conversation.shown(said("shown")).said.text).to.equal("shown");
    expect(conversation.shown(said("new"))).to.deep.equal({ said: said("new"), isAsTyped: true });
  });

  it("keeps the last fifty texts", () => {
    const conversation = new Conversation([said("before")]);
    for (let i = 0; i < 50; i += 1) conversation.keep(said(String(i)));
    expect(conversation.said.map(({ text }) => text)).to.deep.equal(
      Array.from({ length: 50 }, (_, i) => String(i)),
    );
  });
});
