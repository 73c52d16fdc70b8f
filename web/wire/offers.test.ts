import { expect } from "chai";
import type { Link } from "../shared/wire.ts";
import { type Caught, Mallory } from "./mallory.ts";
import { offerFor, worthFlipping } from "./offers.ts";

const TEXT = "pay 100 to carol";

describe("what is offered for a line", () => {
  const held = (text: string, link: Link = "chat"): { line: Caught; mallory: Mallory } => {
    const direction = { link, from: "alice", to: "bob" } as const;
    const mallory = new Mallory([direction]);
    mallory.hold(direction, true, 0);
    const [line] = mallory.arrives(direction, 1, Buffer.from(`${text}\n`), 0).lines;
    if (line === undefined) throw new Error("no line");
    return { line, mallory };
  };
  const plain = (id: number): string => `{"type":"message","id":${id},"text":"${TEXT}"}`;
  const xored = (text: string): string =>
    `{"type":"xored","ciphertext":"${Buffer.from(text).toString("hex")}"}`;

  it("is another amount where it stands in clear, and nothing where there is none", () => {
    expect(String(offerFor(held("100 + 1").line, "question", [])?.bytes)).to.equal("900 + 1\n");
    expect(offerFor(held("2 + 3").line, "question", [])).to.equal(undefined);
    expect(offerFor(held('{"type":"ack","id":100}').line, "ack", [TEXT])).to.equal(undefined);
  });

  it("is the right bit of a ciphertext, however many digits the message's number has", () => {
    for (const id of [1, 12, 123]) {
      const offer = offerFor(held(xored(plain(id))).line, "xored", ["hello", TEXT]);
      const digits = /"ciphertext":"([0-9a-f]+)"/.exec(String(offer?.bytes))?.[1] ?? "";
      expect(String(Buffer.from(digits, "hex"))).to.equal(plain(id).replace("100", "900"));
    }
  });

  it("is nothing for a ciphertext that cannot be a text which was typed", () => {
    expect(offerFor(held(xored(plain(1))).line, "xored", ["pay 100 to all of them"])).to.equal(undefined);
    expect(offerFor(held(xored(plain(1))).line, "xored", [])).to.equal(undefined);
    expect(offerFor(held('{"type":"xored"}').line, "xored", [TEXT])).to.equal(undefined);
  });

  it("is one letter of a token of a session, and not of a beacon", () => {
    const bytes = offerFor(held("gAAAAAB").line, "token", [])?.bytes;
    expect(bytes).to.equal(undefined);
    const { line } = held("gAAAABCD", "session");
    expect(String(offerFor(line, "token", [])?.bytes)).to.equal("gAAABBCD\n");
    expect(offerFor(held("gAAAABCD", "datagram").line, "token", [])).to.equal(undefined);
  });

  it("has a bit that is worth flipping: in the text, or where it stands in the ciphertext", () => {
    const at = (text: string, type: string, guesses: string[] = [], link: Link = "chat"): string => {
      const byte = worthFlipping(held(text, link).line, type, guesses)?.byte;
      return byte === undefined ? "none" : `${text.slice(0, byte).length} ${text.charAt(byte)}`;
    };
    expect(at("(2 + 3)", "question")).to.equal("1 2");
    expect(at(plain(7), "message")).to.equal(`${plain(7).indexOf("100")} 1`);
    expect(at('{"type":"message","id":1,"text":"hello"}', "message")).to.match(/ h$/);
    // The second digit of the byte that hides the 1 of 100, or the first letter.
    const digits = (id: number, letter: string): string => {
      const place = xored("").length - 2 + 2 * plain(id).indexOf(letter) + 1;
      return `${place} ${letter.charCodeAt(0).toString(16).charAt(1)}`;
    };
    expect(at(xored(plain(12)), "xored", ["hello", TEXT])).to.equal(digits(12, "100"));
    expect(at(xored(plain(1)), "xored")).to.equal(digits(1, "pay"));
    expect(at("gAAAABCD", "token", [], "session")).to.match(/^4 /);
    for (const [text, type] of [
      ['{"type":"ack","id":1}', "ack"],
      [xored("short"), "xored"],
      ['{"type":"message","id":1}', "message"],
      ["gAAAABCD", "token"],
    ] as const)
      expect(at(text, type), text).to.equal("none");
    const passed = held(plain(1));
    passed.mallory.pass(1, 0);
    expect(worthFlipping(passed.line, "message", [])).to.equal(undefined);
  });

  it("is nothing for a line that was touched, or does not wait", () => {
    const touched = held("100 + 1");
    touched.mallory.flip(1, 0, 0);
    expect(offerFor(touched.line, "question", [])).to.equal(undefined);
    const passed = held("100 + 1");
    passed.mallory.pass(1, 0);
    expect(offerFor(passed.line, "question", [])).to.equal(undefined);
  });
});
