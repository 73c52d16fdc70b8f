// Our readers, decoder and follower beside tshark, on a corpus made here. It runs where tshark is installed.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { endpoint } from "../captures/explain/endpoint.ts";
import { Decoder } from "../captures/follow/decode.ts";
import { Follower } from "../captures/follow/follow.ts";
import type { CaptureError, Packet, Piece, Segment, Stream } from "../captures/read/packet.ts";
import { readCapture } from "../captures/read/read-capture.ts";
import { type PcapForm, pcapHeader, pcapRecord } from "../captures/record/pcap-writer.ts";
import {
  ACK,
  ethernet,
  fragmentHeader,
  ipv4,
  ipv6,
  LINK_LAYERS,
  PSH,
  paddingHeader,
  RST,
  SYN,
  TestConnection,
  tcp,
} from "../captures/testing/packets.ts";
import { PcapngWriter } from "../captures/testing/pcapng.ts";
import { runTool, TsharkOracle, type TsharkPiece, type TsharkReport } from "../captures/testing/tshark.ts";
import { withTool } from "./support/tools.ts";

const RECORDINGS = join(import.meta.dirname, "../captures");
const TIME = 1_700_000_000_123_456_789n;

withTool("tshark", ["--version"], "beside tshark", () => {
  // A test names its files when it is defined, and looks at what is said of them when it runs. In between, tshark reads
  // all of them at once.
  const files: { name: string; content?: Buffer }[] = [];
  let oracle: TsharkOracle;
  let ours: Loaded[] = [];
  let theirs: TsharkReport[] = [];

  before(async () => {
    oracle = new TsharkOracle();
    const paths = files.map(({ name, content }) =>
      content === undefined ? join(RECORDINGS, name) : oracle.file(name, content),
    );
    ours = await Promise.all(paths.map(load));
    theirs = oracle.reports(ours);
  });

  after(() => oracle.remove());

  function file(name: string, ...parts: readonly Buffer[]): string {
    files.push({ name, content: Buffer.concat(parts) });
    return name;
  }

  /** What both say of a file. */
  function reportsOn(name: string): { ours: Loaded; theirs: TsharkReport } {
    const index = files.findIndex((one) => one.name === name);
    const [one, other] = [ours[index], theirs[index]];
    if (one === undefined || other === undefined) throw new Error(`nobody has read ${name}`);
    return { ours: one, theirs: other };
  }

  /** Checks that tshark says the same of the packets and streams of a file as we do. */
  function compare({ ours, theirs }: { ours: Loaded; theirs: TsharkReport }): Stream[] {
    assert.equal(theirs.complaints === "", ours.damage === undefined, theirs.complaints);
    assert.deepEqual(ours.packets, theirs.packets);
    const streams = ours.streams.map(({ a, b, fromA, fromB }) => {
      return { a: endpoint(a), b: endpoint(b), fromA: plain(fromA), fromB: plain(fromB) };
    });
    assert.deepEqual(
      streams,
      theirs.streams.map(({ a, b, fromA, fromB }) => {
        return { a, b, fromA: theirPlain(fromA), fromB: theirPlain(fromB) };
      }),
    );
    return ours.streams;
  }

  const recordings = readdirSync(RECORDINGS).filter((name) => name.endsWith(".pcap"));
  for (const name of recordings) files.push({ name });
  it("the captures of this course", () => {
    for (const name of recordings) compare(reportsOn(name));
  });

  describe("link types", () => {
    /** A short conversation over IPv4 and one over IPv6, as far as the link type has them. */
    function frames({ linkType, frame }: (typeof LINK_LAYERS)[number], portA: number): Buffer[] {
      const made: Buffer[] = [];
      for (const version of [4, 6]) {
        if ((linkType === 228 && version === 6) || (linkType === 229 && version === 4)) continue;
        const send = (from: "a" | "b", segment: Buffer): number =>
          made.push(frame(wrap(version, from, segment)));
        new TestConnection(send, { portA })
          .handshake()
          .data("a", `of ${linkType}`)
          .data("b", "answer")
          .finish();
      }
      return made;
    }

    // tshark does not count the byte with the direction of PPP (204), and does not know that of Cisco HDLC (205), nor MPLS
    // with nothing before it (219). NFLOG it reads only in the byte order of its own machine.
    const layers = LINK_LAYERS.filter(
      ({ linkType, name }) => ![204, 205, 219].includes(linkType) && name !== "NFLOG, big-endian",
    );
    const linkTypes = [...new Set(layers.map((layer) => layer.linkType))];
    const ownFiles = linkTypes.map((linkType) => {
      const records = layers
        .flatMap((layer, index) => (layer.linkType === linkType ? frames(layer, 1000 + index) : []))
        .map((data) => pcapRecord(TIME, data));
      return file(`${linkType}.pcap`, pcapHeader(linkType), ...records);
    });
    it("each in a file of its own", () => {
      for (const [index, linkType] of linkTypes.entries()) {
        const own = layers.filter((layer) => layer.linkType === linkType);
        assert.isAtLeast(compare(reportsOn(ownFiles[index] ?? "")).length, own.length);
      }
    });

    const writer = new PcapngWriter();
    const oneFile = file(
      "links.pcapng",
      writer.section(),
      ...layers.map(({ linkType }) => writer.interface(linkType)),
      ...layers.flatMap((layer, index) =>
        frames(layer, 2000 + index).map((data, number) =>
          writer.enhanced(index, TIME / 1000n + BigInt(number), data),
        ),
      ),
    );
    it("all in one pcapng", () => {
      assert.lengthOf(compare(reportsOn(oneFile)), 2 * layers.length - 2);
    });
  });

  describe("formats", () => {
    const data = (index: number, sourcePort = 51_000): Buffer =>
      ethernet(ipv4(tcp({ sourcePort, sequence: index, payload: `${index}` })));

    const forms: PcapForm[] = [
      {},
      { bigEndian: true },
      { nanoseconds: true },
      { nanoseconds: true, bigEndian: true },
    ];
    const inForms = forms.map((form, index) => {
      const port = 500 + index;
      const records = [0, 1, 2, 3].map((number) => {
        const whole = data(number, port);
        return pcapRecord(TIME + BigInt(number), whole.subarray(0, 54), whole.length, form);
      });
      const first = pcapRecord(TIME, data(0, port), 55, form);
      return file(`form${index}.pcap`, pcapHeader(1, form), first, ...records);
    });
    it("microseconds and nanoseconds, in both byte orders, cut short", () => {
      for (const name of inForms) {
        const { ours, theirs } = reportsOn(name);
        assert.deepEqual(ours.packets, theirs.packets);
      }
    });

    it("pcapng of several sections, interfaces, byte orders and clocks", async () => {
      const blocks: Buffer[] = [];
      let number = 0;
      for (const bigEndian of [false, true, false]) {
        const writer = new PcapngWriter(bigEndian);
        blocks.push(
          writer.section(),
          writer.interface(1),
          writer.interface(1, { resolution: 9, offset: 1_000_000n }),
          writer.interface(1, { resolution: 0x8a, offset: -1n }),
          writer.interface(1, { resolution: 3 }),
          writer.block(4, Buffer.alloc(20)), // Names.
        );
        const times = [TIME / 1000n, TIME, TIME >> 20n, TIME / 1_000_000n];
        for (const [index, time] of times.entries()) {
          number += 2;
          blocks.push(
            writer.enhanced(index, time, data(number)),
            writer.obsolete(index, time, data(number + 1)),
          );
        }
        blocks.push(
          writer.block(0x0bad, Buffer.alloc(8)),
          writer.block(5, Buffer.alloc(12)),
          writer.simple(data(0)),
        );
      }
      const path = oracle.file("sections.pcapng", ...blocks);
      const { packets } = oracle.report(path, 0);
      // tshark shows custom blocks as packets without anything in them; we count them, and pass over them.
      assert.deepEqual(
        (await load(path)).packets,
        packets.filter(({ stream }) => stream !== undefined),
      );
    });

    it("files cut at every byte", async () => {
      const writer = new PcapngWriter();
      const texts = ["one", "", "three"].map((text) => Buffer.from(text));
      const files = [
        [pcapHeader(1), ...texts.map((text) => pcapRecord(TIME, text))],
        [pcapHeader(1, { nanoseconds: true }), ...texts.map((text) => pcapRecord(TIME, text))],
        [writer.section(), writer.interface(1), ...texts.map((text) => writer.enhanced(0, TIME, text))],
      ].map((parts) => Buffer.concat(parts));
      const paths = files.flatMap((file, index) =>
        // To capinfos, what is shorter than the header of a section is a file of any other kind.
        Array.from(file, (_, length) =>
          oracle.file(`cut-${index}-${length}`, file.subarray(0, length)),
        ).slice(28),
      );
      // capinfos reads with the same code, and takes many files at once. It has no line for those it cannot open.
      const { output, complaints } = runTool("capinfos", ["-c", "-M", "-T", "-r", ...paths]);
      const counts = new Map(output.split("\n").map((line) => line.split("\t") as [string, string]));
      for (const path of paths) {
        const ours = await load(path);
        const known = counts.get(path);
        const after = new RegExp(`after reading (\\d+) packets from "${path}"`).exec(complaints)?.[1];
        assert.equal(ours.packets.length, Number(after ?? known ?? 0), path);
        // It overlooks a cut behind the first 4 bytes of a record; we do not. What it sees, we see.
        if (known === undefined || after !== undefined) assert.isDefined(ours.damage, path);
      }
    });
  });

  describe("streams", () => {
    const records: Buffer[] = [];
    let expected = 0;
    let port = 3000;

    function add(ip: Buffer, captured = ip.length): void {
      const frame = ethernet(ip);
      const time = TIME + BigInt(records.length) * 1000n;
      records.push(pcapRecord(time, frame.subarray(0, frame.length - ip.length + captured), frame.length));
    }

    /** A connection of its own; its packets are in the file behind those of the one before. */
    function connect(fields: { a?: number; b?: number } = {}, version = 4): TestConnection {
      port += 1;
      expected += 1;
      return again(fields, version);
    }

    function again(fields: { a?: number; b?: number } = {}, version = 4): TestConnection {
      return new TestConnection((from, segment) => add(wrap(version, from, segment)), {
        ...fields,
        portA: port,
      });
    }

    const segments = withSegments();
    function withSegments() {
      connect().handshake().data("a", "hello").data("b", "world").finish();
      connect({}, 6).handshake().data("a", "hello").data("b", "world").finish();
      // Retransmissions, keep-alives, overlaps.
      connect().handshake().data("a", "hello").at("a", -5, "hello").at("a", -3, "LLO, you").data("b", "yes");
      connect()
        .handshake()
        .data("a", "hello")
        .at("a", -1, "\0")
        .at("a", -1, "")
        .acknowledge("b")
        .data("a", "world");
      connect()
        .handshake()
        .at("a", 6, "three")
        .at("a", 3, "two")
        .at("a", 3, "two")
        .at("a", 0, "one")
        .acknowledge("b");
      // Overlaps that contradict each other: with data in order, with a later start, with the same start.
      connect().handshake().at("a", 2, "cdef").at("a", 0, "ABCD").acknowledge("b");
      connect().handshake().at("a", 7, "cccccc").at("a", 4, "BBBBB").at("a", 0, "aaaa").acknowledge("b");
      connect().handshake().at("a", 4, "bbbb").at("a", 4, "BBBBBB").at("a", 0, "aaaa").acknowledge("b");
      // Losses.
      connect()
        .handshake()
        .data("a", "one")
        .lose("a", 7)
        .data("a", "two")
        .acknowledge("b")
        .data("a", "three");
      connect()
        .handshake()
        .lose("a", 7)
        .data("a", "one")
        .data("b", "two")
        .lose("b", 1)
        .data("b", "three")
        .acknowledge("a");
      connect().handshake().data("a", "one").lose("a", 7).acknowledge("b").finish();
      // Without the beginning.
      connect().data("a", "hello").data("b", "world").at("a", -10, "before").data("a", "after");
      connect().acknowledge("a").lose("a", 7).data("a", "two").acknowledge("b").data("a", "three");
      // Wrap-around.
      for (let distance = 0; distance < 8; distance += 1) {
        const it = connect({ a: 2 ** 32 - distance, b: 2 ** 32 - 2 }).handshake();
        it.data("a", "012")
          .data("b", "xyz")
          .at("a", 3, "678")
          .at("a", 0, "345")
          .at("a", -2, "45678")
          .acknowledge("b");
      }
      // Data with flags.
      connect()
        .at("a", 0, "early", SYN)
        .lose("a", 6)
        .at("b", 0, "", SYN | ACK)
        .lose("b", 1)
        .data("a", "more");
      connect()
        .handshake()
        .data("a", "hello")
        .at("a", 0, "reason", RST | ACK);
      connect()
        .handshake()
        .at("b", 10, "", SYN | ACK)
        .at("b", 11, "data")
        .at("a", 0, "last", PSH | ACK | 1);
      // Ports used again, by either side; and not.
      connect().handshake().data("a", "first").finish();
      again().handshake().data("a", "the same").data("b", "yes");
      connect().handshake().data("a", "first").finish();
      expected += 2;
      again({ a: 99, b: 77 }).handshake().data("a", "second").data("b", "yes").finish();
      const third = again({ a: 50, b: 60 });
      third
        .at("b", 0, "", SYN)
        .lose("b", 1)
        .at("a", 0, "", SYN | ACK)
        .lose("a", 1)
        .data("b", "third")
        .data("a", "yes");
      connect({ a: 5000 }).data("a", "hello");
      expected += 1;
      again().handshake().data("a", "again");
      connect()
        .lose("a", 1)
        .at("b", 0, "", SYN | ACK)
        .lose("b", 1)
        .at("a", -1, "", SYN)
        .data("a", "after its answer");
      // Lengths.
      const segment = (payload: string): Buffer => {
        port += 1;
        expected += 1;
        return tcp({ sourcePort: port, payload });
      };
      add(Buffer.concat([ipv4(segment("padded")), Buffer.from("PADDING")]));
      add(Buffer.concat([ipv6(segment("padded")), Buffer.from("PADDING")]));
      add(ipv4(segment("options"), { options: Buffer.alloc(12, 1) }));
      add(ipv4(segment("offload"), { totalLength: 0 }));

      return { name: file("streams.pcap", pcapHeader(1), ...records.splice(0)), expected };
    }
    it("with all that can happen to segments", () => {
      assert.lengthOf(compare(reportsOn(segments.name)), segments.expected);
    });

    const fragmented = withFragments();
    function withFragments() {
      const text = "0123456789abcdefghijklmnopqrstuvwxyz";
      expected = 0;
      let identification = 0;

      /** Parts of a segment of its own as fragments, in this order, each with its own start and end. */
      function fragments(
        version: number,
        parts: readonly (readonly [start: number, end: number])[],
        inner = 6,
      ): void {
        port += 1;
        identification += 1;
        const segment = tcp({ sourcePort: port, payload: text });
        const whole = inner === 6 ? segment : Buffer.concat([paddingHeader(6), segment]);
        for (const [start, end] of parts) {
          const more = end < whole.length;
          const part = whole.subarray(start, end);
          if (version === 4) add(ipv4(part, { offset: start, more, identification }));
          else
            add(
              ipv6(Buffer.concat([fragmentHeader(inner, identification, start, more), part]), {
                nextHeader: 44,
              }),
            );
        }
      }

      for (const version of [4, 6]) {
        fragments(version, [
          [0, 16],
          [16, 32],
          [32, 56],
        ]);
        fragments(version, [
          [32, 56],
          [16, 32],
          [0, 16],
        ]);
        fragments(version, [
          [16, 32],
          [0, 16],
          [0, 16],
          [32, 56],
        ]);
        fragments(version, [
          [0, 24],
          [16, 40],
          [32, 56],
        ]);
        expected += 4;
        fragments(version, [
          [0, 16],
          [32, 56],
        ]); // Never whole.
      }
      fragments(
        6,
        [
          [0, 24],
          [24, 64],
        ],
        60,
      );
      fragments(6, [[0, 56]]);
      expected += 2;
      for (const header of [0, 43, 60]) {
        port += 1;
        expected += 1;
        const inner = Buffer.concat([
          paddingHeader(60),
          paddingHeader(6),
          tcp({ sourcePort: port, payload: text }),
        ]);
        add(ipv6(inner, { nextHeader: header }));
      }
      return { name: file("fragments.pcap", pcapHeader(1), ...records.splice(0)), expected };
    }
    const tunnelled = inTunnels();
    function inTunnels() {
      expected = 0;
      for (const outer of [4, 6]) {
        for (const inner of [4, 6]) {
          port += 1;
          expected += 1;
          const send = (from: "a" | "b", segment: Buffer): void => {
            const ip = wrap(inner, from, segment);
            const protocol = inner === 4 ? 4 : 41;
            add(outer === 4 ? ipv4(ip, { protocol }) : ipv6(ip, { nextHeader: protocol }));
          };
          new TestConnection(send, { portA: port }).handshake().data("a", "hello").data("b", "yes").finish();
        }
      }
      return { name: file("tunnels.pcap", pcapHeader(1), ...records.splice(0)), expected };
    }
    it("from IP in IP", () => {
      assert.lengthOf(compare(reportsOn(tunnelled.name)), tunnelled.expected);
    });

    it("from fragments and extension headers", () => {
      assert.lengthOf(compare(reportsOn(fragmented.name)), fragmented.expected);
    });

    it("of 150 random conversations with loss, reordering, repetition and overlap", async () => {
      const random = generator(3);
      const packets: { place: number; ip: Buffer }[] = [];
      for (let index = 0; index < 150; index += 1) {
        port += 1;
        packets.push(...randomConversation(random, port, index % 2 === 0 ? 4 : 6));
      }
      packets.sort((left, right) => left.place - right.place);
      for (const { ip } of packets) add(ip);
      // A run of its own: following so many streams takes longer, the more packets there are.
      const path = oracle.file("random.pcap", pcapHeader(1), ...records.splice(0));
      const streams = compare({ ours: await load(path), theirs: oracle.report(path, 150) });
      assert.lengthOf(streams, 150);
      const gaps = streams
        .flatMap(({ fromA, fromB }) => [...fromA, ...fromB])
        .filter(({ kind }) => kind === "gap");
      assert.isAtLeast(gaps.length, 50);
    });

    const decidedOtherwise = whereWeDecidedOtherwise();
    function whereWeDecidedOtherwise(): string {
      // What waits at the end of the capture, and nobody acknowledged, tshark drops. It was captured, so we show it.
      again().handshake().data("a", "one").lose("a", 7).data("a", "two");
      // What the capture cut short tshark passes over in silence; and what was cut to its headers it takes for no data at
      // all, and then waits for it. To us both are gaps.
      port += 1;
      again().handshake();
      const segment = (sequence: number, payload: string): Buffer =>
        ipv4(tcp({ sourcePort: port, sequence, acknowledgement: 5001, payload }));
      add(segment(1001, "hello, world"), 45);
      add(segment(1013, "then"));
      add(segment(1017, "headers"), 40);
      add(segment(1024, "end"));
      // IPv6 packets that the network card has still to cut have a length of 0, as those of IPv4 do. (To tshark there is
      // no such stream: so this file is the last one, and no later stream has another number than ours.)
      port += 1;
      add(ipv6(tcp({ sourcePort: port, payload: "offload" }), { payloadLength: 0 }));

      return file("otherwise.pcap", pcapHeader(1), ...records.splice(0));
    }
    it("where we decided otherwise", () => {
      const both = reportsOn(decidedOtherwise);
      const ours = both.ours.streams.map(({ fromA }) => plain(fromA).map(String));
      const theirs = both.theirs.streams.map(({ fromA }) => theirPlain(fromA).map(String));
      assert.deepEqual(ours, [["one", "7", "two"], ["hello", "7", "then", "7", "end"], ["offload"]]);
      assert.deepEqual(theirs, [["one"], ["hellothen"], []]);
    });
  });
});

