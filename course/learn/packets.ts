// Shows the packets of the last run with their numbers, and writes them to a file.

import { writeFileSync } from "node:fs";
import { endpoint } from "../../captures/explain/endpoint.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import { packetNumber } from "../../checks/engine/recording.ts";
import { recordingOf } from "../../checks/engine/run-checks.ts";
import type { Paint } from "../../terminal/paint.ts";
import { cut, wrap } from "../../terminal/text.ts";
import { decisive, type Outcome } from "./check-exercise.ts";
import { packetRows } from "./packet-rows.ts";

/**
 * Writes the recording of a run, and shows it: that of the failed check, or of all checks if they passed.
 * @param file the absolute path of the recording
 * @param shownFile the same path as it is shown to the student
 */
export async function packetLines(
  outcome: Outcome,
  file: string,
  shownFile: string,
  width: number,
  paint: Paint,
): Promise<string[]> {
  const failed = decisive(outcome);
  const results = failed === undefined ? outcome.results : [failed];
  const capture = results.find((result) => result.capture !== undefined)?.capture;
  if (capture === undefined && results.every(({ recorded }) => recorded.events.length === 0))
    return wrap(
      "In this run the checker had no connection of its own: it called functions, or ran a program that talks to others.",
      width,
    );
  writeFileSync(file, capture ?? recordingOf(results));
  const { streams } = await loadCapture(file, true);
  const wanted = failed?.packet && packetNumber([failed.recorded], failed.packet);
  const rows = streams.flatMap((stream) => [
    "",
    paint("heading", `connection ${stream.index}: ${endpoint(stream.a)} to ${endpoint(stream.b)}`),
    ...packetRows(
      stream,
      wanted,
      `npm run show -- ${shownFile} --stream ${stream.index}`,
      Math.max(60, width),
      paint,
    ),
  ]);
  const about =
    capture !== undefined
      ? "What the programs of the attack said to each other in the last run, or the recording that it was given."
      : failed === undefined
        ? "What passed over the network in the last run."
        : `What passed over the network in check ${failed.check.id}${wanted === undefined ? "." : `, up to packet ${wanted}.`}`;
  const command = `npm run show -- ${shownFile} --stream 0 --hex`;
  const where = [
    `Wireshark opens it from ${shownFile}; in the terminal, byte by byte:`,
    paint("code", `  ${command}`),
  ];
  return [...wrap(about, width), ...where, ...rows].map((row) => cut(row, width));
}
