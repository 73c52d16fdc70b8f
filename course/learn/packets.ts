// Shows the packets of the last run with their numbers, in the form of captures/show.ts.

import { writeFileSync } from "node:fs";
import { linesOf } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import { showStream } from "../../captures/show/show-stream.ts";
import { endpoint } from "../../captures/show/stream-summary.ts";
import { packetNumber } from "../../checks/engine/recording.ts";
import { recordingOf } from "../../checks/engine/run-checks.ts";
import type { Canvas, Paint } from "../../terminal/paint.ts";
import { cut, wrap } from "../../terminal/text.ts";
import { decisive, type Outcome } from "./check-exercise.ts";

/** The columns for the number of a packet and the mark before it. */
const COLUMNS_OF_NUMBER = 6;

/** A row that begins with seconds. In a narrow terminal a line has a second row, which we leave out. */
const BEGINS_A_LINE = /^ *\d+\.\d{3} /;

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
  if (results.every(({ recorded }) => recorded.events.length === 0))
    return wrap(
      "In this run the checker had no connection of its own: it called functions, or ran a program that talks to others.",
      width,
    );
  writeFileSync(file, recordingOf(results));
  const { streams } = await loadCapture(file, true);
  const canvas: Canvas = { width: Math.max(60, width - COLUMNS_OF_NUMBER), paint };
  const wanted = failed?.packet && packetNumber([failed.recorded], failed.packet);
  const rows = streams.flatMap((stream) => {
    const [heading = "", ...shown] = showStream(stream, { hex: false, keyLog: undefined }, canvas);
    const packets = linesOf(stream).map(({ packet }) => packet);
    return [
      "",
      paint("heading", `connection ${stream.index}: ${endpoint(stream.a)} to ${endpoint(stream.b)}`),
      `${"packet".padEnd(COLUMNS_OF_NUMBER)}${heading}`,
      ...shown
        .filter((row) => BEGINS_A_LINE.test(row))
        .map((row, index) => numbered(packets[index], wanted, paint) + row),
    ];
  });
  const about =
    failed === undefined
      ? "What passed over the network in the last run."
      : `What passed over the network in check ${failed.check.id}${wanted === undefined ? "." : `, up to packet ${wanted}.`}`;
  const command = `npm run show -- ${shownFile} --stream 0 --hex`;
  const where = [
    `Wireshark opens it from ${shownFile}; in the terminal, byte by byte:`,
    paint("code", `  ${command}`),
  ];
  return [...wrap(about, width), ...where, ...rows].map((row) => cut(row, width));
}

/** The number of the packet that completed a line. The wanted packet has a mark. */
function numbered(packet: number | undefined, wanted: number | undefined, paint: Paint): string {
  const text = `${packet === wanted ? ">" : " "}${String(packet ?? "").padStart(COLUMNS_OF_NUMBER - 2)} `;
  return packet === wanted ? paint("bad", text) : paint("dim", text);
}