type Loaded = Awaited<ReturnType<typeof load>>;

/** What we say of a capture, as tshark's report has it. */
async function load(path: string) {
  const decoder = new Decoder();
  const follower = new Follower();
  const decoded: { packet: Packet; segment: Segment | undefined }[] = [];
  let damage: CaptureError | undefined;
  const onDamage = (error: CaptureError): void => {
    damage = error;
  };
  for await (const packet of readCapture(path, { onDamage })) {
    const segment = decoder.decode(packet);
    if (segment !== undefined) follower.add(segment);
    decoded.push({ packet, segment });
  }
  const streams = follower.finish();
  const packets = decoded.map(({ packet, segment }) => ({
    number: packet.number,
    time: packet.time,
    capturedLength: packet.data.length,
    originalLength: packet.originalLength,
    stream: segment === undefined ? undefined : streamOf(segment, streams),
    sourcePort: segment?.source.port ?? 0,
    sequence: segment?.sequence ?? 0,
    payloadLength: segment?.payloadLength ?? 0,
  }));
  return { path, packets, streams, damage };
}

/** The index of the newest stream that has these ends and had begun. */
function streamOf({ packet, source, destination }: Segment, streams: readonly Stream[]): number | undefined {
  const ends = [endpoint(source), endpoint(destination)].sort().join();
  return streams.findLast(
    ({ a, b, firstPacket }) => firstPacket <= packet && [endpoint(a), endpoint(b)].sort().join() === ends,
  )?.index;
}

