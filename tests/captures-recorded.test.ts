// Tests that each committed capture is complete and holds what the lessons say, and that all can be recorded again.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseKeyLog } from "../captures/explain/key-log.ts";
import { jsonOf } from "../captures/explain/protocols.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { unseal } from "../captures/explain/unseal.ts";
import { Decoder } from "../captures/follow/decode.ts";
import { Follower } from "../captures/follow/follow.ts";
import type { Packet, Segment, Stream } from "../captures/read/packet.ts";
import { readCapture } from "../captures/read/read-capture.ts";
import { NoCaptureTool, startCaptureTool } from "../captures/record/capture-tool.ts";
import { Connections } from "../captures/record/connections.ts";
import {
  CHAT,
  CHAT_THROUGH_MALLORY,
  CUT_REQUEST,
  FOREIGN,
  IN_TWO_WRITES,
  LONG,
  PAYMENT,
  SECRET,
  TWO_REQUESTS,
} from "../captures/record/conversations.ts";
import { SYNTHETIC_MAC } from "../captures/record/ip-packets.ts";
import { NoNamespace, probeNamespace } from "../captures/record/namespace.ts";
import { record } from "../captures/record/record.ts";
import { RECORDINGS, type Recording } from "../captures/record/recordings.ts";
import { synthesizeFolder } from "../captures/record/synthesize-folder.ts";
import { summarize } from "../captures/show/stream-summary.ts";
import { runTool } from "../captures/testing/tshark.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { Capture } from "./support/test-capture.ts";
import { leaveOut, withTool } from "./support/tools.ts";

interface Loaded {
  packets: Packet[];
  segments: Segment[];
  streams: Stream[];
  connections: Connections;
}

async function load(path: string): Promise<Loaded> {
  const decoder = new Decoder();
  const follower = new Follower();
  const loaded: Loaded = { packets: [], segments: [], streams: [], connections: new Connections() };
  for await (const packet of readCapture(path)) {
    loaded.packets.push(packet);
    const segment = decoder.decode(packet);
    if (segment === undefined) continue;
    loaded.segments.push(segment);
    follower.add(segment);
    loaded.connections.add(segment);
  }
  loaded.streams = follower.finish();
  return loaded;
}

const committed = (file: string): string => join(COURSE_FOLDER, "captures", file);

/** The number of connections in each recording. */
const CONNECTIONS: Readonly<Record<string, number>> = {
  "01": 3,
  "01-one-request-in-two-segments": 1,
  "01-two-requests-in-one-segment": 1,
  "01-nagle": 2,
  "02": 3,
  "03": 3,
  "03-toy-group": 3,
  "03-mitm": 4,
  "04": 3,
};

/** The recordings of the same chat, directly between Alice and Bob. */
const CHATS = RECORDINGS.filter(({ folder, name }) => folder !== "01-calculator" && name !== "03-mitm");
const said = CHAT.flatMap(({ messages }) => messages);

function recordingOf(name: string): Recording {
  const found = RECORDINGS.find((recording) => recording.name === name);
  if (found === undefined) throw new Error(`no recording ${name}`);
  return found;
}

/** The only stream between peers. */
function chatIn({ streams }: Loaded, { port }: Recording): Stream {
  const [chat, ...others] = streams.filter(({ b }) => b.port !== port);
  if (chat === undefined || others.length > 0) throw new Error("there is not one chat");
  return chat;
}

const objects = (stream: Stream) =>
  linesOf(stream).flatMap((line) => (line.kind === "line" ? [jsonOf(line.bytes) ?? {}] : []));

describe("the conversation that is recorded", () => {
  it("has about twenty messages, one in several scripts, one long, one repeated", () => {
    expect(said).to.have.length.within(20, 25);
    expect(Buffer.byteLength(FOREIGN)).to.be.greaterThan([...FOREIGN].length);
    expect(Buffer.byteLength(LONG)).to.be.within(2000, 3000);
    expect(said.filter((text) => text === PAYMENT)).to.have.length(2);
    expect(new Set(said).size).to.equal(said.length - 1);
    for (const text of [FOREIGN, LONG, SECRET]) expect(said).to.include(text);
  });
});

