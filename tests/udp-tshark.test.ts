// Our UDP beside tshark's: over all link layers, in fragments and tunnels, cut short, with wrong lengths.

import { expect } from "chai";
import { Decoder, isSegment } from "../captures/follow/decode.ts";
import { readCapture } from "../captures/read/read-capture.ts";
import { pcapHeader, pcapRecord } from "../captures/record/pcap-writer.ts";
import { lanCapture } from "../captures/testing/lan-capture.ts";
import { ethernet, fragmentHeader, ipv4, ipv6, LINK_LAYERS, tcp, udp } from "../captures/testing/packets.ts";
import { runTool, TsharkOracle } from "../captures/testing/tshark.ts";
import { withTool } from "./support/tools.ts";

const FIELDS = ["frame.number", "udp.srcport", "udp.dstport", "udp.length", "udp.payload"] as const;

withTool("tshark", ["--version"], "UDP beside tshark", () => {
  let oracle: TsharkOracle;
  before(() => {
    oracle = new TsharkOracle();
  });
  after(() => oracle.remove());

  /** What both say of the UDP in a file, a row for each packet: number, ports, length, data. */
  async function bothOf(path: string): Promise<{ ours: string[]; theirs: string[] }> {
    const fields = FIELDS.flatMap((field) => ["-e", field]);
    const { output } = runTool("tshark", ["-n", "-r", path, "-Y", "udp.srcport", "-T", "fields", ...fields]);
    const decoder = new Decoder();
    const ours: string[] = [];
    for await (const packet of readCapture(path)) {
      const sent = decoder.decodeSent(packet);
      if (sent === undefined || isSegment(sent)) continue;
      const { source, destination, payload, payloadLength } = sent;
      const row = [packet.number, source.port, destination.port, payloadLength + 8, payload.toString("hex")];
      ours.push(row.join("\t"));
    }
    return { ours, theirs: output.split("\n").filter((row) => row !== "") };
  }

  async function compare(name: string, linkType: number, frames: readonly Buffer[], count: number) {
    const records = frames.map((data, index) => pcapRecord(BigInt(index) * 1000n, data));
    const { ours, theirs } = await bothOf(oracle.file(name, pcapHeader(linkType), ...records));
    expect(ours, name).to.deep.equal(theirs);
    expect(ours, name).to.have.length(count);
  }

  // tshark reads these in another way, or not at all: see tshark.test.ts.
  const layers = LINK_LAYERS.filter(
    ({ linkType, name }) => ![204, 205, 219].includes(linkType) && name !== "NFLOG, big-endian",
  );
  const linkTypes = [...new Set(layers.map(({ linkType }) => linkType))];

  it("in every link layer", async () => {
    for (const linkType of linkTypes) {
      const frames = layers
        .filter((layer) => layer.linkType === linkType)
        .flatMap(({ frame }, index) => {
          const datagram = udp({
            sourcePort: 3000 + index,
            destinationPort: 5005,
            payload: `of ${linkType}`,
          });
          const four = linkType === 229 ? [] : [frame(ipv4(datagram, { protocol: 17 }))];
          return linkType === 228 ? four : [...four, frame(ipv6(datagram, { nextHeader: 17 }))];
        });
      await compare(`${linkType}.pcap`, linkType, frames, frames.length);
    }
  });

  it("in fragments, tunnels, and behind extension headers", async () => {
    const text = "0123456789abcdefghijklmnopqrstuvwxyz0123";
    const whole = udp({ sourcePort: 3000, destinationPort: 5005, payload: text });
    const cuts = [
      [0, 16],
      [16, 32],
      [32, whole.length],
    ] as const;
    const four = (order: typeof cuts | (typeof cuts)[number][], identification: number) =>
      order.map(([offset, end]) => {
        const more = end < whole.length;
        return ipv4(whole.subarray(offset, end), { protocol: 17, identification, offset, more });
      });
    const six = cuts.map(([offset, end]) => {
      const header = fragmentHeader(17, 9, offset, end < whole.length);
      return ipv6(Buffer.concat([header, whole.subarray(offset, end)]), { nextHeader: 44 });
    });
    const tunnelled = [
      ipv4(ipv4(whole, { protocol: 17 }), { protocol: 4 }),
      ipv6(ipv4(whole, { protocol: 17 }), { nextHeader: 4 }),
      ipv4(ipv6(whole, { nextHeader: 17 }), { protocol: 41 }),
    ];
    const incomplete = four(cuts, 8).slice(0, 2);
    const frames = [...four(cuts, 1), ...four(cuts.toReversed(), 2), ...six, ...tunnelled, ...incomplete];
    await compare(
      "fragments.pcap",
      1,
      frames.map((ip) => ethernet(ip)),
      6,
    );
  });

  it("padded, empty, with options of IP, and between segments", async () => {
    const hello = udp({ sourcePort: 3000, destinationPort: 5005, payload: "hello" });
    const frames = [
      Buffer.concat([ethernet(ipv4(hello, { protocol: 17 })), Buffer.from("padding")]),
      ethernet(ipv4(udp({ sourcePort: 3000, destinationPort: 5005 }), { protocol: 17 })),
      ethernet(ipv4(tcp({ payload: "1" }))),
      ethernet(ipv4(hello, { protocol: 17, options: Buffer.alloc(8, 1) })),
    ];
    await compare("lengths.pcap", 1, frames, 3);
  });

  it("but for what stands behind a datagram, which tshark counts to its data; a program on Linux does not get it", async () => {
    const hello = udp({ sourcePort: 3000, destinationPort: 5005, payload: "hello" });
    const data = ethernet(ipv4(Buffer.concat([hello, Buffer.from("more")]), { protocol: 17 }));
    const { ours, theirs } = await bothOf(oracle.file("behind.pcap", pcapHeader(1), pcapRecord(0n, data)));
    expect([ours, theirs]).to.deep.equal([
      ["1\t3000\t5005\t13\t68656c6c6f"],
      ["1\t3000\t5005\t13\t68656c6c6f6d6f7265"],
    ]);
  });

  it("of stage 05, made of the known answers", async () => {
    const { ours, theirs } = await bothOf(oracle.file("lan.pcap", lanCapture()));
    expect(ours).to.deep.equal(theirs);
    expect(ours).to.have.length(5);
  });
});
