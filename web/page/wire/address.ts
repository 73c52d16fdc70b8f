// The addresses of what the place shows: a stage, a line, a field of it. A line's bytes stand in its address, so that it
// opens for whom it is sent to, also where no program runs. Pure.

import { LINKS, type Link, WIRE_STAGES, type WireStage } from "../../shared/wire.ts";
import { linkTo } from "../route.ts";

/** Where a teacher begins. */
export const FIRST_STAGE: WireStage = "02";

/** What a stage is about: in an address, it is just `line`. Lines of other links have their link's name there. */
const MAIN_LINKS: Readonly<Record<WireStage, Link>> = {
  "01": "calculator",
  "02": "chat",
  "03": "chat",
  "04": "chat",
  "05": "session",
};

/** Longer lines have no address: browsers and mail programs cut long ones. In bytes. */
export const MOST_ADDRESS_BYTES = 32_768;

/** What an address leads to. */
export interface Spot {
  stage: WireStage;
  /** The line that is open: its link, and its bytes in base64url. */
  line?: { link: Link; bytes: string };
  /** The name of the field that is lit. */
  field?: string;
}

/** @param parts what follows the place's name in the address, decoded; what is no spot leads to the beginning */
export function readSpot(parts: readonly string[]): Spot {
  const [named, word, bytes, field] = parts;
  const stage = WIRE_STAGES.find((one) => one === named) ?? FIRST_STAGE;
  const link = word === "line" ? MAIN_LINKS[stage] : LINKS.find((one) => one === word);
  if (link === undefined || !isBase64url(bytes ?? "")) return { stage };
  const line = { link, bytes: bytes ?? "" };
  return field === undefined ? { stage, line } : { stage, line, field };
}

/** The address of a spot, to be used as a link; that of the stage alone if the line is too long for one. */
export function linkToSpot({ stage, line, field }: Spot): string {
  if (line === undefined || !isBase64url(line.bytes)) return linkTo("wire", stage);
  const word = line.link === MAIN_LINKS[stage] ? "line" : line.link;
  return linkTo("wire", stage, word, line.bytes, ...(field === undefined ? [] : [field]));
}

/** Whether the text can be a line in an address. */
export function isBase64url(text: string): boolean {
  return /^[\w-]+$/.test(text) && text.length <= (MOST_ADDRESS_BYTES * 4) / 3 + 1;
}
