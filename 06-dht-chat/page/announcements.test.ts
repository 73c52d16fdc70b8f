import { expect } from "chai";
import type { Entry } from "../messenger-view.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import { BOB_ID, contactView, GROUP, groupView, OWN_ID } from "../testing/views.ts";
import { announcements, joined } from "./announcements.ts";

const EMPTY = emptyView(OWN_ID);

/** A view with one contact, who has these entries. */
function withEntries(entries: Entry[], state: "offline" | "relayed" = "relayed") {
  return { ...EMPTY, contacts: [contactView({ entries, state })] };
}

function text(changes: Partial<Entry> = {}): Entry {
  return { entry: "1", at: 0, from: "me", text: "hello", state: "sending", ...changes };
}

describe("what is said to who uses a screen reader", () => {
  it("P10.13 nothing is said when nothing has changed", () => {
    const view = withEntries([text()]);
    expect(announcements(view, view)).to.deep.equal([]);
    expect(announcements(view, structuredClone(view))).to.deep.equal([]);
  });

  it("P10.8 a new message is read out, cut when it is long", () => {
    const from = { from: "them", state: "received" } as const;
    expect(announcements(withEntries([]), withEntries([text(from)]))).to.deep.equal(["Bob: hello"]);
    const long = announcements(withEntries([]), withEntries([text({ ...from, text: "x".repeat(5000) })]));
    expect(long[0]).to.have.length.below(300);
  });

  it("P10.8 delivered and dropped are said once, sending is not", () => {
    const sending = withEntries([text()]);
    expect(announcements(withEntries([]), sending)).to.deep.equal([]);
    const delivered = withEntries([text({ state: "delivered" })]);
    expect(announcements(sending, delivered)).to.deep.equal(["Delivered: hello"]);
    expect(announcements(delivered, structuredClone(delivered))).to.deep.equal([]);
    expect(announcements(sending, withEntries([text({ state: "dropped" })]))).to.deep.equal([
      "Not delivered: hello",
    ]);
  });

  it("P10.9 an offered file is said, and that it has arrived; its progress is not", () => {
    const file = { name: "a.pdf", size: 9, done: 0 };
    const entry = { entry: "f", at: 0, from: "them", state: "received" } as const;
    const offered = withEntries([{ ...entry, file: { ...file, state: "offered" } }]);
    const passing = withEntries([{ ...entry, file: { ...file, done: 3, state: "passing" } }]);
    const more = withEntries([{ ...entry, file: { ...file, done: 6, state: "passing" } }]);
    const done = withEntries([{ ...entry, file: { ...file, done: 9, state: "done" } }]);
    expect(announcements(withEntries([]), offered)).to.deep.equal(["Bob: the file a.pdf"]);
    expect(announcements(passing, more)).to.deep.equal([]);
    expect(announcements(more, done)).to.deep.equal(["the file a.pdf has arrived"]);
  });

  it("P10.10 who comes and goes is said, and which way", () => {
    expect(announcements(withEntries([], "offline"), withEntries([]))).to.deep.equal([
      "Bob: online, relayed",
    ]);
    expect(announcements(withEntries([]), withEntries([], "offline"))).to.deep.equal(["Bob: offline"]);
  });

  it("P10.2 a new contact is to be compared; when a key is pinned to them they are no second one", () => {
    const hinted = { ...EMPTY, contacts: [contactView({ contact: "ab".repeat(8), isNew: true })] };
    expect(announcements(EMPTY, hinted)[0]).to.include("Compare the numbers");
    expect(announcements(hinted, { ...EMPTY, contacts: [contactView({ isNew: true })] })).to.deep.equal([]);
  });

  it("P10.6 whoever has only entered a card is told when its owner is there, and asked to compare", () => {
    const pending = contactView({ contact: "ab".repeat(8), isMet: false, state: "offline" });
    const met = { ...EMPTY, contacts: [contactView({ isNew: true })] };
    expect(announcements(EMPTY, { ...EMPTY, contacts: [pending] })).to.deep.equal([]);
    expect(announcements({ ...EMPTY, contacts: [pending] }, met)).to.deep.equal([
      "Bob is here. Compare the numbers.",
      "Bob: online, relayed",
    ]);
  });

  it("P10.3 that others can find one is said once, also after a problem: a problem is not the last word", () => {
    const own = (changes: Partial<typeof EMPTY.own>) => ({ ...EMPTY, own: { ...EMPTY.own, ...changes } });
    const starting = own({ isPublished: false, hasRelay: false });
    const troubled = own({ isPublished: false, hasRelay: false, problem: "Nobody can find you now." });
    expect(announcements(starting, own({ isPublished: false }))).to.deep.equal([]);
    expect(announcements(own({ isPublished: false }), EMPTY)).to.deep.equal(["Others can find you."]);
    expect(announcements(starting, troubled)).to.deep.equal(["Nobody can find you now."]);
    expect(announcements(troubled, structuredClone(troubled))).to.deep.equal([]);
    expect(announcements(troubled, EMPTY)).to.deep.equal(["Others can find you."]);
    expect(announcements(EMPTY, structuredClone(EMPTY))).to.deep.equal([]);
  });

  it("P10.13 sentences are joined with one full stop each", () => {
    expect(joined(["Compare the numbers on both screens.", "New group Trip", "Bob: ok"])).to.equal(
      "Compare the numbers on both screens. New group Trip. Bob: ok",
    );
    expect(joined(["Bob: ok"])).to.equal("Bob: ok");
    expect(joined([])).to.equal("");
  });

  it("P10.11 a group's message names the member and the group, and a removal is said", () => {
    const group = groupView();
    const said = groupView({ entries: [text({ from: BOB_ID, state: "received" })] });
    expect(group.group).to.equal(GROUP);
    expect(announcements({ ...EMPTY, groups: [group] }, { ...EMPTY, groups: [said] })).to.deep.equal([
      "Bob in Lab partners: hello",
    ]);
    const removed = groupView({ isRemoved: true });
    expect(announcements({ ...EMPTY, groups: [group] }, { ...EMPTY, groups: [removed] })).to.deep.equal([
      "You are no longer in the group Lab partners",
    ]);
  });

  it("P10.13 what is read out has no control or bidirectional characters, as what is shown", () => {
    const hostile = text({ from: "them", state: "received", text: "a\u202eb\nc" });
    expect(announcements(withEntries([]), withEntries([hostile]))).to.deep.equal(["Bob: a\uFFFDb c"]);
  });

  it("P10.13 a flood of messages is cut to a few sentences", () => {
    const many = Array.from({ length: 100 }, (_, n) =>
      text({ entry: String(n), from: "them", state: "received" }),
    );
    const sentences = announcements(withEntries([]), withEntries(many));
    expect(sentences).to.have.length(6);
    expect(sentences.at(-1)).to.equal("and 95 more");
  });
});