describe("the committed captures", () => {
  for (const recording of RECORDINGS) {
    describe(`${recording.file}.pcap`, () => {
      let loaded: Loaded;
      before(async () => {
        loaded = await load(committed(`${recording.file}.pcap`));
      });

      it("is classic pcap with microseconds, of Ethernet packets", () => {
        const header = readFileSync(committed(`${recording.file}.pcap`)).subarray(0, 24);
        expect(header.readUInt32LE(0)).to.equal(0xa1b2c3d4);
        expect(header.readUInt32LE(20)).to.equal(1);
      });

      it("holds its connections from the handshake to the last FIN, and nothing else", () => {
        const count = CONNECTIONS[recording.name] ?? 0;
        expect(loaded.connections.areWhole(count)).to.equal(true);
        expect(loaded.streams).to.have.length(count);
        expect(loaded.segments).to.have.length(loaded.packets.length);
        for (const { fromA, fromB } of loaded.streams) {
          expect([...fromA, ...fromB].filter(({ kind }) => kind === "gap")).to.deep.equal([]);
        }
        expect(loaded.segments.filter(({ rst }) => rst)).to.deep.equal([]);
      });

      it("was taken on the loopback interface, from the programs at their own ports", () => {
        for (const { source, destination } of loaded.segments) {
          expect([source.address, destination.address]).to.deep.equal(["127.0.0.1", "127.0.0.1"]);
        }
        const ports = new Set(loaded.streams.map(({ b }) => b.port));
        expect(ports.has(recording.port)).to.equal(true);
        expect(ports.size).to.equal(recording.name === "03-mitm" ? 3 : CHATS.includes(recording) ? 2 : 1);
      });

      it("is genuine: with the MAC addresses of Linux's loopback interface, not with ours", () => {
        for (const { data } of loaded.packets) {
          expect(data.toString("hex", 0, 12)).to.equal("0".repeat(24));
        }
      });
    });
  }

  for (const recording of CHATS) {
    it(`${recording.file}.pcap: two users register, find each other, talk, and say goodbye`, async () => {
      const loaded = await load(committed(`${recording.file}.pcap`));
      const registry = loaded.streams.filter(({ b }) => b.port === recording.port);
      const types = (stream: Stream): unknown[] => objects(stream).map(({ type }) => type);
      expect(registry.map(types)).to.deep.equal([
        ["register", "registered", "joined", "left", "leave"],
        ["register", "registered", "list", "users", "lookup", "user", "leave"],
      ]);
      const chat = chatIn(loaded, recording);
      const [hello, answer] = objects(chat);
      const stage = recording.name.slice(0, 2);
      expect(hello).to.deep.equal({ type: "hello", stage, from: "alice", to: "bob" });
      expect(answer).to.deep.equal({ type: "hello", stage, from: "bob", to: "alice" });
      const handshake = stage === "02" ? 2 : 4;
      // Each message has its acknowledgement, and both sides say goodbye.
      expect(objects(chat)).to.have.length(handshake + 2 * said.length + 2);
    });
  }

  it("02-basic-p2p.pcap: everything that is said can be read", async () => {
    const recording = recordingOf("02");
    const chat = chatIn(await load(committed("02-basic-p2p.pcap")), recording);
    const messages = objects(chat).flatMap(({ type, text }) => (type === "message" ? [text] : []));
    expect(messages).to.deep.equal(said);
  });

  it("02-basic-p2p.pcap: what was entered at once left at once", async () => {
    const { segments } = await load(committed("02-basic-p2p.pcap"));
    const lines = segments.map(({ payload }) => payload.toString().split("\n").length - 1);
    expect(Math.max(...lines)).to.equal(3);
  });

  for (const name of ["03", "03-toy-group", "04"]) {
    it(`${recordingOf(name).file}.pcap: nothing that is said can be read as it stands`, async () => {
      const { packets } = await load(committed(`${recordingOf(name).file}.pcap`));
      const all = Buffer.concat(packets.map(({ data }) => data));
      for (const text of [...said, '"message"', '"ack"', '"bye"']) {
        expect(all.includes(text), text).to.equal(false);
      }
    });
  }

  it("says in which group the keys of stage 03 were agreed on", async () => {
    for (const [name, group] of [
      ["03", "modp2048"],
      ["03-toy-group", "toy"],
    ] as const) {
      const recording = recordingOf(name);
      const lines = objects(chatIn(await load(committed(`${recording.file}.pcap`)), recording));
      expect(lines.filter(({ type }) => type === "key").map((line) => line.group)).to.deep.equal([
        group,
        group,
      ]);
    }
  });

  it("04-aes-chat.keys decrypts 04-aes-chat.pcap: the same conversation as in stage 02", async () => {
    const { keys, bad } = parseKeyLog(readFileSync(committed("04-aes-chat.keys"), "utf8"));
    expect(bad).to.deep.equal([]);
    expect(keys.size).to.equal(1);
    const chat = chatIn(await load(committed("04-aes-chat.pcap")), recordingOf("04"));
    const unsealed = unseal(linesOf(chat), keys);
    const inside = [...unsealed.values()].map((result) => {
      if ("problem" in result) throw new Error(result.problem);
      return jsonOf(result.line) ?? {};
    });
    expect(inside.flatMap(({ type, text }) => (type === "message" ? [text] : []))).to.deep.equal(said);
    expect(inside.filter(({ type }) => type === "bye")).to.have.length(2);
  });

  it("03-dh-chat-mitm.pcap: one call becomes two, with other keys, and nothing can be read", async () => {
    const { streams, packets } = await load(committed("03-dh-chat-mitm.pcap"));
    const port = recordingOf("03-mitm").port;
    const registered = streams.flatMap(objects).find(({ username }) => username === "bob")?.port;
    const lookedUp = streams.flatMap(objects).find(({ type }) => type === "user")?.port;
    const chats = streams.filter(({ b }) => b.port !== port);
    expect(chats.map(({ b }) => b.port)).to.deep.equal([lookedUp, registered]);
    const [one = [], two = []] = chats.map(objects);
    expect(one.slice(0, 2)).to.deep.equal(two.slice(0, 2));
    const keys = [...one, ...two].flatMap(({ type, publicKey }) => (type === "key" ? [publicKey] : []));
    expect(new Set(keys).size).to.equal(4);
    const ciphertexts = (lines: typeof one) =>
      lines.flatMap(({ ciphertext }) => (typeof ciphertext === "string" ? [ciphertext] : []));
    expect(ciphertexts(one)).to.have.length(2 * CHAT_THROUGH_MALLORY.length + 2);
    expect(ciphertexts(two)).to.have.length(2 * CHAT_THROUGH_MALLORY.length + 2);
    expect(ciphertexts(one).filter((text) => ciphertexts(two).includes(text))).to.deep.equal([]);
    const all = Buffer.concat(packets.map(({ data }) => data));
    for (const { said } of CHAT_THROUGH_MALLORY) expect(all.includes(said), said).to.equal(false);
  });

  it("01-one-request-in-two-segments.pcap: is what it says", async () => {
    const { segments } = await load(committed("01-one-request-in-two-segments.pcap"));
    const data = segments.map(({ payload }) => payload.toString()).filter((text) => text !== "");
    expect(data).to.deep.equal([CUT_REQUEST.first, CUT_REQUEST.rest, "= 21\n"]);
  });

  it("01-two-requests-in-one-segment.pcap: is what it says", async () => {
    const { segments } = await load(committed("01-two-requests-in-one-segment.pcap"));
    const data = segments.map(({ payload }) => payload.toString()).filter((text) => text !== "");
    expect(data).to.deep.equal([TWO_REQUESTS.bytes, "= 3\n= 2.5\n"]);
  });

  it("01-nagle.pcap: with Nagle's algorithm the second half of a request waits for an acknowledgement", async () => {
    const { segments } = await load(committed("01-nagle.pcap"));
    const callers = [...new Set(segments.map(({ source }) => source.port))].filter((port) => port !== 10001);
    const [waits = [], doesNot = []] = callers.map((caller) => secondHalves(segments, caller));
    for (const halves of [waits, doesNot]) expect(halves).to.have.length(IN_TWO_WRITES.length);
    for (const { waited, acknowledged } of waits)
      expect({ waited, acknowledged }).to.include({ acknowledged: true });
    // TCP sends the first acknowledgement of a new connection at once.
    for (const { waited } of waits.slice(1)) expect(waited).to.be.within(35, 60);
    for (const { waited } of doesNot) expect(waited).to.be.lessThan(5);
  });

  /** How long each second half came after its first, in milliseconds, and whether the first was acknowledged. */
  function secondHalves(segments: readonly Segment[], caller: number) {
    const ours = segments.filter(({ source, destination }) =>
      [source.port, destination.port].includes(caller),
    );
    const said = ours.filter(({ source, payload }) => source.port === caller && payload.length > 0);
    return IN_TWO_WRITES.map(({ writes }, index) => {
      const [first, second] = said.slice(2 * index, 2 * index + 2);
      if (first === undefined || second === undefined) throw new Error("a request is missing");
      expect([first, second].map(({ payload }) => payload.toString())).to.deep.equal(writes);
      const between = ours.slice(ours.indexOf(first) + 1, ours.indexOf(second));
      const acknowledged = between.some(({ source, acknowledgement }) => {
        return source.port === 10001 && acknowledgement === first.sequence + first.payloadLength;
      });
      return { waited: Number(second.time - first.time) / 1e6, acknowledged };
    });
  }

  withTool("tshark", ["--version"], "as tshark sees them", () => {
    const all = new Capture();
    const recorded = RECORDINGS.map(({ file }) => ({ file, ...all.recorded(file) }));
    let faulty: number[] = [];

    before(() => {
      const folder = mkdtempSync(join(tmpdir(), "recorded-test-"));
      const path = join(folder, "all.pcap");
      all.save(path);
      const filter = "tcp.analysis.flags or _ws.malformed or not tcp";
      const fields = ["-T", "fields", "-e", "frame.number"];
      const { output, complaints } = runTool("tshark", ["-n", "-r", path, "-Y", filter, ...fields]);
      rmSync(folder, { recursive: true });
      expect(complaints).to.equal("");
      faulty = output.split("\n").filter(Boolean).map(Number);
    });

    for (const { file, firstPacket, lastPacket } of recorded) {
      it(`${file}.pcap: nothing is missing, repeated or out of order`, () => {
        const own = faulty.filter((number) => firstPacket <= number && number <= lastPacket);
        expect(own.map((number) => number - firstPacket + 1)).to.deep.equal([]);
      });
    }
  });
});

