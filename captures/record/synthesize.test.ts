import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { withTool } from "../../tests/support/tools.ts";
import { Decoder } from "../follow/decode.ts";
import { Follower } from "../follow/follow.ts";
import { ipv6Bytes, plainAddress } from "../follow/ip-address-bytes.ts";
import type { Endpoint, Piece, Segment, Stream } from "../read/packet.ts";
import { runTool } from "../testing/tshark.ts";
import { Connections } from "./connections.ts";
import { SYNTHETIC_MAC, type SyntheticPacket } from "./ip-packets.ts";
import { pcapHeader, pcapRecord } from "./pcap-writer.ts";
import { LogError, parseLog, type RecordedEvent, type Role, type TimedEvent } from "./recorder-log.ts";
import { synthesize } from "./synthesize.ts";
import { synthesizeFolder } from "./synthesize-folder.ts";
import { SEGMENT_BYTES } from "./tcp-packets.ts";

const CLIENT: Endpoint = { address: "127.0.0.1", port: 51000 };
const SERVER: Endpoint = { address: "127.0.0.1", port: 10000 };
const START = 1_700_000_000_000_000_000n;
const MILLISECOND = 1_000_000n;

const sent = (text: string | Buffer, write = 0): RecordedEvent => ({
  event: "sent",
  write,
  data: Buffer.from(text),
});
const received = (text: string | Buffer): RecordedEvent => ({ event: "received", data: Buffer.from(text) });
const END_SENT: RecordedEvent = { event: "end-sent" };
const END_RECEIVED: RecordedEvent = { event: "end-received" };
const CLOSED: RecordedEvent = { event: "closed" };

/** The log of one connection, with an event every millisecond. */
function log(
  role: Role,
  events: readonly RecordedEvent[],
  { caller = CLIENT, called = SERVER, start = START } = {},
): TimedEvent[] {
  const [local, remote] = role === "caller" ? [caller, called] : [called, caller];
  const all: RecordedEvent[] = [{ event: "opened", role, local, remote }, ...events];
  return all.map((event, index) => ({ connection: 1, time: start + BigInt(index) * MILLISECOND, ...event }));
}

/** The segments that our own decoder finds. */
function segmentsOf(packets: readonly SyntheticPacket[]): Segment[] {
  const decoder = new Decoder();
  return packets.map(({ time, data }, index) => {
    const segment = decoder.decode({
      number: index + 1,
      time,
      linkType: 1,
      data,
      originalLength: data.length,
    });
    if (segment === undefined) throw new Error(`packet ${index + 1} has no TCP segment`);
    return segment;
  });
}

function follow(packets: readonly SyntheticPacket[]): Stream[] {
  const follower = new Follower();
  for (const segment of segmentsOf(packets)) follower.add(segment);
  return follower.finish();
}

function connectionsOf(packets: readonly SyntheticPacket[]): Connections {
  const connections = new Connections();
  for (const segment of segmentsOf(packets)) connections.add(segment);
  return connections;
}

function bytesOf(pieces: Iterable<Piece>): Buffer {
  return Buffer.concat(
    Array.from(pieces, (piece) => {
      if (piece.kind === "gap") throw new Error("a gap");
      return piece.bytes;
    }),
  );
}

const flags = ({ syn, ack, fin, rst }: Segment): string =>
  [syn && "SYN", fin && "FIN", rst && "RST", ack && "ACK"].filter(Boolean).join(" ");

const CHAT = [sent("hello"), received("hi"), sent("bye", 1), END_SENT, END_RECEIVED, CLOSED];
const CHAT_OF_SERVER = [received("hello"), sent("hi"), received("bye"), END_RECEIVED, END_SENT, CLOSED];

