import { expect } from "chai";
import fc from "fast-check";
import { bytesOf, knownDht, knownId } from "../tests/support/known-dht.ts";
import { toBase64, toUtf8 } from "./bytes.ts";
import { encodeError, encodeHello, isHelloOf, parseError, parseHello } from "./hello.ts";

const ann = knownId("ann");
const ben = knownId("ben");
const text = knownDht.sessions[0]?.hellos[0] ?? "";

describe("hello, as bytes", () => {
  it("P10.6 is written as it is read", () => {
    const hello = parseHello(toUtf8(text));
    if (hello === undefined) throw new Error("the known hello was not read");
    expect(encodeHello(hello)).to.deep.equal(toUtf8(text));
    expect([hello.from, hello.to, hello.key]).to.deep.equal([
      ben.id,
      ann.id,
      toBase64(bytesOf(ben.publicKey)),
    ]);
  });

  it("P10.6 belongs to one connection and to one reader", async () => {
    const hello = parseHello(toUtf8(text));
    if (hello === undefined) throw new Error("the known hello was not read");
    const key = bytesOf(ben.publicKey);
    expect(await isHelloOf(hello, key, ann.id)).to.equal(true);
    expect(await isHelloOf(hello, key, ben.id)).to.equal(false);
    expect(await isHelloOf(hello, bytesOf(ann.publicKey), ann.id)).to.equal(false);
    expect(await isHelloOf({ ...hello, from: ann.id }, key, ann.id)).to.equal(false);
    expect(await isHelloOf({ ...hello, key: `${hello.key} ` }, key, ann.id)).to.equal(false);
  });

  it("P10.6 the card's hint is 16 hexadecimal digits in lower case, and the share 32 bytes", () => {
    const card = /"card":"([0-9a-f]+)"/.exec(text)?.[1] ?? "";
    expect(parseHello(toUtf8(text))?.card).to.equal(card);
    for (const other of [card.toUpperCase(), card.slice(2), `${card}00`, "", ` ${card}`, `${card}\\n`])
      expect(parseHello(toUtf8(text.replace(card, other))), other).to.equal(undefined);
    const share = /"share":"([^"]+)"/.exec(text)?.[1] ?? "";
    for (const length of [0, 31, 33, 64])
      expect(parseHello(toUtf8(text.replace(share, toBase64(new Uint8Array(length).fill(9)))))).to.equal(
        undefined,
      );
    expect(parseHello(toUtf8(text.replace(share, share.replace("=", ""))))).to.equal(undefined);
  });

  it("P10.6 an error has one of four codes", () => {
    for (const code of ["wrong-peer", "card-used", "unknown-card", "bad-hello"] as const) {
      expect(encodeError(code)).to.deep.equal(toUtf8(`{"type":"error","code":"${code}"}`));
      expect(parseError(encodeError(code))).to.equal(code);
    }
    for (const code of ["bad-record", "timeout", "constructor", "", 5, null])
      expect(parseError(toUtf8(JSON.stringify({ type: "error", code })))).to.equal("bad-hello");
    for (const none of [text, "", "[]", '"error"', '{"type":"Error","code":"card-used"}', "null"])
      expect(parseError(toUtf8(none)), none).to.equal(undefined);
    const padded = (length: number) => toUtf8('{"type":"error","code":"card-used"}'.padEnd(length));
    expect([parseError(padded(4096)), parseError(padded(4097))]).to.deep.equal(["card-used", undefined]);
  });

  it("P10.6 whatever bytes come, reading them does not throw", () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((json) => toUtf8(json)),
      // The known hello, with something else in one place.
      fc
        .tuple(fc.nat(text.length - 1), fc.string({ maxLength: 4 }))
        .map(([at, other]) => toUtf8(text.slice(0, at) + other + text.slice(at + 1))),
      fc.constantFrom("[".repeat(4096), `{"type":${"[".repeat(4000)}`).map(toUtf8),
    );
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        parseHello(Uint8Array.from(bytes));
        parseError(Uint8Array.from(bytes));
      }),
    );
  });
});
