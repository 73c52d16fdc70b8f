// What stands below a list: the packet or the line that is chosen, asked for and made ready to be shown.

import { nothing, type TemplateResult } from "lit";
import type { Hit, PacketView } from "../../shared/captures.ts";
import { server } from "../server.ts";
import { type Block, readBlock } from "./blocks.ts";
import type { Talk } from "./capture-lists.ts";
import { lineFacts, packetFacts, talkOf } from "./facts.ts";
import type { Place } from "./field-tree.ts";
import type { View } from "./view-address.ts";

export interface Detail {
  heading: string;
  facts: TemplateResult | typeof nothing;
  /** The bytes: as they were on the wire, then what a key has opened. */
  blocks: readonly Block[];
  linked: Linked;
}

/** What it belongs to: the other lists show it, too. */
export interface Linked {
  packet?: number | undefined;
  talk?: Talk | undefined;
  line?: number | undefined;
}

export const NO_DETAIL: Detail = { heading: "", facts: nothing, blocks: [], linked: {} };

/**
 * @param capture its id in the list, for links
 * @returns undefined if nothing is chosen in the view
 * @throws CallError if there is no such packet or line
 */
export async function detailOf(opened: number, capture: string, view: View): Promise<Detail | undefined> {
  switch (view.tab) {
    case "connections":
      return undefined;
    case "packets":
      return view.packet === undefined ? undefined : await packetDetail(opened, capture, view.packet);
    case "plots":
      return view.line === undefined ? undefined : await lineDetail(opened, capture, view.stream, view.line);
    case "lines": {
      const { talk, line } = view;
      if (line === undefined) return undefined;
      return talk.kind === "stream"
        ? await lineDetail(opened, capture, talk.number, line)
        : await datagramDetail(opened, capture, talk.number, line);
    }
  }
}

async function packetDetail(opened: number, capture: string, packet: number): Promise<Detail> {
  const view: PacketView = await server.call("captures/packet", { opened, packet });
  const { block, inside, lines, row } = view;
  return {
    heading: `Packet ${packet}`,
    facts: packetFacts(capture, view),
    blocks: [readBlock("On the wire", block), ...inside.map((one) => readBlock(one.title, one))],
    linked: { packet, talk: talkOf(row), line: row.stream === null ? undefined : lines[0] },
  };
}

async function lineDetail(opened: number, capture: string, stream: number, line: number): Promise<Detail> {
  const view = await server.call("captures/line", { opened, stream, line });
  const { block, inside, row } = view;
  return {
    heading: `Line ${line} of connection ${stream}`,
    facts: lineFacts(capture, view),
    blocks: [readBlock("On the wire", block), ...(inside === null ? [] : [readBlock(inside.title, inside)])],
    linked: { packet: row.packet, talk: { kind: "stream", number: stream }, line },
  };
}

/** A datagram is shown in its packet. */
async function datagramDetail(
  opened: number,
  capture: string,
  conversation: number,
  datagram: number,
): Promise<Detail | undefined> {
  const given = { opened, conversation, from: datagram, count: 1 };
  const [row] = (await server.call("captures/datagrams", given)).rows;
  if (row === undefined) return undefined;
  const detail = await packetDetail(opened, capture, row.packet);
  return { ...detail, linked: { ...detail.linked, line: datagram } };
}

/** Where a hit stands in what is shown. Of a datagram, the packet is shown: what was counted from its data is further on. */
export function placeOf({ where, decrypted, offset, length }: Hit, [wire]: readonly Block[]): Place {
  const data = wire?.layers.find(({ title }) => title === "Data");
  const start = offset + (where === "datagram" && !decrypted ? (data?.start ?? 0) : 0);
  return { block: decrypted ? 1 : 0, start, end: start + length };
}
