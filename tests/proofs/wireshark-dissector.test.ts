// captures/wireshark/p2pchat.lua, as tshark runs it: on the recorded captures (against golden files, with and without
// keys), and on conversations made here for what a recording does not show: lines in pieces, hostile bytes, broken rules.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import {
  ack,
  BYE,
  byteByByte,
  CALCULATION,
  CALCULATION_LABELS,
  CHAT,
  CHAT_LABELS,
  GREETING,
  hello,
  hold,
  KNOWN_SESSIONS,
  keyLogLine,
  knownSession,
  message,
  REGISTRATION,
  REGISTRATION_LABELS,
  type Turn,
  turnsOf,
  whole,
} from "../support/conversations.ts";
import {
  DISSECTOR,
  ERRORS,
  FINDINGS,
  labelsOf,
  type Packet,
  Tshark,
  valuesOf,
} from "../support/dissector.ts";
import { expectGolden } from "../support/dissector-golden.ts";
import { dice, hostileLine, LINES_OF_NUMBERS } from "../support/hostile-lines.ts";
import { CAPTURES, Capture, type Side, type Streams } from "../support/test-capture.ts";
import { withTool } from "../support/tools.ts";
import { WRONG_OR_WEAK } from "../support/wrong-conversations.ts";

const PROFILE = join(CAPTURES, "wireshark", "profile", "p2pchat");

const RECORDED = [
  "01-calculator",
  "01-one-request-in-two-segments",
  "01-two-requests-in-one-segment",
  "02-basic-p2p",
  "03-dh-chat",
  "03-dh-chat-toy-group",
  "03-dh-chat-mitm",
  "04-aes-chat",
];

/** The keys of all chats, between lines that are no keys. */
const ALL_KEYS = [
  ...["# a comment\n", "\n", ...KNOWN_SESSIONS.map(keyLogLine)],
  readFileSync(join(CAPTURES, "04-aes-chat.keys"), "utf8"),
  "P2PCHAT04 12",
].join("");
const ONE_KEY = keyLogLine(knownSession(1)).toUpperCase().replace("\n", "\r\n");

/** No segment is longer: 65,535 less the headers of IPv4 and TCP. */
const MAX_SEGMENT = 65_495;

