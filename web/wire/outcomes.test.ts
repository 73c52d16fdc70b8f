import { expect } from "chai";
import type { Act, Direction, Party } from "../shared/wire.ts";
import { type Outcome, Outcomes } from "./outcomes.ts";
import { eventIn } from "./printed-events.ts";
import { Table } from "./table.ts";

const THERE: Direction = { link: "chat", from: "alice", to: "bob" };

describe("what comes of an act", () => {
  const prints = (outcomes: Outcomes, party: Party, line: string, isAsTyped = false): Outcome[] =>
    outcomes.printed(party, line, eventIn(line), isAsTyped);
  const outcomesOf = (act: Act, direction = THERE): Outcomes => {
    const outcomes = new Outcomes();
    outcomes.acted(7, act, direction);
    return outcomes;
  };

  it("is that the receiver shows another text, and so has not noticed", () => {
    const [outcome] = prints(outcomesOf("changed"), "bob", "alice> pay 900");
    expect(outcome).to.include({
      line: 7,
      act: "changed",
      party: "bob",
      noticed: false,
      words: "alice> pay 900",
    });
  });

  it("is nothing that anybody can tell, if the text is as it was typed", () => {
    expect(prints(outcomesOf("flipped"), "bob", "alice> pay 100", true)[0]).to.include({ noticed: null });
    // The same text once more is something else: it was said once.
    expect(prints(outcomesOf("sent-again"), "bob", "alice> pay 100", true)[0]).to.include({ noticed: false });
  });

  it("is that the receiver gives up, and so has noticed", () => {
    const outcomes = outcomesOf("changed");
    expect(prints(outcomes, "bob", "chat with alice lost: wrong tag")[0]).to.include({ noticed: true });
    expect(outcomes.isOver(7)).to.equal(undefined);
  });

  it("is what the receiver says, also where the sender gives up first; and the sender's word if there is no other", () => {
    const both = outcomesOf("changed");
    expect(prints(both, "alice", "chat with bob lost: error")).to.deep.equal([]);
    expect(prints(both, "bob", "chat with alice lost: wrong tag")[0]).to.include({
      party: "bob",
      noticed: true,
    });
    const alone = outcomesOf("changed");
    prints(alone, "alice", "chat with bob lost: error");
    expect(alone.isOver(7)).to.include({ party: "alice", noticed: true, words: "chat with bob lost: error" });
  });

  it("is not what others print, what is typed, and what is delivered elsewhere", () => {
    const outcomes = outcomesOf("changed");
    for (const [party, line] of [
      ["carol", "alice> hi"],
      ["bob", "[alice] you> hi"],
      ["alice", "bob> hi"],
      // Who comes and goes is told by the registry.
      ["bob", "joined: alice"],
    ] as const)
      expect(prints(outcomes, party, line), line).to.deep.equal([]);
    const told = outcomesOf("changed", { link: "registry", from: "registry", to: "bob" });
    expect(prints(told, "bob", "joined: alice")[0]).to.include({ noticed: false });
  });

  it("may come late, if it is the end of a chat; a mistake of the user's is none", () => {
    const outcomes = outcomesOf("dropped");
    expect(outcomes.isOver(7)).to.include({ noticed: null, words: "" });
    expect(prints(outcomes, "bob", "error: there is no such command")).to.deep.equal([]);
    expect(prints(outcomes, "bob", "alice> hi")).to.deep.equal([]);
    expect(prints(outcomes, "bob", "chat with alice lost: out of turn")[0]).to.include({ noticed: true });
  });

  it("is not that the gap was passed over, if the receiver prints something that has nothing to do with it", () => {
    const outcomes = outcomesOf("dropped");
    expect(prints(outcomes, "bob", "joined: carol")).to.deep.equal([]);
    expect(prints(outcomes, "bob", "carol> hi")).to.deep.equal([]);
    expect(prints(outcomes, "bob", "alice> the next one")[0]).to.include({ noticed: false });
  });

  it("is, after a while of silence, what the receiver says, too, whoever of the two gives up first", () => {
    const outcomes = outcomesOf("dropped");
    outcomes.isOver(7);
    expect(prints(outcomes, "alice", "chat with bob lost: error")).to.deep.equal([]);
    expect(outcomes.takeSuspected()).to.deep.equal([7]);
    expect(prints(outcomes, "bob", "chat with alice lost: out of turn")[0]).to.include({
      party: "bob",
      noticed: true,
    });
    expect(outcomes.isOver(7)).to.equal(undefined);
    const alone = outcomesOf("dropped");
    alone.isOver(7);
    prints(alone, "alice", "chat with bob lost: no answer");
    expect(alone.isOver(7)).to.include({ party: "alice", noticed: true });
  });

  it("is what Alice reads where the calculator was asked something else; its refusal tells nothing", () => {
    const asked: Direction = { link: "calculator", from: "alice", to: "calculator" };
    const reads = (text: string): Outcome[] =>
      outcomesOf("changed", asked).printed("alice", text, { kind: "shown", from: "calculator", text }, false);
    expect(reads("= 901")[0]).to.include({ noticed: false });
    expect(reads("error: empty expression")[0]).to.include({ noticed: null });
  });
});

