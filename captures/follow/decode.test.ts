import { assert } from "chai";
import fc from "fast-check";
import type { Packet, Segment } from "../read/packet.ts";
import {
  ACK,
  ethernet,
  FIN,
  fragmentHeader,
  ipv4,
  ipv6,
  isIpv6,
  LINK_LAYERS,
  paddingHeader,
  RST,
  SYN,
  tcp,
  udp,
} from "../testing/packets.ts";
import { Decoder } from "./decode.ts";

const RAW_IP = 101;
const SECOND = 1_000_000_000n;

function packet(data: Buffer, fields: Partial<Packet> = {}): Packet {
  return { number: 1, time: 0n, linkType: RAW_IP, data, originalLength: data.length, ...fields };
}

/** Decodes these packets with a new decoder, in order. */
function decode(...packets: readonly Packet[]): (Segment | undefined)[] {
  const decoder = new Decoder();
  return packets.map((one) => decoder.decode(one));
}

/** Decodes raw IP packets that hold one segment. Returns its payload, and the index of the packet that completed it. */
function payloadOf(...packets: readonly Buffer[]): { text: string; index: number } | undefined {
  const segments = decode(...packets.map((data) => packet(data)));
  const index = segments.findIndex((segment) => segment !== undefined);
  const text = segments[index]?.payload.toString();
  assert.isAtMost(segments.filter((segment) => segment !== undefined).length, 1);
  return text === undefined ? undefined : { text, index };
}

