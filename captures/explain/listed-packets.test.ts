import { assert } from "chai";
import fc from "fast-check";
import { Decoder } from "../follow/decode.ts";
import type { Packet } from "../read/packet.ts";
import { datagramOf, TEAM } from "../testing/lan-capture.ts";
import { ACK, ethernet, ipv4, RST, SYN, TestConnection, tcp, udp } from "../testing/packets.ts";
import { PacketLister } from "./listed-packets.ts";

/** A row for each packet: flags, sequence and acknowledgement number, bytes, and what it is. */
function rows(packets: readonly Buffer[]): string[] {
  const decoder = new Decoder();
  const lister = new PacketLister();
  return packets.map((data, i) => {
    const packet: Packet = { number: i + 1, time: BigInt(i), linkType: 1, data, originalLength: data.length };
    const { tcp, what } = lister.list(packet, decoder.decode(packet));
    const { flags, counted, bytes } = tcp ?? {};
    return [flags, counted?.sequence, counted?.acknowledgement, bytes, what].join("|");
  });
}

function conversation(
  first: { a?: number; b?: number },
  act: (connection: TestConnection) => void,
): string[] {
  const packets: Buffer[] = [];
  act(
    new TestConnection((from, segment) => {
      const [source, destination] = from === "a" ? ["10.0.0.1", "10.0.0.2"] : ["10.0.0.2", "10.0.0.1"];
      packets.push(ethernet(ipv4(segment, { source, destination })));
    }, first),
  );
  return rows(packets);
}

const SYN_OF_A = { sequence: 1000, flags: SYN, sourcePort: 51_000, destinationPort: 10_000 };
const REFUSAL = { acknowledgement: 1001, flags: RST | ACK, sourcePort: 10_000, destinationPort: 51_000 };
const FROM_B = { source: "10.0.0.2", destination: "10.0.0.1" };