describe("the table", () => {
  const outcome = (
    noticed: boolean | null,
    act: Act = "changed",
    link: Direction["link"] = "chat",
  ): Outcome => ({
    ...{ line: 1, act, party: "bob", noticed, words: "" },
    direction: { ...THERE, link },
  });
  const row = (table: Table) => table.rows.map(({ readable, noticed }) => ({ readable, noticed }))[0];

  it("says nothing of what has not happened, and has its rows in the order of the stages", () => {
    const table = new Table();
    for (const stage of ["04", "01"] as const) table.visited(stage);
    expect(table.rows.map(({ title }) => title)).to.deep.equal(["01 calculator", "04 AES-256-CBC and MAC"]);
    expect(row(table)).to.deep.equal({ readable: null, noticed: null });
  });

  it("says that a text was readable if it stood there as typed, as JSON writes it, or in digits", () => {
    const readable = (text: string, ...wire: string[]): boolean | null | undefined => {
      const table = new Table();
      table.said(
        "02",
        text,
        wire.map((line) => Buffer.from(line)),
      );
      return row(table)?.readable;
    };
    expect(readable('say "hi" now', '{"text":"say \\"hi\\" now"}\n')).to.equal(true);
    expect(
      readable("hello, Bob", `{"ciphertext":"${Buffer.from("hello, Bob").toString("hex")}"}\n`),
    ).to.equal(true);
    expect(readable("hello, Bob", '{"ciphertext":"00ff00ff"}\n')).to.equal(false);
    // Short texts stand anywhere by chance.
    expect(readable("a1", '{"ciphertext":"a1a1"}\n')).to.equal(false);
    expect(readable("a1", '{"text":"a1"}\n')).to.equal(true);
    expect(readable("2+3", "2+3\n")).to.equal(true);
  });

  it("says that a text was readable as soon as it stood on the wire, whether it arrives or not", () => {
    const table = new Table();
    expect(table.stood("02", "hello, Bob", [Buffer.from('{"ciphertext":"00"}\n')])).to.equal(false);
    expect(row(table)?.readable).to.equal(null);
    expect(table.stood("02", "hello, Bob", [Buffer.from('{"text":"hello, Bob"}\n')])).to.equal(true);
    expect(row(table)?.readable).to.equal(true);
  });

  it("is taken once for each thing that it says", () => {
    const table = new Table();
    table.visited("02");
    expect(table.takeNews()?.map(({ stage }) => stage)).to.deep.equal(["02"]);
    table.visited("02");
    expect(table.takeNews()).to.equal(undefined);
    table.said("02", "hello, Bob", []);
    expect(table.takeNews()?.[0]).to.include({ readable: false });
  });

  it("remembers what was not noticed once, and counts changes of what is said alone", () => {
    const table = new Table();
    table.outcome("02", outcome(true));
    expect(row(table)?.noticed).to.equal(true);
    table.outcome("02", outcome(false));
    table.outcome("02", outcome(true));
    expect(row(table)?.noticed).to.equal(false);
    const other = new Table();
    other.visited("02");
    other.outcome("02", outcome(true, "dropped"));
    other.outcome("02", outcome(true, "sent-again"));
    other.outcome("02", outcome(null));
    other.outcome("02", outcome(false, "changed", "registry"));
    expect(row(other)?.noticed).to.equal(null);
  });
});
