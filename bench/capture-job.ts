// One measurement of a capture, as a program of its own, so that its memory can be measured alone. Its arguments are
// the job and the file. It prints its result, time and memory as JSON.

import { parse } from "pcap-parser";
import { Decoder } from "../captures/follow/decode.ts";
import { Follower } from "../captures/follow/follow.ts";
import type { Piece } from "../captures/read/packet.ts";
import { readBatches } from "../captures/read/read-capture.ts";

export interface JobReport {
  packets: number;
  /** Bytes of data in all streams. */
  held: number;
  /** The most memory that the process has used (its resident set), in MiB. */
  memory: number;
}

const [job = "", path = ""] = process.argv.slice(2);
const found = await perform();
const memory = process.resourceUsage().maxRSS / 1024; // Node.js gives KiB.
console.log(JSON.stringify({ ...found, memory } satisfies JobReport));

function perform(): Promise<Omit<JobReport, "memory">> {
  if (job === "parse") return parseBare();
  return job === "read" ? read() : follow();
}

/** Only parses the file with pcap-parser, as its README does. */
function parseBare(): Promise<Omit<JobReport, "memory">> {
  return new Promise((resolve, reject) => {
    let packets = 0;
    parse(path)
      .on("packet", () => {
        packets += 1;
      })
      .on("error", reject)
      .on("end", () => resolve({ packets, held: 0 }));
  });
}

async function read(): Promise<Omit<JobReport, "memory">> {
  let packets = 0;
  for await (const batch of readBatches(path)) packets += batch.length;
  return { packets, held: 0 };
}

/** Reads, decodes and follows everything, as `npm run show` does. */
async function follow(): Promise<Omit<JobReport, "memory">> {
  const decoder = new Decoder();
  const follower = new Follower();
  let packets = 0;
  for await (const batch of readBatches(path)) {
    packets += batch.length;
    for (const packet of batch) {
      const segment = decoder.decode(packet);
      if (segment !== undefined) follower.add(segment);
    }
  }
  const held = follower.finish().reduce((sum, { fromA, fromB }) => sum + bytesOf(fromA) + bytesOf(fromB), 0);
  return { packets, held };
}

function bytesOf(pieces: Iterable<Piece>): number {
  let sum = 0;
  for (const piece of pieces) if (piece.kind === "data") sum += piece.bytes.length;
  return sum;
}
