// How long the programs wait for a line that stands at Mallory. Pure.

import type { WireLine } from "../../shared/wire.ts";
import { programOf } from "./words.ts";

/** A chat is lost when an acknowledgement is owed for 30 s (P3.10), a session after 45 s of silence (P9.6); in milliseconds. */
const PATIENCE = { chat: 30_000, session: 45_000 } as const;

/**
 * Says how long there still is.
 * @param waited how long the line has been waiting, in milliseconds
 * @returns undefined if nobody waits for it
 */
export function patienceWords(
  { link, from }: Pick<WireLine, "link" | "from">,
  waited: number,
): string | undefined {
  if (link !== "chat" && link !== "session") return undefined;
  const seconds = Math.max(0, Math.ceil((PATIENCE[link] - waited) / 1000));
  return seconds === 0
    ? `${programOf(from)} has waited too long by now`
    : `${programOf(from)} gives up in ${seconds} s`;
}
