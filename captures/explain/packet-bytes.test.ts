import { assert } from "chai";
import fc from "fast-check";
import { Decoder } from "../follow/decode.ts";
import type { Packet } from "../read/packet.ts";
import { datagramOf } from "../testing/lan-capture.ts";
import {
  ACK,
  ethernet,
  fragmentHeader,
  ipv4,
  ipv6,
  LINK_LAYERS,
  PSH,
  SYN,
  tcp,
  udp,
} from "../testing/packets.ts";
import { explainPacket } from "./packet-bytes.ts";

function packetOf(data: Buffer, linkType = 1): Packet {
  return { number: 1, time: 0n, linkType, data, originalLength: data.length };
}

/** The labels of a packet, each behind its bytes in hexadecimal. */
function labels(data: Buffer, linkType = 1): string[] {
  return explainPacket(packetOf(data, linkType)).ranges.map(
    ({ bytes, label }) => `${bytes.toString("hex")} ${label}`,
  );
}

/** Asserts that each byte has exactly one label. */
function assertComplete(data: Buffer, linkType: number): void {
  const { ranges } = explainPacket(packetOf(data, linkType));
  assert.deepEqual(Buffer.concat(ranges.map(({ bytes }) => bytes)), data);
  for (const { label } of ranges) assert.match(label, /^\P{C}+$/u);
}

const ARP = Buffer.concat([Buffer.alloc(12, 2), Buffer.of(0x08, 0x06), Buffer.alloc(28)]);

const HELLO = tcp({
  sourcePort: 40_000,
  destinationPort: 10_001,
  flags: PSH | ACK,
  options: Buffer.from("0204ffd701030307", "hex"),
  payload: "1 + 2\r\n=",
});

