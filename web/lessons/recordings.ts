// What a page shows of recordings, for the browser: bytes with their meanings, and tables whose rows lead to bytes.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { LabelledBytes } from "../../captures/explain/line-bytes.ts";
import { readable } from "../../captures/explain/readable.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import { PACKET_COLUMNS, packetCells, packetTable } from "../../captures/show/packet-table.ts";
import {
  conversationOf,
  handshakeOf,
  packetRanges,
  packetsIn,
  RECORDED_KINDS,
  type RecordedMarker,
  readRecordedMarker,
  streamOf,
} from "../../course/lesson/recorded.ts";
import type { LabelledRange, Part } from "../shared/lessons.ts";

/** The widest row of a table, in columns: the page scrolls it. */
const WIDTH = 200;

/** @param root the course's folder @param block the number of the table on its page */
export async function recordedParts(root: string, marker: RecordedMarker, block: number): Promise<Part[]> {
  const path = join(root, marker.file);
  const capture = basename(marker.file, ".pcap");
  switch (marker.kind) {
    case "hex": {
      const ranges = await packetRanges(path, marker.packet, marker.isDataOnly);
      const what = marker.isDataOnly ? "The data of packet" : "Packet";
      return [
        {
          kind: "bytes",
          capture,
          title: `${what} ${marker.packet} of ${marker.file}`,
          ranges: ranges.map(sent),
        },
      ];
    }
    case "handshake":
      return (await handshakeOf(path, marker.stream)).map(({ title, ranges }) => ({
        kind: "bytes",
        capture,
        title,
        ranges: ranges.map(sent),
      }));
    case "packets": {
      const wanted = marker.stream === undefined ? undefined : await streamOf(path, marker.stream);
      const table = packetTable(await loadCapture(path, false), wanted, WIDTH);
      const rows = (await packetsIn(path, wanted, marker.range)).map(({ listed, first }) => ({
        cells: packetCells(table, listed, first),
        packet: listed.number,
      }));
      const title = `Packets of ${marker.file}${marker.stream === undefined ? "" : `, stream ${marker.stream}`}`;
      return [{ kind: "recorded", title, capture, block, heading: [...PACKET_COLUMNS], rows }];
    }
    case "conversation": {
      const { lines } = await conversationOf(path, marker.stream, marker.range);
      const rows = lines.map(({ number, packet, seconds, who, bytes, length }) => {
        const text = bytes === undefined ? `(${length} bytes are missing)` : readable(bytes);
        return { cells: [String(number), String(packet), seconds.toFixed(3), who, text], packet };
      });
      const title = `Lines of ${marker.file}, stream ${marker.stream}`;
      const heading = ["line", "packet", "seconds", "who", "on the wire"];
      return [{ kind: "recorded", title, capture, block, heading, rows }];
    }
  }
}

/** Whether the course has a recording of this name, such as 01-nagle. */
export function isRecording(root: string, name: string): boolean {
  return existsSync(join(root, "captures", `${name}.pcap`));
}

/** All markers of a page that show a part of a recording, in order: the number of a table is its place here. */
export function recordedMarkers(text: string): RecordedMarker[] {
  return [...text.matchAll(/^<!-- generate: (\w+) (.+) -->$/gm)].flatMap(([, kind, words = ""]) => {
    const known = RECORDED_KINDS.find((one) => one === kind);
    return known === undefined ? [] : [readRecordedMarker(known, words.split(/ +/))];
  });
}

/** The bytes of one packet of a table. For a conversation: its data alone. */
export async function bytesOfPacket(
  root: string,
  marker: RecordedMarker,
  packet: number,
): Promise<LabelledRange[]> {
  const ranges = await packetRanges(join(root, marker.file), packet, marker.kind === "conversation");
  return ranges.map(sent);
}

function sent({ bytes, label }: LabelledBytes): LabelledRange {
  return { bytes: bytes.toString("hex"), label };
}
