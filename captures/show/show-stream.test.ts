import { assert } from "chai";
import type { Stream } from "../read/packet.ts";
import { showStream } from "./show-stream.ts";

const LINE = '{"type":"user","username":"bob","host":"127.0.0.1","port":50003}';

const STREAM: Stream = {
  index: 0,
  a: { address: "127.0.0.1", port: 51_000 },
  b: { address: "127.0.0.1", port: 10_000 },
  firstPacket: 1,
  lastPacket: 1,
  firstTime: 0n,
  lastTime: 0n,
  fromA: [],
  fromB: [{ kind: "data", bytes: Buffer.from(`${LINE}\n`), packet: 1, time: 0n }],
};

function show(width: number): string[] {
  return showStream(
    STREAM,
    { hex: false, stats: false, keyLog: undefined },
    { width, paint: (_kind, text) => text },
  );
}

describe("a stream, shown in windows of several widths", () => {
  it("has one row for each line where there is room", () => {
    assert.lengthOf(show(120), 2); // One of them is the heading.
  });

  it("has two rows for each line in a narrow window, and cuts neither", () => {
    const rows = show(80);
    assert.lengthOf(rows, 4);
    for (const row of rows) assert.isAtMost(row.length, 80);
    assert.include(rows[3], "bob is at 127.0.0.1:50003");
  });
});
