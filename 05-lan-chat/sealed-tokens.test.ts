import { expect } from "chai";
import { LAN } from "../tests/support/lan-sessions.ts";
import { fromTokenText } from "./base64.ts";
import { decryptToken, encryptToken } from "./fernet.ts";
import { parseText, TokenOpener, TokenSealer } from "./sealed-tokens.ts";

const KEY = Buffer.alloc(32, 7);
const seconds = (): number => 1_764_360_000;

/** A token that says this, made by whoever has the key. */
function tokenOf(text: string | Buffer): string {
  return encryptToken(KEY, Buffer.from(text), seconds());
}

describe("sealed tokens", () => {
  for (const [i, known] of LAN.sessions.entries()) {
    it(`P9.4 are those of known session ${i + 1}, in each direction`, () => {
      for (const sender of ["initiator", "responder"] as const) {
        const key = Buffer.from(known.keys[sender], "hex");
        const sent = [...known.proofs, ...known.records].filter((record) => record.sender === sender);
        const times = sent.map(({ token }) => decryptToken(key, token)?.seconds ?? 0);
        const ivs = sent.map(({ token }) => fromTokenText(token)?.subarray(9, 25));
        const sealer = new TokenSealer(
          key,
          () => times.shift() ?? 0,
          () => ivs.shift(),
        );
        const opener = new TokenOpener(key);
        for (const { plaintext, token } of sent) {
          const { seq, ...object } = JSON.parse(plaintext) as Record<string, unknown>;
          expect(sealer.seal(object)).to.equal(token);
          expect(opener.open(token)).to.deep.equal({ seq, ...object });
        }
      }
    });
  }

  it("P9.4 are refused if repeated, too early, sent back, renumbered, or changed", () => {
    const sealer = new TokenSealer(KEY, seconds);
    const [first, second, third] = [1, 2, 3].map((n) => sealer.seal({ type: "message", n }));
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("three were sealed");
    const opener = new TokenOpener(KEY);
    expect(opener.open(second), "too early").to.equal(undefined);
    expect(opener.open(first)?.n).to.equal(1);
    expect(opener.open(first), "again").to.equal(undefined);
    expect(opener.open(third), "one left out").to.equal(undefined);
    expect(new TokenOpener(Buffer.alloc(32, 8)).open(first), "the other direction's key").to.equal(undefined);
    expect(opener.open(second.replace(/....=*$/, "AAAA")), "changed").to.equal(undefined);
    expect(opener.open(second)?.n).to.equal(2);
  });

  it("P9.4 are refused if what is inside is no numbered object with a type", () => {
    const wrong = [
      "",
      "{",
      "null",
      '[{"seq":0,"type":"ping"}]',
      '{"type":"ping"}',
      '{"seq":0}',
      '{"seq":0,"type":7}',
      '{"seq":"0","type":"ping"}',
      '{"seq":1,"type":"ping"}',
      '{"seq":-1,"type":"ping"}',
      '{"seq":0.5,"type":"ping"}',
      Buffer.from([...Buffer.from('{"seq":0,"type":"ping","x":"'), 0xc3, 0x28, ...Buffer.from('"}')]),
    ];
    for (const text of wrong) expect(new TokenOpener(KEY).open(tokenOf(text)), `${text}`).to.equal(undefined);
    expect(new TokenOpener(KEY).open(tokenOf('{"seq":0,"type":"ping"}'))?.type).to.equal("ping");
  });

  it("P9.4 are not judged by their time", () => {
    const opener = new TokenOpener(KEY);
    expect(opener.open(encryptToken(KEY, Buffer.from('{"seq":0,"type":"ping"}'), 0))?.type).to.equal("ping");
    expect(opener.open(encryptToken(KEY, Buffer.from('{"seq":1,"type":"ping"}'), 2 ** 40))?.type).to.equal(
      "ping",
    );
  });

  it("P9.4 carry the number that comes next, whatever the object says", () => {
    const opener = new TokenOpener(KEY);
    expect(opener.open(new TokenSealer(KEY, seconds).seal({ type: "ping" }))).to.deep.equal({
      seq: 0,
      type: "ping",
    });
    expect(parseText(Buffer.from('{"type":"x"}'))?.type).to.equal("x");
  });
});
