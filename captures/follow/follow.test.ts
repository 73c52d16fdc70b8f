import { assert } from "chai";
import fc from "fast-check";
import type { Piece, Stream } from "../read/packet.ts";
import { ACK, ipv4, PSH, RST, SYN, TestConnection, tcp } from "../testing/packets.ts";
import { Decoder } from "./decode.ts";
import { Follower } from "./follow.ts";

const RAW_IP = 101;

/** Builds segments with connections, follows them, and returns the streams. */
function follow(
  build: (connect: Connect, add: (ip: Buffer, originalLength?: number) => void) => void,
): Stream[] {
  const decoder = new Decoder();
  const follower = new Follower();
  let number = 0;
  const add = (data: Buffer, originalLength = data.length): void => {
    number += 1;
    const time = BigInt(number) * 1000n;
    const segment = decoder.decode({ number, time, linkType: RAW_IP, data, originalLength });
    if (segment !== undefined) follower.add(segment);
  };
  build((fields) => new TestConnection((from, segment) => add(fromSide(from, segment)), fields), add);
  return follower.finish();
}

type Connect = (fields?: { a?: number; b?: number; portA?: number }) => TestConnection;

function fromSide(from: "a" | "b", segment: Buffer): Buffer {
  const back = { source: "10.0.0.2", destination: "10.0.0.1" };
  return ipv4(segment, from === "a" ? {} : back);
}

/** A direction as text, with `|` between pieces. A gap is shown as its position and length: `<10+5>`. */
function text(pieces: Iterable<Piece> | undefined): string {
  if (pieces === undefined) return "no stream";
  const texts = Array.from(pieces, (piece) =>
    piece.kind === "data" ? piece.bytes.toString("latin1") : `<${piece.position}+${piece.length}>`,
  );
  return texts.join("|");
}

/** The bytes that endpoint a has sent in the only stream. */
function sent(build: (connection: TestConnection) => void, fields = {}): string {
  const streams = follow((connect) => build(connect(fields)));
  assert.lengthOf(streams, 1);
  return text(streams[0]?.fromA);
}

