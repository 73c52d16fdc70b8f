// Tests that the committed capture of stage 06 holds what its README says, that next to nothing of it can be read, and that
// it can be recorded again.

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { libp2pIn } from "../captures/explain/libp2p.ts";
import { recognise } from "../captures/explain/protocols.ts";
import { printableShare } from "../captures/explain/readability.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { type LoadedCapture, loadCapture } from "../captures/follow/load.ts";
import type { Stream } from "../captures/read/packet.ts";
import {
  DHT_CHAT,
  GROUP_NAME,
  GROUP_TEXT,
  PICTURE_BYTES,
  PICTURE_NAME,
  PNG_BEGINNING,
} from "../captures/record/dht-conversation.ts";
import { Lan } from "../captures/record/lan.ts";
import { NoNamespace } from "../captures/record/namespace.ts";
import { recordDht } from "../captures/record/record-dht.ts";
import { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { leaveOut, withStage06, withTool } from "./support/tools.ts";

const NAME = "captures/06-dht-chat.pcap";
const COMMITTED = join(COURSE_FOLDER, NAME);

/** What is said, or named, and must not be readable on the wire; `/u/` begins the key of every record. */
const SAID = [
  ...DHT_CHAT.map(({ text }) => text),
  PICTURE_NAME,
  GROUP_NAME,
  GROUP_TEXT,
  "/u/",
  "p2p-circuit",
  "P2P06",
];

const [NODE_1, NODE_2, ALICE, BOB] = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];

function bytesOf(stream: Stream, from: "fromA" | "fromB"): Buffer {
  return Buffer.concat(
    [...stream[from]].map((piece) => (piece.kind === "data" ? piece.bytes : Buffer.alloc(0))),
  );
}

/** What is true of the committed file and of a new one. */
function expectAllInCapture({ streams, conversations, damage, notUnderstood }: LoadedCapture): void {
  expect(damage).to.equal(undefined);
  expect(notUnderstood.size).to.equal(0);
  expect(conversations).to.deep.equal([]);
  const ends = streams.map(({ a, b }) => `${a.address} > ${b.address}:${b.port}`);
  // The second node joins by the first; each user has circuits reserved at both nodes.
  expect([...new Set(ends)]).to.have.members([
    `${NODE_2} > ${NODE_1}:8060`,
    `${ALICE} > ${NODE_1}:8060`,
    `${ALICE} > ${NODE_2}:8060`,
    `${BOB} > ${NODE_2}:8060`,
    `${BOB} > ${NODE_1}:8060`,
  ]);
  for (const stream of streams) expectSealed(stream);
  // The picture goes from alice to a node, and from there to bob.
  const sent = (from: string | undefined): number =>
    streams.reduce(
      (sum, stream) => sum + (stream.a.address === from ? bytesOf(stream, "fromA").length : 0),
      0,
    );
  const got = (to: string | undefined): number =>
    streams.reduce((sum, stream) => sum + (stream.a.address === to ? bytesOf(stream, "fromB").length : 0), 0);
  expect(sent(ALICE)).to.be.above(PICTURE_BYTES);
  expect(got(BOB)).to.be.above(PICTURE_BYTES);
}

function expectSealed(stream: Stream): void {
  const lines = linesOf(stream);
  expect(recognise(lines).name).to.equal("libp2p");
  const { clearBytes = 0, allBytes = 0 } = libp2pIn(lines) ?? {};
  const [a, b] = [bytesOf(stream, "fromA"), bytesOf(stream, "fromB")];
  expect(allBytes).to.equal(a.length + b.length);
  expect(clearBytes).to.be.within(350, 450);
  expect(a.toString("latin1")).to.match(/^GET \/ HTTP\/1\.1\r\n/);
  // Of random bytes 38% are printable: 98 of 256.
  for (const [bytes, share] of [a, b].map(
    (all) => [all.subarray(500), printableShare(all.subarray(500))] as const,
  ))
    expect(share, `${bytes.length} bytes`).to.be.within(0.3, 0.48);
  for (const said of SAID.map((text) => Buffer.from(text)).concat(PNG_BEGINNING))
    expect(a.includes(said) || b.includes(said), String(said)).to.equal(false);
}

