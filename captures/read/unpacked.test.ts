import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assert } from "chai";
import fc from "fast-check";
import { pcapHeader, pcapRecord } from "../record/pcap-writer.ts";
import { PcapngWriter } from "../testing/pcapng.ts";
import { readBytes, type WholeCapture } from "../testing/reading.ts";
import { CaptureError } from "./packet.ts";
import { Unpacked } from "./unpacked.ts";

/** Bytes that gzip cannot make shorter, so that a cut in the packed file is a cut in them. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
}

const RECORDS = [40, 0, 1400, 90, 7000, 3].map((length) =>
  pcapRecord(1_700_000_000_000_000_000n, noise(length)),
);
const PCAP = Buffer.concat([pcapHeader(1), ...RECORDS]);

describe("gzipped captures", () => {
  const folder = mkdtempSync(join(tmpdir(), "captures-"));
  const path = join(folder, "capture");
  after(() => rmSync(folder, { recursive: true }));

  const read = (bytes: Buffer): Promise<WholeCapture> => readBytes(path, bytes);

  /** Unpacks with this limit, and gives what came out. */
  async function unpack(packed: Buffer, limit: number): Promise<Buffer> {
    const parts = [packed];
    const unpacked = new Unpacked(async () => parts.shift(), limit);
    const all: Buffer[] = [];
    try {
      for (;;) {
        const memory = Buffer.alloc(1000);
        const count = await unpacked.read(memory, 0);
        if (count === 0) return Buffer.concat(all);
        all.push(memory.subarray(0, count));
      }
    } finally {
      unpacked.close();
    }
  }

  it("are read as they were before, whatever their format", async () => {
    const writer = new PcapngWriter();
    const nanoseconds = { nanoseconds: true };
    for (const file of [
      PCAP,
      Buffer.concat([pcapHeader(1, nanoseconds), pcapRecord(7n, noise(99), 99, nanoseconds)]),
      Buffer.concat([writer.section(), writer.interface(1), writer.enhanced(0, 7n, noise(99))]),
    ]) {
      const plain = await read(file);
      assert.isNotEmpty(plain.packets);
      assert.deepEqual(await read(gzipSync(file)), plain);
    }
  });

  it("may be larger than what is in memory at once, and packed in several parts", async () => {
    const many = Buffer.concat([pcapHeader(1), ...Array.from({ length: 400 }, () => RECORDS).flat()]);
    const plain = await read(many);
    assert.lengthOf(plain.packets, 2400);
    const middle = 1_000_000;
    const packed = Buffer.concat([gzipSync(many.subarray(0, middle)), gzipSync(many.subarray(middle))]);
    assert.deepEqual(await read(packed), plain);
  });

  it("cut anywhere, give all packets before the cut, and say that they are cut off", async () => {
    const plain = (await read(PCAP)).packets;
    const packed = gzipSync(PCAP);
    for (let length = 3; length < packed.length; length += 97) {
      const { packets, damage } = await read(packed.subarray(0, length));
      assert.deepEqual(packets, plain.slice(0, packets.length));
      assert.instanceOf(damage, CaptureError);
      assert.match(
        String(damage),
        /the gzipped file is cut off: it ends at byte \d+ of what is packed in it$/,
      );
      // What the cut leaves is there: with noise, packed bytes are about as many as unpacked ones.
      let end = 24;
      const whole = RECORDS.filter((record) => {
        end += record.length;
        return end < length - 500;
      });
      assert.isAtLeast(packets.length, whole.length, `cut at ${length}`);
    }
  });

  it("that are damaged say so in one line", async () => {
    const packed = gzipSync(PCAP);
    const wrongSum = Buffer.from(packed);
    wrongSum[packed.length - 6] = (wrongSum[packed.length - 6] ?? 0) ^ 1;
    const { packets, damage } = await read(wrongSum);
    assert.isAtLeast(packets.length, 3);
    assert.match(String(damage), /the gzipped file is damaged \(incorrect data check\) at byte \d+ of what/);
  });

  it("that hold no capture say what they hold", async () => {
    for (const [held, says] of [
      [Buffer.from("root:x:0:0"), /seems to be text .* of what is packed in it$/],
      [gzipSync(PCAP), /gzipped twice \(unpack it with gunzip\)/],
      [Buffer.alloc(0), /is empty/],
    ] as const) {
      const { packets, damage } = await read(gzipSync(held));
      assert.isEmpty(packets);
      assert.match(String(damage), says);
    }
  });

  it("may not unpack to more than the limit", async () => {
    const held = Buffer.alloc(3 * 2 ** 20);
    const packed = gzipSync(held);
    assert.isBelow(packed.length, 10_000);
    assert.deepEqual(await unpack(packed, held.length), held);
    let error: unknown;
    try {
      await unpack(packed, held.length - 2 ** 20);
    } catch (thrown) {
      error = thrown;
    }
    assert.instanceOf(error, CaptureError);
    assert.match(String(error), /holds more than 2 MiB \(unpack it with gunzip\)/);
  });

  it("whatever the bytes, throw nothing but errors about captures", async () => {
    const packed = gzipSync(PCAP);
    const change = fc.record({ at: fc.nat(packed.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length),
        fc.uint8Array({ maxLength: 30 }),
        fc.array(change, { maxLength: 4 }),
        async (length, rest, changes) => {
          const file = Buffer.concat([packed.subarray(0, length), rest]);
          for (const { at, value } of changes) if (at >= 2 && at < file.length) file[at] = value;
          await read(file);
        },
      ),
      { numRuns: 200 },
    );
  });
});
