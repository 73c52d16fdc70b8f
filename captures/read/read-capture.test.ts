import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { assert } from "chai";
import fc from "fast-check";
import { pcapHeader, pcapRecord } from "../record/pcap-writer.ts";
import { PcapngWriter } from "../testing/pcapng.ts";
import { readBytes, type WholeCapture } from "../testing/reading.ts";
import { FileError } from "./capture-file.ts";
import { CaptureError, type Packet } from "./packet.ts";
import { readBatches, readCapture } from "./read-capture.ts";

const TIME = 1_700_000_000_123_456_789n;
const MICROSECONDS = 1_700_000_000_123_456_000n;
const PACKETS = ["one", "", "three"].map((text) => Buffer.from(text));

const FORMS = [
  { title: "pcap", form: {} },
  { title: "big-endian pcap", form: { bigEndian: true } },
  { title: "nanosecond pcap", form: { nanoseconds: true } },
  { title: "big-endian nanosecond pcap", form: { nanoseconds: true, bigEndian: true } },
];

function pcap(form: { nanoseconds?: boolean; bigEndian?: boolean } = {}): Buffer {
  const records = PACKETS.map((data, index) =>
    pcapRecord(TIME + BigInt(index) * 1_000_000_000n, data, 100, form),
  );
  return Buffer.concat([pcapHeader(113, form), ...records]);
}

function pcapng(): Buffer {
  const writer = new PcapngWriter();
  const blocks = PACKETS.map((data) => writer.enhanced(0, 7n, data));
  return Buffer.concat([writer.section(), writer.interface(1), ...blocks]);
}

