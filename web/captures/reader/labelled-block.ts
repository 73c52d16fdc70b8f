// Turns labelled ranges of bytes into what a page shows: fields with their offset, what they belong to, and how much of them
// a stranger has. Pure.

import { clauseOfPart } from "../../../captures/explain/clauses.ts";
import type { LabelledBytes } from "../../../captures/explain/line-bytes.ts";
import { lookOf } from "../../../captures/explain/looks.ts";
import { type LabelledBlock, type LabelledField, MOST_FIELDS } from "../../shared/captures.ts";
import { short } from "./text.ts";

type Layer = LabelledField["layer"];

/** Which bytes are what programs have said. All before are headers. */
export interface DataRange {
  start: number;
  end: number;
  /** Whether all of it is sealed, whatever it looks like. */
  isHidden?: boolean;
}

/**
 * @param ranges which together are the bytes
 * @param data undefined if there are only headers
 * @param most how many bytes are sent
 */
export function labelledBlock(
  bytes: Buffer,
  ranges: readonly LabelledBytes[],
  data: DataRange | undefined,
  most: number,
): LabelledBlock {
  const fields: LabelledField[] = [];
  let offset = 0;
  for (const range of ranges) {
    const isLast = fields.length === MOST_FIELDS - 1 && offset + range.bytes.length < bytes.length;
    const length = isLast ? bytes.length - offset : range.bytes.length;
    const label = isLast ? "more than can be listed here" : short(range.label);
    const isSaid = isIn(offset, length, data);
    fields.push({
      offset,
      length,
      label,
      layer: isSaid ? "data" : layerOf(label),
      look: isSaid && data?.isHidden ? "sealed" : lookOf(range),
      clause: (range.part === undefined ? undefined : clauseOfPart(range.part)) ?? null,
    });
    if (isLast) break;
    offset += length;
  }
  return { bytes: bytes.subarray(0, most).toString("base64"), length: bytes.length, fields };
}

const LAYERS: readonly Layer[] = ["Ethernet", "IP", "TCP", "UDP"];

/** The labels of headers begin with their layer. Data may say anything, so their labels are not asked. */
function layerOf(label: string): Layer {
  return LAYERS.find((layer) => label.startsWith(`${layer}: `)) ?? "other";
}

/** A range without any byte may also stand at the end. */
function isIn(offset: number, length: number, data: DataRange | undefined): boolean {
  return data !== undefined && offset >= data.start && offset + length <= data.end;
}
