// Reads the TCP segments of a committed capture, for questions about it.

import { join } from "node:path";
import { Decoder } from "../../../captures/follow/decode.ts";
import type { Segment } from "../../../captures/read/packet.ts";
import { readCapture } from "../../../captures/read/read-capture.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";

/** All segments of a file in captures/, in order. @throws FileError or CaptureError if it cannot be read */
export async function segmentsOf(file: string): Promise<Segment[]> {
  const decoder = new Decoder();
  const segments: Segment[] = [];
  for await (const packet of readCapture(join(COURSE_FOLDER, "captures", file))) {
    const segment = decoder.decode(packet);
    if (segment !== undefined) segments.push(segment);
  }
  return segments;
}

/** The data of a segment as text, on one line. */
export function textOf({ payload }: Segment): string {
  return JSON.stringify(payload.toString());
}
