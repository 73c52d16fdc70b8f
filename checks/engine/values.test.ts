import { expect } from "chai";
import { decodeValue, encodeValue, NotesCalls } from "./values.ts";

/** The function that arrives in the other process, and what it notes there. */
function arrived(stand: NotesCalls): { call: (...argv: unknown[]) => unknown; noted: string[] } {
  const noted: string[] = [];
  const wire = JSON.parse(JSON.stringify(encodeValue({ stand })));
  const { stand: call } = decodeValue(wire, undefined, (one) => noted.push(one)) as {
    stand: (...argv: unknown[]) => unknown;
  };
  return { call, noted };
}

describe("a function that notes its calls", () => {
  it("notes its name and its arguments, and gives its values in turn", () => {
    const { call, noted } = arrived(new NotesCalls("keep", { gives: [true, false] }));
    expect([call({ id: "00" }), call("again"), call()]).to.deep.equal([true, false, false]);
    expect(noted).to.deep.equal(['keep {"id":"00"}', 'keep "again"', "keep"]);
  });

  it("runs what it is given between its beginning and its end", () => {
    const inner = arrived(new NotesCalls("inner"));
    const { call, noted } = arrived(new NotesCalls("transaction", { runs: true }));
    const value = call(() => {
      noted.push("work");
      return inner.call();
    });
    expect(value).to.equal(undefined);
    expect(noted).to.deep.equal(["transaction", "work", "end of transaction"]);
    expect(inner.noted).to.deep.equal(["inner"]);
  });

  it("throws what it is told to, and notes the call", () => {
    const { call, noted } = arrived(new NotesCalls("transaction", { throws: "the disk is full" }));
    expect(() => call(() => {})).to.throw("the disk is full");
    expect(noted).to.deep.equal(["transaction"]);
  });
});
