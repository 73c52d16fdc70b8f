import { assert } from "chai";
import fc from "fast-check";
import type { Datagram, Packet } from "../read/packet.ts";
import {
  ethernet,
  fragmentHeader,
  ipv4,
  ipv6,
  isIpv6,
  LINK_LAYERS,
  tcp,
  type UdpFields,
  udp,
} from "../testing/packets.ts";
import { castOf } from "./cast.ts";
import { Conversations } from "./conversations.ts";
import { Decoder, isSegment } from "./decode.ts";

const RAW_IP = 101;

function packet(data: Buffer, fields: Partial<Packet> = {}): Packet {
  return { number: 1, time: 0n, linkType: RAW_IP, data, originalLength: data.length, ...fields };
}

/** The datagrams in these packets, as one decoder gives them, in order. */
function datagramsIn(...packets: readonly Packet[]): Datagram[] {
  const decoder = new Decoder();
  return packets.flatMap((one) => {
    const sent = decoder.decodeSent(one);
    return sent === undefined || isSegment(sent) ? [] : [sent];
  });
}

const in4 = (fields: UdpFields): Buffer => ipv4(udp(fields), { protocol: 17 });
const in6 = (fields: UdpFields): Buffer => ipv6(udp(fields), { nextHeader: 17 });

describe("decoding UDP", () => {
  it("gives all of a datagram", () => {
    assert.deepEqual(datagramsIn(packet(in4({ payload: "hello" }), { number: 7, time: 8n })), [
      {
        packet: 7,
        time: 8n,
        source: { address: "10.0.0.1", port: 51_000 },
        destination: { address: "10.0.0.2", port: 54_545 },
        cast: "one",
        payload: Buffer.from("hello"),
        payloadLength: 5,
      },
    ]);
    assert.deepInclude(datagramsIn(packet(in6({ payload: "" })))[0], { payloadLength: 0 });
  });

  it("is no segment to who asks for segments", () => {
    const decoder = new Decoder();
    assert.isUndefined(decoder.decode(packet(in4({ payload: "hello" }))));
    assert.isDefined(decoder.decode(packet(ipv4(tcp({})))));
    assert.isEmpty([...decoder.notUnderstood]);
  });

  for (const { linkType, name, frame } of LINK_LAYERS) {
    it(`finds it in ${name} (${linkType}), and cut at any byte what is left of it`, () => {
      for (const ip of [in4({ payload: "hello" }), in6({ payload: "hello" })]) {
        const isPossible = linkType === 228 ? !isIpv6(ip) : linkType === 229 ? isIpv6(ip) : true;
        const whole = frame(ip);
        assert.lengthOf(datagramsIn(packet(whole, { linkType })), isPossible ? 1 : 0);
        const start = whole.indexOf("hello");
        for (let length = 0; length < whole.length; length += 1) {
          const cut = packet(whole.subarray(0, length), { linkType, originalLength: whole.length });
          for (const { payload, payloadLength } of datagramsIn(cut)) {
            assert.equal(payload.toString(), "hello".slice(0, Math.max(0, length - start)));
            assert.equal(payloadLength, 5);
          }
        }
      }
    });
  }

  it("takes its length from its own header: what stands behind it in IP is not its data", () => {
    const longer = Buffer.concat([udp({ payload: "hello" }), Buffer.from("more")]);
    const [datagram] = datagramsIn(packet(ipv4(longer, { protocol: 17 })));
    assert.deepInclude(datagram, { payload: Buffer.from("hello"), payloadLength: 5 });
    for (const length of [0, 7, 14])
      assert.isEmpty(datagramsIn(packet(in4({ payload: "hello", length }))), String(length));
  });

  it("joins fragments, in any order", () => {
    const text = "0123456789abcdefghijklmnopqrstuvwxyz0123";
    const whole = udp({ payload: text });
    const parts = [
      [0, 16],
      [16, 32],
      [32, whole.length],
    ] as const;
    for (const order of [parts, parts.toReversed()]) {
      const four = order.map(([start, end]) =>
        ipv4(whole.subarray(start, end), {
          protocol: 17,
          identification: 9,
          offset: start,
          more: end < whole.length,
        }),
      );
      const six = order.map(([start, end]) => {
        const header = fragmentHeader(17, 9, start, end < whole.length);
        return ipv6(Buffer.concat([header, whole.subarray(start, end)]), { nextHeader: 44 });
      });
      for (const packets of [four, six]) {
        const found = datagramsIn(...packets.map((data, index) => packet(data, { number: index + 1 })));
        assert.lengthOf(found, 1);
        assert.deepInclude(found[0], { payload: Buffer.from(text), packet: 3 });
      }
    }
  });

  it("finds it in IP in IP, with the ends of the inner packet", () => {
    const inner = ipv4(udp({ payload: "hello" }), { protocol: 17, source: "10.9.9.9" });
    const [datagram] = datagramsIn(packet(ipv6(inner, { nextHeader: 4 })));
    assert.equal(datagram?.source.address, "10.9.9.9");
  });

  it("never throws, whatever the bytes are", () => {
    const any = fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(0, 1, 101, 113, 276));
    fc.assert(
      fc.property(any, ([bytes, linkType]) => {
        const decoder = new Decoder();
        for (const data of [
          Buffer.from(bytes),
          ipv4(Buffer.from(bytes), { protocol: 17 }),
          ipv6(Buffer.from(bytes), { nextHeader: 17 }),
        ])
          decoder.decodeSent(packet(data, { linkType }));
      }),
    );
  });
});

