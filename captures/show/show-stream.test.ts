import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { widthOf } from "../../terminal/widths.ts";
import { parseKeyLog } from "../explain/key-log.ts";
import { loadCapture } from "../follow/load.ts";
import type { Stream } from "../read/packet.ts";
import { type StreamView, showStream } from "./show-stream.ts";

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
  return shown(STREAM, width);
}

function shown(stream: Stream, width: number, view: Partial<StreamView> = {}): string[] {
  const whole = { hex: false, stats: false, keyLog: undefined, ...view };
  return showStream(stream, whole, { width, paint: (_kind, text) => text });
}

/** A stream in which only the caller says something. */
function said(bytes: Buffer): Stream {
  return { ...STREAM, fromA: [{ kind: "data", bytes, packet: 1, time: 0n }], fromB: [] };
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

describe("a stream, with more than its lines", () => {
  it("has every byte of a line with --hex, its end as well", () => {
    const rows = shown(said(Buffer.from("1 + 2\r\n\n= 3")), 80, { hex: true });
    const bytes = rows.flatMap((row) => /^ {9}((?:[0-9a-f]{2} )+) /.exec(`${row} `)?.[1]?.trim() ?? []);
    assert.deepEqual(bytes, ["31 20 2b 20 32 0d 0a", "0a", "3d 20 33"]);
  });

  it("has numbers only with --stats, and the share of text is that of the line on the wire", () => {
    const sealed = said(Buffer.from('{"type":"sealed","ciphertext":"00ff80"}\n'));
    for (const width of [80, 120]) {
      assert.notMatch(shown(sealed, width).join("\n"), /%|bits per byte|#/);
      const text = shown(sealed, width, { stats: true }).join("\n");
      assert.match(text, /100% {2}1\.6 ##/);
      assert.include(text, "as it stood on the wire");
    }
    // Five of seven bytes are printable: × has two that are not, and the LF counts.
    assert.match(shown(said(Buffer.from("7 × 6\n")), 120, { stats: true }).join("\n"), / 71% /);
  });

  it("never cuts off that a line is decrypted and its tag right", async () => {
    const captures = join(COURSE_FOLDER, "captures");
    const { streams } = await loadCapture(join(captures, "04-aes-chat.pcap"), false);
    const { keys } = parseKeyLog(readFileSync(join(captures, "04-aes-chat.keys"), "utf8"));
    const chat = streams[2];
    if (chat === undefined) throw new Error("there is no chat");
    for (const width of [60, 80, 99, 100, 120, 200]) {
      for (const stats of [false, true]) {
        const rows = shown(chat, width, { keyLog: keys, stats });
        assert.lengthOf(
          rows.filter((row) => row.trimEnd().endsWith("[decrypted, tag right]")),
          46,
          `${width} columns`,
        );
        for (const row of rows) assert.isAtMost(widthOf(row), width);
      }
    }
  });

  it("says that it was refused or not answered, or that nothing was said", () => {
    const silent: Stream = { ...STREAM, fromB: [] };
    assert.deepEqual(shown({ ...silent, unopened: "refused" }, 80), [
      "refused: 127.0.0.1:10000 has answered the SYN of 127.0.0.1:51000 with RST. No",
      "program was listening there.",
    ]);
    assert.match(shown({ ...silent, unopened: "unanswered" }, 80).join(), /^no answer: /);
    assert.match(shown(silent, 80).join(), /^Nothing was said/);
  });
});