async function show(...argv: string[]): Promise<{ code: number | null; lines: string[] }> {
  const program = new ChildProgram("show", [...nodeCommand("captures/show.ts"), NAME, ...argv], {
    environment: { NO_COLOR: "1" },
  });
  const code = await program.exitCode();
  return { code, lines: program.lines };
}

describe("the capture of stage 06", () => {
  it("P10.5 P10.6 holds two nodes and two users, and can be read nowhere behind the choice of noise", async () => {
    expectAllInCapture(await loadCapture(COMMITTED, false));
    expect(statSync(COMMITTED).size).to.be.below(600_000);
  });

  it("is shown as what it is: connections to nodes, and how little of them is in clear", async () => {
    const { lines } = await show();
    const rows = lines.filter((line) => / {2}06, to a node: \d\.\d% in clear /.test(line));
    expect(rows).to.have.lengthOf(5);
    expect(lines.join("\n")).not.to.include("not ours");
    const { lines: stream } = await show("--stream", "1");
    const text = stream.join("\n");
    expect(text)
      .to.match(/node .*\/multistream\/1\.0\.0/)
      .and.to.match(/node .*\/noise/);
    expect(text).to.match(/\n\d{3} of [\d,]+ bytes are in clear: an HTTP request that opens a WebSocket/);
    expect(text).to.include("? (encrypted)");
  });

  it("holds nothing that was said", async () => {
    for (const said of SAID.slice(0, -3)) {
      const { lines } = await show("--find", said);
      expect(lines).to.deep.equal([`"${said}" can be read nowhere in this capture`]);
    }
    const { lines } = await show("--find", "/noise");
    expect(lines[0]).to.match(/^"\/noise" can be read in /);
  });
});

describe("recording stage 06 where it cannot be", () => {
  it("says in one line why not", async () => {
    const folder = mkdtempSync(join(tmpdir(), "capture-test-"));
    try {
      const words = [...nodeCommand("captures/capture.ts"), "06", join(folder, "new.pcap")];
      // Without a PATH nothing is found that makes namespaces.
      const program = new ChildProgram("capture", words, { environment: { PATH: folder } });
      const recorder = new ChildProgram("capture", [...words, "--method", "recorder"]);
      for (const run of [program, recorder]) {
        expect(await run.exitCode()).to.equal(1);
        expect(run.errors).to.match(
          /^error: (?:06 is recorded between hosts|stage 06 needs its own packages)[^\n]*\n$/,
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("what is not a connection of stage 06", () => {
  /** A stream of these bytes. */
  function stream(a: string, b: string): Parameters<typeof recognise>[0] {
    return [
      ...a.split("\n").map((line) => ({ from: "a" as const, line })),
      ...b.split("\n").map((line) => ({ from: "b" as const, line })),
    ].map(({ from, line }) => ({
      kind: "line",
      from,
      bytes: Buffer.from(line, "latin1"),
      packet: 1,
      time: 0n,
      firstPacket: 1,
    }));
  }
  const asked = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r";
  const answered = "HTTP/1.1 101 Switching Protocols\r\n\r";
  const chosen = "\x82\x14\x13/multistream/1.0.0\n\x82\x08\x07/noise";

  it("is not called one", () => {
    expect(recognise(stream(asked, `${answered}\n${chosen}`)).name).to.equal("libp2p");
    for (const [a, b] of [
      [asked, answered],
      [asked, `HTTP/1.1 200 OK\r\n${chosen}`],
      [asked, `${answered}\n\x82\x08\x07/noise`],
      [asked, `${answered}\n\x82\x14\x13/multistream/1.0.0`],
      ["POST / HTTP/1.1\r\n\r", `${answered}\n${chosen}`],
    ] as const)
      expect(recognise(stream(a, b)).name, b).to.equal("unknown");
  });
});

withTool("dumpcap", ["--version"], "recording stage 06", () => {
  withStage06("again", () => {
    it("P10.5 gives a capture of the same kind", async function () {
      try {
        await (await Lan.make(1)).close();
      } catch (error) {
        if (error instanceof NoNamespace) leaveOut(this, error.message);
        throw error;
      }
      const folder = mkdtempSync(join(tmpdir(), "capture-test-"));
      try {
        const out = join(folder, "new.pcap");
        await recordDht({ out, method: undefined, pause: 50, report: () => {} });
        expectAllInCapture(await loadCapture(out, false));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});
