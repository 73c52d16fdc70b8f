// Shows the packets of the last run with their numbers, in a terminal.

import { endpoint } from "../../captures/explain/endpoint.ts";
import type { Paint } from "../../terminal/paint.ts";
import { cut, wrap } from "../../terminal/text.ts";
import type { Outcome } from "./check-exercise.ts";
import { packetRows } from "./packet-rows.ts";
import { recordPackets } from "./recorded-packets.ts";

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
  const recorded = await recordPackets(outcome, file);
  if ("why" in recorded) return wrap(recorded.why, width);
  const { about, streams } = recorded;
  const rows = streams.flatMap((stream) => [
    "",
    paint("heading", `connection ${stream.index}: ${endpoint(stream.a)} to ${endpoint(stream.b)}`),
    ...packetRows(
      stream,
      recorded,
      `npm run show -- ${shownFile} --stream ${stream.index}`,
      Math.max(60, width),
      paint,
    ),
  ]);
  const command = `npm run show -- ${shownFile} --stream 0 --hex`;
  const where = [
    `Wireshark opens it from ${shownFile}; in the terminal, byte by byte:`,
    paint("code", `  ${command}`),
  ];
  return [...wrap(about, width), ...where, ...rows].map((row) => cut(row, width));
}
