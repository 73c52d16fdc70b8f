// Bytes with the meaning of each, as the tree of fields and the bytes below it show them. Pure.

import type { LabelledBlock, LabelledField } from "../../shared/captures.ts";
import { fromBase64 } from "../bytes.ts";

/** The bytes from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

/** Some bytes, and what they are. */
export interface Field extends Span {
  label: string;
  look: LabelledField["look"];
  /** The clause of the protocol that describes it; null if none is known. */
  clause: string | null;
}

/** Fields that stand together, such as the header of TCP. */
export interface Layer extends Span {
  title: string;
  fields: readonly Field[];
}

export interface Block {
  /** What it is: `on the wire`, or what a key has opened. */
  title: string;
  bytes: Uint8Array;
  /** How many bytes there are in all: more than came if they are many. */
  length: number;
  layers: readonly Layer[];
}

const TITLES: Readonly<Record<LabelledField["layer"], string>> = {
  Ethernet: "Ethernet",
  IP: "IP",
  TCP: "TCP",
  UDP: "UDP",
  data: "Data",
  other: "Other",
};

export function readBlock(title: string, { bytes, length, fields }: LabelledBlock): Block {
  return {
    title: title.replace(/:$/, ""),
    bytes: fromBase64(bytes),
    length,
    layers: layersOf(fields),
  };
}

/** Fields that follow each other in one layer make one; its name is not said again before each. */
function layersOf(fields: readonly LabelledField[]): Layer[] {
  const layers: { name: string; fields: Field[] }[] = [];
  for (const { offset, length, label, layer, look, clause } of fields) {
    if (layers.at(-1)?.name !== layer) layers.push({ name: layer, fields: [] });
    const short = label.startsWith(`${layer}: `) ? label.slice(layer.length + 2) : label;
    layers.at(-1)?.fields.push({ start: offset, end: offset + length, label: short, look, clause });
  }
  return layers.map(({ name, fields }) => ({
    title: TITLES[name as LabelledField["layer"]],
    start: fields[0]?.start ?? 0,
    end: fields.at(-1)?.end ?? 0,
    fields,
  }));
}

/** The field that holds a byte. Fields stand in order, without gaps. */
export function fieldAt({ layers }: Block, offset: number): Field | undefined {
  const fields = layers.find(({ start, end }) => offset >= start && offset < end)?.fields ?? [];
  let low = 0;
  let high = fields.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fields[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return fields[low];
}