describe("reading captures", () => {
  const folder = mkdtempSync(join(tmpdir(), "captures-"));
  const path = join(folder, "capture");

  after(() => rmSync(folder, { recursive: true }));

  /** All packets of a file, and its damage if it has any. */
  const read = (bytes: Buffer): Promise<WholeCapture> => readBytes(path, bytes);

  /** The error that is thrown without `onDamage`. */
  async function failure(file: string): Promise<unknown> {
    try {
      for await (const _ of readCapture(file));
    } catch (error) {
      return error;
    }
    return undefined;
  }

  /** Checks that the data of each packet stand at its offset in the file. */
  function standWhereTheySay(packets: readonly Packet[], file: Buffer): void {
    for (const { offset = -1, data } of packets)
      assert.deepEqual(file.subarray(offset, offset + data.length), data);
  }

  for (const { title, form } of FORMS) {
    it(`reads ${title}`, async () => {
      const bytes = pcap(form);
      const { packets, damage } = await read(bytes);
      assert.isUndefined(damage);
      standWhereTheySay(packets, bytes);
      const first = form.nanoseconds ? TIME : MICROSECONDS;
      assert.deepEqual(
        packets.map(({ offset, ...packet }) => packet),
        PACKETS.map((data, index) => ({
          number: index + 1,
          time: first + BigInt(index) * 1_000_000_000n,
          linkType: 113,
          data,
          originalLength: 100,
        })),
      );
    });
  }

  for (const { title, form } of FORMS) {
    it(`reads ${title} of the versions 2.0 to 2.3, with the lengths in either order`, async () => {
      const whole = (await read(pcap(form))).packets;
      for (const minor of [0, 1, 2, 3]) {
        for (const isSwapped of [false, true]) {
          const file = pcap(form);
          file[form.bigEndian ? 7 : 6] = minor;
          if (isSwapped) swapLengths(file, form.bigEndian ?? false);
          assert.deepEqual(await read(file), { packets: whole, damage: undefined }, `2.${minor}`);
        }
      }
      // From version 2.4 on, the order is fixed.
      const newest = pcap(form);
      swapLengths(newest, form.bigEndian ?? false);
      assert.notDeepEqual((await read(newest)).packets, whole);
    });
  }

  /** Puts the length on the wire before the captured length, in all records. */
  function swapLengths(file: Buffer, bigEndian: boolean): void {
    for (let start = 24; start < file.length; ) {
      const captured = bigEndian ? file.readUInt32BE(start + 8) : file.readUInt32LE(start + 8);
      const lengths = Buffer.from(file.subarray(start + 8, start + 16));
      lengths.copy(file, start + 12, 0, 4);
      lengths.copy(file, start + 8, 4, 8);
      start += 16 + captured;
    }
  }

  it("gives data that keep nothing else alive", async () => {
    for (const file of [pcap(), pcap({ nanoseconds: true }), pcapng()]) {
      const { packets } = await read(file);
      for (const { data } of packets) assert.equal(data.buffer.byteLength, data.length);
    }
  });

  it("gives many packets at once, but never so many that tiny ones fill the memory", async () => {
    const writer = new PcapngWriter();
    const files = [
      { start: pcapHeader(1), packet: pcapRecord(0n, Buffer.from("x")) },
      {
        start: pcapHeader(1, { nanoseconds: true }),
        packet: pcapRecord(0n, Buffer.from("x"), 1, { nanoseconds: true }),
      },
      {
        start: Buffer.concat([writer.section(), writer.interface(1)]),
        packet: writer.enhanced(0, 0n, Buffer.from("x")),
      },
    ];
    for (const { start, packet } of files) {
      writeFileSync(path, Buffer.concat([start, ...Array.from({ length: 1300 }, () => packet)]));
      const sizes: number[] = [];
      for await (const batch of readBatches(path)) sizes.push(batch.length);
      assert.deepEqual(sizes, [512, 512, 276]);
    }
  });

  it("gives the packets before a damage in their batch, and then the damage", async () => {
    for (const { file, cut } of [
      { file: pcap(), cut: 1 },
      { file: pcap({ nanoseconds: true }), cut: 1 },
      { file: pcapng(), cut: 1 },
      { file: pcapng(), cut: 5 }, // The file ends before the second length of the block.
    ]) {
      writeFileSync(path, file.subarray(0, -cut));
      const sizes: number[] = [];
      let error: unknown;
      try {
        for await (const batch of readBatches(path)) sizes.push(batch.length);
      } catch (thrown) {
        error = thrown;
      }
      assert.deepEqual(sizes, [2]);
      assert.instanceOf(error, CaptureError);
    }
  });

  it("takes only the link type from a field that says more", async () => {
    const file = pcap();
    file.writeUInt32LE(0x5400_0001, 20); // This means frames with a checksum of 4 bytes.
    assert.equal((await read(file)).packets[0]?.linkType, 1);
  });

  it("reads records that are larger than what is read at once", async () => {
    const large = Buffer.alloc(262_144, "x");
    const file = Buffer.concat([pcapHeader(1), ...[1, 2, 3].map(() => pcapRecord(TIME, large))]);
    const { packets, damage } = await read(file);
    assert.isUndefined(damage);
    assert.deepEqual(
      packets.map(({ data }) => data.equals(large)),
      [true, true, true],
    );
  });

  for (const { title, file } of [
    ...FORMS.map(({ title, form }) => ({ title, file: pcap(form) })),
    { title: "pcapng", file: pcapng() },
  ]) {
    it(`${title}, cut at every byte, gives the packets before the cut, and says where the file ends`, async () => {
      const whole = await read(file);
      const ends = new Set(recordEnds(file, title));
      for (let length = 1; length < file.length; length += 1) {
        const { packets, damage } = await read(file.subarray(0, length));
        assert.deepEqual(packets, whole.packets.slice(0, packets.length));
        if (ends.has(length)) {
          assert.isUndefined(damage, `cut at ${length}`);
        } else {
          assert.instanceOf(damage, CaptureError, `cut at ${length}`);
          // A file of fewer than 4 bytes cannot be recognised, so the damage is at its beginning.
          assert.equal(damage?.offset, length < 4 ? 0 : length);
        }
      }
    });
  }

  /** Where a file can be cut and stays valid: behind the header, and behind each record or block. */
  function recordEnds(file: Buffer, title: string): number[] {
    const ends: number[] = [];
    const isPcapng = title === "pcapng";
    const bigEndian = title.startsWith("big-endian");
    let end = isPcapng ? 0 : 24;
    if (!isPcapng) ends.push(end);
    while (end < file.length) {
      const at = end + (isPcapng ? 4 : 8);
      end += (isPcapng ? 0 : 16) + (bigEndian ? file.readUInt32BE(at) : file.readUInt32LE(at));
      ends.push(end);
    }
    return ends;
  }

  it("throws the damage after the packets before it", async () => {
    writeFileSync(path, pcap().subarray(0, -1));
    const texts: string[] = [];
    let error: unknown;
    try {
      for await (const { data } of readCapture(path)) texts.push(data.toString());
    } catch (thrown) {
      error = thrown;
    }
    assert.deepEqual(texts, ["one", ""]);
    assert.instanceOf(error, CaptureError);
    assert.match(String(error), /the file ends within packet 3 \(it has 20 of the 21 bytes .* at byte 79$/);
  });

  const IMPOSSIBLE = [
    { title: "a captured length of 0xffffffff", at: 24 + 8, value: 0xffff_ffff, offset: 32 },
    { title: "a captured length over the limit", at: 24 + 8, value: 262_145, offset: 32 },
    { title: "the version 3.4, which pcap-parser takes", at: 4, value: 0x0004_0003, offset: 4 },
    { title: "the version 2.5, which pcap-parser takes", at: 4, value: 0x0005_0002, offset: 4 },
  ];
  for (const { title, at, value, offset } of IMPOSSIBLE) {
    it(`refuses ${title}`, async () => {
      const file = pcap();
      file.writeUInt32LE(value, at);
      const { packets, damage } = await read(file);
      assert.isEmpty(packets);
      assert.equal(damage?.offset, offset);
    });
  }

  const OTHERS = [
    { title: "an empty file", bytes: Buffer.alloc(0), says: /is empty/ },
    { title: "zstd", bytes: Buffer.from("28b52ffd00", "hex"), says: /zstd .*unzstd/ },
    {
      title: "text",
      bytes: Buffer.from("12:00:00.1 IP 127.0.0.1.10 > …".slice(0, 20)),
      says: /text .*-w FILE/,
    },
    { title: "a capture of snoop", bytes: Buffer.from("snoop\0\0\0\0\0\0\x02"), says: /snoop .*editcap/ },
    { title: "anything else", bytes: Buffer.from("7f454c46", "hex"), says: /7f454c46/ },
  ];
  for (const { title, bytes, says } of OTHERS) {
    it(`says of ${title} what it seems to be`, async () => {
      writeFileSync(path, bytes);
      const error = await failure(path);
      assert.instanceOf(error, CaptureError);
      assert.match(String(error), says);
    });
  }

  it("says why a file cannot be read", async () => {
    const missing = await failure(join(folder, "missing"));
    assert.instanceOf(missing, FileError);
    assert.match(String(missing), /cannot read .*missing: there is no such file/);
    const directory = await failure(folder);
    assert.instanceOf(directory, FileError);
    assert.match(String(directory), /it is a folder/);
  });

  /** How many times this process has the file open, according to Linux. */
  function timesOpen(): number {
    return readdirSync("/proc/self/fd").filter((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`) === path;
      } catch {
        return false; // This descriptor belonged to the folder that we read.
      }
    }).length;
  }

  const closes = async (): Promise<void> => {
    await read(pcap());
    await read(pcap().subarray(0, -1));
    await failure(path);
    for (const file of [pcap(), gzipSync(pcap())]) {
      writeFileSync(path, file);
      let open = -1;
      for await (const _ of readCapture(path)) {
        open = timesOpen();
        break;
      }
      assert.equal(open, 1);
      assert.equal(timesOpen(), 0);
    }
  };
  if (process.platform === "linux") {
    it("closes the file at the end, after damage, and when the caller stops", closes);
  }

  it("whatever the bytes, throws nothing but its own errors", async () => {
    const beginnings = [
      pcap(),
      pcap({ bigEndian: true }),
      pcap({ nanoseconds: true }),
      pcapng(),
      Buffer.alloc(0),
    ];
    const change = fc.record({ at: fc.nat(200), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...beginnings),
        fc.nat(200),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(change, { maxLength: 4 }),
        async (beginning, length, rest, changes) => {
          const file = Buffer.concat([beginning.subarray(0, length), rest]);
          for (const { at, value } of changes) if (at < file.length) file[at] = value;
          const { packets } = await read(file);
          const held = packets.reduce((sum, { data }) => sum + data.length, 0);
          assert.isAtMost(held, file.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  describe("hostile files of 8 MiB", () => {
    const SIZE = 8 * 2 ** 20;
    const writer = new PcapngWriter();
    const section = writer.section();
    const described = writer.interface(1);

    interface Hostile {
      title: string;
      start: Buffer;
      repeated: Buffer;
      packets: number;
      gzipped?: boolean;
    }

    const HOSTILE: readonly Hostile[] = [
      {
        title: "empty packets",
        start: pcapHeader(1),
        repeated: pcapRecord(0n, Buffer.alloc(0)),
        packets: Math.floor((SIZE - 24) / 16),
      },
      {
        title: "empty packets with nanoseconds",
        start: pcapHeader(1, { nanoseconds: true }),
        repeated: pcapRecord(0n, Buffer.alloc(0)),
        packets: Math.floor((SIZE - 24) / 16),
      },
      {
        title: "empty packets in a file that is gzipped to a thousandth",
        start: pcapHeader(1),
        repeated: pcapRecord(0n, Buffer.alloc(0)),
        packets: Math.floor((SIZE - 24) / 16),
        gzipped: true,
      },
      {
        title: "a length that never comes",
        start: Buffer.concat([pcapHeader(1), Buffer.from("00000000000000000000040000000400", "hex")]),
        repeated: Buffer.alloc(4096),
        packets: Math.floor((SIZE - 24 - 16 - 262_144) / 16) + 1,
      },
      { title: "nothing but interfaces", start: section, repeated: described, packets: 0 },
      { title: "nothing but sections", start: section, repeated: section, packets: 0 },
      {
        title: "a block as long as the file",
        start: Buffer.concat([section, Buffer.from("010000000000800000000000", "hex")]),
        repeated: Buffer.alloc(4096),
        packets: 0,
      },
    ];
    for (const { title, start, repeated, packets, gzipped = false } of HOSTILE) {
      it(`${title}: neither hang nor fill the memory`, () => {
        const times = Math.ceil((SIZE - start.length) / repeated.length);
        const file = Buffer.concat([start, Buffer.alloc(times * repeated.length, repeated)]).subarray(
          0,
          SIZE,
        );
        writeFileSync(path, gzipped ? gzipSync(file) : file);
        const program = join(import.meta.dirname, "../testing/memory.ts");
        const child = spawnSync(process.execPath, ["--expose-gc", "--import", "tsx", program, path], {
          encoding: "utf8",
        });
        const report = JSON.parse(child.stdout) as { packets: number; grown: number };
        assert.equal(report.packets, packets);
        assert.isAtMost(report.grown, 8 + 16);
      });
    }
  });
});