describe("following streams", () => {
  it("gives each stream with its ends, its packets and its times", () => {
    const streams = follow((connect) => {
      const one = connect({ portA: 1 }).handshake();
      const two = connect({ portA: 2 }).handshake();
      one.data("a", "from one");
      two.data("b", "to two");
      one.finish();
    });
    const [first, second] = streams;
    assert.deepEqual(first?.a, { address: "10.0.0.1", port: 1 });
    assert.deepEqual(first?.b, { address: "10.0.0.2", port: 10_000 });
    assert.deepInclude(first, {
      index: 0,
      firstPacket: 1,
      lastPacket: 11,
      firstTime: 1000n,
      lastTime: 11_000n,
    });
    assert.deepInclude(second, { index: 1, firstPacket: 4, lastPacket: 8 });
    assert.deepEqual(Array.from(first?.fromA ?? []), [
      { kind: "data", bytes: Buffer.from("from one"), packet: 7, time: 7000n },
    ]);
    assert.deepEqual(text(second?.fromB), "to two");
  });

  it("drops retransmissions and keep-alives", () => {
    const build = (it: TestConnection): void => {
      it.handshake()
        .data("a", "hello")
        .at("a", -5, "hello")
        .at("a", -3, "llo")
        .at("a", -1, "\0")
        .at("a", -1, "");
      it.data("a", "world");
    };
    assert.equal(sent(build), "hello|world");
  });

  it("puts segments in place that came too early", () => {
    const build = (it: TestConnection): void => {
      it.handshake().at("a", 6, "three").at("a", 3, "two").at("a", 0, "one");
    };
    assert.equal(sent(build), "one|two|three");
  });

  const OVERLAPS: readonly { title: string; build(it: TestConnection): void; says: string }[] = [
    {
      title: "what is in place stays",
      build: (it) => it.data("a", "01234").at("a", -3, "abcdef"),
      says: "01234|def",
    },
    {
      title: "what comes in order counts whole, also over what waits",
      build: (it) => it.at("a", 3, "bbbbbb").at("a", 0, "AAAAA"),
      says: "AAAAA|bbbb",
    },
    {
      title: "what repeats something and goes on in order counts whole as well",
      build: (it) => it.data("a", "01").at("a", 2, "4567").at("a", -1, "1cdef"),
      says: "01|cdef|67",
    },
    {
      title: "of what waits, the lower start wins",
      build: (it) => it.at("a", 7, "cccccc").at("a", 4, "BBBBB").at("a", 0, "aaaa"),
      says: "aaaa|BBBBB|cccc",
    },
    {
      title: "of what waits, the lower start wins also if it came first",
      build: (it) => it.at("a", 4, "BBBBB").at("a", 7, "cccccc").at("a", 0, "aaaa"),
      says: "aaaa|BBBBB|cccc",
    },
    {
      title: "with the same start, the first stays",
      build: (it) => it.at("a", 4, "bbbb").at("a", 4, "BBBBBB").at("a", 0, "aaaa"),
      says: "aaaa|bbbb|BB",
    },
    {
      title: "what lies in the middle of another that waits adds nothing",
      build: (it) => it.at("a", 2, "cdefghij").at("a", 4, "4567").at("a", 0, "xy"),
      says: "xy|cdefghij",
    },
    {
      title: "what waits and covers several others replaces them",
      build: (it) => it.at("a", 3, "3").at("a", 5, "5").at("a", 2, "cdefg").at("a", 0, "ab"),
      says: "ab|cdefg",
    },
    {
      title: "three that wait, in the order of their starts",
      build: (it) =>
        it.at("a", 9, "cccccc").at("a", 5, "BBBBBB").at("a", 7, "EEEEEEEEEEEE").at("a", 0, "aaaaa"),
      says: "aaaaa|BBBBBB|EEEEEEEE",
    },
  ];
  for (const { title, build, says } of OVERLAPS) {
    it(`where segments overlap: ${title}`, () => {
      assert.equal(
        sent((it) => build(it.handshake())),
        says,
      );
    });
  }

  it("counts sequence numbers modulo 2^32", () => {
    const build = (it: TestConnection): void => {
      it.handshake().data("a", "0123").at("a", 4, "89").at("a", 0, "4567").at("a", -2, "67").at("a", 6, "ab");
    };
    for (let distance = 0; distance < 16; distance += 1) {
      assert.equal(sent(build, { a: 2 ** 32 - distance, b: 2 ** 32 - 1 }), "0123|4567|89|ab");
    }
  });

  it("takes what the other side acknowledges, but nobody captured, for a gap", () => {
    const build = (it: TestConnection): void => {
      it.handshake().data("a", "one").lose("a", 7).data("a", "two").acknowledge("b").data("a", "three");
    };
    assert.equal(sent(build), "one|<3+7>|two|three");
    const late = (it: TestConnection): void => {
      build(it);
      it.at("a", -15, "1234567"); // This comes too late: the gap is already known.
    };
    assert.equal(sent(late), "one|<3+7>|two|three");
  });

  it("waits for what nobody acknowledged", () => {
    const build = (it: TestConnection): void => {
      it.handshake().data("a", "one").at("a", 3, "three").acknowledge("b").data("a", "two");
    };
    assert.equal(sent(build), "one|two|three");
  });

  it("at the end, puts what still waits behind gaps", () => {
    const build = (it: TestConnection): void => {
      it.handshake().data("a", "one").lose("a", 7).data("a", "two").lose("a", 1).data("a", "three");
    };
    assert.equal(sent(build), "one|<3+7>|two|<13+1>|three");
  });

  it("says what packets that were cut short lack, consecutive gaps as one", () => {
    const streams = follow((connect, add) => {
      connect().handshake();
      const segment = (sequence: number, payload: string): Buffer =>
        ipv4(tcp({ sequence, acknowledgement: 5001, payload }));
      add(segment(1001, "hello, world").subarray(0, 45), 52);
      add(segment(1013, "headers only").subarray(0, 40), 52);
      add(segment(1025, "whole"));
      add(segment(1037, "early").subarray(0, 43), 45);
      add(segment(1030, "between"));
    });
    assert.equal(text(streams[0]?.fromA), "hello|<5+19>|whole|between|ear|<39+2>");
  });

  it("begins with the first segment if the beginning was not captured", () => {
    const build = (it: TestConnection): void => {
      it.data("a", "hello").at("a", -10, "before").data("a", "world");
    };
    assert.equal(sent(build), "hello|world");
    assert.equal(
      sent((it) => it.acknowledge("a").lose("a", 3).data("a", "hello").acknowledge("b")),
      "<0+3>|hello",
    );
  });

  it("takes data with SYN, FIN and RST", () => {
    const build = (it: TestConnection): void => {
      it.at("a", 0, "early", SYN)
        .lose("a", 6)
        .at("b", 0, "", SYN | ACK)
        .lose("b", 1);
      it.at("a", 0, "last", PSH | ACK | 1).at("a", 4, "why", RST | ACK);
    };
    assert.equal(sent(build), "early|last|why");
  });

  it("takes ports used again, by a SYN with another sequence number, for a new stream", () => {
    const streams = follow((connect) => {
      connect({ a: 1000 }).handshake().data("a", "first").finish();
      connect({ a: 99 }).handshake().at("a", -1, "", SYN).data("a", "second");
    });
    assert.deepEqual(
      streams.map(({ fromA }) => text(fromA)),
      ["first", "second"],
    );
  });

  it("knows a connection that the other side opens anew", () => {
    const streams = follow((connect) => {
      connect().handshake().data("a", "first");
      const again = connect({ a: 99, b: 77 });
      again
        .at("b", 0, "", SYN)
        .lose("b", 1)
        .at("a", 0, "", SYN | ACK)
        .lose("a", 1)
        .data("b", "second");
    });
    assert.equal(streams[1]?.a.port, 10_000);
    assert.equal(text(streams[1]?.fromA), "second");
  });

  it("takes the same SYN once more, or an answer before its SYN, for the same stream", () => {
    const streams = follow((connect) => {
      const it = connect();
      it.lose("a", 1)
        .at("b", 0, "", SYN | ACK)
        .lose("b", 1)
        .at("a", -1, "", SYN)
        .at("a", -1, "", SYN);
      it.data("a", "hello").data("b", "world");
    });
    assert.lengthOf(streams, 1);
    assert.equal(text(streams[0]?.fromA), "world");
    assert.equal(text(streams[0]?.fromB), "hello");
  });

  it("holds nothing but the bytes of streams: not the packets they came in", () => {
    const decoder = new Decoder();
    const follower = new Follower();
    for (let number = 0; number < 4096; number += 1) {
      // Each segment holds one new byte, and repeats all others.
      const data = ipv4(tcp({ sequence: number, payload: Buffer.alloc(1000) }));
      const segment = decoder.decode({
        number,
        time: 0n,
        linkType: RAW_IP,
        data,
        originalLength: data.length,
      });
      if (segment !== undefined) follower.add(segment);
    }
    const pieces = Array.from(follower.finish()[0]?.fromA ?? []);
    const memory = new Set(pieces.map((piece) => (piece.kind === "data" ? piece.bytes.buffer : undefined)));
    const held = [...memory].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0);
    assert.equal(joined(pieces).length, 1000 + 4095);
    assert.isAtMost(held, 2 ** 16);
  });

  /** The bytes of a direction from `start` to before `end`. */
  interface Part {
    from: "a" | "b";
    start: number;
    end: number;
  }

  const sequence = fc.oneof(
    fc.nat({ max: 2 ** 32 - 1 }),
    fc.integer({ min: 2 ** 32 - 300, max: 2 ** 32 - 1 }),
  );
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

  /** The bytes of both directions, and segments that hold every byte at least once, in any order. */
  const conversation = fc
    .record({ a: bytes, b: bytes, sequenceA: sequence, sequenceB: sequence })
    .chain((sides) => {
      const parts = (from: "a" | "b") => {
        const { length } = sides[from];
        const cuts = fc.uniqueArray(fc.nat(length), { maxLength: 12 }).map((places) => {
          const sorted = [0, ...places, length].sort((x, y) => x - y);
          return sorted.slice(1).map((end, index): Part => ({ from, start: sorted[index] ?? 0, end }));
        });
        const repeated = fc.array(
          fc.tuple(fc.nat(length), fc.nat(length)).map(([x, y]): Part => {
            return { from, start: Math.min(x, y), end: Math.max(x, y) };
          }),
          { maxLength: 8 },
        );
        return fc.tuple(cuts, repeated).map((both) => both.flat());
      };
      return fc
        .tuple(parts("a"), parts("b"))
        .chain(([fromA, fromB]) => {
          const all = [...fromA, ...fromB];
          return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
        })
        .map((segments) => ({ ...sides, segments }));
    });

  function play(
    sides: { a: Buffer; b: Buffer; sequenceA: number; sequenceB: number },
    segments: readonly Part[],
    change: (bytes: Buffer, index: number) => Buffer = (bytes) => bytes,
  ): Stream | undefined {
    const streams = follow((connect, add) => {
      connect({ a: sides.sequenceA, b: sides.sequenceB }).handshake();
      segments.forEach(({ from, start, end }, index) => {
        // The segments acknowledge nothing but the handshake.
        const [own, other] =
          from === "a"
            ? ([sides.sequenceA, sides.sequenceB] as const)
            : ([sides.sequenceB, sides.sequenceA] as const);
        const [sourcePort, destinationPort] = from === "a" ? [51_000, 10_000] : [10_000, 51_000];
        add(
          fromSide(
            from,
            tcp({
              sourcePort,
              destinationPort,
              sequence: own + 1 + start,
              acknowledgement: other + 1,
              payload: change(sides[from].subarray(start, end), index),
            }),
          ),
        );
      });
    });
    assert.isAtMost(streams.length, 1);
    return streams[0];
  }

  it("any conversation cut into any segments, reordered and repeated, follows to the same bytes", () => {
    fc.assert(
      fc.property(conversation, (sides) => {
        const stream = play(sides, sides.segments);
        assert.deepEqual(joined(stream?.fromA), sides.a);
        assert.deepEqual(joined(stream?.fromB), sides.b);
      }),
      { numRuns: 1000 },
    );
  });

  it("of segments that contradict each other, each byte is that of the rule", () => {
    fc.assert(
      fc.property(conversation, (sides) => {
        const stream = play(sides, sides.segments, (part, index) => Buffer.alloc(part.length, index));
        for (const [from, pieces] of [
          ["a", stream?.fromA],
          ["b", stream?.fromB],
        ] as const) {
          const segments = sides.segments
            .map((segment, value) => ({ ...segment, value }))
            .filter((segment) => segment.from === from);
          assert.deepEqual([...joined(pieces)], receivedBy(segments));
        }
      }),
      { numRuns: 1000 },
    );
  });

  /** What a program reads that has a slow but plain receiver: it looks through all that waits after each segment. */
  function receivedBy(segments: readonly { start: number; end: number; value: number }[]): number[] {
    const received: number[] = [];
    const waiting: { start: number; end: number; value: number }[] = [];
    for (const segment of segments) {
      const isInOrder = segment.start <= received.length;
      // The sort is stable, so with the same start the first one stays in front.
      waiting.push(segment);
      waiting.sort((left, right) => left.start - right.start);
      if (!isInOrder) continue;
      while (received.length < segment.end) received.push(segment.value);
      for (const { start, end, value } of waiting) {
        while (start <= received.length && received.length < end) received.push(value);
      }
    }
    return received;
  }

  it("of a conversation with losses, every byte is in place or in a gap", () => {
    fc.assert(
      fc.property(conversation, fc.array(fc.boolean()), (sides, losses) => {
        const kept = sides.segments.filter((_, index) => !losses[index]);
        const stream = play(sides, kept);
        for (const [from, pieces] of [
          ["a", stream?.fromA ?? []],
          ["b", stream?.fromB ?? []],
        ] as const) {
          let position = 0;
          for (const piece of pieces) {
            if (piece.kind === "gap") {
              assert.equal(piece.position, position);
              position += piece.length;
            } else {
              assert.deepEqual(piece.bytes, sides[from].subarray(position, position + piece.bytes.length));
              position += piece.bytes.length;
            }
          }
          const captured = new Set(
            kept
              .filter((part) => part.from === from)
              .flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index)),
          );
          const inPlace = Array.from(pieces).reduce(
            (sum, piece) => sum + (piece.kind === "data" ? piece.bytes.length : 0),
            0,
          );
          assert.equal(inPlace, captured.size);
        }
      }),
      { numRuns: 1000 },
    );
  });

  function joined(pieces: Iterable<Piece> = []): Buffer {
    return Buffer.concat(
      Array.from(pieces, (piece) => {
        assert.equal(piece.kind, "data");
        return piece.kind === "data" ? piece.bytes : Buffer.alloc(0);
      }),
    );
  }
});
