import { expect } from "chai";
import fc from "fast-check";
import { compareNames, isPort, isUsername, ProtocolError, parseObject } from "./messages.ts";
import { isText, MAX_TEXT_BYTES, parseChatLine, parseHello } from "./peer-messages.ts";
import { parseRegistryLine, parseRegistryRequest } from "./registry-messages.ts";

/** The code of the ProtocolError that an action throws, or "none". */
function codeOf(action: () => unknown): string {
  try {
    action();
    return "none";
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

describe("messages", () => {
  it("P2.7 refuse what is no JSON object with a string type", () => {
    for (const line of [
      "",
      "x",
      "{",
      "[]",
      "null",
      "1",
      '"type"',
      "{}",
      '{"type":1}',
      '{"type":null}',
      '[{"type":"list"}]',
    ]) {
      expect(
        codeOf(() => parseObject(line)),
        line,
      ).to.equal("bad-request");
    }
    expect(codeOf(() => parseObject(`${"[".repeat(100_000)}`))).to.equal("bad-request");
    expect(parseObject('{"type":"list","more":[1]}').type).to.equal("list");
  });

  it("P2.1 allow usernames of 1 to 32 plain characters, but not you", () => {
    for (const name of ["a", "A-b_9", "x".repeat(32), "your"]) expect(isUsername(name), name).to.equal(true);
    for (const name of [
      "",
      "x".repeat(33),
      "you",
      "You",
      "a b",
      "a\n",
      "ä",
      "a.b",
      1,
      null,
      undefined,
      ["a"],
    ]) {
      expect(isUsername(name), String(name)).to.equal(false);
    }
  });

  it("P2.1 allow ports from 1 to 65535", () => {
    for (const port of [1, 65535]) expect(isPort(port)).to.equal(true);
    for (const port of [0, 65536, -1, 1.5, "80", null, true, Number.NaN])
      expect(isPort(port), String(port)).to.equal(false);
  });

  it("P2.4 compare names by lower case, code unit by code unit", () => {
    expect(["b", "C", "a", "_", "A1", "-"].sort(compareNames)).to.deep.equal(["-", "_", "a", "A1", "b", "C"]);
  });
});

describe("registry messages", () => {
  it("P2.7 look at the username first, then at the port", () => {
    const parse = (object: object) => () =>
      parseRegistryRequest(JSON.stringify({ type: "register", ...object }));
    expect(codeOf(parse({}))).to.equal("bad-username");
    expect(codeOf(parse({ username: "you", port: "x" }))).to.equal("bad-username");
    expect(codeOf(parse({ username: "alice" }))).to.equal("bad-port");
    expect(codeOf(parse({ username: "alice", port: 0 }))).to.equal("bad-port");
    expect(codeOf(parse({ username: "alice", port: 1 }))).to.equal("none");
    expect(codeOf(() => parseRegistryRequest('{"type":"joined"}'))).to.equal("bad-request");
  });

  it("P2.7 ignore unknown members", () => {
    expect(parseRegistryRequest('{"type":"list","username":5}')).to.deep.equal({ type: "list" });
  });

  it("P2.7 meet any JSON with a request or a code, nothing else", () => {
    fc.assert(
      fc.property(fc.json(), (line) => {
        expect(["none", "bad-request", "bad-username", "bad-port"]).to.include(
          codeOf(() => parseRegistryRequest(line)),
        );
      }),
    );
  });

  it("P2.3 take users from the registry only with a name, an address and a port", () => {
    const good = { username: "bob", host: "::1", port: 1 };
    expect(parseRegistryLine(JSON.stringify({ type: "users", users: [good] }))).to.deep.equal({
      type: "users",
      users: [good],
    });
    for (const bad of [
      null,
      1,
      {},
      { ...good, username: "a b" },
      { ...good, host: "example.org" },
      { ...good, port: 0 },
    ]) {
      const line = JSON.stringify({ type: "users", users: [good, bad] });
      expect(
        codeOf(() => parseRegistryLine(line)),
        line,
      ).to.equal("bad-request");
    }
  });
});

describe("peer messages", () => {
  const own = { stage: "02", name: "Bob" };
  const hello = { type: "hello", stage: "02", from: "alice", to: "bob" };

  it("P3.1 check a hello", () => {
    expect(parseHello(hello, own)).to.deep.equal({ stage: "02", from: "alice", to: "bob" });
    const codes: [object, string][] = [
      [{ type: "bye" }, "bad-request"],
      [{ from: "no name" }, "bad-request"],
      [{ from: undefined }, "bad-request"],
      [{ from: "BOB" }, "bad-request"],
      [{ stage: "03" }, "wrong-stage"],
      [{ stage: 2 }, "wrong-stage"],
      [{ to: "carol" }, "wrong-peer"],
      [{ to: undefined }, "wrong-peer"],
    ];
    for (const [change, code] of codes) {
      expect(
        codeOf(() => parseHello({ ...hello, ...change }, own)),
        JSON.stringify(change),
      ).to.equal(code);
    }
  });

  it("P3.2 P3.3 take only integers from 1 for ids", () => {
    for (const id of [0, -1, 1.5, "1", null, 2 ** 53]) {
      expect(
        codeOf(() => parseChatLine({ type: "ack", id })),
        String(id),
      ).to.equal("bad-request");
    }
    expect(parseChatLine({ type: "ack", id: 7 })).to.deep.equal({ type: "ack", id: 7 });
  });

  it("P3.4 take texts of 1 to 8,192 bytes without lone surrogates", () => {
    for (const text of [
      "a",
      "\u0000",
      "x".repeat(MAX_TEXT_BYTES),
      "é".repeat(MAX_TEXT_BYTES / 2),
      "\u{1F600}",
    ]) {
      expect(isText(text), text.slice(0, 10)).to.equal(true);
    }
    for (const text of [
      "",
      "x".repeat(MAX_TEXT_BYTES + 1),
      "é".repeat(MAX_TEXT_BYTES / 2 + 1),
      "\ud800",
      "a\udc00b",
      1,
      null,
    ]) {
      expect(isText(text), String(text).slice(0, 10)).to.equal(false);
    }
  });
});
