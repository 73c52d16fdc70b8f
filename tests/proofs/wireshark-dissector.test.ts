// captures/wireshark/p2pchat.lua, as tshark runs it: on the recorded captures (against golden files, with and without
// keys), and on captures made here for what a recording does not show: lines in pieces, hostile bytes, broken rules.
//
// After a change that is meant to change what the dissector says, or after recording the captures anew with another
// conversation, UPDATE_GOLDEN=1 writes the golden files anew: look at their diff.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import { withTool } from "../support/tools.ts";

const CAPTURES = fileURLToPath(new URL("../../captures/", import.meta.url));
const DISSECTOR = join(CAPTURES, "wireshark", "p2pchat.lua");
const PROFILE = join(CAPTURES, "wireshark", "profile", "p2pchat");
const GOLDEN = fileURLToPath(new URL("../golden/wireshark/", import.meta.url));

// ---------------------------------------------------------------------------------------------------- running tshark

/** A packet with lines of ours: the values of each field, in order. */
type Packet = Readonly<Record<string, readonly string[]>>;

interface TsharkPacket {
  _source: { layers: Packet };
}

/** Files of this run: captures made here, key logs, and the empty configuration that tshark is given. */
let folder = "";

/** tshark with our dissector and nobody's preferences. What it prints; fails on whatever looks like an error. */
function tshark(args: readonly string[]): string {
  const preferences = ["-o", "tcp.reassemble_out_of_order:TRUE", "-o", "tcp.desegment_tcp_streams:TRUE"];
  const result = spawnSync("tshark", ["-n", "-X", `lua_script:${DISSECTOR}`, ...preferences, ...args], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    env: {
      ...process.env,
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      WIRESHARK_CONFIG_DIR: folder,
      LC_ALL: "C.UTF-8",
    },
  });
  const complaints = result.stderr
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("Running as user"));
  expect(complaints, "what tshark complains about").to.deep.equal([]);
  expect(result.status, "the exit code of tshark").to.equal(0);
  // tshark ends with 0 after an error in Lua too, and shows it in the packet.
  expect(result.stdout).not.to.match(/Lua Error|Dissector bug|Malformed Packet|Exception occurred/);
  return result.stdout;
}

const FIELDS = [
  "p2pchat",
  "p2pchat.type",
  "p2pchat.stage",
  "p2pchat.from",
  "p2pchat.to",
  "p2pchat.id",
  "p2pchat.text",
  "p2pchat.code",
  "p2pchat.seq",
  "p2pchat.length",
  "p2pchat.inner",
  "p2pchat.tag_right",
  "p2pchat.answers",
  "p2pchat.problem",
  "p2pchat.weakness",
  "p2pchat.transcript",
  "p2pchat.safety_number",
  "p2pchat.request",
  "p2pchat.reply",
  "p2pchat.value",
  "p2pchat.username",
  "p2pchat.line",
  "frame.number",
  "tcp.stream",
  "_ws.expert.message",
];

/** What dissect() has found out before: the recorded captures are asked for several times. */
const dissected = new Map<string, Packet[]>();

/** The packets of a capture that hold lines of ours. */
function dissect(capture: string, ...options: string[]): Packet[] {
  const key = [capture, ...options].join(" ");
  const known = dissected.get(key);
  if (known !== undefined && capture.startsWith(CAPTURES)) return known;
  const fields = FIELDS.flatMap((field) => ["-e", field]);
  const output = tshark(["-r", capture, "-Y", "p2pchat", "-T", "json", ...fields, ...options]);
  const packets = (JSON.parse(output) as TsharkPacket[]).map((packet) => packet._source.layers);
  dissected.set(key, packets);
  return packets;
}

/** All values of a field, in the order of the capture. */
function valuesOf(packets: readonly Packet[], field: string): string[] {
  return packets.flatMap((packet) => packet[field] ?? []);
}

/** What the dissector calls each line: "alice → bob message 1: hello". */
function labelsOf(packets: readonly Packet[]): string[] {
  return valuesOf(packets, "p2pchat").map((label) => label.replace(/^P2P chat course: /, ""));
}

// --------------------------------------------------------------------------------------------------- making captures

type Side = "a" | "b";

/** A TCP connection in a capture that is being made, from the three-way handshake on. */
class Connection {
  readonly #add: (packet: Buffer) => void;
  readonly #ports: Readonly<Record<Side, number>>;
  /** The number of bytes that each side has sent. */
  readonly #sent: Record<Side, number> = { a: 0, b: 0 };

  constructor(add: (packet: Buffer) => void, ports: Readonly<Record<Side, number>>) {
    this.#add = add;
    this.#ports = ports;
    this.#packet("a", -1, SYN, Buffer.alloc(0));
    this.#packet("b", -1, SYN | ACK, Buffer.alloc(0));
    this.#packet("a", 0, ACK, Buffer.alloc(0));
  }

