import { expect } from "chai";
import { BlobReader } from "./blob-reader.ts";
import { isEqual } from "./bytes.ts";

const STEP = 1_048_576;
const SIZE = 2 * STEP + 100_000;

/** A blob that counts how often it is read. */
class CountedBlob extends Blob {
  reads: number[] = [];

  override slice(start = 0, end = this.size): Blob {
    this.reads.push(start);
    return super.slice(start, end);
  }
}

describe("reading a blob in steps", () => {
  const bytes = new Uint8Array(SIZE).map((_, index) => (index * 31 + (index >> 8)) & 255);

  it("P10.9 gives the same bytes as the blob, from any offset, over the ends of steps, and fewer at its end", async () => {
    const reader = new BlobReader(new Blob([bytes]));
    for (const [offset, length] of [
      [0, 65_536],
      [1, 65_536],
      [STEP - 65_536, 65_536],
      [STEP - 1, 2],
      [STEP - 1, STEP + 2],
      [5, 7],
      [SIZE - 10, 65_536],
      [SIZE, 1],
      [SIZE + STEP, 1],
      [0, SIZE],
    ] as const) {
      const read = await reader.read(offset, length);
      expect(isEqual(read, bytes.slice(offset, offset + length)), `${length} from ${offset}`).to.equal(true);
    }
  });

  it("P10.9 reads each step once, and one ahead", async () => {
    const blob = new CountedBlob([bytes]);
    const reader = new BlobReader(blob);
    await reader.read(0, 1);
    expect(blob.reads).to.deep.equal([0, STEP]);
    for (let at = 0; at < SIZE; at += 65_536) await reader.read(at, 65_536);
    expect(blob.reads).to.deep.equal([0, STEP, 2 * STEP]);
  });

  it("P10.9 a blob that cannot be read any more rejects each time, and nobody else hears of it", async () => {
    const blob = new Blob([bytes]);
    blob.slice = () => {
      const part = new Blob([]);
      part.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
      return part;
    };
    const reader = new BlobReader(blob);
    for (const at of [0, STEP]) {
      const error = await reader.read(at, 1).catch((reason: unknown) => reason);
      expect((error as Error).name).to.equal("NotReadableError");
    }
  });
});