describe("the bytes of a packet", () => {
  it("have labels down to the line", () => {
    assert.deepEqual(
      labels(ethernet(ipv4(HELLO))).slice(-14),
      [
        "9c40 TCP: from port 40000",
        "2711 TCP: to port 10001",
        "00000000 TCP: sequence number, of the first byte of data",
        "00000000 TCP: acknowledgement, the next byte it waits for",
        "70 TCP: a header of 28 bytes",
        "18 TCP: flags PSH, ACK",
        "ffff TCP: window, how much it can take (scaled)",
        "0000 TCP: checksum of header and data",
        "0000 TCP: urgent pointer, not used",
        "0204ffd7 TCP: option, takes segments of up to 65495 bytes",
        "01 TCP: option, fills up",
        "030307 TCP: option, windows count times 2^7",
        "31202b20320d text: 1 + 2\uFFFD",
        "0a LF: the end of the line",
        "3d text: =",
        " (no LF: the line does not end in this packet)",
      ].slice(-14),
    );
  });

  it("name the numbers that are counted from the SYN", () => {
    const packet = packetOf(ethernet(ipv4(HELLO)));
    const { ranges } = explainPacket(packet, { sequence: 17, acknowledgement: 4 });
    const texts = ranges.map(({ label }) => label);
    assert.include(texts, "TCP: sequence number, of the first byte of data (since the SYN: 17)");
    assert.include(texts, "TCP: acknowledgement, the next byte it waits for (since the SYN: 4)");
  });

  it("are known in every link layer, and in IPv6", () => {
    for (const packet of [ipv4(HELLO), ipv6(HELLO)]) {
      for (const { name, linkType, frame } of LINK_LAYERS) {
        const data = frame(packet);
        assertComplete(data, linkType);
        if (new Decoder().decode(packetOf(data, linkType)) === undefined) continue;
        assert.include(labels(data, linkType), "2711 TCP: to port 10001", name);
      }
    }
  });

  it("have labels down to the datagram, in every link layer, and to the parts of a token", () => {
    const payload = datagramOf("valid, nothing known of the key");
    const header = ["c738 UDP: from port 51000", "d511 UDP: to port 54545"];
    for (const ip of [ipv4(udp({ payload }), { protocol: 17 }), ipv6(udp({ payload }), { nextHeader: 17 })]) {
      for (const { name, linkType, frame } of LINK_LAYERS) {
        const data = frame(ip);
        assertComplete(data, linkType);
        if (new Decoder().decodeSent(packetOf(data, linkType)) === undefined) continue;
        assert.deepEqual(labels(data, linkType).slice(-8, -6), header, name);
      }
    }
    const all = labels(ethernet(ipv4(udp({ payload }), { protocol: 17 })));
    assert.deepEqual(
      all.slice(-6, -4).map((label) => label.slice(0, 60)),
      ["0514 UDP: 1300 bytes with this header", "0000 UDP: checksum of header and data"],
    );
    assert.match(all.at(-4) ?? "", /version 0x80, and its time in clear, 2025-11-28 20:00:42 UTC$/);
    assert.match(all.at(-1) ?? "", / token: MAC, 32 bytes /);
  });

  it("tell a datagram whose length cannot be right, and what stands behind one", () => {
    const said = (bytes: Buffer): string[] => labels(ethernet(ipv4(bytes, { protocol: 17 })));
    assert.match(said(udp({ payload: "hello", length: 7 })).at(-1) ?? "", / UDP: no whole header$/);
    assert.match(said(udp({ payload: "hello", length: 14 })).at(-1) ?? "", / UDP: no whole header$/);
    const longer = Buffer.concat([udp({ payload: "hello" }), Buffer.from("more")]);
    assert.deepEqual(said(longer).slice(-2), [
      "68656c6c6f text: hello",
      "6d6f7265 UDP: behind the datagram, not counted in its length",
    ]);
  });

  it("tell what is no TCP, padding, and fragments", () => {
    const kind = (data: Buffer): string => explainPacket(packetOf(data)).kind;
    assert.equal(kind(ethernet(ipv4(HELLO))), "TCP");
    assert.equal(kind(ethernet(ipv4(Buffer.alloc(8), { protocol: 17 }))), "UDP");
    assert.equal(kind(ARP), "ARP");
    assert.equal(kind(ethernet(ipv4(HELLO, { more: true }))), "a fragment (TCP)");
    assert.equal(
      kind(ethernet(ipv6(Buffer.concat([fragmentHeader(6, 7, 0, true), HELLO]), { nextHeader: 44 }))),
      "a fragment (TCP)",
    );
    assert.equal(explainPacket(packetOf(Buffer.alloc(9), 147)).kind, "not understood: link type 147");
    const padded = Buffer.concat([ethernet(ipv4(tcp({ flags: SYN }))), Buffer.alloc(6)]);
    assert.equal(labels(padded).at(-1), "000000000000 behind the IP packet: what fills up a short frame");
  });

  it("all have a label, whatever they are", () => {
    const linkType = fc.constantFrom(0, 1, 9, 12, 101, 108, 113, 147, 228, 229, 276);
    const inside = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.uint8Array({ maxLength: 80 }), fc.nat(255))
        .map(([bytes, protocol]) => ethernet(ipv4(Buffer.from(bytes), { protocol }))),
      fc
        .tuple(fc.uint8Array({ maxLength: 80 }), fc.nat(255))
        .map(([bytes, nextHeader]) => ethernet(ipv6(Buffer.from(bytes), { nextHeader }))),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => ethernet(ipv4(tcp({ payload: Buffer.from(bytes) })))),
    );
    fc.assert(
      fc.property(linkType, inside, fc.nat(300), (type, data, length) =>
        assertComplete(data.subarray(0, length), type),
      ),
    );
  });

  it("are labelled also of thousands of IP packets in each other", () => {
    let data: Buffer = Buffer.alloc(0);
    const header = ipv4(Buffer.alloc(0), { protocol: 4, totalLength: 0 });
    data = Buffer.concat(Array.from({ length: 12_000 }, () => header));
    assertComplete(data, 101);
  });
});
