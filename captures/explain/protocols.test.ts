import { expect } from "chai";
import fc from "fast-check";
import type { Piece, Stream } from "../read/packet.ts";
import { ciphertextOf, explain, jsonOf, recognise } from "./protocols.ts";
import { linesOf } from "./stream-lines.ts";

const END = { address: "127.0.0.1", port: 1 };

function data(text: string, packet: number): Piece {
  return { kind: "data", bytes: Buffer.from(text), packet, time: BigInt(packet) };
}

function stream(fromA: Piece[], fromB: Piece[] = []): Stream {
  const times = { firstPacket: 1, lastPacket: 9, firstTime: 0n, lastTime: 9n };
  return { index: 0, a: END, b: END, ...times, fromA, fromB };
}

/** A short form of the lines: sender and content. */
function short(conversation: Stream): string[] {
  return linesOf(conversation).map((line) =>
    line.kind === "missing"
      ? `${line.from} missing ${line.length}`
      : `${line.from} ${line.kind} ${line.bytes}`,
  );
}

describe("the lines of a stream", () => {
  it("come in the order of the packets that completed them, wherever they were cut", () => {
    expect(
      short(stream([data("one\ntw", 1), data("o\n", 4)], [data("x\n", 2), data("y\nz", 3)])),
    ).to.deep.equal(["a line one", "b line x", "b line y", "b unfinished z", "a line two"]);
  });

  it("are not put together over a gap", () => {
    const gap: Piece = { kind: "gap", position: 3, length: 5, packet: 2, time: 2n };
    expect(short(stream([data("abc", 1), gap, data("def\n", 3)]))).to.deep.equal([
      "a unfinished abc",
      "a missing 5",
      "a line def",
    ]);
  });
});

describe("protocols", () => {
  const named = (a: string, b = "") => recognise(linesOf(stream([data(a, 1)], b === "" ? [] : [data(b, 2)])));

  it("are recognised by their first lines", () => {
    expect(named("1 + 1\n", "= 2\n")).to.deep.equal({ name: "calculator" });
    expect(named('{"type":"register","username":"al","port":1}\n')).to.deep.equal({
      name: "registry",
      username: "al",
    });
    expect(named('{"type":"hello","stage":"02","from":"al","to":"bo"}\n')).to.deep.equal({
      name: "peers",
      stage: "02",
      initiator: "al",
      responder: "bo",
    });
    expect(named("GET / HTTP/1.1\n", "HTTP/1.1 200 OK\n")).to.deep.equal({ name: "unknown" });
  });

  it("P0.3 have no line that is longer than the longest, `users`", () => {
    const line = (length: number): Buffer => {
      const empty = '{"type":"users","users":[]}';
      return Buffer.from(`${empty.slice(0, -1)}${" ".repeat(length - empty.length)}}`);
    };
    expect(jsonOf(line(4_194_304))?.type).to.equal("users");
    expect(jsonOf(line(4_194_305))).to.equal(undefined);
  });

  it("P5.1 P6.2 have their ciphertexts decoded, and nothing else called one", () => {
    expect(ciphertextOf(Buffer.from('{"type":"xored","ciphertext":"00ff"}'))).to.deep.equal(
      Buffer.of(0, 255),
    );
    expect(ciphertextOf(Buffer.from('{"type":"message","ciphertext":"00ff"}'))).to.equal(undefined);
    expect(ciphertextOf(Buffer.from('{"type":"sealed","ciphertext":"xyz"}'))).to.equal(undefined);
    expect(explain(Buffer.from('{"type":"sealed"}'))).to.equal(undefined);
    expect(explain(Buffer.from('{"type":"message","text":"hi"}'))).to.equal("hi");
  });

  it("P3.4 show no control character of what was captured", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(explain(Buffer.from(bytes)) ?? "").to.match(/^\P{C}*$/u);
          jsonOf(Buffer.from(bytes));
        },
      ),
    );
    expect(explain(Buffer.from('{"type":"users","users":[null,5,{"username":"\\u001b[2J"}]}'))).to.match(
      /^\P{C}*$/u,
    );
  });
});