withTool("tshark", ["--version"], "the Wireshark dissector", () => {
  // A test adds its conversations to one of these captures when it is defined, and looks at them when it runs. In between,
  // tshark is asked once for each kind of question.
  /** Without any preference. */
  const plain = new Capture();
  /** With the keys of all its chats; and, for what must not fail, without reassembly and with a key log that is missing. */
  const keyed = new Capture();
  /** With the profile, other ports, and the keys of one chat; and with the profile and all keys, as a window shows it. */
  const preferred = new Capture();

  const recordings = new Map(RECORDED.map((name) => [name, plain.recorded(name)]));
  const sealed = keyed.recorded("04-aes-chat");
  const filtered = conversationsForFilters();

  let tshark: Tshark;
  let told: ReturnType<typeof ask>;

  before(() => {
    tshark = new Tshark();
    cpSync(PROFILE, tshark.file("profiles/p2pchat"), { recursive: true });
    told = ask();
  });

  after(() => tshark.remove());

  function ask() {
    const saved = (capture: Capture, name: string): string => {
      const path = tshark.file(name);
      capture.save(path);
      return path;
    };
    const plainFile = saved(plain, "plain.pcap");
    const keyedFile = saved(keyed, "keyed.pcap");
    const preferredFile = saved(preferred, "preferred.pcap");
    const keyLog = (path: string) => ["-o", `p2pchat.keylog_file:${path}`];
    const keys = keyLog(tshark.file("all.keys", ALL_KEYS));
    const oneKey = keyLog(tshark.file("one.keys", ONE_KEY));
    const ports = ["-o", "p2pchat.ports:7777,8000-9000,10001"];
    const profile = ["-C", "p2pchat"];
    const { first, last } = filtered;
    const filters = filtersOfProfile().map(
      (filter) => `(${filter}) && tcp.stream >= ${first} && tcp.stream <= ${last}`,
    );
    const statistics = ["-P", "-z", `io,stat,0,${filters.join(",")}`];
    const inPieces = ["-o", "tcp.desegment_tcp_streams:FALSE"];
    return {
      plain: tshark.dissect(plainFile),
      plainTwice: tshark.dissect(plainFile, "-2"),
      keyed: tshark.dissect(keyedFile, ...keys),
      keyedTwice: tshark.dissect(keyedFile, "-2", ...keys),
      preferred: tshark.dissect(preferredFile, ...profile, "--color", ...ports, ...oneKey),
      shown: tshark.show(preferredFile, ...profile, ...keys, ...statistics),
      shownInPieces: tshark.show(keyedFile, ...inPieces, ...keyLog(tshark.file("missing.keys"))),
    };
  }

  /** The connections of a recorded capture. */
  function streamsOf(name: string): Streams {
    const streams = recordings.get(name);
    if (streams === undefined) throw new Error(`${name} is not in the capture`);
    return streams;
  }

  /** The packets of some conversations without any preference. Two passes give the same as one. */
  function inBothPasses(...some: readonly Streams[]): Packet[] {
    const packets = told.plain.of(...some);
    expect(told.plainTwice.of(...some)).to.deep.equal(packets);
    return packets;
  }

  /** For each filter of the profile something that it finds. */
  function conversationsForFilters(): Streams {
    const session = knownSession(0);
    const changed = (session.records[0]?.line ?? "").replace(/"tag":"../, '"tag":"zz').replace("zz", "00");
    const chat = hold(preferred.connect(), [...CHAT, ["a", BYE]]);
    hold(preferred.connect(10_000), REGISTRATION);
    const tampered = hold(preferred.connect(), [
      ...turnsOf(session).slice(0, 4),
      ["a", changed],
      ["a", changed],
    ]);
    return { first: chat.first, last: tampered.last };
  }

  function filtersOfProfile(): string[] {
    const buttons = readFileSync(join(PROFILE, "dfilter_buttons"), "utf8").matchAll(
      /^"TRUE","[^"]*","([^"]*)"/gm,
    );
    const saved = readFileSync(join(PROFILE, "dfilters"), "utf8").matchAll(/^"[^"]*" (.*)$/gm);
    return [...buttons, ...saved].map(([, filter = ""]) => filter.replace(/\\x22/g, '"'));
  }

  describe("on the recorded captures", () => {
    const recorded = [
      { name: "01-calculator", stage: "01" },
      { name: "02-basic-p2p", stage: "02" },
      { name: "03-dh-chat", stage: "03" },
      { name: "03-dh-chat-toy-group", stage: "03" },
      { name: "03-dh-chat-mitm", stage: "03" },
      { name: "04-aes-chat", stage: "04" },
      { name: "04-aes-chat", stage: "04", golden: "04-aes-chat-with-keys", withKeys: true },
    ];
    for (const { name, stage, golden = name, withKeys = false } of recorded) {
      it(`tells the story of ${golden}, in one pass and in two`, () => {
        const packets = withKeys ? told.keyed.of(sealed) : told.plain.of(streamsOf(name));
        expectGolden(golden, packets);
        expect(new Set(valuesOf(packets, "p2pchat.stage"))).to.deep.equal(new Set([stage]));
        expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
        const again = withKeys ? told.keyedTwice.of(sealed) : told.plainTwice.of(streamsOf(name));
        expect(again).to.deep.equal(packets);
      });
    }

    it("finds the toy group weak, and the toy cipher, and nothing in stages 02 and 04", () => {
      const kindsOf = (name: string) => {
        const weaknesses = valuesOf(told.plain.of(streamsOf(name)), "p2pchat.weakness");
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
      const open = valuesOf(told.keyed.of(sealed), "p2pchat.text");
      expect(open.length).to.be.greaterThan(10);
      expect(open).to.deep.equal(valuesOf(told.plain.of(streamsOf("02-basic-p2p")), "p2pchat.text"));
      const closed = told.plain.of(streamsOf("04-aes-chat"));
      expect(valuesOf(closed, "p2pchat.text")).to.deep.equal([]);
      expect(valuesOf(closed, "p2pchat.inner")).to.deep.equal([]);
    });
  });

  describe("on lines in pieces (P0.2)", () => {
    const labels = [...CALCULATION_LABELS, ...REGISTRATION_LABELS, ...CHAT_LABELS];

    /** The three conversations, each on a port of its own. */
    const conversations = (cut: (bytes: Buffer) => Buffer[]) => [
      hold(plain.connect(10_001), CALCULATION, cut),
      hold(plain.connect(10_000), REGISTRATION, cut),
      hold(plain.connect(), CHAT, cut),
    ];

    const inLines = conversations(whole);
    it("reads a line in each segment", () => {
      expect(labelsOf(inBothPasses(...inLines))).to.deep.equal(labels);
    });

    const inBytes = conversations(byteByByte);
    it("reads a byte in each segment, characters cut in two", () => {
      expect(labelsOf(inBothPasses(...inBytes))).to.deep.equal(labels);
    });

    const cutAnywhere = conversationsCutAnywhere();
    function conversationsCutAnywhere() {
      const roll = dice(1);
      return Array.from({ length: 20 }, () => {
        const connection = plain.connect();
        const waiting: Record<Side, Buffer> = { a: Buffer.alloc(0), b: Buffer.alloc(0) };
        for (const [side, line] of CHAT) {
          waiting[side] = Buffer.concat([waiting[side], Buffer.from(`${line}\n`)]);
          const length = roll(waiting[side].length + 1);
          if (length > 0) connection.data(side, waiting[side].subarray(0, length));
          waiting[side] = waiting[side].subarray(length);
        }
        for (const side of ["a", "b"] as const)
          if (waiting[side].length > 0) connection.data(side, waiting[side]);
        return connection;
      });
    }
    it("reads lines cut anywhere, their ends in the segment of the next one", () => {
      for (const connection of cutAnywhere) {
        const found = labelsOf(told.plain.of(connection));
        for (const name of ["alice", "bob"]) {
          const from = (label: string) => label.startsWith(`${name} → `);
          // Who answers before the question has arrived breaks a rule, and is told so in brackets.
          const heard = found.filter(from).map((label) => label.replace(/ \[.*/, ""));
          expect(heard).to.deep.equal(CHAT_LABELS.filter(from));
        }
      }
    });

    const severalAtOnce = hold(plain.connect(), [
      ...GREETING,
      ["a", [message(1, "one"), message(2, "two"), message(3, "three")].join("\n")],
      ["b", [ack(2), ack(2)].join("\n")],
    ]);
    it("reads several lines in one segment, with all of their fields", () => {
      const [packet, acks] = inBothPasses(severalAtOnce).slice(-2);
      expect(packet?.["p2pchat.id"]).to.deep.equal(["1", "2", "3"]);
      expect(packet?.["p2pchat.text"]).to.deep.equal(["one", "two", "three"]);
      expect(packet?.["p2pchat.from"]).to.deep.equal(["alice", "alice", "alice"]);
      expect(acks?.["p2pchat.problem"]).to.deep.equal(["an ack of message 2, which is not open (P3.3)"]);
    });

    const inDisorder = plain.connect();
    sendInDisorder();
    function sendInDisorder(): void {
      inDisorder.lines("a", hello("02", "alice", "bob")).lines("b", hello("02", "bob", "alice"));
      const bytes = Buffer.from(`${message(1, "first")}\n${message(2, "second")}\n${message(3, "third")}\n`);
      inDisorder
        .data("a", bytes.subarray(0, 20))
        .at("a", 30, bytes.subarray(50, 70))
        .at("a", 0, bytes.subarray(20, 50)) // late
        .at("a", 0, bytes.subarray(20, 50)) // again
        .data("a", bytes.subarray(20)) // the rest, over what is there
        .lines("b", ack(1), ack(2), ack(3));
    }
    it("reads segments that come late, twice, or one over another", () => {
      const packets = inBothPasses(inDisorder);
      expect(valuesOf(packets, "p2pchat.text")).to.deep.equal(["first", "second", "third"]);
      expect(valuesOf(packets, "p2pchat.problem")).to.deep.equal([]);
    });

    const long = longConversations();
    function longConversations() {
      const pieces = (bytes: Buffer) =>
        Array.from({ length: Math.ceil(bytes.length / MAX_SEGMENT) }, (_, index) =>
          bytes.subarray(index * MAX_SEGMENT, (index + 1) * MAX_SEGMENT),
        );
      const padded = (length: number) => `{"type":"bye","x":"${"x".repeat(length - 21)}"}`;
      const chats = [262_143, 262_144, 400_000].map((length) => {
        const connection = plain.connect();
        connection.lines("a", hello("02", "alice", "bob")).lines("b", hello("02", "bob", "alice"));
        for (const piece of pieces(Buffer.from(`${padded(length)}\n`))) connection.data("a", piece);
        return connection.lines("a", message(1, "after it"));
      });
      const users = Array.from({ length: 1500 }, (_, index) => ({
        username: `user-${index}`,
        host: "127.0.0.1",
        port: 50_000,
      }));
      const registry = plain.connect(10_000).lines("a", '{"type":"list"}');
      for (const piece of pieces(
        Buffer.from(`${JSON.stringify({ type: "users", users, more: "x".repeat(262_144) })}\n`),
      ))
        registry.data("b", piece);
      const calculator = plain.connect(10_001).lines("a", "1");
      calculator.lines("b", "= 1").lines("a", `1${" ".repeat(4095)}`, "2");
      return [...chats, registry, calculator];
    }
    it("reads a line as long as one may be, and gives up one that is longer", () => {
      const labels = labelsOf(inBothPasses(...long));
      expect(labels.filter((label) => label === "alice → bob bye")).to.have.length(1);
      expect(labels.filter((label) => label.includes("the line is too long"))).to.have.length(2);
      expect(labels).to.include("the rest of a line that is too long");
      expect(labels.filter((label) => label.endsWith("message 1: after it"))).to.have.length(2);
      expect(labels.find((label) => label.startsWith("registry → "))).to.match(
        /users: user-0.* \(1500 in all\)$/,
      );
      expect(labels.slice(-1)).to.deep.equal(["client → calculator request: 2"]);
    });
  });

  describe("tells protocols apart", () => {
    const onOnePort = [CALCULATION, REGISTRATION, CHAT].map((turns) => hold(plain.connect(10_001), turns));
    it("by what is said, where the calculator and a registry share a port", () => {
      expect(labelsOf(told.plain.of(...onOnePort))).to.deep.equal([
        ...CALCULATION_LABELS,
        ...REGISTRATION_LABELS,
        ...CHAT_LABELS,
      ]);
    });

    const onSeveralPorts = (capture: Capture) => [
      hold(capture.connect(7777), CALCULATION),
      hold(capture.connect(8888), REGISTRATION),
      hold(capture.connect(10_000), CALCULATION),
    ];
    const byDefault = onSeveralPorts(plain);
    const asPreferred = onSeveralPorts(preferred);
    it("by the ports in the preferences", () => {
      expect(labelsOf(told.plain.of(...byDefault.slice(0, 2)))).to.deep.equal([]);
      expect(labelsOf(told.plain.of(...byDefault))).to.deep.equal(CALCULATION_LABELS);
      expect(labelsOf(told.preferred.of(...asPreferred))).to.deep.equal([
        ...CALCULATION_LABELS,
        ...REGISTRATION_LABELS,
      ]);
    });

    const others = [
      '{"jsonrpc":"2.0","method":"hello"}\n',
      '{"type":"subscribe","from":"alice"}\n',
      '{"type":"hello"}\n',
      '{"type":"hello","stage":2,"from":"a","to":"b"}\n',
      "GET / HTTP/1.1\r\n\r\n",
      "hello\n",
      "\n",
      "\0\x01\x02",
      `{"type":"${"x".repeat(1000)}`,
    ].flatMap((first) =>
      [whole, byteByByte].map((cut) => {
        const connection = plain.connect();
        for (const piece of cut(Buffer.from(first))) connection.data("a", piece);
        return connection.lines("b", "something").lines("a", BYE);
      }),
    );
    it("and leaves alone what is none of ours", () => {
      expect(told.plain.of(...others)).to.deep.equal([]);
    });

    const recognised = recognisedConversations();
    function recognisedConversations() {
      const spaced = '{ "from": "alice", "to": "bob",\t"stage": "02", "type": "hello" }';
      const bytes = byteByByte(Buffer.from(`${spaced}\r\n`));
      const oneByteEach = bytes.map((byte) => plain.connect().data("a", byte));
      const other = plain.connect();
      for (const byte of bytes) other.data("a", byte);
      other.lines("b", hello("02", "bob", "alice"));
      const late = plain.connect().lines("a", message(7, "late")).lines("b", ack(7));
      const sealedLate = plain.connect().lines("a", knownSession(0).records[4]?.line ?? "");
      return [...oneByteEach, other, late, sealedLate];
    }
    it("recognises a hello of another program, and a chat that was under way before the capture", () => {
      const packets = told.plain.of(...recognised);
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
    const knownChats = KNOWN_SESSIONS.map((session) => hold(keyed.connect(), turnsOf(session)));
    it("verifies and decrypts the known answers, each chat with its own keys", () => {
      const packets = told.keyed.of(...knownChats);
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
      expect(told.keyedTwice.of(...knownChats)).to.deep.equal(packets);
    });

    const oneWithKeys = KNOWN_SESSIONS.map((session) => hold(preferred.connect(), turnsOf(session)));
    it("reads a log with CR LF and capitals, and leaves chats closed whose keys it lacks", () => {
      const packets = told.preferred.of(...oneWithKeys);
      expect(valuesOf(packets, "p2pchat.inner")).to.deep.equal(
        knownSession(1).records.map(({ plaintext }) => plaintext),
      );
      const notes = valuesOf(packets, "_ws.expert.message");
      expect(notes.filter((note) => note === "The key log has no keys for this chat")).to.have.length(12);
    });

    it("says that it cannot open the file", () => {
      expect(told.shown).to.include("[Decrypted line: ").and.not.to.include("cannot open the key log");
      expect(told.shownInPieces).not.to.include("[Decrypted line: ");
      expect(told.shownInPieces).to.include(`cannot open the key log ${tshark.file("missing.keys")}`);
    });

    const changed = changedRecords();
    function changedRecords() {
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
      const handshake = turnsOf(session).slice(0, 4);
      const lines = changes.map((change): Turn => ["a", JSON.stringify(change)]);
      const reflected: Turn = ["b", first?.line ?? ""];
      return [...lines, reflected].map((turn) => hold(keyed.connect(), [...handshake, turn]));
    }
    it("finds out every change of a record (P6.3)", () => {
      const packets = told.keyed.of(...changed);
      const records = packets.filter((packet) => packet["p2pchat.type"]?.includes("sealed"));
      expect(records).to.have.length(12);
      for (const record of records)
        expect(record["p2pchat.problem"], JSON.stringify(record)).to.have.length(1);
      expect(valuesOf(packets, "p2pchat.inner")).to.deep.equal([]);
    });
  });

  describe("says what is wrong or weak", () => {
    const chats = WRONG_OR_WEAK.map((one) => ({ ...one, connection: hold(plain.connect(), one.turns) }));
    it("in chats", () => {
      for (const { title, problems, weaknesses = [], connection } of chats) {
        const own = told.plain.of(connection);
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

    const servers = mistakenServers();
    function mistakenServers() {
      const registry = plain.connect(10_000);
      registry.lines("a", '{"type":"register","username":"you","port":1}', "nonsense", '{"type":"ping"}');
      registry.data("a", Buffer.from([0x22, 0xff, 0x22, 0x0a]));
      registry.lines("b", '{"type":"error","code":"bad-username","message":"no"}', '{"type":"register"}');
      const mistaken = plain.connect(10_001);
      mistaken
        .lines("a", "nonsense")
        .lines("b", '{"type":"error","code":"bad-request","message":"not JSON"}');
      mistaken.lines("a", '{"type":"list"}');
      const calculator = plain.connect(10_001);
      calculator.lines("a", "{").lines("b", 'error: unexpected "{" at column 1').lines("a", "1 + 1");
      return [registry, mistaken, calculator];
    }
    it("on the way to a registry and a calculator, where a server may have been mistaken for the other", () => {
      const packets = told.plain.of(...servers);
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
      const packets = told.plain.of(...chats.map(({ connection }) => connection));
      expect(FINDINGS.filter((name) => valuesOf(packets, name).length === 0)).to.deep.equal([]);
    });
  });

  describe("in the profile", () => {
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
      const [first] = told.preferred.of(coloured.sealed).filter((one) => one["p2pchat.seq"]?.includes("0"));
      const row = new RegExp(`^ *${first?.["frame.number"]} .*`, "m").exec(told.shown)?.[0];
      expect(row).to.match(
        /^ *\d+ +[\d.]+ +\d+ +\d+ +P2PCHAT +04 +sealed,message alice → bob sealed seq 0: message 1: /,
      );
    });

    const coloured = {
      open: preferred.recorded("02-basic-p2p"),
      sealed: preferred.recorded("04-aes-chat"),
      wrong: hold(preferred.connect(), [
        ...GREETING,
        ["a", message(2, "too far")],
        ["b", '{"type":"error","code":"bad-request","message":""}'],
      ]),
    };
    it("colours plaintext, ciphertext and problems, each in its own way", () => {
      const rulesOf = (streams: Streams) => {
        const rules = valuesOf(told.preferred.of(streams), "frame.coloring_rule.name");
        return new Set(rules.map((name) => name.replace(/[ :,].*/, "")));
      };
      expect(rulesOf(coloured.open)).to.deep.equal(new Set(["Plaintext", "Handshake"]));
      expect(rulesOf(coloured.sealed)).to.deep.equal(new Set(["Plaintext", "Handshake", "Ciphertext"]));
      expect(rulesOf(coloured.wrong)).to.deep.equal(new Set(["Handshake", "Wrong", "Error"]));
    });

    it("has only filters that Wireshark takes, and that find something", () => {
      const filters = filtersOfProfile();
      expect(filters).to.have.length(18);
      const row = told.shown.split("\n").findLast((line) => line.includes("<>")) ?? "";
      const frames = [...row.matchAll(/\| +(\d+) \| +\d+ (?=\|)/g)].map(([, count]) => Number(count));
      expect(frames, row).to.have.length(filters.length);
      expect(filters.filter((_, index) => frames[index] === 0)).to.deep.equal([]);
    });
  });

  it("is installed, tried and answers as its README says", () => {
    const home = tshark.file("home");
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
      const result = spawnSync("tshark", words.slice(1), {
        encoding: "utf8",
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
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

  const withAnswers = [
    hold(plain.connect(10_001), CALCULATION),
    hold(plain.connect(10_000), REGISTRATION),
    hold(plain.connect(), CHAT),
  ];
  it("links answers to questions", () => {
    const packets = told.plain.of(...withAnswers);
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

  const harmful = hold(plain.connect(), [
    ...GREETING,
    ["a", message(1, "a\u0000b\u001b[31mc\u0085d\u202ee\u2066f\tg")],
  ]);
  it("shows no character that could harm who looks (P3.4)", () => {
    const texts = valuesOf(told.plain.of(harmful), "p2pchat.text");
    expect(texts).to.deep.equal(["a\ufffdb\ufffd[31mc\ufffdd\ufffde\ufffdf\tg"]);
  });

  const hostile = hostileConversations();
  function hostileConversations() {
    const roll = dice(4);
    const connections = Array.from({ length: 36 }, (_, round) => {
      const connection = keyed.connect([10_000, 10_001, 40_000][round % 3] ?? 0);
      if (round % 3 === 2) {
        for (const [side, text] of turnsOf(knownSession(2)).slice(0, 2 * roll(3)))
          connection.lines(side, text);
        if (round % 2 === 0) connection.lines("a", hello("02", "alice", "bob"));
      }
      for (let count = 0; count < 15; count += 1) {
        const side = roll(2) === 0 ? "a" : "b";
        const bytes = Buffer.concat([hostileLine(roll), Buffer.from("\n")]);
        const at = roll(3) === 0 ? roll(bytes.length) : 0;
        if (at > 0) connection.data(side, bytes.subarray(0, at));
        connection.data(side, bytes.subarray(at));
      }
      return round % 4 === 0 ? connection.finish() : connection;
    });
    const ofNumbers = keyed.connect().lines("a", hello("04", "alice", "bob"), ...LINES_OF_NUMBERS);
    return [...connections, ofNumbers];
  }
  const emptyLines = plain.connect(10_000).data("a", "\n".repeat(5100));
  it("never fails on hostile bytes, in one pass or two, in pieces or whole", () => {
    for (const shown of [told.shown, told.shownInPieces]) expect(ERRORS.exec(shown)?.[0]).to.equal(undefined);
    const packets = told.keyed.of(...hostile);
    expect(valuesOf(packets, "p2pchat").length).to.be.greaterThan(300);
    expect(valuesOf(inBothPasses(emptyLines), "p2pchat").length).to.be.greaterThan(5000);
    const digest = (all: Packet[]) => createHash("sha256").update(JSON.stringify(all)).digest("hex");
    expect(digest(told.keyedTwice.of(...hostile))).to.equal(digest(packets));
  });
});
