import { expect } from "chai";
import { Names } from "./names.ts";

const ONE = "F3kQaaaa";
const TWO = "F3kQabcd";
const THREE = "Zzzz1234";

describe("the names that peers are shown under", () => {
  it("P8.10 the plain name belongs to the key that was heard first", () => {
    const names = new Names();
    names.heard("ann", ONE);
    names.heard("ann", THREE);
    expect(names.shown(ONE)).to.equal("ann");
    expect(names.shown(THREE)).to.equal("ann#Zzzz");
    expect([names.isPlain(ONE), names.isPlain(THREE)]).to.deep.equal([true, false]);
    // Being heard again changes nothing.
    names.heard("ann", THREE);
    names.heard("ann", ONE);
    expect(names.shown(ONE)).to.equal("ann");
  });

  it("P8.10 as many characters of the fingerprint as make it the only one, at least four", () => {
    const names = new Names();
    names.heard("ann", ONE);
    names.heard("ann", TWO);
    names.heard("ann", THREE);
    expect(names.shown(TWO)).to.equal("ann#F3kQab");
    expect(names.shown(THREE)).to.equal("ann#Zzzz");
  });

  it("P8.10 a pinned key takes its name from who was heard before it, and keeps it while it is away", () => {
    const names = new Names();
    names.heard("ann", ONE);
    names.pin("ann", TWO);
    expect(names.shown(TWO)).to.equal("ann");
    expect(names.shown(ONE)).to.equal("ann#F3kQaa");
    names.heard("ann", TWO);
    names.forget(TWO);
    expect(names.shown(TWO)).to.equal("ann");
    expect(names.shown(ONE)).to.equal("ann#F3kQaa");
    names.unpin(TWO);
    expect(names.shown(ONE)).to.equal("ann");
  });

  it("P8.10 when the first was forgotten, the next has the plain name", () => {
    const names = new Names();
    names.heard("ann", ONE);
    names.heard("ann", TWO);
    names.heard("ann", THREE);
    names.forget(ONE);
    expect(names.shown(TWO)).to.equal("ann");
    names.heard("ann", ONE);
    expect(names.shown(ONE)).to.equal("ann#F3kQaa");
  });

  it("P8.10 names are compared without regard to case, and shown in the peer's own spelling", () => {
    const names = new Names();
    names.heard("Ann", ONE);
    names.heard("aNN", THREE);
    expect(names.shown(ONE)).to.equal("Ann");
    expect(names.shown(THREE)).to.equal("aNN#Zzzz");
    names.heard("ANN", ONE);
    expect(names.shown(ONE)).to.equal("ANN");
    expect(names.find("ann")).to.deep.equal([ONE]);
  });

  it("P9.5 a pinned key that says another name is shown under its old one, and takes no other's", () => {
    const names = new Names();
    names.pin("bob", ONE);
    names.pin("robert", TWO);
    names.heard("robert", ONE);
    expect(names.shown(ONE)).to.equal("bob");
    expect(names.shown(TWO)).to.equal("robert");
    names.heard("BOB", ONE);
    expect(names.shown(ONE)).to.equal("BOB");
  });

  it("a key that takes another name comes last there", () => {
    const names = new Names();
    names.heard("bob", ONE);
    names.heard("ann", TWO);
    names.heard("ann", ONE);
    expect(names.shown(TWO)).to.equal("ann");
    expect(names.shown(ONE)).to.equal("ann#F3kQaa");
    expect(names.find("bob")).to.deep.equal([]);
  });

  it("P8.10 finds who is meant: what follows # is compared with regard to case", () => {
    const names = new Names();
    names.heard("ann", ONE);
    names.heard("ann", TWO);
    names.heard("bob", THREE);
    expect(names.find("ann")).to.deep.equal([ONE]);
    expect(names.find("ANN#F3kQab")).to.deep.equal([TWO]);
    expect(names.find("ann#F3kQaa")).to.deep.equal([ONE]);
    expect(names.find("ann#F3kQ")).to.deep.equal([ONE, TWO]);
    for (const nobody of ["ann#f3kqab", "ann#", "ann#F3kQaa#", "bob#F3kQ", "carol", "", "#", "#F3kQab"])
      expect(names.find(nobody), nobody).to.deep.equal([]);
  });

  it("whose name is not known is shown as no name can be", () => {
    expect(new Names().shown(ONE)).to.equal("?#F3kQ");
  });

  it("one's own name is taken", () => {
    const names = new Names();
    names.pin("alice", ONE);
    names.heard("alice", TWO);
    names.pin("alice", TWO);
    expect(names.shown(ONE)).to.equal("alice");
    expect(names.shown(TWO)).to.equal("alice#F3kQab");
  });
});
