// Opens the lines of a stream with all keys that there are: the key log of stage 04, the team's key of stage 05. Pure.

import type { KeyLog } from "./key-log.ts";
import type { StreamLine } from "./stream-lines.ts";
import { openHellos, type TeamKey } from "./team-tokens.ts";
import { unseal } from "./unseal.ts";
import type { Unsealed } from "./unsealed.ts";

export interface Keys {
  keyLog?: KeyLog | undefined;
  teamKey?: TeamKey | undefined;
}

/** @param lines all lines of the stream, in order @returns the results by line */
export function openLines(
  lines: readonly StreamLine[],
  { keyLog, teamKey }: Keys,
): ReadonlyMap<StreamLine, Unsealed> {
  return new Map([
    ...(keyLog === undefined ? [] : unseal(lines, keyLog)),
    ...(teamKey === undefined ? [] : openHellos(lines, teamKey)),
  ]);
}
