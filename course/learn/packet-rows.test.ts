import { expect } from "chai";
import type { Piece, Stream } from "../../captures/read/packet.ts";
import { plain } from "../../terminal/paint.ts";
import { widthOf } from "../../terminal/widths.ts";
import { packetRows } from "./packet-rows.ts";

/** A stream in which one side sends these pieces, one in each packet from 4 on. */
function streamOf(pieces: readonly (string | Buffer)[]): Stream {
  const fromA = pieces.map(
    (bytes, index): Piece => ({
      kind: "data",
      bytes: Buffer.from(bytes as string),
      packet: 4 + index,
      time: BigInt(index) * 1_000_000n,
    }),
  );
  const endpoint = { address: "127.0.0.1", port: 10_001 };
  const [firstTime, lastTime] = [0n, 0n];
  return {
    index: 0,
    a: endpoint,
    b: endpoint,
    firstPacket: 1,
    lastPacket: 9,
    firstTime,
    lastTime,
    fromA,
    fromB: [],
  };
}

const ENDS = { a: "client", b: "calculator" };

describe("the packets of a run", () => {
  const rows = (pieces: readonly (string | Buffer)[], { wanted = 0, width = 80 } = {}): string[] =>
    packetRows(streamOf(pieces), { wanted, ends: ENDS }, "npm run show", width, plain).map((row) =>
      row.trimEnd(),
    );

  it("show blanks and invisible characters as escapes, and leave quotes alone", () => {
    const [, row] = rows(['1\u00a0+\u3000"2"\t\u200b\u001b[2J\r\n']);
    expect(row).to.match(/^ +4 +0\.000 \S+ +1\\u00a0\+\\u3000"2"\\t\\u200b\\u001b\[2J\\r$/);
  });

  it("show bytes that are no text", () => {
    expect(rows([Buffer.from([0x31, 0xff, 0x0a])])[1]).to.include('"1\\xff"');
  });

  it("name the ends alike, also where the lines do not tell who they are", () => {
    expect(rows(["1 + 2\n"])[1]).to.match(/ client +1 \+ 2$/);
  });

  it("mark the packet that is meant", () => {
    expect(rows(["a\n", "b\n"], { wanted: 5 }).filter((row) => row.startsWith(">"))).to.have.length(1);
  });

  it("say what a long line consists of, and that it has no end", () => {
    expect(rows([" ".repeat(5096)])[1]).to.include('" " × 5096 (5096 characters) (no LF: not a message)');
  });

  it("fit into the width, also if there are thousands: then they say where all of them are", () => {
    const many = Array.from({ length: 1000 }, (_, index) => `${index} ${"漢".repeat(90)}\n`);
    for (const width of [60, 80, 120]) {
      const shown = rows(many, { width });
      expect(shown).to.have.length(402);
      expect(shown[201]).to.match(/… 600 lines more: npm run show$/);
      for (const row of shown) expect(widthOf(row)).to.be.at.most(width);
    }
  });
});