describe("recording anew", () => {
  let folder = "";
  let out = "";
  let reported: string[] = [];
  const report = (line: string): void => void reported.push(line);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "recording-test-"));
    out = join(folder, "out.pcap");
    reported = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of ["01-two-requests-in-one-segment", "02", "04"]) {
    it(`${name} with our recorder`, async () => {
      const recording = recordingOf(name);
      await record(recording, { out, method: "recorder", ports: "any", pause: 0, report });
      expect(reported[0]).to.include(`recorded ${name} with our recorder: ${out}`);
      expect(reported[1]).to.include(SYNTHETIC_MAC.caller);
      const recorded = await load(out);
      expect(recorded.connections.areWhole(CONNECTIONS[name] ?? 0)).to.equal(true);
      if (recording.keys) {
        const { keys } = parseKeyLog(readFileSync(join(folder, "out.keys"), "utf8"));
        expect(unseal(linesOf(chatIn(recorded, portsOf(recorded, recording))), keys).size).to.be.greaterThan(
          40,
        );
      }
    });
  }

  /** The recording with the port that the system chose: the server of the first stream has it. */
  function portsOf({ streams }: Loaded, recording: Recording): Recording {
    return { ...recording, port: streams[0]?.b.port ?? 0 };
  }

  withTool("dumpcap", ["--version"], "with a tool and with our recorder at the same time", () => {
    for (const name of ["01", "01-one-request-in-two-segments", "03-toy-group", "04"]) {
      it(`${name}: gives byte-identical streams`, async function () {
        await leaveOutWithoutRights(this);
        const logFolder = join(folder, "log");
        mkdirSync(logFolder);
        await record(recordingOf(name), { out, method: "tool", ports: "any", pause: 0, logFolder, report });
        const synthetic = join(folder, "synthetic.pcap");
        writeFileSync(synthetic, synthesizeFolder(logFolder).bytes);
        const [genuine, made] = await Promise.all([load(out), load(synthetic)]);
        expect(made.streams.map((stream) => summarize(stream))).to.deep.equal(
          genuine.streams.map((stream) => summarize(stream)),
        );
        expect(made.connections.areWhole(CONNECTIONS[name] ?? 0)).to.equal(true);
      });
    }

    /** A tool may be installed without the right to capture. Then the test is left out, but never in CI. */
    async function leaveOutWithoutRights(test: Mocha.Context): Promise<void> {
      try {
        const tool = await startCaptureTool(join(folder, "probe.pcap"), "tcp port 1");
        await tool.stop();
      } catch (error) {
        if (!(error instanceof NoCaptureTool) || process.env.CI) throw error;
        leaveOut(test, error.message);
      }
    }
  });

  it("in a namespace of its own, without root", async function () {
    try {
      probeNamespace();
    } catch (error) {
      if (!(error instanceof NoNamespace)) throw error;
      leaveOut(this, error.message);
    }
    const recording = recordingOf("01-two-requests-in-one-segment");
    try {
      await record(recording, { out, method: "namespace", report });
    } catch (error) {
      // Namespaces work here, but there may be no tool that captures.
      if (
        error instanceof Error &&
        /dumpcap: .*not installed.*tcpdump: .*not installed/.test(error.message)
      ) {
        leaveOut(this, error.message);
      }
      throw error;
    }
    expect(reported.join("\n")).to.match(/recorded .* with (?:dumpcap|tcpdump): .*\n.*namespace of its own/);
    const { connections, segments } = await load(out);
    expect(connections.areWhole(1)).to.equal(true);
    // The namespace is empty, so the port is free.
    expect(segments[0]?.destination.port).to.equal(recording.port);
  });
});
