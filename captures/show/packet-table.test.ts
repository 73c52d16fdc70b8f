import { assert } from "chai";
import { plain } from "../../terminal/paint.ts";
import { widthOf } from "../../terminal/widths.ts";
import type { ListedPacket } from "../explain/listed-packets.ts";
import type { LoadedCapture } from "../follow/load.ts";
import type { Stream } from "../read/packet.ts";
import { packetHeading, packetRows, packetTable } from "./packet-table.ts";

const LOOPBACK = { a: { address: "127.0.0.1", port: 51_000 }, b: { address: "127.0.0.1", port: 10_001 } };
const REMOTE = {
  a: { address: "192.168.100.101", port: 51_000 },
  b: { address: "10.20.30.40", port: 10_001 },
};

/** The heading and a packet with data, as they are drawn. */
function drawn(ends: Pick<Stream, "a" | "b">, width: number, listed: Partial<ListedPacket> = {}): string[] {
  const stream: Stream = {
    ...ends,
    index: 0,
    firstPacket: 1,
    lastPacket: 1,
    firstTime: 0n,
    lastTime: 0n,
    fromA: [{ kind: "data", bytes: Buffer.alloc(1234), packet: 1, time: 0n }],
    fromB: [],
  };
  const capture: LoadedCapture = {
    path: "x",
    packets: 1,
    segments: 1,
    datagrams: 0,
    conversations: [],
    notUnderstood: new Map(),
    duration: 0n,
    streams: [stream],
    damage: undefined,
  };
  const table = packetTable(capture, undefined, width);
  const packet: ListedPacket = {
    number: 7,
    time: 1_500_000_000n,
    tcp: {
      source: ends.a,
      destination: ends.b,
      flags: "ACK",
      counted: { sequence: 1, acknowledgement: 22 },
      bytes: 1234,
      when: "",
    },
    udp: undefined,
    what: `{"type":"message","text":"${"x".repeat(100)}"}`,
    isSealed: false,
    ...listed,
  };
  return [...packetHeading(table), ...packetRows(table, packet, 0n, plain)];
}

describe("the table of packets", () => {
  it("has one row for each packet where one address is on both ends, and fits", () => {
    assert.deepEqual(drawn(LOOPBACK, 80), [
      "packet   seconds  from → to      flags     seq   ack  bytes  what it is",
      '     7  1.500000  51000 → 10001  ACK         1    22   1234  {"type":"message...',
    ]);
    for (const width of [60, 78, 80, 120])
      for (const row of drawn(LOOPBACK, width)) assert.isAtMost(widthOf(row), width);
  });

  it("names both addresses where there are two, in a row of its own where there is no room", () => {
    const [heading, row] = drawn(REMOTE, 120);
    assert.match(row ?? "", / 192\.168\.100\.101:51000 → 10\.20\.30\.40:10001 +ACK +1 +22 +1234 {2}\{"type"/);
    assert.isAtMost(widthOf(row ?? ""), 120);
    assert.lengthOf(drawn(REMOTE, 80), 4);
    assert.match(heading ?? "", /^packet +seconds +from → to +flags +seq +ack +bytes +what it is$/);
    assert.deepEqual(drawn(REMOTE, 80).slice(2), [
      "     7  1.500000  192.168.100.101:51000 → 10.20.30.40:10001",
      '        ACK         1    22   1234  {"type":"message","text":"xxxxxxxxxxxxxxx...',
    ]);
  });

  it("has the name of UDP in the place of flags", () => {
    const udp = { source: LOOPBACK.a, destination: LOOPBACK.b, cast: "one", bytes: 8 } as const;
    const [, row] = drawn(LOOPBACK, 80, { tcp: undefined, udp, what: "no token" });
    assert.equal(row, "     7  1.500000  51000 → 10001  UDP                      8  no token");
  });

  it("has a row for what is neither TCP nor UDP", () => {
    const [, row] = drawn(LOOPBACK, 80, { tcp: undefined, what: "ARP, 42 bytes" });
    assert.match(row ?? "", /^ {5}7 {2}1\.500000 {2,}ARP, 42 bytes$/);
  });
});
