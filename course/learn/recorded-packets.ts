// The packets of the last run: writes their recording, and reads its lines from it. The terminal and the page in the browser
// show the same.

import { writeFileSync } from "node:fs";
import { namesOf } from "../../captures/explain/protocols.ts";
import type { Side } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { packetNumber } from "../../checks/engine/recording.ts";
import { type CheckResult, recordingOf } from "../../checks/engine/run-checks.ts";
import { decisive, type Outcome } from "./check-exercise.ts";

/** The file in work/ that holds the packets of the last run. */
export const LAST_RUN = "last-run.pcap";

/** What is said of a run in which nothing passed over the network that we could record. */
const NO_PACKETS =
  "In this run the checker had no connection of its own: it called functions, or ran a program that talks to others.";

/** What is said if the code could not be run. */
const NOTHING_RAN = "Nothing has run, so there are no packets.";

/** Why there are none, in a sentence. */
export interface NoPackets {
  why: string;
}

export interface RecordedPackets {
  /** What the recording shows: a sentence. */
  about: string;
  streams: readonly Stream[];
  /** The number of the packet at which the check failed. */
  wanted: number | undefined;
  /** How the ends of a connection are called whose lines do not tell it: `a` has opened it. */
  ends: Readonly<Record<Side, string>>;
}

/**
 * Writes the recording of a run, and reads it: that of the failed check, or of all checks if they passed.
 * @param file the absolute path of the recording
 * @returns why there is nothing to show if nothing passed over the network; then nothing is written
 */
export async function recordPackets(outcome: Outcome, file: string): Promise<RecordedPackets | NoPackets> {
  if (outcome.results.length === 0) return { why: NOTHING_RAN };
  const failed = decisive(outcome);
  const results = failed === undefined ? outcome.results : [failed];
  const capture = results.find((result) => result.capture !== undefined)?.capture;
  if (capture === undefined && results.every(({ recorded }) => recorded.events.length === 0))
    return { why: NO_PACKETS };
  writeFileSync(file, capture ?? recordingOf(results));
  const { streams } = await loadCapture(file, true);
  const wanted = failed?.packet === undefined ? undefined : packetNumber([failed.recorded], failed.packet);
  return {
    about: aboutOf(capture !== undefined, failed?.check.id, wanted),
    streams,
    wanted,
    ends: endsOf(results),
  };
}

/** So the same program has the same name in each check, also if it has said nothing yet by which it is known. */
function endsOf([result]: readonly CheckResult[]): RecordedPackets["ends"] {
  if (result?.stage === "01") return namesOf({ name: "calculator" });
  return namesOf(
    result?.check.of === "server" ? { name: "registry", username: undefined } : { name: "unknown" },
  );
}

function aboutOf(isOfAttack: boolean, failed: string | undefined, wanted: number | undefined): string {
  if (isOfAttack)
    return "What the programs of the attack said to each other in the last run, or the recording that it was given.";
  if (failed === undefined) return "What passed over the network in the last run.";
  const end = wanted === undefined ? "." : `, up to packet ${wanted}.`;
  return `What passed over the network in check ${failed}${end}`;
}