describe("synthesize", () => {
  it("makes a whole connection: handshake, data, acknowledgements, ends", () => {
    const packets = synthesize([
      log("caller", [sent("hello"), received("hi"), END_SENT, END_RECEIVED, CLOSED]),
    ]);
    const segments = segmentsOf(packets);
    expect(segments.map(flags)).to.deep.equal([
      ...["SYN", "SYN ACK", "ACK"],
      ...["ACK", "ACK", "ACK", "ACK"],
      ...["FIN ACK", "ACK", "FIN ACK", "ACK"],
    ]);
    expect(segments.map(({ payload }) => payload.toString()).join("")).to.equal("hellohi");
    expect(segments[0]?.source).to.deep.equal(CLIENT);
    expect(packets[0]?.time).to.equal(START);
    expect(connectionsOf(packets).areWhole(1)).to.equal(true);
  });

  it("takes one of the two logs of a connection, whichever came first", () => {
    const logs = [log("caller", CHAT), log("called", CHAT_OF_SERVER)];
    const packets = synthesize(logs);
    expect(synthesize([...logs].reverse())).to.deep.equal(packets);
    const [stream, ...others] = follow(packets);
    expect(others).to.deep.equal([]);
    expect(bytesOf(stream?.fromA ?? []).toString()).to.equal("hellobye");
    expect(bytesOf(stream?.fromB ?? []).toString()).to.equal("hi");
  });

  it("makes the same streams of either log alone", () => {
    for (const one of [log("caller", CHAT), log("called", CHAT_OF_SERVER)]) {
      const packets = synthesize([one]);
      const [stream] = follow(packets);
      expect(stream?.a).to.deep.equal(CLIENT);
      expect(bytesOf(stream?.fromA ?? []).toString()).to.equal("hellobye");
      expect(connectionsOf(packets).areWhole(1)).to.equal(true);
    }
  });

  it("takes the log that has more: who has gone does not hear what still comes", () => {
    const gone = log("caller", [sent("question"), CLOSED]);
    const stayed = log("called", [received("question"), sent("a long answer"), END_RECEIVED, CLOSED]);
    const [stream] = follow(synthesize([gone, stayed]));
    expect(bytesOf(stream?.fromB ?? []).toString()).to.equal("a long answer");
  });

  it("learns from the other log how a connection ended whose program was killed", () => {
    const killed = log("caller", [sent("hello")]);
    const other = log("called", [received("hello"), END_RECEIVED, END_SENT, CLOSED]);
    expect(connectionsOf(synthesize([killed])).all[0]).to.include({ opened: true, closed: false });
    expect(connectionsOf(synthesize([killed, other])).areWhole(1)).to.equal(true);
  });

  it("leaves out what the system did not take", () => {
    const events = [sent("taken", 0), sent("not taken", 1), { event: "not-sent", write: 1 } as const, CLOSED];
    const [stream] = follow(synthesize([log("caller", events)]));
    expect(bytesOf(stream?.fromA ?? []).toString()).to.equal("taken");
  });

  it("ends with a reset, by whoever made it", () => {
    const one = log("caller", [sent("x"), { event: "reset-received" }, CLOSED]);
    const other = log("called", [received("x"), { event: "reset-sent" }, CLOSED]);
    for (const logs of [[one], [other], [one, other]]) {
      const last = segmentsOf(synthesize(logs)).at(-1);
      expect(last?.rst).to.equal(true);
      expect(last?.source).to.deep.equal(SERVER);
      expect(segmentsOf(synthesize(logs)).some(({ fin }) => fin)).to.equal(false);
    }
  });

  it("tells connections apart that use the same ports one after the other", () => {
    const later = { start: START + 1_000n * MILLISECOND };
    const logs = [
      log("caller", [sent("first"), END_SENT, END_RECEIVED, CLOSED]),
      log("called", [received("first"), END_RECEIVED, END_SENT, CLOSED]),
      log("caller", [sent("second"), END_SENT, END_RECEIVED, CLOSED], later),
      log("called", [received("second"), END_RECEIVED, END_SENT, CLOSED], later),
    ];
    const streams = follow(synthesize(logs));
    expect(streams.map(({ fromA }) => bytesOf(fromA).toString())).to.deep.equal(["first", "second"]);
  });

  it("cuts what is long into segments that fit, each second one acknowledged", () => {
    const long = Buffer.alloc(10 * SEGMENT_BYTES + 1, "x");
    const packets = synthesize([log("caller", [sent(long), CLOSED])]);
    for (const { data } of packets) expect(data.length).to.be.at.most(14 + 1500);
    const data = segmentsOf(packets).filter(({ payload }) => payload.length > 0);
    expect(data).to.have.length(11);
    expect(
      segmentsOf(packets).filter(({ source, syn }) => source.port === SERVER.port && !syn),
    ).to.have.length(7);
  });

  it("makes IPv6 of IPv6, and IPv4 of IPv4 addresses mapped into IPv6", () => {
    const ipv6 = { caller: { address: "fe80::1%eth0", port: 1 }, called: { address: "::1", port: 2 } };
    const mapped = {
      caller: { address: "::ffff:127.0.0.1", port: 3 },
      called: { address: "127.0.0.1", port: 4 },
    };
    const [first, second] = follow(synthesize([log("caller", CHAT, ipv6), log("caller", CHAT, mapped)]));
    expect([first?.a.address, first?.b.address]).to.deep.equal(["fe80::1", "::1"]);
    expect([second?.a.address, second?.b.address]).to.deep.equal(["127.0.0.1", "127.0.0.1"]);
  });

  it("says in the MAC addresses that the packets are synthetic", () => {
    const text = Buffer.from(SYNTHETIC_MAC.caller.replaceAll(":", ""), "hex").toString("latin1");
    expect(text).to.equal("\x02SYNTH");
    for (const { data } of synthesize([log("caller", CHAT)])) {
      for (const start of [0, 6]) {
        expect(data.toString("latin1", start + 1, start + 6)).to.equal("SYNTH");
        expect(data.readUInt8(start) & 0x03, "locally administered, for one").to.equal(0x02);
      }
    }
  });

  it("makes what follows to the same bytes, whole, in order, of any conversation", () => {
    const piece = fc.record({ own: fc.boolean(), data: fc.uint8Array({ minLength: 1, maxLength: 4000 }) });
    const halves = fc.constantFrom(
      [END_SENT, END_RECEIVED],
      [END_RECEIVED, END_SENT],
      [END_RECEIVED],
      [END_SENT],
      [],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), halves, fc.boolean(), (pieces, ends, isCaller) => {
        const events = pieces.map(({ own, data }, index) =>
          own ? sent(Buffer.from(data), index) : received(Buffer.from(data)),
        );
        const role = isCaller ? "caller" : "called";
        const packets = synthesize([log(role, [...events, ...ends, CLOSED])]);
        const [stream] = follow(packets);
        const of = (own: boolean): Buffer =>
          Buffer.concat(pieces.filter((one) => one.own === own).map(({ data }) => data));
        expect(bytesOf(stream?.fromA ?? []).equals(of(isCaller))).to.equal(true);
        expect(bytesOf(stream?.fromB ?? []).equals(of(!isCaller))).to.equal(true);
        for (const [index, { time }] of packets.entries()) {
          expect(time - (packets[index - 1]?.time ?? 0n) >= 1000n).to.equal(true);
        }
      }),
    );
  });
});