describe("decoding packets", () => {
  it("gives all of a segment that streams are made of", () => {
    const segment = tcp({
      sequence: 2 ** 32 - 1,
      acknowledgement: 2 ** 31,
      flags: SYN | ACK,
      payload: "hello",
    });
    const [decoded] = decode(packet(ipv4(segment), { number: 7, time: 8n }));
    assert.deepEqual(decoded, {
      packet: 7,
      time: 8n,
      source: { address: "10.0.0.1", port: 51_000 },
      destination: { address: "10.0.0.2", port: 10_000 },
      sequence: 2 ** 32 - 1,
      acknowledgement: 2 ** 31,
      syn: true,
      ack: true,
      fin: false,
      rst: false,
      payload: Buffer.from("hello"),
      payloadLength: 5,
    });
    const [other] = decode(packet(ipv6(tcp({ flags: FIN | RST, options: Buffer.alloc(12, 1) }))));
    assert.deepInclude(other, { syn: false, ack: false, fin: true, rst: true, payloadLength: 0 });
    assert.equal(other?.source.address, "2001:db8::1");
  });

  for (const { linkType, name, frame } of LINK_LAYERS) {
    it(`finds IP in ${name} (${linkType})`, () => {
      const segment = tcp({ payload: "hello" });
      for (const ip of [ipv4(segment), ipv6(segment)]) {
        const possible = linkType === 228 ? !isIpv6(ip) : linkType === 229 ? isIpv6(ip) : true;
        const [decoded] = decode(packet(frame(ip), { linkType }));
        assert.equal(decoded?.payload.toString(), possible ? "hello" : undefined);
      }
    });
  }

  it("cut at any byte, gives what is left of the data, or nothing", () => {
    for (const { linkType, frame } of LINK_LAYERS) {
      for (const ip of [ipv4(tcp({ payload: "hello" })), ipv6(tcp({ payload: "hello" }))]) {
        const whole = frame(ip);
        const start = whole.indexOf("hello");
        for (let length = 0; length < whole.length; length += 1) {
          const data = whole.subarray(0, length);
          const [decoded] = decode(packet(data, { linkType, originalLength: whole.length }));
          if (decoded === undefined) continue;
          assert.equal(decoded.payload.toString(), "hello".slice(0, Math.max(0, length - start)));
          assert.equal(decoded.payloadLength, 5);
        }
      }
    }
  });

  it("knows IPv6 by the families of all systems", () => {
    for (const family of [10, 23, 24, 28, 30]) {
      const data = Buffer.concat([Buffer.from([family, 0, 0, 0]), ipv6(tcp({}))]);
      assert.isDefined(decode(packet(data, { linkType: 0 }))[0], String(family));
    }
  });

  it("finds IP in PPP as pppd writes it (166)", () => {
    const data = Buffer.concat([Buffer.from("01030021", "hex"), ipv4(tcp({ payload: "hello" }))]);
    assert.equal(decode(packet(data, { linkType: 166 }))[0]?.payload.toString(), "hello");
  });

  it("finds IP behind the LLC of IP", () => {
    const ip = ipv4(tcp({ payload: "hello" }));
    const data = Buffer.concat([Buffer.alloc(12), Buffer.from([0, ip.length + 3, 6, 6, 3]), ip]);
    assert.equal(decode(packet(data, { linkType: 1 }))[0]?.payload.toString(), "hello");
  });

  describe("IP in IP", () => {
    const segment = tcp({ payload: "hello" });
    const in4 = (ip: Buffer): Buffer => ipv4(ip, { protocol: isIpv6(ip) ? 41 : 4, source: "10.9.9.9" });
    const in6 = (ip: Buffer): Buffer => ipv6(ip, { nextHeader: isIpv6(ip) ? 41 : 4 });

    it("of both versions, in each other, and more than once", () => {
      for (const inner of [ipv4(segment), ipv6(segment)]) {
        for (const outer of [in4(inner), in6(inner), in4(in6(in4(inner))), in6(in6(inner))]) {
          const [decoded] = decode(packet(outer));
          assert.equal(decoded?.payload.toString(), "hello");
          // The ends are those of the inner packet.
          assert.equal(decoded?.source.address, isIpv6(inner) ? "2001:db8::1" : "10.0.0.1");
        }
      }
    });

    it("ends where the outer packet ends", () => {
      const inner = ipv4(segment, { totalLength: 0 });
      const data = Buffer.concat([ethernet(in4(inner)), Buffer.from("padding")]);
      assert.equal(decode(packet(data, { linkType: 1 }))[0]?.payload.toString(), "hello");
    });

    it("does not go on in what stands behind the outer packet", () => {
      const inner = ipv6(segment);
      const decoder = new Decoder();
      const data = Buffer.concat([ethernet(in4(inner).subarray(0, 50)), inner.subarray(30)]);
      data.writeUInt16BE(50, 14 + 2);
      assert.isUndefined(decoder.decode(packet(data, { linkType: 1 })));
      assert.deepEqual(
        [...decoder.notUnderstood.keys()],
        ["link type 1 (Ethernet): IP with a broken or cut header"],
      );
    });

    it("cut short has its length on the wire", () => {
      const whole = in6(ipv4(segment));
      const [decoded] = decode(packet(whole.subarray(0, -3), { originalLength: whole.length }));
      assert.deepInclude(decoded, { payload: Buffer.from("he"), payloadLength: 5 });
    });

    it("may be in fragments, outside and inside", () => {
      const inside = [
        ipv4(segment.subarray(0, 16), { more: true, identification: 3 }),
        ipv4(segment.subarray(16), { offset: 16, identification: 3 }),
      ];
      const outside = inside.flatMap((ip, identification) => [
        ipv4(ip.subarray(0, 24), { protocol: 4, more: true, identification }),
        ipv4(ip.subarray(24), { protocol: 4, offset: 24, identification }),
      ]);
      assert.deepEqual(payloadOf(...outside), { text: "hello", index: 3 });
    });

    it("in thousands of layers neither overflows nor hangs", () => {
      const layer = Buffer.from("4500000000000000400400000a0000010a000002", "hex");
      const data = Buffer.concat([Buffer.alloc(20 * 13_000, layer), ipv4(segment)]);
      assert.equal(decode(packet(data))[0]?.payload.toString(), "hello");
    });
  });

  describe("what is not understood", () => {
    const segment = tcp({ payload: "hello" });

    function named(...packets: readonly Packet[]): Record<string, number> {
      const decoder = new Decoder();
      for (const one of packets) decoder.decode(one);
      return Object.fromEntries(decoder.notUnderstood);
    }

    function frame(hex: string, ...behind: readonly Buffer[]): Packet {
      return packet(Buffer.concat([Buffer.alloc(12), Buffer.from(hex, "hex"), ...behind]), { linkType: 1 });
    }

    it("is counted by its link type", () => {
      const wifi = packet(ipv4(segment), { linkType: 105 });
      const unknown = packet(ipv4(segment), { linkType: 147 });
      assert.deepEqual(named(wifi, unknown, wifi), {
        "link type 105 (Wi-Fi, IEEE 802.11)": 2,
        "link type 147": 1,
      });
    });

    for (const { what, one } of [
      { what: "link type 1 (Ethernet): EtherType 0x9999", one: frame("9999", segment) },
      { what: "link type 1 (Ethernet): EtherType 0x9999", one: frame("810000059999", segment) },
      // No length is so high, and no EtherType so low.
      { what: "link type 1 (Ethernet): EtherType 0x05dd", one: frame("05dd0606030000", segment) },
      { what: "link type 1 (Ethernet): SNAP 0x000000 0x0026", one: frame("0026aaaa030000000026", segment) },
      { what: "link type 1 (Ethernet): LLC 0x42", one: frame("0026424203", segment) },
      { what: "link type 1 (Ethernet): SNAP 0x00000c 0x2000", one: frame("0026aaaa0300000c2000", segment) },
      { what: "link type 1 (Ethernet): MPLS without IP", one: frame("884700011140", Buffer.alloc(40)) },
      { what: "link type 1 (Ethernet): PPP protocol 0x003d", one: frame("8864110000010020003d", segment) },
      { what: "link type 1 (Ethernet): cut short", one: frame("08") },
      { what: "link type 1 (Ethernet): IP with a broken or cut header", one: frame("0800", segment) },
      {
        what: "link type 101 (raw IP): TCP with a broken or cut header",
        one: packet(ipv4(segment.subarray(0, 10))),
      },
      {
        what: "link type 101 (raw IP): UDP with a broken or cut header",
        one: packet(ipv4(udp().subarray(0, 7), { protocol: 17 })),
      },
      { what: "link type 101 (raw IP): not IP", one: packet(Buffer.alloc(40)) },
      { what: "link type 101 (raw IP): GRE", one: packet(ipv4(segment, { protocol: 47 })) },
      { what: "link type 101 (raw IP): ESP", one: packet(ipv6(segment, { nextHeader: 50 })) },
      {
        what: "link type 239 (NFLOG): NFLOG of family 7",
        one: packet(Buffer.from("07000000", "hex"), { linkType: 239 }),
      },
      {
        what: "link type 239 (NFLOG): NFLOG without a packet",
        one: packet(Buffer.from("02000000", "hex"), { linkType: 239 }),
      },
      {
        what: "link type 113 (Linux cooked): ARPHRD 824",
        one: packet(Buffer.from(`00000338${"00".repeat(10)}0800`, "hex"), { linkType: 113 }),
      },
    ]) {
      it(`is named: ${what}`, () => {
        assert.deepEqual(named(one), { [what]: 1 });
      });
    }

    it("is not what surely holds neither TCP nor UDP, nor what is read", () => {
      const known = [
        packet(ipv4(udp({ payload: "hello" }), { protocol: 17 })),
        packet(ipv6(segment, { nextHeader: 58 })),
        frame("0806", Buffer.alloc(28)),
        frame("8864110000010004c021", Buffer.alloc(8)),
        packet(ipv4(segment.subarray(0, 16), { more: true })), // It waits for the other fragments.
        packet(ipv4(segment)),
      ];
      assert.deepEqual(named(...known), {});
    });

    it("has few names, whatever the capture", () => {
      const packets = Array.from({ length: 1000 }, (_, index) =>
        packet(Buffer.alloc(4), { linkType: 20_000 + index }),
      );
      const counts = named(...packets);
      assert.lengthOf(Object.keys(counts), 17);
      assert.equal(counts["other kinds"], 1000 - 16);
    });
  });

  it("passes over what is no TCP", () => {
    const segment = tcp({ payload: "hello" });
    const others = [
      packet(ipv4(udp({ payload: "hello" }), { protocol: 17 })),
      packet(ipv6(segment, { nextHeader: 59 })),
      packet(ipv6(segment, { nextHeader: 50 })),
      packet(ethernet(ipv4(segment)), { linkType: 147 }),
      packet(Buffer.concat([Buffer.alloc(12), Buffer.from("0806", "hex"), segment]), { linkType: 1 }),
      // In Linux cooked captures of a netlink socket, the field "protocol" is no EtherType.
      packet(Buffer.from(`00000338${"00".repeat(10)}0800${ipv4(segment).toString("hex")}`, "hex"), {
        linkType: 113,
      }),
    ];
    assert.deepEqual(
      decode(...others),
      others.map(() => undefined),
    );
  });

  it("takes the length from the IP header: Ethernet fills short frames up", () => {
    const ip = [ipv4(tcp({ payload: "hi" })), ipv6(tcp({ payload: "hi" }))];
    for (const one of ip) {
      const data = Buffer.concat([ethernet(one), Buffer.from("padding")]);
      assert.equal(decode(packet(data, { linkType: 1 }))[0]?.payload.toString(), "hi");
    }
  });

  it("takes the length from the wire when the capture cut the packet short", () => {
    for (const ip of [ipv4, ipv6]) {
      const whole = ip(tcp({ payload: "hello, world" }));
      const cut = whole.subarray(0, -7);
      const [decoded] = decode(packet(cut, { originalLength: whole.length }));
      assert.equal(decoded?.payload.toString(), "hello");
      assert.equal(decoded?.payloadLength, 12);
      // The same if only the headers were captured.
      const [headers] = decode(packet(whole.subarray(0, -12), { originalLength: whole.length }));
      assert.deepInclude(headers, { payload: Buffer.alloc(0), payloadLength: 12 });
    }
  });

  it("knows the length of segments with options that the capture cut", () => {
    const whole = ipv4(tcp({ options: Buffer.alloc(40, 1), payload: "hello" }));
    const [decoded] = decode(packet(whole.subarray(0, 50), { originalLength: whole.length }));
    assert.deepInclude(decoded, { payload: Buffer.alloc(0), payloadLength: 5 });
  });

  it("reads packets that the network card has still to cut, whose length is 0", () => {
    const segment = tcp({ payload: Buffer.alloc(70_000, "x") });
    assert.equal(decode(packet(ipv4(segment, { totalLength: 0 })))[0]?.payloadLength, 70_000);
    assert.equal(decode(packet(ipv6(segment, { payloadLength: 0 })))[0]?.payloadLength, 70_000);
  });

  it("passes over IPv4 options and IPv6 extension headers", () => {
    const segment = tcp({ payload: "hello" });
    assert.deepInclude(payloadOf(ipv4(segment, { options: Buffer.alloc(40, 1) })), { text: "hello" });
    for (const header of [0, 43, 60, 135, 139, 140]) {
      const twice = Buffer.concat([paddingHeader(60), paddingHeader(6), segment]);
      assert.deepInclude(payloadOf(ipv6(twice, { nextHeader: header })), { text: "hello" }, String(header));
    }
    const authentication = Buffer.concat([Buffer.from([6, 4]), Buffer.alloc(22), segment]);
    assert.deepInclude(payloadOf(ipv6(authentication, { nextHeader: 51 })), { text: "hello" });
  });

  describe("fragments", () => {
    const segment = tcp({ payload: "0123456789abcdefghijklmnopqrstuvwxyz" }); // This makes 56 bytes.
    const TEXT = "0123456789abcdefghijklmnopqrstuvwxyz";

    function fragment4(start: number, end: number, identification = 1): Buffer {
      const more = end < segment.length;
      return ipv4(segment.subarray(start, end), { offset: start, more, identification });
    }

    function fragment6(start: number, end: number, identification = 1): Buffer {
      const header = fragmentHeader(6, identification, start, end < segment.length);
      return ipv6(Buffer.concat([header, segment.subarray(start, end)]), { nextHeader: 44 });
    }

    for (const [version, fragment] of [
      [4, fragment4],
      [6, fragment6],
    ] as const) {
      describe(`of IPv${version}`, () => {
        it("become whole in any order", () => {
          const parts = [fragment(0, 16), fragment(16, 32), fragment(32, 56)] as const;
          for (const order of [
            [0, 1, 2],
            [2, 1, 0],
            [1, 2, 0],
          ] as const) {
            const inOrder = order.map((index) => parts[index]);
            assert.deepEqual(payloadOf(...inOrder), { text: TEXT, index: 2 });
          }
        });

        it("may overlap and come twice", () => {
          const parts = [fragment(0, 16), fragment(0, 16), fragment(8, 40), fragment(32, 56)];
          assert.deepEqual(payloadOf(...parts), { text: TEXT, index: 3 });
        });

        it("belong together only with the same identification", () => {
          assert.isUndefined(payloadOf(fragment(0, 16, 1), fragment(16, 56, 2)));
        });

        it("wait 60 s for the others, and no longer", () => {
          const first = packet(fragment(0, 16));
          const inTime = packet(fragment(16, 56), { time: 60n * SECOND });
          const late = packet(fragment(16, 56), { time: 60n * SECOND + 1n });
          assert.isDefined(decode(first, inTime)[1]);
          assert.isUndefined(decode(first, late)[1]);
        });

        it("that the capture cut short give what there is", () => {
          const last = fragment(16, 56);
          const [, decoded] = decode(
            packet(fragment(0, 16)),
            packet(last.subarray(0, -30), { originalLength: last.length }),
          );
          assert.deepInclude(decoded, { payload: Buffer.from(TEXT.slice(0, 6)), payloadLength: 36 });
        });

        it("that never become whole do not fill the memory", () => {
          const decoder = new Decoder();
          const large = fragment(0, 16);
          // Sends 100,000 first fragments, and then the missing parts of the first one and of the last one.
          for (let i = 0; i < 100_000; i += 1) decoder.decode(packet(withIdentification(large, i)));
          assert.isUndefined(decoder.decode(packet(withIdentification(fragment(16, 56), 0))));
          assert.isDefined(decoder.decode(packet(withIdentification(fragment(16, 56), 99_999))));
        });

        function withIdentification(bytes: Buffer, identification: number): Buffer {
          const copy = Buffer.from(bytes);
          if (version === 6) {
            copy.writeUInt32BE(identification, 44);
          } else {
            // The IPv4 field has only 16 bits, so the address makes the others different.
            copy.writeUInt16BE(identification & 0xffff, 4);
            copy.writeUInt16BE(identification >> 16, 12);
          }
          return copy;
        }
      });
    }

    it("that are the whole are none", () => {
      const atomic = Buffer.concat([fragmentHeader(6, 1, 0, false), segment]);
      assert.deepEqual(payloadOf(ipv6(atomic, { nextHeader: 44 })), { text: TEXT, index: 0 });
    });

    it("of IPv6 may contain extension headers", () => {
      const whole = Buffer.concat([paddingHeader(6), segment]);
      const part = (start: number, end: number): Buffer => {
        const header = fragmentHeader(60, 1, start, end < whole.length);
        return ipv6(Buffer.concat([header, whole.subarray(start, end)]), { nextHeader: 44 });
      };
      assert.deepEqual(payloadOf(part(0, 24), part(24, 64)), { text: TEXT, index: 1 });
    });
  });

  it("never throws, whatever the bytes", () => {
    const segment = tcp({ payload: "hello, world" });
    const good = [
      ipv4(segment, { options: Buffer.alloc(8, 1) }),
      ipv4(segment.subarray(0, 24), { more: true }),
      ipv4(segment.subarray(24), { offset: 24 }),
      ipv6(Buffer.concat([paddingHeader(44), fragmentHeader(6, 1, 0, true), segment.subarray(0, 24)]), {
        nextHeader: 0,
      }),
      ipv6(Buffer.concat([fragmentHeader(6, 1, 24, false), segment.subarray(24)]), { nextHeader: 44 }),
      ipv4(ipv6(ipv4(segment), { nextHeader: 4 }), { protocol: 41 }),
    ].flatMap((ip) => LINK_LAYERS.map(({ linkType, frame }) => ({ linkType, bytes: frame(ip) })));
    // Most have the link type that they were made for; some have another one, or one that nobody knows.
    const others = [...new Set(LINK_LAYERS.map(({ linkType }) => linkType)), 166, 147];
    const packets = fc.array(
      fc
        .record({
          from: fc.constantFrom(...good),
          other: fc.option(fc.constantFrom(...others), { freq: 3 }),
          length: fc.nat(140),
          rest: fc.uint8Array({ maxLength: 80 }),
          changes: fc.array(fc.record({ at: fc.nat(139), value: fc.nat(255) }), { maxLength: 4 }),
          originalLength: fc.nat(70_000),
        })
        .map(({ from, other, length, rest, changes, originalLength }) => {
          const data = Buffer.concat([from.bytes.subarray(0, length), rest]);
          for (const { at, value } of changes) if (at < data.length) data[at] = value;
          return { linkType: other ?? from.linkType, data, originalLength };
        }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(packets, (all) => {
        for (const decoded of decode(...all.map((one) => packet(one.data, one)))) {
          if (decoded !== undefined) assert.isAtLeast(decoded.payloadLength, decoded.payload.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
