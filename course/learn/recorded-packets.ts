// The packets of the last run: writes their recording, and reads its lines from it. The terminal and the page in the browser
// show the same.

import { writeFileSync } from "node:fs";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { packetNumber } from "../../checks/engine/recording.ts";
import { recordingOf } from "../../checks/engine/run-checks.ts";
import { decisive, type Outcome } from "./check-exercise.ts";

/** The file in work/ that holds the packets of the last run. */
export const LAST_RUN = "last-run.pcap";

/** What is said of a run in which nothing passed over the network that we could record. */
export const NO_PACKETS =
  "In this run the checker had no connection of its own: it called functions, or ran a program that talks to others.";

export interface RecordedPackets {
  /** What the recording shows: a sentence. */
  about: string;
  streams: readonly Stream[];
  /** The number of the packet at which the check failed. */
  wanted: number | undefined;
}

/**
 * Writes the recording of a run, and reads it: that of the failed check, or of all checks if they passed.
 * @param file the absolute path of the recording
 * @returns undefined if nothing passed over the network; then nothing is written
 */
export async function recordPackets(outcome: Outcome, file: string): Promise<RecordedPackets | undefined> {
  const failed = decisive(outcome);
  const results = failed === undefined ? outcome.results : [failed];
  const capture = results.find((result) => result.capture !== undefined)?.capture;
  if (capture === undefined && results.every(({ recorded }) => recorded.events.length === 0))
    return undefined;
  writeFileSync(file, capture ?? recordingOf(results));
  const { streams } = await loadCapture(file, true);
  const wanted = failed?.packet === undefined ? undefined : packetNumber([failed.recorded], failed.packet);
  return { about: aboutOf(capture !== undefined, failed?.check.id, wanted), streams, wanted };
}

function aboutOf(isOfAttack: boolean, failed: string | undefined, wanted: number | undefined): string {
  if (isOfAttack)
    return "What the programs of the attack said to each other in the last run, or the recording that it was given.";
  if (failed === undefined) return "What passed over the network in the last run.";
  const end = wanted === undefined ? "." : `, up to packet ${wanted}.`;
  return `What passed over the network in check ${failed}${end}`;
}