describe("to how many a datagram goes", () => {
  const frameTo = (hardware: string, linkType = 1) => ({ linkType, data: Buffer.from(hardware, "hex") });
  const TO_ONE = frameTo("020000000001");

  it("is said by the address of a group, and by what means all", () => {
    for (const [address, cast] of [
      ["224.0.0.0", "multicast"],
      ["239.255.54.45", "multicast"],
      ["ff02::1", "multicast"],
      ["223.255.255.255", "one"],
      ["240.0.0.1", "one"],
      ["2001:db8::ff", "one"],
      ["255.255.255.255", "broadcast"],
      ["127.255.255.255", "broadcast"],
      ["127.0.0.1", "one"],
    ] as const)
      assert.equal(castOf(address, TO_ONE), cast, address);
  });

  it("is said by the link layer of the broadcast address of a network", () => {
    assert.equal(castOf("10.0.0.255", frameTo("ffffffffffff")), "broadcast");
    assert.equal(castOf("10.0.0.255", TO_ONE), "one");
    assert.equal(castOf("10.0.0.255", frameTo("ffffffff")), "one");
    // In cooked captures, the first number is the kind of the packet; in the second version it stands behind others.
    assert.equal(castOf("10.0.0.255", frameTo("0001", 113)), "broadcast");
    assert.equal(castOf("10.0.0.255", frameTo("0000", 113)), "one");
    assert.equal(castOf("10.0.0.255", frameTo("0800000000000001000100", 276)), "one");
    assert.equal(castOf("10.0.0.255", frameTo("0800000000000001000101", 276)), "broadcast");
  });
});

describe("conversations in UDP", () => {
  const end = (port: number, address = "10.0.0.1") => ({ address, port });

  function conversationsOf(
    ...sent: readonly [from: number, to: number, text: string, lost?: number][]
  ): string[] {
    const conversations = new Conversations();
    for (const [index, [from, to, text, lost = 0]] of sent.entries()) {
      const payload = Buffer.from(text);
      conversations.add({
        packet: index + 1,
        time: BigInt(index),
        source: end(from),
        destination: end(to),
        cast: "one",
        payload,
        payloadLength: payload.length + lost,
      });
    }
    return conversations.finish().map(({ a, b, countFromA, countFromB, longest, datagrams }) => {
      const said = Array.from(
        datagrams(),
        ({ packet, source, payload, payloadLength }) =>
          `${packet}:${source.port}:${payload}:${payloadLength}`,
      );
      return `${a.port}-${b.port} ${countFromA}/${countFromB} ${longest} ${said.join(" ")}`;
    });
  }

  it("have both directions, in the order of the packets", () => {
    assert.deepEqual(conversationsOf([1, 2, "a"], [1, 3, "other"], [2, 1, "bb"], [1, 2, ""], [1, 2, "c"]), [
      "1-2 3/1 2 1:1:a:1 3:2:bb:2 4:1::0 5:1:c:1",
      "1-3 1/0 5 2:1:other:5",
    ]);
  });

  it("keep empty datagrams apart, and know what the capture has cut", () => {
    assert.deepEqual(
      conversationsOf([1, 2, ""], [1, 2, ""], [1, 2, "ab", 3], [1, 2, "", 9], [1, 2, "", 9], [1, 2, "end"]),
      ["1-2 6/0 9 1:1::0 2:1::0 3:1:ab:5 4:1::9 5:1::9 6:1:end:3"],
    );
    assert.deepEqual(conversationsOf([1, 2, "ab", 3]), ["1-2 1/0 5 1:1:ab:5"]);
  });

  it("keep copies: the memory of packets is used again", () => {
    const conversations = new Conversations();
    const data = ethernet(in4({ payload: "hello" }));
    const [datagram] = datagramsIn(packet(data, { linkType: 1 }));
    if (datagram !== undefined) conversations.add(datagram);
    data.fill(0);
    const [kept] = [...(conversations.finish()[0]?.datagrams() ?? [])];
    assert.equal(kept?.payload.toString(), "hello");
  });
});