describe("addresses as bytes", () => {
  it("reads every form of IPv6 addresses", () => {
    const hex = (address: string): string => ipv6Bytes(address).toString("hex");
    expect(hex("::")).to.equal("0".repeat(32));
    expect(hex("::1")).to.equal(`${"0".repeat(31)}1`);
    expect(hex("2001:db8::8:0:1")).to.equal("20010db8000000000000000800000001");
    expect(hex("1:2:3:4:5:6:7:8")).to.equal("00010002000300040005000600070008");
    expect(hex("1::")).to.equal(`0001${"0".repeat(28)}`);
    expect(hex("64:ff9b::192.0.2.33")).to.equal("0064ff9b0000000000000000c0000221");
  });

  it("knows what does not stand on the wire", () => {
    expect(plainAddress("::FFFF:192.0.2.1")).to.equal("192.0.2.1");
    expect(plainAddress("fe80::1%en0")).to.equal("fe80::1");
    expect(plainAddress("::1")).to.equal("::1");
  });
});

describe("the recorder's logs", () => {
  it("are read but for a last line that was cut off", () => {
    const lines = `{"connection":1,"time":"5000","event":"closed"}\n{"connection":1,"ti`;
    expect(parseLog(lines)).to.deep.equal([{ connection: 1, time: 5000n, event: "closed" }]);
  });

  it("are refused with the line's number if they are none", () => {
    const good = `{"connection":1,"time":"5000","event":"closed"}`;
    for (const bad of [
      "",
      "x",
      "null",
      "[]",
      `{"connection":1,"time":"5000","event":"other"}`,
      `{"connection":-1,"time":"5000","event":"closed"}`,
      `{"connection":1,"time":"soon","event":"closed"}`,
      `{"connection":1,"time":"5000","event":"sent","write":0}`,
      `{"connection":1,"time":"5000","event":"opened","role":"caller","local":{"address":"::1"},"remote":{}}`,
    ]) {
      expect(() => parseLog(`${good}\n${bad}\n`), bad).to.throw(LogError, /^line 2 /);
    }
  });

  it("are named when one of a folder is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "synthesize-test-"));
    try {
      writeFileSync(join(folder, "1.log"), "nonsense\n");
      mkdirSync(join(folder, "other"));
      expect(() => synthesizeFolder(folder)).to.throw(LogError, /1\.log: line 1/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

withTool("tshark", ["--version"], "tshark on synthetic captures", () => {
  const LONG = Buffer.alloc(200_001, "no end in sight. ");
  const IPV6 = { caller: { address: "fe80::1", port: 5 }, called: { address: "2001:db8::2", port: 6 } };
  type Ends = { caller: Endpoint; called: Endpoint };
  const cases: Readonly<Record<string, (ends: Ends) => TimedEvent[][]>> = {
    "a chat": (ends) => [log("caller", CHAT, ends), log("called", CHAT_OF_SERVER, ends)],
    "long messages both ways": (ends) => [
      log("caller", [sent(LONG), received(LONG), END_RECEIVED, END_SENT, CLOSED], ends),
    ],
    "a reset": (ends) => [log("caller", [sent("x"), { event: "reset-received" }, CLOSED], ends)],
    "a reset after the end": (ends) => [
      log("caller", [END_SENT, received("x"), { event: "reset-sent" }, CLOSED], ends),
    ],
    "half-open": (ends) => [log("called", [received("x"), END_RECEIVED, sent(LONG), END_SENT, CLOSED], ends)],
    "no end": (ends) => [log("called", [received("x"), sent(LONG)], ends)],
    "nothing said": (ends) => [log("caller", [CLOSED], ends)],
    IPv6: () => [log("caller", [sent(LONG), received("odd"), END_SENT, END_RECEIVED, CLOSED], IPV6)],
  };
  /** Each case is a connection of its own in one capture: its packets, and then what tshark says of them. */
  const connections = Object.entries(cases).map(([title, logs], index) => ({
    title,
    packets: synthesize(logs({ caller: { ...CLIENT, port: CLIENT.port + index }, called: SERVER })),
    found: [] as string[],
  }));

  before(() => {
    const { complaints, lines } = askTshark(connections.flatMap(({ packets }) => packets));
    expect(complaints).to.equal("");
    for (const connection of connections) connection.found = lines.splice(0, connection.packets.length);
    expect(lines).to.deep.equal([]);
  });

  /** A line for each packet: what is right in it, and what is not. */
  function askTshark(packets: readonly SyntheticPacket[]): { complaints: string; lines: string[] } {
    const folder = mkdtempSync(join(tmpdir(), "synthesize-test-"));
    const path = join(folder, "synthetic.pcap");
    const records = packets.map(({ time, data }) => pcapRecord(time, data));
    writeFileSync(path, Buffer.concat([pcapHeader(1), ...records]));
    const check = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    const fields = ["tcp.checksum.status", "ip.checksum.status", "tcp.analysis.flags", "_ws.malformed"];
    const options = fields.flatMap((field) => ["-e", field]);
    const { output, complaints } = runTool("tshark", [
      "-n",
      "-r",
      path,
      ...check,
      "-T",
      "fields",
      ...options,
    ]);
    rmSync(folder, { recursive: true });
    const lines = output.trimEnd().split("\n");
    return { complaints, lines: lines.map((line) => line.replace(/\t*$/, "")) };
  }

  for (const connection of connections) {
    it(`finds no fault: ${connection.title}`, () => {
      const good = connection.title === "IPv6" ? "1" : "1\t1"; // IPv6 has no checksum of its own.
      expect(connection.found).to.deep.equal(connection.packets.map(() => good));
    });
  }
});