  /** Sends bytes in one segment. */
  send(side: Side, data: string | Buffer): this {
    const bytes = Buffer.from(data);
    this.segment(side, this.#sent[side], bytes);
    return this;
  }

  /** Sends lines in one segment, each with its LF. */
  lines(side: Side, ...lines: string[]): this {
    return this.send(side, lines.map((line) => `${line}\n`).join(""));
  }

  /** A segment with these bytes at this position of what the side sends, in its place or not. */
  segment(side: Side, position: number, bytes: Buffer): this {
    this.#sent[side] = Math.max(this.#sent[side], position + bytes.length);
    this.#packet(side, position, PSH | ACK, bytes);
    return this;
  }

  /** Both sides close. */
  close(): void {
    for (const [side, other] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      this.#packet(side, this.#sent[side], FIN | ACK, Buffer.alloc(0));
      this.#sent[side] += 1;
      this.#packet(other, this.#sent[other], ACK, Buffer.alloc(0));
    }
  }

  /** Ethernet, IPv4 and TCP without checksums: tshark does not check them unless told to. */
  #packet(side: Side, position: number, flags: number, data: Buffer): void {
    const other = side === "a" ? "b" : "a";
    const header = Buffer.alloc(54);
    header.writeUInt16BE(0x0800, 12); // Ethernet: IPv4 follows
    header.writeUInt8(0x45, 14);
    header.writeUInt16BE(40 + data.length, 16);
    header.writeUInt8(64, 22);
    header.writeUInt8(6, 23); // IPv4: TCP follows
    header.set([127, 0, 0, 1], 26);
    header.set([127, 0, 0, 1], 30);
    header.writeUInt16BE(this.#ports[side], 34);
    header.writeUInt16BE(this.#ports[other], 36);
    header.writeUInt32BE(INITIAL_SEQUENCE_NUMBER + 1 + position, 38);
    if (flags & ACK) header.writeUInt32BE(INITIAL_SEQUENCE_NUMBER + 1 + this.#sent[other], 42);
    header.writeUInt8(0x50, 46);
    header.writeUInt8(flags, 47);
    header.writeUInt16BE(0xffff, 48);
    this.#add(Buffer.concat([header, data]));
  }
}

const [FIN, SYN, PSH, ACK] = [0x01, 0x02, 0x08, 0x10];
const INITIAL_SEQUENCE_NUMBER = 1000;
/** No segment is longer: 65,535 less the headers of IPv4 and TCP. */
const MAX_SEGMENT = 65_495;

class Capture {
  readonly #records: Buffer[] = [pcapHeader(1)];
  #nextPort = 50_001;

  /** A new connection. Its ports are told apart by nothing but being ours, unless one is given. */
  connect(port = 40_000): Connection {
    this.#nextPort += 1;
    return new Connection((packet) => this.#add(packet), { a: this.#nextPort, b: port });
  }

  /** Writes the file and gives its name. */
  save(name: string): string {
    const path = join(folder, `${name}.pcap`);
    writeFileSync(path, Buffer.concat(this.#records));
    return path;
  }

  #add(packet: Buffer): void {
    this.#records.push(pcapRecord(BigInt(this.#records.length) * 1_000_000n, packet));
  }
}

// ------------------------------------------------------------------------------------------------------ conversations

type Turn = readonly [Side, string];

const hello = (stage: string, from: string, to: string) => JSON.stringify({ type: "hello", stage, from, to });
const message = (id: number, text: string) => JSON.stringify({ type: "message", id, text });
const ack = (id: number) => JSON.stringify({ type: "ack", id });
const BYE = '{"type":"bye"}';

const CALCULATION: readonly Turn[] = [
  ["a", "2 + 3 * 4"],
  ["b", "= 20"],
  ["a", "1 / 0"],
  ["b", "error: division by zero"],
  ["a", " end "],
];

const REGISTRATION: readonly Turn[] = [
  ["a", '{"type":"register","username":"alice","port":50001}'],
  ["b", '{"type":"registered","username":"alice"}'],
  ["a", '{"type":"list"}'],
  ["b", '{"type":"joined","username":"carol","host":"::1","port":50003}'],
  ["b", '{"type":"users","users":[{"username":"bob","host":"127.0.0.1","port":50002}]}'],
  ["a", '{"type":"lookup","username":"nobody"}'],
  ["b", '{"type":"error","code":"unknown-user","message":"there is no nobody"}'],
  ["b", '{"type":"ping"}'],
  ["a", '{"type":"pong"}'],
  ["b", '{"type":"left","username":"carol"}'],
  ["a", '{"type":"leave"}'],
];

const CHAT: readonly Turn[] = [
  ["a", hello("02", "alice", "bob")],
  ["b", hello("02", "bob", "alice")],
  ["a", message(1, "Grüße aus Köln 😀")],
  ["b", ack(1)],
  ["b", message(1, "hello, alice")],
  ["a", ack(1)],
  ["a", BYE],
  ["b", BYE],
];

const CALCULATION_LABELS = [
  "client → calculator request: 2 + 3 * 4",
  "calculator → client reply: = 20",
  "client → calculator request: 1 / 0",
  "calculator → client reply: error: division by zero",
  "client → calculator END",
];

const REGISTRATION_LABELS = [
  "alice → registry register alice, listening on port 50001",
  "registry → alice registered alice",
  "alice → registry list",
  "registry → alice joined: carol at ::1:50003",
  "registry → alice users: bob",
  "alice → registry lookup nobody",
  "registry → alice error unknown-user: there is no nobody",
  "registry → alice ping",
  "alice → registry pong",
  "registry → alice left: carol",
  "alice → registry leave",
];

const CHAT_LABELS = [
  "alice → bob hello (stage 02)",
  "bob → alice hello (stage 02)",
  "alice → bob message 1: Grüße aus Köln 😀",
  "bob → alice ack 1",
  "bob → alice message 1: hello, alice",
  "alice → bob ack 1",
  "alice → bob bye",
  "bob → alice bye",
];

/** Sends a conversation, each turn cut into segments. */
function hold(connection: Connection, turns: readonly Turn[], cut: (bytes: Buffer) => Buffer[]): void {
  for (const [side, line] of turns) {
    for (const piece of cut(Buffer.from(`${line}\n`))) connection.send(side, piece);
  }
  connection.close();
}

const whole = (bytes: Buffer) => [bytes];
const byteByByte = (bytes: Buffer) => [...bytes].map((byte) => Buffer.from([byte]));

interface KnownSession {
  handshake: string[];
  transcriptSha256: string;
  safetyNumber: string;
  keys: { initiatorKey: string; responderKey: string };
  records: { sender: "initiator" | "responder"; plaintext: string; line: string }[];
}

const KNOWN_SESSIONS: readonly KnownSession[] = JSON.parse(
  readFileSync(new URL("../vectors/sealed.json", import.meta.url), "utf8"),
).sessions;

/** The turns of a chat of stage 04 whose keys and texts are known. */
function turnsOf(session: KnownSession): Turn[] {
  const [hello1 = "", hello2 = "", key1 = "", key2 = ""] = session.handshake;
  const handshake: Turn[] = [
    ["a", hello1],
    ["b", hello2],
    ["a", key1],
    ["b", key2],
  ];
  return [
    ...handshake,
    ...session.records.map(({ sender, line }): Turn => [sender === "initiator" ? "a" : "b", line]),
  ];
}

/** The known session with this number; its line number `index` is the sealed record, parsed. */
function knownSession(index: number): KnownSession {
  const session = KNOWN_SESSIONS[index];
  if (session === undefined) throw new Error(`there is no known session ${index}`);
  return session;
}

function keyLogLine({ transcriptSha256, keys }: KnownSession): string {
  return `P2PCHAT04 ${transcriptSha256} ${keys.initiatorKey} ${keys.responderKey}\n`;
}

/** Numbers that look random and are the same in every run (mulberry32), from 0 up to `limit`. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

// ------------------------------------------------------------------------------------------------------ golden files

/**
 * What is the same whenever the same conversation is recorded: what is said in each direction of each connection. How
 * the directions interleave, ports, public keys and pings are other ones each time.
 */
function storyOf(packets: readonly Packet[]): string {
  const sections = new Map<string, string[]>();
  const calculators: string[] = [];
  for (const packet of packets) {
    const stream = packet["tcp.stream"]?.[0] ?? "";
    for (const label of labelsOf([packet])) {
      const [, from = "", to = "", said = label] = /^(\S+) → (\S+) (.*)$/s.exec(label) ?? [];
      if (/^p[io]ng$/.test(said)) continue;
      let section = `${from} → ${to}`;
      if (to === "calculator" || from === "calculator") {
        if (!calculators.includes(stream)) calculators.push(stream);
        section = `${section}, connection ${calculators.indexOf(stream) + 1}`;
      }
      const lines = sections.get(section) ?? [];
      sections.set(section, [...lines, withoutChance(said)]);
    }
  }
  return [...sections]
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([section, lines]) => `${section}\n${lines.map((line) => `  ${line}\n`).join("")}`)
    .join("\n");
}

function withoutChance(said: string): string {
  return said
    .replace(/(on port |:)\d{4,5}(?=\b)/g, "$1PORT")
    .replace(/^(key, group \w+: )[0-9a-f]+…?$/, "$1DIGITS");
}

function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, `${name}.txt`);
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(path, text);
  }
  expect(text, `${path} (UPDATE_GOLDEN=1 writes it anew)`).to.equal(readFileSync(path, "utf8"));
}

// ------------------------------------------------------------------------------------------------------------- tests

withTool("tshark", ["--version"], "the Wireshark dissector", () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "wireshark-"));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe("on the recorded captures", () => {
    const withKeys = ["-o", `p2pchat.keylog_file:${join(CAPTURES, "04-aes-chat.keys")}`];
    const recorded = [
      { name: "01-calculator", stage: "01" },
      { name: "02-basic-p2p", stage: "02" },
      { name: "03-dh-chat", stage: "03" },
      { name: "03-dh-chat-toy-group", stage: "03" },
      { name: "03-dh-chat-mitm", stage: "03" },
      { name: "04-aes-chat", stage: "04" },
      { name: "04-aes-chat", stage: "04", golden: "04-aes-chat-with-keys", options: withKeys },
    ];
    for (const { name, stage, golden = name, options = [] } of recorded) {
      it(`tells the story of ${golden}, in one pass and in two`, () => {
        const packets = dissect(join(CAPTURES, `${name}.pcap`), ...options);
        expectGolden(golden, storyOf(packets));
        expect(new Set(valuesOf(packets, "p2pchat.stage"))).to.deep.equal(new Set([stage]));
        expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
        expect(dissect(join(CAPTURES, `${name}.pcap`), ...options, "-2")).to.deep.equal(packets);
      });
    }

    it("finds the toy group weak, and the toy cipher, and nothing in stages 02 and 04", () => {
      const kindsOf = (name: string) => {
        const weaknesses = valuesOf(dissect(join(CAPTURES, `${name}.pcap`)), "p2pchat.weakness");
        return new Set(weaknesses.map((weakness) => weakness.replace(/\d+/g, "N").replace(/:.*/, "")));
      };
      const cipher = [
        "begins with the same N bytes as the one in frame N",
        "the same ciphertext as in frame N",
      ];
      expect(kindsOf("02-basic-p2p")).to.deep.equal(new Set());
      expect(kindsOf("03-dh-chat")).to.deep.equal(new Set(cipher));
      expect(kindsOf("03-dh-chat-toy-group")).to.deep.equal(
        new Set(["the group is a toy (p = N)", ...cipher]),
      );
      expect(kindsOf("04-aes-chat")).to.deep.equal(new Set());
    });

    it("shows with the keys of 04 what 02 says in clear, and none of it without", () => {
      const open = valuesOf(dissect(join(CAPTURES, "04-aes-chat.pcap"), ...withKeys), "p2pchat.text");
      expect(open.length).to.be.greaterThan(10);
      expect(open).to.deep.equal(valuesOf(dissect(join(CAPTURES, "02-basic-p2p.pcap")), "p2pchat.text"));
      const closed = dissect(join(CAPTURES, "04-aes-chat.pcap"));
      expect(valuesOf(closed, "p2pchat.text")).to.deep.equal([]);
      expect(valuesOf(closed, "p2pchat.inner")).to.deep.equal([]);
    });
  });

  describe("on lines in pieces (P0.2)", () => {
    const labels = [...CALCULATION_LABELS, ...REGISTRATION_LABELS, ...CHAT_LABELS];

    /** The labels of the three conversations, each on a port of its own. */
    function labelsWhenCut(name: string, cut: (bytes: Buffer) => Buffer[]): string[] {
      const capture = new Capture();
      hold(capture.connect(10_001), CALCULATION, cut);
      hold(capture.connect(10_000), REGISTRATION, cut);
      hold(capture.connect(), CHAT, cut);
      const path = capture.save(name);
      const packets = dissect(path);
      expect(dissect(path, "-2")).to.deep.equal(packets);
      return labelsOf(packets);
    }

    it("reads a line in each segment", () => {
      expect(labelsWhenCut("whole", whole)).to.deep.equal(labels);
    });

    it("reads a byte in each segment, characters cut in two", () => {
      expect(labelsWhenCut("bytes", byteByByte)).to.deep.equal(labels);
    });

    it("reads lines cut anywhere, their ends in the segment of the next one", () => {
      const roll = dice(1);
      const capture = new Capture();
      for (let round = 0; round < 20; round += 1) {
        const connection = capture.connect();
        const waiting: Record<Side, Buffer> = { a: Buffer.alloc(0), b: Buffer.alloc(0) };
        for (const [side, line] of CHAT) {
          waiting[side] = Buffer.concat([waiting[side], Buffer.from(`${line}\n`)]);
          const length = roll(waiting[side].length + 1);
          if (length > 0) connection.send(side, waiting[side].subarray(0, length));
          waiting[side] = waiting[side].subarray(length);
        }
        for (const side of ["a", "b"] as const)
          if (waiting[side].length > 0) connection.send(side, waiting[side]);
      }
      const packets = dissect(capture.save("anywhere"));
      for (let stream = 0; stream < 20; stream += 1) {
        const found = labelsOf(packets.filter((packet) => packet["tcp.stream"]?.[0] === String(stream)));
        for (const name of ["alice", "bob"]) {
          const from = (label: string) => label.startsWith(`${name} → `);
          // Who answers before the question has arrived breaks a rule, and is told so in brackets.
          const heard = found.filter(from).map((label) => label.replace(/ \[.*/, ""));
          expect(heard).to.deep.equal(CHAT_LABELS.filter(from));
        }
      }
    });

    it("reads several lines in one segment, with all of their fields", () => {
      const capture = new Capture();
      const connection = capture.connect();
      connection.lines("a", hello("02", "alice", "bob")).lines("b", hello("02", "bob", "alice"));
      connection.lines("a", message(1, "one"), message(2, "two"), message(3, "three"));
      const [packet] = dissect(capture.save("several")).slice(-1);
      expect(packet?.["p2pchat.id"]).to.deep.equal(["1", "2", "3"]);
      expect(packet?.["p2pchat.text"]).to.deep.equal(["one", "two", "three"]);
      expect(packet?.["p2pchat.from"]).to.deep.equal(["alice", "alice", "alice"]);
    });

    it("reads segments that come late, twice, or one over another", () => {
      const capture = new Capture();
      const connection = capture.connect();
      connection.lines("a", hello("02", "alice", "bob")).lines("b", hello("02", "bob", "alice"));
      const start = hello("02", "alice", "bob").length + 1;
      const bytes = Buffer.from(`${message(1, "first")}\n${message(2, "second")}\n${message(3, "third")}\n`);
      const pieces = [0, 20, 50, 70, bytes.length];
      const piece = (from: number, to: number) =>
        connection.segment("a", start + (pieces[from] ?? 0), bytes.subarray(pieces[from], pieces[to]));
      piece(0, 1);
      piece(2, 3);
      piece(1, 2); // late
      piece(1, 2); // again
      piece(1, 4); // the rest, over what is there
      connection.lines("b", ack(1), ack(2), ack(3));
      const path = capture.save("disorder");
      const packets = dissect(path);
      expect(valuesOf(packets, "p2pchat.text")).to.deep.equal(["first", "second", "third"]);
      expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
      expect(dissect(path, "-2")).to.deep.equal(packets);
    });

    it("reads a line as long as one may be, and gives up one that is longer", () => {
      const capture = new Capture();
      const pieces = (bytes: Buffer) =>
        Array.from({ length: Math.ceil(bytes.length / MAX_SEGMENT) }, (_, index) =>
          bytes.subarray(index * MAX_SEGMENT, (index + 1) * MAX_SEGMENT),
        );
      const padded = (length: number) => `{"type":"bye","x":"${"x".repeat(length - 21)}"}`;
      for (const length of [262_143, 262_144, 600_000]) {
        const connection = capture.connect();
        connection.lines("a", hello("02", "alice", "bob")).lines("b", hello("02", "bob", "alice"));
        for (const piece of pieces(Buffer.from(`${padded(length)}\n`))) connection.send("a", piece);
        connection.lines("a", message(1, "after it"));
      }
      const users = Array.from({ length: 8000 }, (_, index) => ({
        username: `user-${index}`,
        host: "127.0.0.1",
        port: 50_000,
      }));
      const registry = capture.connect(10_000).lines("a", '{"type":"list"}');
      for (const piece of pieces(Buffer.from(`${JSON.stringify({ type: "users", users })}\n`)))
        registry.send("b", piece);
      const calculator = capture.connect(10_001).lines("a", "1");
      calculator.lines("b", "= 1").lines("a", `1${" ".repeat(4095)}`, "2");
      const path = capture.save("long");
      const packets = dissect(path);
      const labels = labelsOf(packets);
      expect(labels.filter((label) => label === "alice → bob bye")).to.have.length(1);
      expect(labels.filter((label) => label.includes("the line is too long"))).to.have.length(2);
      expect(labels).to.include("the rest of a line that is too long");
      expect(labels.filter((label) => label.endsWith("message 1: after it"))).to.have.length(2);
      expect(labels.find((label) => label.startsWith("registry → "))).to.match(
        /users: user-0.* \(8000 in all\)$/,
      );
      expect(labels.slice(-1)).to.deep.equal(["client → calculator request: 2"]);
      expect(dissect(path, "-2")).to.deep.equal(packets);
    });
  });

  describe("tells protocols apart", () => {
    it("by what is said, where the calculator and a registry share a port", () => {
      const capture = new Capture();
      hold(capture.connect(10_001), CALCULATION, whole);
      hold(capture.connect(10_001), REGISTRATION, whole);
      hold(capture.connect(10_001), CHAT, whole);
      expect(labelsOf(dissect(capture.save("shared")))).to.deep.equal([
        ...CALCULATION_LABELS,
        ...REGISTRATION_LABELS,
        ...CHAT_LABELS,
      ]);
    });

    it("by the ports in the preferences", () => {
      const capture = new Capture();
      hold(capture.connect(7777), CALCULATION, whole);
      hold(capture.connect(8888), REGISTRATION, whole);
      hold(capture.connect(10_001), CALCULATION, whole);
      const path = capture.save("ports");
      expect(labelsOf(dissect(path))).to.deep.equal(CALCULATION_LABELS);
      expect(labelsOf(dissect(path, "-o", "p2pchat.ports:7777,8000-9000"))).to.deep.equal([
        ...CALCULATION_LABELS,
        ...REGISTRATION_LABELS,
      ]);
    });

    it("and leaves alone what is none of ours", () => {
      const capture = new Capture();
      for (const first of [
        '{"jsonrpc":"2.0","method":"hello"}\n',
        '{"type":"subscribe","from":"alice"}\n',
        '{"type":"hello"}\n',
        '{"type":"hello","stage":2,"from":"a","to":"b"}\n',
        "GET / HTTP/1.1\r\n\r\n",
        "hello\n",
        "\n",
        "\0\x01\x02",
        `{"type":"${"x".repeat(1000)}`,
      ]) {
        const bytes = Buffer.from(first);
        for (const cut of [whole, byteByByte]) {
          const connection = capture.connect();
          for (const piece of cut(bytes)) connection.send("a", piece);
          connection.lines("b", "something").lines("a", BYE);
        }
      }
      expect(dissect(capture.save("others"))).to.deep.equal([]);
    });

    it("recognises a hello of another program, and a chat that was under way before the capture", () => {
      const capture = new Capture();
      const spaced = '{ "from": "alice", "to": "bob",\t"stage": "02", "type": "hello" }';
      for (const piece of byteByByte(Buffer.from(`${spaced}\r\n`))) capture.connect().send("a", piece);
      const other = capture.connect();
      for (const piece of byteByByte(Buffer.from(`${spaced}\r\n`))) other.send("a", piece);
      other.lines("b", hello("02", "bob", "alice"));
      capture.connect().lines("a", message(7, "late")).lines("b", ack(7));
      const session = knownSession(0);
      capture.connect().lines("a", session.records[4]?.line ?? "");
      const packets = dissect(capture.save("recognised"));
      expect(labelsOf(packets)).to.deep.equal([
        "alice → bob hello (stage 02)",
        "bob → alice hello (stage 02)",
        "message 7: late",
        "ack 7",
        "sealed seq 2, 336 bytes",
      ]);
      expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
      expect(valuesOf(packets, "_ws.expert.message")).to.include(
        "The handshake of this chat is not in the capture",
      );
    });
  });

  describe("with the key log (P6.5)", () => {
    let path = "";

    before(() => {
      const capture = new Capture();
      for (const session of KNOWN_SESSIONS) hold(capture.connect(), turnsOf(session), whole);
      path = capture.save("sealed");
    });

    function keyLog(name: string, text: string): string[] {
      const file = join(folder, name);
      writeFileSync(file, text);
      return ["-o", `p2pchat.keylog_file:${file}`];
    }

    it("verifies and decrypts the known answers, each chat with its own keys", () => {
      const log = ["# a comment\n", "\n", ...KNOWN_SESSIONS.map(keyLogLine), "P2PCHAT04 12"].join("");
      const packets = dissect(path, ...keyLog("all.keys", log));
      const plaintexts = KNOWN_SESSIONS.flatMap(({ records }) => records.map(({ plaintext }) => plaintext));
      expect(valuesOf(packets, "p2pchat.inner")).to.deep.equal(plaintexts);
      expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
      // Wireshark 4.0 writes 1, later ones True.
      for (const right of valuesOf(packets, "p2pchat.tag_right")) expect(right).to.match(/^(1|True)$/);
      expect(valuesOf(packets, "p2pchat.transcript")).to.deep.equal(
        KNOWN_SESSIONS.map(({ transcriptSha256 }) => transcriptSha256),
      );
      expect(valuesOf(packets, "p2pchat.safety_number")).to.deep.equal(
        KNOWN_SESSIONS.map(({ safetyNumber }) => safetyNumber),
      );
      expect(dissect(path, ...keyLog("all.keys", log), "-2")).to.deep.equal(packets);
    });

    it("reads a log with CR LF and capitals, and leaves chats closed whose keys it lacks", () => {
      const log = keyLogLine(knownSession(1)).toUpperCase().replace("\n", "\r\n");
      const packets = dissect(path, ...keyLog("one.keys", log));
      expect(valuesOf(packets, "p2pchat.inner")).to.deep.equal(
        knownSession(1).records.map(({ plaintext }) => plaintext),
      );
      const notes = valuesOf(packets, "_ws.expert.message");
      expect(notes.filter((note) => note === "The key log has no keys for this chat")).to.have.length(12);
    });

    it("says that it cannot open the file", () => {
      const missing = join(folder, "missing.keys");
      const packets = dissect(path, "-o", `p2pchat.keylog_file:${missing}`);
      expect(valuesOf(packets, "p2pchat.inner")).to.deep.equal([]);
      expect(valuesOf(packets, "_ws.expert.message")).to.include(`cannot open the key log ${missing}`);
    });

    it("finds out every change of a record (P6.3)", () => {
      const session = knownSession(0);
      const [first] = session.records;
      const sealed = JSON.parse(first?.line ?? "{}");
      const flip = (hex: string) => `${hex.startsWith("0") ? "1" : "0"}${hex.slice(1)}`;
      const changes = [
        { ...sealed, iv: flip(sealed.iv) },
        { ...sealed, ciphertext: flip(sealed.ciphertext) },
        { ...sealed, tag: flip(sealed.tag) },
        { ...sealed, ciphertext: sealed.ciphertext + sealed.ciphertext },
        { ...sealed, ciphertext: sealed.ciphertext.slice(2) },
        { ...sealed, ciphertext: "" },
        { ...sealed, iv: sealed.iv.toUpperCase() },
        { ...sealed, tag: sealed.tag.slice(2) },
        { ...sealed, seq: "0" },
        { ...sealed, seq: -1 },
        { ...sealed, seq: 0.5 },
      ];
      const capture = new Capture();
      for (const changed of changes) {
        const connection = capture.connect();
        hold(connection, [...turnsOf(session).slice(0, 4), ["a", JSON.stringify(changed)]], whole);
      }
      const reflected = capture.connect();
      hold(reflected, [...turnsOf(session).slice(0, 4), ["b", first?.line ?? ""]], whole);
      const packets = dissect(capture.save("changed"), ...keyLog("first.keys", keyLogLine(session)));
      const records = packets.filter((packet) => packet["p2pchat.type"]?.includes("sealed"));
      expect(records).to.have.length(changes.length + 1);
      for (const record of records)
        expect(record["p2pchat.problem"], JSON.stringify(record)).to.have.length(1);
      expect(valuesOf(packets, "p2pchat.inner")).to.deep.equal([]);
    });
  });

  describe("says what is wrong or weak", () => {
    /** Each case is a connection. What it says, and what is found wrong or weak in it. */
    const modp = (digits: string) => JSON.stringify({ type: "key", group: "modp2048", publicKey: digits });
    const toy = (digits: string) => JSON.stringify({ type: "key", group: "toy", publicKey: digits });
    const session = knownSession(0);
    const sealedTurns = turnsOf(session);
    const line = (index: number) => session.records[index]?.line ?? "";
    const handshake03: Turn[] = [
      ["a", hello("03", "alice", "bob")],
      ["b", hello("03", "bob", "alice")],
      ["a", toy("08")],
      ["b", toy("0d")],
    ];
    const handshake02 = CHAT.slice(0, 2);
    const handshake04 = sealedTurns.slice(0, 4);
    const prime = /[0-9a-f]{512}/.exec(readFileSync(DISSECTOR, "utf8").replace(/"\s+\.\. "/g, ""))?.[0] ?? "";
    const TOY = "the group is a toy (p = 23): anybody finds the private keys by trying";

    const cases: { title: string; turns: readonly Turn[]; problems: string[]; weaknesses?: string[] }[] = [
      {
        title: "seq repeated, skipped, and right again",
        turns: [...handshake04, ["a", line(0)], ["a", line(0)], ["a", line(5)]],
        problems: ["seq 0 again: 1 was expected (P6.3)", "seq 3: 1 was expected, so some are missing (P6.3)"],
        weaknesses: ["the same IV as in frame N: an IV is to be fresh for every line (P6.2)"],
      },
      {
        title: "a clear line after the keys of stage 04",
        turns: [...handshake04, ["a", message(1, "oops")], ["b", BYE]],
        problems: ["in clear, after the keys (P5.1, P6.4)", "in clear, after the keys (P5.1, P6.4)"],
      },
      {
        title: "a clear line after the keys of stage 03, but not an error line",
        turns: [...handshake03, ["a", ack(1)], ["b", '{"type":"error","code":"bad-request","message":"no"}']],
        problems: ["in clear, after the keys (P5.1, P6.4)"],
        weaknesses: [TOY, TOY],
      },
      {
        title: "a message before the keys",
        turns: [...handshake03.slice(0, 2), ["a", message(1, "too early")]],
        problems: ["in clear: in this stage messages wait for the keys (P5.1, P6.2)"],
      },
      {
        title: "a sealed line before the keys, and in another stage",
        turns: [...handshake03.slice(0, 2), ["a", line(0)]],
        problems: ["before the keys", "sealed lines belong to stage 04"],
      },
      {
        title: "equal beginnings and equal wholes of xored lines",
        turns: [
          ...handshake03,
          ["a", '{"type":"xored","ciphertext":"0011223344556677"}'],
          ["b", '{"type":"xored","ciphertext":"00112233445566ff00"}'],
          ["a", '{"type":"xored","ciphertext":"0011223344556677"}'],
          ["a", '{"type":"xored","ciphertext":"ff11223344556677"}'],
        ],
        problems: [],
        weaknesses: [
          TOY,
          TOY,
          "begins with the same 7 bytes as the one in frame N: so do the two lines inside (P5.2)",
          "the same ciphertext as in frame N: it says the same",
        ],
      },
      {
        title: "public keys out of range, of another length, with capitals",
        turns: [...handshake03.slice(0, 2), ["a", toy("01")], ["b", toy("16")]],
        problems: ["the public key is below 2 (P4.4)", "the public key is above p - 2 (P4.4)"],
        weaknesses: [TOY, TOY],
      },
      {
        title: "public keys of the real group at the edge",
        turns: [
          ...handshake03.slice(0, 2),
          ["a", modp("1".padStart(512, "0"))],
          ["b", modp(`${prime.slice(0, -1)}e`)],
        ],
        problems: ["the public key is below 2 (P4.4)", "the public key is above p - 2 (P4.4)"],
      },
      {
        title: "the last public keys that are allowed",
        turns: [...handshake03.slice(0, 2), ["a", modp("2".padStart(512, "0"))], ["b", modp(prime)]],
        problems: [],
      },
      {
        title: "public keys of another length, or with capitals; other groups",
        turns: [...handshake03.slice(0, 2), ["a", toy("008")], ["b", modp(prime.toUpperCase())]],
        problems: [
          "the public key is not lower-case hexadecimal (P4.4)",
          "the public key is not lower-case hexadecimal (P4.4)",
          "the groups differ (P4.2)",
        ],
        weaknesses: [TOY],
      },
      {
        title: "the same public key in another chat (P4.3)",
        turns: [...handshake03.slice(0, 2), ["a", modp("2".padStart(512, "0"))]],
        problems: [],
        weaknesses: ["the same public key as in frame N: keys are to be fresh (P4.3)"],
      },
      {
        title: "ids out of turn, an ack of nothing",
        turns: [
          ...handshake02,
          ["a", message(1, "one")],
          ["a", message(3, "three")],
          ["b", ack(1)],
          ["b", ack(1)],
          ["b", ack(9)],
        ],
        problems: [
          "message 3 out of turn: 2 was expected (P3.2)",
          "an ack of message 1, which is not open (P3.3)",
          "an ack of message 9, which is not open (P3.3)",
        ],
      },
      {
        title: "a line after a goodbye",
        turns: [...CHAT, ["a", message(2, "one more thing")]],
        problems: ["after its goodbye in frame N (P3.8)"],
      },
      {
        title: "a hello that does not fit, and one too many",
        turns: [
          ["a", hello("02", "alice", "bob")],
          ["b", hello("03", "mallory", "alice")],
          ["a", hello("02", "alice", "bob")],
        ],
        problems: [
          "the stages differ (P3.1)",
          "the names do not fit the hello of the initiator (P3.1)",
          "a second hello",
        ],
      },
      {
        title: "not JSON, not an object, no type, an unknown type",
        turns: [
          ...handshake02,
          ["a", "hi"],
          ["a", "[1]"],
          ["a", '{"type":1}'],
          ["a", '{"type":"shout"}'],
          ["a", '{"type":"list"}'],
        ],
        problems: [
          "not JSON: a value is missing",
          "not a JSON object",
          "an object without a string type",
          "unknown type",
          "not allowed between peers",
        ],
      },
      {
        title: "members that are not allowed",
        turns: [
          ...handshake02,
          ["a", message(1, "")],
          ["a", '{"type":"message","id":2,"text":"\\ud800"}'],
          ["a", '{"type":"message","id":3,"text":7}'],
          ["a", '{"type":"message","id":"4","text":"x"}'],
          ["a", message(4, "x".repeat(8193))],
        ],
        problems: [
          "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
          "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
          "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
          "an id is an integer from 1 (P3.2)",
          "a text is 1 to 8192 bytes of UTF-8 (P3.4)",
        ],
      },
    ];

    it("in chats", () => {
      const capture = new Capture();
      for (const { turns } of cases) hold(capture.connect(), turns, whole);
      const packets = dissect(capture.save("wrong"));
      for (const [index, { title, problems, weaknesses = [] }] of cases.entries()) {
        const own = packets.filter((packet) => packet["tcp.stream"]?.[0] === String(index));
        const found = (field: string) =>
          valuesOf(own, field).map((text) => text.replace(/frame \d+/, "frame N"));
        expect(found("p2pchat.problem"), title).to.deep.equal(problems);
        // The handshake of the known session is in several cases: its keys are not fresh.
        const weak = found("p2pchat.weakness").filter(
          (text) => title.endsWith("(P4.3)") || !text.includes("(P4.3)"),
        );
        expect(weak, title).to.deep.equal(weaknesses);
      }
    });

    it("on the way to a registry and a calculator, where a server may have been mistaken for the other", () => {
      const capture = new Capture();
      const registry = capture.connect(10_000);
      registry.lines("a", '{"type":"register","username":"you","port":1}', "nonsense", '{"type":"ping"}');
      registry.send("a", Buffer.from([0x22, 0xff, 0x22, 0x0a]));
      registry.lines("b", '{"type":"error","code":"bad-username","message":"no"}', '{"type":"register"}');
      const mistaken = capture.connect(10_001);
      mistaken
        .lines("a", "nonsense")
        .lines("b", '{"type":"error","code":"bad-request","message":"not JSON"}');
      mistaken.lines("a", '{"type":"list"}');
      const calculator = capture.connect(10_001);
      calculator.lines("a", "{").lines("b", 'error: unexpected "{" at column 1').lines("a", "1 + 1");
      const packets = dissect(capture.save("servers"));
      expect(labelsOf(packets)).to.deep.equal([
        "you → registry register you, listening on port 1 [a username is 1 to 32 of A-Z a-z 0-9 _ -, and not you (P2.1)]",
        "you → registry nonsense [not JSON: a value is missing]",
        "you → registry ping [not allowed from a client]",
        'you → registry "�" [not a JSON object]',
        "registry → you error bad-username: no",
        "registry → you register ?, listening on port ? [a username is 1 to 32 of A-Z a-z 0-9 _ -, and not you (P2.1)]",
        "client → calculator request: nonsense",
        "registry → client error bad-request: not JSON",
        "client → registry list",
        "client → registry { [not JSON: a member without a name]",
        'calculator → client reply: error: unexpected "{" at column 1',
        "client → calculator request: 1 + 1",
      ]);
      expect(valuesOf(packets, "p2pchat.problem")).to.include("not UTF-8 (P0.4)");
      expect(valuesOf(packets, "p2pchat.code")).to.deep.equal(["bad-username", "bad-request"]);
    });

    it("with a filter of its own for each", () => {
      const capture = new Capture();
      for (const { turns } of cases) hold(capture.connect(), turns, whole);
      const path = capture.save("filters");
      const filter = [
        "bad_seq",
        "bad_id",
        "bad_ack",
        "bad_turn",
        "bad_hello",
        "bad_group",
        "bad_member",
        "bad_public_key",
        "not_json",
        "clear_after_keys",
        "toy_group",
        "equal_ivs",
        "equal_ciphertexts",
        "equal_public_keys",
        "error_line",
      ].map((name) => `p2pchat.${name}`);
      const output = tshark([
        "-r",
        path,
        "-Y",
        filter.join(" || "),
        "-T",
        "fields",
        ...filter.flatMap((name) => ["-e", name]),
      ]);
      const columns = filter.map((_, index) => output.split("\n").some((row) => row.split("\t")[index]));
      expect(filter.filter((_, index) => !columns[index])).to.deep.equal([]);
    });
  });

  describe("in the profile", () => {
    const keys = ["-o", `p2pchat.keylog_file:${join(CAPTURES, "04-aes-chat.keys")}`];
    const sealed = join(CAPTURES, "04-aes-chat.pcap");

    before(() => {
      cpSync(PROFILE, join(folder, "profiles", "p2pchat"), { recursive: true });
    });

    it("has the columns that are promised", () => {
      const preferences = readFileSync(join(PROFILE, "preferences"), "utf8");
      const names = [...preferences.matchAll(/^\t"([^"]+)", "%/gm)].map(([, name]) => name);
      expect(names).to.deep.equal([
        "No.",
        "Time",
        "From port",
        "To port",
        "Protocol",
        "Stage",
        "Type",
        "Info",
      ]);
      const rows = tshark(["-C", "p2pchat", "-r", sealed, "-Y", "p2pchat.seq == 0", ...keys])
        .trim()
        .split("\n");
      expect(rows[0]).to.match(
        /^ *\d+ +[\d.]+ +\d+ +\d+ +P2PCHAT +04 +sealed,message alice → bob sealed seq 0: message 1: /,
      );
    });

    it("colours plaintext, ciphertext and problems, each in its own way", () => {
      const rulesOf = (capture: string, ...options: string[]) => {
        const fields = ["-T", "fields", "-e", "frame.coloring_rule.name"];
        const rows = tshark([
          "-C",
          "p2pchat",
          "--color",
          "-r",
          capture,
          "-Y",
          "p2pchat",
          ...fields,
          ...options,
        ]);
        return new Set(
          rows
            .trim()
            .split("\n")
            .map((name) => name.replace(/[ :,].*/, "")),
        );
      };
      expect(rulesOf(join(CAPTURES, "02-basic-p2p.pcap"))).to.deep.equal(new Set(["Plaintext", "Handshake"]));
      expect(rulesOf(sealed)).to.deep.equal(new Set(["Plaintext", "Handshake", "Ciphertext"]));
      const capture = new Capture();
      hold(
        capture.connect(),
        [
          ...CHAT.slice(0, 2),
          ["a", message(2, "too far")],
          ["b", '{"type":"error","code":"bad-request","message":""}'],
        ],
        whole,
      );
      expect(rulesOf(capture.save("coloured"))).to.deep.equal(new Set(["Handshake", "Wrong", "Error"]));
    });

    it("has only filters that Wireshark takes, and that find something", () => {
      const buttons = readFileSync(join(PROFILE, "dfilter_buttons"), "utf8").matchAll(
        /^"TRUE","[^"]*","([^"]*)"/gm,
      );
      const saved = readFileSync(join(PROFILE, "dfilters"), "utf8").matchAll(/^"[^"]*" (.*)$/gm);
      const filters = [...buttons, ...saved].map(([, filter = ""]) => filter.replace(/\\x22/g, '"'));
      expect(filters).to.have.length(18);
      const capture = new Capture();
      hold(capture.connect(), [...CHAT, ["a", BYE]], whole);
      hold(capture.connect(10_000), REGISTRATION, whole);
      const session = knownSession(0);
      const changed = (session.records[0]?.line ?? "").replace(/"tag":"../, '"tag":"zz').replace("zz", "00");
      hold(capture.connect(), [...turnsOf(session).slice(0, 4), ["a", changed], ["a", changed]], whole);
      const path = capture.save("filtered");
      const log = join(folder, "filtered.keys");
      writeFileSync(log, keyLogLine(session));
      const statistics = ["-q", "-z", `io,stat,0,${filters.join(",")}`];
      const table = tshark(["-r", path, ...statistics, "-o", `p2pchat.keylog_file:${log}`]);
      const row = table.split("\n").find((line) => line.includes("<>")) ?? "";
      const frames = [...row.matchAll(/\| +(\d+) \| +\d+ (?=\|)/g)].map(([, count]) => Number(count));
      expect(frames, table).to.have.length(filters.length);
      expect(filters.filter((_, index) => frames[index] === 0)).to.deep.equal([]);
    });
  });

  it("is installed, tried and answers as its README says", () => {
    const home = join(folder, "home");
    const plugins = join(home, ".local", "lib", "wireshark", "plugins");
    cpSync(DISSECTOR, join(plugins, "p2pchat.lua"));
    const environment = {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      LC_ALL: "C.UTF-8",
    };
    const readme = readFileSync(join(CAPTURES, "wireshark", "README.md"), "utf8");
    const examples = [...readme.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block = ""]) =>
      block.split(/^\$ /m).slice(1),
    );
    expect(examples.length).to.be.greaterThan(8);
    for (const example of examples) {
      const [command = "", ...expected] = example.trimEnd().split("\n");
      const words = [...command.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/g)].map(([word, quoted]) =>
        quoted === undefined ? word : quoted.replace(/\\(.)/g, "$1"),
      );
      expect(words[0]).to.equal("tshark");
      const repository = fileURLToPath(new URL("../..", import.meta.url));
      const result = spawnSync("tshark", words.slice(1), {
        encoding: "utf8",
        cwd: repository,
        env: environment,
      });
      expect(result.status, result.stderr).to.equal(0);
      const printed = result.stdout === "" ? [] : result.stdout.trimEnd().split("\n");
      // A line that is only an ellipsis stands for the rest; one at the end of a line, for the rest of that.
      const shown = expected.at(-1) === "…" ? expected.slice(0, -1) : expected;
      if (shown.length === expected.length) expect(printed, command).to.have.length(expected.length);
      for (const [index, line] of shown.entries()) {
        const found = printed[index]?.trimEnd() ?? "";
        if (line.endsWith("…"))
          expect(found.startsWith(line.slice(0, -1)), `${command}: ${found}`).to.equal(true);
        else expect(found, command).to.equal(line);
      }
    }
  });

  it("links answers to questions", () => {
    const capture = new Capture();
    hold(capture.connect(10_001), CALCULATION, whole);
    hold(capture.connect(10_000), REGISTRATION, whole);
    hold(capture.connect(), CHAT, whole);
    const packets = dissect(capture.save("answers"));
    const labelOfFrame = (number: string | undefined) =>
      labelsOf(packets.filter((packet) => packet["frame.number"]?.[0] === number))[0];
    const links = packets
      .filter((packet) => packet["p2pchat.answers"] !== undefined)
      .map((packet) => `${labelsOf([packet])[0]} <- ${labelOfFrame(packet["p2pchat.answers"]?.[0])}`);
    expect(links).to.deep.equal([
      "calculator → client reply: = 20 <- client → calculator request: 2 + 3 * 4",
      "calculator → client reply: error: division by zero <- client → calculator request: 1 / 0",
      "registry → alice registered alice <- alice → registry register alice, listening on port 50001",
      "registry → alice users: bob <- alice → registry list",
      "registry → alice error unknown-user: there is no nobody <- alice → registry lookup nobody",
      "alice → registry pong <- registry → alice ping",
      "bob → alice ack 1 <- alice → bob message 1: Grüße aus Köln 😀",
      "alice → bob ack 1 <- bob → alice message 1: hello, alice",
    ]);
  });

  it("shows no character that could harm who looks (P3.4)", () => {
    const capture = new Capture();
    const connection = capture.connect();
    hold(
      connection,
      [...CHAT.slice(0, 2), ["a", message(1, "a\u0000b\u001b[31mc\u0085d\u202ee\u2066f\tg")]],
      whole,
    );
    const texts = valuesOf(dissect(capture.save("controls")), "p2pchat.text");
    expect(texts).to.deep.equal(["a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\tg"]);
  });

  it("never fails on hostile bytes, in one pass or two, in pieces or whole", () => {
    const roll = dice(4);
    const session = knownSession(2);
    const seeds = [...CALCULATION, ...REGISTRATION, ...CHAT, ...turnsOf(session)].map(([, text]) => text);
    seeds.push('{"type":"xored","ciphertext":"00ff"}', '{"type":"error","code":"x","message":"y"}');
    const members = [
      "0",
      "-1",
      "1e999",
      "4294967296",
      "9007199254740993",
      "0.5",
      '""',
      "null",
      "true",
      "[]",
      "{}",
    ];
    members.push(
      '"\\ud800"',
      '"\\u0000"',
      `"${"f".repeat(600)}"`,
      `${"[".repeat(300)}${"]".repeat(300)}`,
      '[{"username":{}}]',
    );
    const hostileLine = (): Buffer => {
      const text = seeds[roll(seeds.length)] ?? "";
      switch (roll(7)) {
        case 0: {
          const bytes = Buffer.from(text);
          for (let count = roll(4); count >= 0; count -= 1) bytes[roll(bytes.length)] = roll(256);
          return bytes;
        }
        case 1:
          return Buffer.from(text).subarray(0, roll(text.length + 1));
        case 2:
          return Buffer.from(Array.from({ length: roll(80) }, () => roll(256)));
        case 3: // a member of another kind
          return Buffer.from(
            text.replace(/("\w+":)("[^"]*"|\d+|\[.*\])/g, (all, name) =>
              roll(2) === 0 ? all : `${name}${members[roll(members.length)]}`,
            ),
          );
        case 4:
          return Buffer.from("[".repeat(roll(3000)) + text);
        case 5:
          return Buffer.from(`${text}\r`);
        default:
          return Buffer.from(text);
      }
    };
    const capture = new Capture();
    for (let round = 0; round < 36; round += 1) {
      const connection = capture.connect([10_000, 10_001, 40_000][round % 3] ?? 0);
      if (round % 3 === 2) {
        for (const [side, text] of turnsOf(session).slice(0, 2 * roll(3))) connection.lines(side, text);
        if (round % 2 === 0) connection.lines("a", hello("02", "alice", "bob"));
      }
      for (let count = 0; count < 15; count += 1) {
        const side = roll(2) === 0 ? "a" : "b";
        const bytes = Buffer.concat([hostileLine(), Buffer.from("\n")]);
        const at = roll(3) === 0 ? roll(bytes.length) : 0;
        if (at > 0) connection.send(side, bytes.subarray(0, at));
        connection.send(side, bytes.subarray(at));
      }
      if (round % 4 === 0) connection.close();
    }
    capture.connect(10_000).send("a", "\n".repeat(20_000));
    const path = capture.save("hostile");
    const log = join(folder, "hostile.keys");
    writeFileSync(log, keyLogLine(session));
    const options = ["-o", `p2pchat.keylog_file:${log}`];
    tshark(["-r", path, "-V", "-O", "p2pchat", ...options]);
    const packets = dissect(path, ...options);
    expect(valuesOf(packets, "p2pchat").length).to.be.greaterThan(300);
    const digest = (all: Packet[]) => createHash("sha256").update(JSON.stringify(all)).digest("hex");
    expect(digest(dissect(path, ...options, "-2"))).to.equal(digest(packets));
    tshark(["-r", path, "-V", "-O", "p2pchat", "-o", "tcp.desegment_tcp_streams:FALSE"]);
  });
});
