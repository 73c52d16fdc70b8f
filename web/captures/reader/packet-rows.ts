// Rows of the list of packets, and one packet with every byte explained.

import { endpoint } from "../../../captures/explain/endpoint.ts";
import { openedIn } from "../../../captures/explain/opened-tokens.ts";
import { explainPacket } from "../../../captures/explain/packet-bytes.ts";
import type { Packet } from "../../../captures/read/packet.ts";
import type { PacketRow, PacketView, RowsWindow } from "../../shared/captures.ts";
import { CallError } from "../../shared/fields.ts";
import { destinationOf, type FilteredPackets, sourceOf } from "./filtered-packets.ts";
import { type DataRange, labelledBlock } from "./labelled-block.ts";
import type { OpenedCapture } from "./opened-capture.ts";
import { sentIn } from "./packet-index.ts";
import { short } from "./text.ts";

/** How many lines a packet names. */
const MOST_LINES_NAMED = 500;

/** @throws CallError if the filter is wrong */
export function packetWindow(
  capture: OpenedCapture,
  filtered: FilteredPackets,
  { filter, from, count }: { filter: string; from: number; count: number },
): RowsWindow<PacketRow> {
  const total = filtered.count(filter);
  const rows: PacketRow[] = [];
  for (let row = from; row < Math.min(total, from + count); row += 1)
    rows.push(packetRow(capture, filtered.at(filter, row)));
  return { total, from, rows };
}

function packetRow(capture: OpenedCapture, index: number, packet = capture.index.packet(index)): PacketRow {
  const { kind, time, length, talk, isSealed, flags, sequence, acknowledgement, bytes } =
    capture.index.at(index);
  const { what, protocol } = capture.index.words(index, packet, capture.keys.teamKey);
  const isOther = kind === "other";
  return {
    number: index + 1,
    time,
    source: isOther ? "" : endpoint(sourceOf(capture, index)),
    destination: isOther ? "" : endpoint(destinationOf(capture, index)),
    protocol: short(protocol),
    length,
    bytes,
    flags,
    sequence: kind === "tcp" ? sequence : null,
    acknowledgement: kind === "tcp" ? (acknowledgement ?? null) : null,
    what: short(what),
    sealed: isSealed,
    stream: kind === "tcp" ? talk : null,
    conversation: kind === "udp" ? talk : null,
  };
}

/** @param number counted from 1 @throws CallError */
export function packetView(capture: OpenedCapture, number: number): PacketView {
  const index = number - 1;
  if (index < 0 || index >= capture.index.length)
    throw new CallError(`there is no packet ${number}; this capture has ${capture.index.length}, from 1`);
  const packet = capture.index.packet(index);
  const { kind, sequence, acknowledgement } = capture.index.at(index);
  const { ranges } = explainPacket(packet, kind === "tcp" ? { sequence, acknowledgement } : undefined);
  const payload = sentIn(packet)?.payload;
  const data = payload === undefined ? undefined : dataRange(packet, payload);
  const { teamKey } = capture.keys;
  const inside = teamKey === undefined ? [] : openedIn(payload, teamKey);
  const { data: bytes } = packet;
  return {
    row: packetRow(capture, index, packet),
    block: labelledBlock(bytes, ranges, data, bytes.length),
    inside: inside.map(({ title, ranges }) => {
      const opened = Buffer.concat(ranges.map((range) => range.bytes));
      const all = { start: 0, end: opened.length };
      return { title, ...labelledBlock(opened, ranges, all, opened.length) };
    }),
    lines: kind === "tcp" ? linesIn(capture, index) : [],
  };
}

/** Undefined if the data do not stand in the packet itself: those of fragments are put together elsewhere. */
function dataRange({ data }: Packet, payload: Buffer): DataRange | undefined {
  const start = payload.byteOffset - data.byteOffset;
  if (payload.length === 0 || payload.buffer !== data.buffer || start < 0) return undefined;
  return { start, end: start + payload.length };
}

/** The lines of which a packet holds some. */
function linesIn(capture: OpenedCapture, index: number): number[] {
  const { talk, isFromA, bytes } = capture.index.at(index);
  if (bytes === 0) return [];
  const number = index + 1;
  const side = isFromA ? "a" : "b";
  const found: number[] = [];
  for (const [line, { from, firstPacket, packet }] of capture.views
    .of(capture.stream(talk))
    .lines.entries()) {
    if (from === side && firstPacket <= number && number <= packet) found.push(line);
    if (found.length === MOST_LINES_NAMED) break;
  }
  return found;
}
