// Writes pictures as PNG files (RFC 2083) with three bytes per pixel and no filters. Reads only its own files. Pure.

import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A picture with three bytes per pixel (red, green, blue), row by row from the top left. */
export interface Picture {
  width: number;
  height: number;
  pixels: Buffer;
}

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

/** In IHDR: 8 bits per colour; red, green and blue; compression and filtering as PNG defines them; not interlaced. */
const FORMAT = Buffer.from([8, 2, 0, 0, 0]);

export function encodePng({ width, height, pixels }: Picture): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  const rows: Buffer[] = [];
  for (let row = 0; row < height; row += 1) {
    // A byte before each row names its filter: 0 means none.
    rows.push(Buffer.alloc(1), pixels.subarray(3 * width * row, 3 * width * (row + 1)));
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat([size, FORMAT])),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * Reads a picture, so that tests can compare pixels: versions of zlib compress the same pixels to different bytes.
 * @throws Error if the file was not written by encodePng()
 */
export function decodePng(file: Buffer): Picture {
  const chunks = readChunks(file);
  const [header, data] = [chunks.get("IHDR"), chunks.get("IDAT")];
  if (header === undefined || data === undefined || !header.subarray(8).equals(FORMAT))
    throw new Error("not a picture of this course");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(data);
  const pixels = Buffer.alloc(3 * width * height);
  for (let row = 0; row < height; row += 1) {
    rows.copy(pixels, 3 * width * row, (3 * width + 1) * row + 1, (3 * width + 1) * (row + 1));
  }
  return { width, height, pixels };
}

/** A chunk: the length of its bytes, its name, its bytes, and a checksum of name and bytes. */
function chunk(name: string, bytes: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(name, "ascii"), bytes]);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(bytes.length);
  numbers.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([numbers.subarray(0, 4), content, numbers.subarray(4)]);
}

function readChunks(file: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  let position = SIGNATURE.length;
  while (position + 12 <= file.length) {
    const length = file.readUInt32BE(position);
    const name = file.toString("ascii", position + 4, position + 8);
    chunks.set(name, file.subarray(position + 8, position + 8 + length));
    position += 12 + length;
  }
  return chunks;
}
