import { assert } from "chai";
import { endpoint } from "../explain/endpoint.ts";
import type { Stream } from "../read/packet.ts";
import { sha256 } from "../testing/sha256.ts";
import { escapeForTerminal, summarize } from "./stream-summary.ts";

describe("summaries of streams", () => {
  it("write IPv6 addresses in brackets", () => {
    assert.equal(endpoint({ address: "127.0.0.1", port: 51_000 }), "127.0.0.1:51000");
    assert.equal(endpoint({ address: "::1", port: 81 }), "[::1]:81");
  });

  it("escape what a terminal might obey, and say the same", () => {
    const text = "a\u009b2J\u202e\u{e0001}é🔑";
    const escaped = escapeForTerminal(JSON.stringify({ text }));
    assert.match(escaped, /^\P{C}*$/u);
    assert.include(escaped, "\\u009b2J\\u202e");
    assert.include(escaped, "é🔑");
    assert.deepEqual(JSON.parse(escaped), { text });
  });

  it("count and hash the bytes of each direction, without the gaps", () => {
    const common = { packet: 1, time: 0n };
    const stream: Stream = {
      index: 3,
      a: { address: "::1", port: 81 },
      b: { address: "127.0.0.1", port: 10_000 },
      firstPacket: 1,
      lastPacket: 9,
      firstTime: 0n,
      lastTime: 9n,
      fromA: [
        { kind: "data", bytes: Buffer.from("hel"), ...common },
        { kind: "gap", position: 3, length: 100, ...common },
        { kind: "data", bytes: Buffer.from("lo"), ...common },
      ],
      fromB: [{ kind: "gap", position: 0, length: 1, ...common }],
    };
    assert.equal(
      JSON.stringify(summarize(stream)),
      `{"stream":3,"a":"[::1]:81","b":"127.0.0.1:10000","aBytes":5,"bBytes":0,` +
        `"aSha256":"${sha256("hello")}","bSha256":"${sha256("")}","gaps":2}`,
    );
  });
});