/** A direction without where one piece ends and the next begins: bytes as text, and how many are missing. */
function plain(pieces: Iterable<Piece>): (string | number)[] {
  return joined(
    Array.from(pieces, (piece) => (piece.kind === "gap" ? piece.length : piece.bytes.toString("latin1"))),
  );
}

function theirPlain(pieces: readonly TsharkPiece[]): (string | number)[] {
  return joined(pieces.map((piece) => (Buffer.isBuffer(piece) ? piece.toString("latin1") : piece.missing)));
}

function joined(pieces: readonly (string | number)[]): (string | number)[] {
  const result: (string | number)[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (typeof last === "string" && typeof piece === "string") result[result.length - 1] = last + piece;
    else result.push(piece);
  }
  return result;
}

function wrap(version: number, from: "a" | "b", segment: Buffer): Buffer {
  if (version === 4)
    return ipv4(segment, from === "a" ? {} : { source: "10.0.0.2", destination: "10.0.0.1" });
  const a = "20010db8000000000000000000000001";
  const b = "20010db8000000000000000000000002";
  return ipv6(segment, from === "a" ? { source: a, destination: b } : { source: b, destination: a });
}

/** The same numbers in every run: from 0 to before `end`. (A linear congruential generator.) */
function generator(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** The packets of a conversation as somebody captured them who missed some and mixed others up, each with its place. */
function randomConversation(random: (end: number) => number, portA: number, version: number) {
  const sent = { a: Buffer.from(randomBytes(random)), b: Buffer.from(randomBytes(random)) };
  const initial = {
    a: random(2) === 0 ? 2 ** 32 - 1 - random(400) : random(2 ** 32),
    b: random(2 ** 32),
  };
  const done = { a: 0, b: 0 };
  const packets: { place: number; ip: Buffer }[] = [];
  let place = random(1000);
  const send = (
    from: "a" | "b",
    flags: number,
    start: number,
    end: number,
    delay: number,
    isSyn = false,
  ): void => {
    const to = from === "a" ? "b" : "a";
    const segment = tcp({
      sourcePort: from === "a" ? portA : 10_000,
      destinationPort: from === "a" ? 10_000 : portA,
      sequence: initial[from] + (isSyn ? 0 : 1 + start),
      acknowledgement: flags === SYN ? 0 : initial[to] + 1 + done[to],
      flags,
      payload: sent[from].subarray(start, end),
    });
    place += 1;
    packets.push({ place: place + delay, ip: wrap(version, from, segment) });
  };
  send("a", SYN, 0, 0, 0, true);
  send("b", SYN | ACK, 0, 0, 0, true);
  while (done.a < sent.a.length || done.b < sent.b.length) {
    const from = random(2) === 0 ? "a" : "b";
    const length = 1 + random(120);
    const start = Math.max(0, done[from] - (random(8) === 0 ? random(200) : 0));
    const end = Math.min(sent[from].length, done[from] + length);
    if (end === done[from]) continue;
    const delay = random(6) === 0 ? random(12) : 0;
    // Missed by whoever captured.
    if (random(12) > 0) send(from, PSH | ACK, start, end, delay);
    // Sent again later, perhaps with more.
    if (random(10) === 0) send(from, PSH | ACK, Math.max(0, start - random(50)), end, 5 + random(20));
    done[from] = end;
  }
  // At the end both acknowledge everything, so that nothing waits.
  place += 40;
  send("a", ACK, done.a, done.a, 0);
  send("b", ACK, done.b, done.b, 0);
  return packets;
}

function randomBytes(random: (end: number) => number): number[] {
  return Array.from({ length: random(3000) }, () => random(256));
}