describe("a list of packets", () => {
  it("counts from the SYN, and says which packet is acknowledged, also where the numbers begin again at 0", () => {
    const expected = [
      "SYN|0||0|asks to connect",
      "SYN ACK|0|1|0|agrees to connect",
      "ACK|1|1|0|ACK of packet 2",
      "ACK|1|1|6|1 + 2\\n",
      "ACK|1|7|0|ACK of packet 4",
      "ACK|1|7|5|= 3\\r\\n",
      "ACK|7|6|0|ACK of packet 6",
      "FIN ACK|7|6|0|sends no more",
      "FIN ACK|6|8|0|sends no more",
      "ACK|8|7|0|ACK of packet 9",
    ];
    for (const a of [1000, 2 ** 32 - 1, 2 ** 32 - 4]) {
      const listed = conversation({ a, b: 2 ** 32 - 3 }, (connection) =>
        connection
          .handshake()
          .data("a", "1 + 2\n")
          .acknowledge("b")
          .data("b", "= 3\r\n")
          .acknowledge("a")
          .finish(),
      );
      assert.deepEqual(listed, expected, `from ${a}`);
    }
  });

  it("tells what comes again, and acknowledgements that say nothing new", () => {
    const listed = conversation({}, (connection) =>
      connection.handshake().data("a", "one\n").at("a", -4, "one\n").acknowledge("b").acknowledge("b"),
    );
    assert.deepEqual(listed.slice(3), [
      "ACK|1|1|4|one\\n",
      "ACK|1|1|4|again: one\\n",
      "ACK|1|5|0|ACK of packet 4",
      "ACK|1|5|0|ACK of nothing new",
    ]);
  });

  it("tells what comes late from what comes again", () => {
    const listed = conversation({ a: 2 ** 32 - 7 }, (connection) =>
      connection
        .handshake()
        .lose("a", 6)
        .data("a", "three\n")
        .at("a", -9, "two\n")
        .at("a", -12, "on\n")
        .at("a", -12, "on\ntwo\n"),
    );
    assert.deepEqual(listed.slice(3), [
      "ACK|7|1|6|three\\n",
      "ACK|4|1|4|late: two\\n",
      "ACK|1|1|3|late: on\\n",
      "ACK|1|1|7|again: on\\ntwo\\n",
    ]);
  });

  it("tells how many bytes are acknowledged if their packet was not captured", () => {
    const listed = conversation({}, (connection) => connection.handshake().lose("a", 10).acknowledge("b"));
    assert.equal(listed.at(-1), "ACK|1|11|0|ACK up to byte 10");
  });

  it("tells a refusal from the end of a connection", () => {
    const refused = rows([ethernet(ipv4(tcp(SYN_OF_A))), ethernet(ipv4(tcp(REFUSAL), FROM_B))]);
    assert.deepEqual(refused, ["SYN|0||0|asks to connect", "RST ACK|1|1|0|refuses to connect"]);
    const broken = conversation({}, (connection) => connection.handshake().at("b", 0, "", RST | ACK));
    assert.equal(broken.at(-1), "RST ACK|1|1|0|breaks it off");
  });

  it("counts anew when the same ports are used again", () => {
    const [first, second] = [1000, 9000].map((sequence) => ethernet(ipv4(tcp({ ...SYN_OF_A, sequence }))));
    assert.deepEqual(rows([first ?? Buffer.alloc(0), second ?? Buffer.alloc(0)]), [
      "SYN|0||0|asks to connect",
      "SYN|0||0|asks to connect",
    ]);
  });

  it("names what is neither TCP nor UDP", () => {
    const short = ethernet(ipv4(tcp({}))).subarray(0, 40);
    assert.deepEqual(
      rows([
        Buffer.concat([Buffer.alloc(12, 2), Buffer.of(0x08, 0x06), Buffer.alloc(28)]),
        ethernet(ipv4(Buffer.alloc(8), { protocol: 2 })),
        ethernet(ipv4(Buffer.alloc(8), { protocol: 17 })),
        short,
      ]),
      [
        "||||ARP, 42 bytes",
        "||||IGMP, 42 bytes",
        "||||UDP, cut short or damaged, 42 bytes",
        "||||TCP, cut short or damaged, 40 bytes",
      ],
    );
  });

  it("tells of a datagram how it begins, of a token its time, and with the team's key what is in it", () => {
    const token = datagramOf("valid, nothing known of the key");
    const listed = (payload: string, teamKey?: Buffer): string => {
      const data = ethernet(ipv4(udp({ payload }), { protocol: 17, destination: "239.255.54.45" }));
      const packet: Packet = { number: 1, time: 0n, linkType: 1, data, originalLength: data.length };
      const {
        tcp,
        udp: found,
        what,
        isSealed,
      } = new PacketLister(teamKey).list(packet, new Decoder().decodeSent(packet));
      assert.isUndefined(tcp);
      return [found?.destination.port, found?.cast, found?.bytes, isSealed, what.slice(0, 54)].join("|");
    };
    assert.equal(listed("hi\n"), "54545|multicast|3|false|hi\\n");
    assert.equal(listed(""), "54545|multicast|0|false|an empty datagram");
    assert.equal(
      listed(token),
      "54545|multicast|1292|true|token of 2025-11-28 20:00:42 UTC: gAAAAABpKf9qdYVMZlFC",
    );
    assert.equal(
      listed(token, Buffer.from(TEAM.key, "hex")),
      "54545|multicast|1292|false|beacon 7 of alice, signed, at 10.0.0.1:5000",
    );
    assert.equal(
      listed(token, Buffer.alloc(32)),
      "54545|multicast|1292|true|token of 2025-11-28 20:00:42 UTC, not of this team's k",
    );
  });

  it("shows no control character of what was captured", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const [row = ""] = rows([ethernet(ipv4(tcp({ payload: Buffer.from(bytes) })))]);
        assert.match(row, /^\P{C}+$/u);
      }),
    );
  });
});
