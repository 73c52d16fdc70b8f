import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { PcapngWriter } from "../testing/pcapng.ts";
import { readBytes, type WholeCapture } from "../testing/reading.ts";

const SECOND = 1_000_000_000n;

describe("reading pcapng", () => {
  const folder = mkdtempSync(join(tmpdir(), "captures-"));

  after(() => rmSync(folder, { recursive: true }));

  async function read(...blocks: readonly Buffer[]): Promise<WholeCapture> {
    const path = join(folder, "capture");
    return readBytes(path, Buffer.concat(blocks));
  }

  /** The packets of a file that has no damage, without their numbers. */
  async function contents(...blocks: readonly Buffer[]) {
    const { packets, damage } = await read(...blocks);
    assert.isUndefined(damage);
    assert.deepEqual(
      packets.map(({ number }) => number),
      packets.map((_, index) => index + 1),
    );
    const file = Buffer.concat(blocks);
    return packets.map(({ time, linkType, data, originalLength, offset = -1 }) => {
      assert.deepEqual(file.subarray(offset, offset + data.length), data);
      return { time, linkType, text: data.toString(), originalLength };
    });
  }

  for (const bigEndian of [false, true]) {
    const writer = new PcapngWriter(bigEndian);
    const start = [writer.section(), writer.interface(1)];
    describe(bigEndian ? "big-endian" : "little-endian", () => {
      it("reads enhanced, obsolete and simple packets", async () => {
        const time = 1_700_000_000_123_456n;
        const expected = { time: time * 1000n, linkType: 1, originalLength: 100 };
        assert.deepEqual(
          await contents(
            ...start,
            writer.enhanced(0, time, Buffer.from("enhanced!"), 100),
            writer.obsolete(0, time, Buffer.from("obsolete"), 100),
            writer.simple(Buffer.from("simple")),
          ),
          [
            { ...expected, text: "enhanced!" },
            { ...expected, text: "obsolete" },
            { time: 0n, linkType: 1, originalLength: 6, text: "simple" },
          ],
        );
      });

      it("cuts simple packets at the interface's limit", async () => {
        const [packet] = await contents(
          writer.section(),
          writer.interface(1, { snapLength: 5 }),
          writer.simple(Buffer.from("simpl"), 9),
        );
        assert.deepInclude(packet, { text: "simpl", originalLength: 9 });
      });

      const RESOLUTIONS = [
        { title: "milliseconds", resolution: 3, count: 1_500n, nanoseconds: 1_500_000_000n },
        { title: "nanoseconds", resolution: 9, count: 2n ** 60n + 1n, nanoseconds: 2n ** 60n + 1n },
        { title: "picoseconds", resolution: 12, count: 1_500_999n, nanoseconds: 1_500n },
        { title: "seconds", resolution: 0, count: 7n, nanoseconds: 7n * SECOND },
        { title: "halves of a second", resolution: 0x81, count: 3n, nanoseconds: 1_500_000_000n },
        {
          title: "2^-32 of a second",
          resolution: 0xa0,
          count: (5n << 32n) + (1n << 31n),
          nanoseconds: 5_500_000_000n,
        },
        { title: "10^-127 of a second", resolution: 127, count: 2n ** 64n - 1n, nanoseconds: 0n },
      ];
      for (const { title, resolution, count, nanoseconds } of RESOLUTIONS) {
        it(`counts time in ${title}, from an offset`, async () => {
          for (const offset of [0n, 1_000n, -3n]) {
            const [packet] = await contents(
              writer.section(),
              writer.interface(1, { resolution, offset }),
              writer.enhanced(0, count, Buffer.from("x")),
            );
            assert.equal(packet?.time, nanoseconds + offset * SECOND);
          }
        });
      }

      it("takes the nearest possible time for one that 64 bits cannot hold", async () => {
        for (const { count, offset, expected } of [
          { count: 2n ** 64n - 1n, offset: 0n, expected: 2n ** 63n - 1n },
          { count: 0n, offset: -(2n ** 40n), expected: -(2n ** 63n) },
        ]) {
          const [packet] = await contents(
            writer.section(),
            writer.interface(1, { resolution: 0, offset }),
            writer.enhanced(0, count, Buffer.from("x")),
          );
          assert.equal(packet?.time, expected);
        }
      });

      it("passes over blocks it does not know, however long", async () => {
        const unknown = writer.block(0x0000_0bac, Buffer.alloc(300_000));
        const texts = (
          await contents(...start, unknown, writer.enhanced(0, 0n, Buffer.from("x")), unknown)
        ).map(({ text }) => text);
        assert.deepEqual(texts, ["x"]);
      });

      it("tells where blocks disagree about their length", async () => {
        for (const [block, type] of [
          [writer.enhanced(0, 0n, Buffer.from("x")), 6],
          [writer.block(0x0bac), 0x0bac],
        ] as const) {
          block.fill(0xee, block.length - 4);
          const { packets, damage } = await read(...start, writer.enhanced(0, 0n, Buffer.from("y")), block);
          assert.equal(packets.length, 1, `type ${type}`);
          assert.match(damage?.message ?? "", /at its end 4008636142, at byte \d+$/);
        }
      });

      it("refuses packets of interfaces that the section does not have", async () => {
        const packet = writer.enhanced(1, 0n, Buffer.from("x"));
        const { damage } = await read(...start, packet);
        assert.match(damage?.message ?? "", /packet 1 is of interface 1/);
        assert.match(
          (await read(...start, writer.section(), writer.simple(packet))).damage?.message ?? "",
          /interface 0/,
        );
      });

      it("refuses a captured length that the block does not have", async () => {
        const packet = writer.enhanced(0, 0n, Buffer.from("x"));
        writer.uint32(1000).copy(packet, 20);
        const { damage } = await read(...start, packet);
        assert.match(damage?.message ?? "", /packet 1 claims to have 1000 bytes/);
        assert.equal(damage?.offset, 28 + 20 + 20);
      });

      it("refuses lengths and versions that cannot be", async () => {
        const short = Buffer.concat([
          writer.uint32(6),
          writer.uint32(16),
          Buffer.alloc(4),
          writer.uint32(16),
        ]);
        assert.match(
          (await read(...start, short)).damage?.message ?? "",
          /type 6 cannot have a length of 16 bytes/,
        );
        const odd = Buffer.concat([writer.uint32(99), writer.uint32(13), Buffer.alloc(5)]);
        assert.match((await read(...start, odd)).damage?.message ?? "", /cannot have a length of 13 bytes/);
        const endless = Buffer.concat([writer.uint32(6), writer.uint32(0xffff_fffc), Buffer.alloc(16)]);
        assert.match((await read(...start, endless)).damage?.message ?? "", /4294967292 bytes, more than/);
        assert.match((await read(writer.section(1))).damage?.message ?? "", /pcapng of version 1\.1/);
        assert.isUndefined((await read(writer.section(2))).damage);
      });

      it("refuses an option that is longer than its block", async () => {
        const options = Buffer.concat([writer.uint16(9), writer.uint16(4000)]);
        const block = writer.block(1, writer.uint16(1), writer.uint16(0), writer.uint32(0), options);
        assert.match((await read(writer.section(), block)).damage?.message ?? "", /option 9 .* at byte 44$/);
      });
    });
  }

  it("reads sections of both byte orders, each with its own interfaces", async () => {
    const little = new PcapngWriter();
    const big = new PcapngWriter(true);
    const text = Buffer.from("x");
    const packets = await contents(
      little.section(),
      little.interface(1),
      little.interface(113, { resolution: 9 }),
      little.enhanced(1, 5n, text),
      little.enhanced(0, 5n, text),
      big.section(),
      big.interface(101),
      big.enhanced(0, 5n, text),
      little.section(),
      little.interface(276),
      little.enhanced(0, 5n, text),
    );
    assert.deepEqual(
      packets.map(({ linkType, time }) => [linkType, time]),
      [
        [113, 5n],
        [1, 5000n],
        [101, 5000n],
        [276, 5000n],
      ],
    );
  });

  it("numbers packets as Wireshark does, which counts journal entries and custom blocks", async () => {
    const writer = new PcapngWriter();
    const packet = writer.enhanced(0, 0n, Buffer.from("x"));
    const others = [9, 0x0bad, 0x4000_0bad].map((type) => writer.block(type, Buffer.from("abcd")));
    const { packets } = await read(writer.section(), writer.interface(1), packet, ...others, packet);
    assert.deepEqual(
      packets.map(({ number }) => number),
      [1, 5],
    );
  });

  it("wants a byte order of every section", async () => {
    const section = new PcapngWriter().section();
    section.fill(0, 8, 12);
    assert.equal((await read(section)).damage?.offset, 8);
  });
});
