// Figures to draw of a connection: how much passed when, and how readable its lines are.

import type { Piece } from "../../../captures/read/packet.ts";
import type { ReadabilityPlot, Traffic } from "../../shared/captures.ts";
import { isSealed, printable, type SaidLine, spread } from "./line-rows.ts";
import type { OpenedCapture } from "./opened-capture.ts";

/** Bytes over time. What a capture misses is not counted. */
export function traffic(
  capture: OpenedCapture,
  { stream: number, bins }: { stream: number; bins: number },
): Traffic {
  const stream = capture.stream(number);
  const { firstTime, lastTime } = stream;
  const span = Math.max(0, Number(lastTime - firstTime) / 1e9);
  const count = span === 0 ? 1 : bins;
  const counted = (pieces: Iterable<Piece>): number[] => {
    const sums = new Array<number>(count).fill(0);
    for (const piece of pieces) {
      if (piece.kind === "gap") continue;
      const at = span === 0 ? 0 : Math.floor((Number(piece.time - firstTime) / 1e9 / span) * count);
      // The clock of a capture may go backwards.
      const bin = Math.min(count - 1, Math.max(0, at));
      sums[bin] = (sums[bin] ?? 0) + piece.bytes.length;
    }
    return sums;
  };
  return {
    start: capture.seconds(firstTime),
    bin: span / count,
    fromA: counted(stream.fromA),
    fromB: counted(stream.fromB),
  };
}

/** How readable the lines are. Of too many, some are taken at even distances. */
export function readability(
  capture: OpenedCapture,
  { stream, points }: { stream: number; points: number },
): ReadabilityPlot {
  const view = capture.views.of(capture.stream(stream));
  const said = view.lines.flatMap((line, number): [number, SaidLine][] =>
    line.kind === "missing" ? [] : [[number, line]],
  );
  const step = Math.max(1, said.length / points);
  const plot: ReadabilityPlot = { lines: [], from: [], printable: [], entropy: [], length: [], sealed: [] };
  for (let point = 0; point * step < said.length; point += 1) {
    const [number, line] = said[Math.floor(point * step)] ?? [];
    if (number === undefined || line === undefined) break;
    plot.lines.push(number);
    plot.from.push(line.from);
    plot.printable.push(printable(line));
    plot.entropy.push(spread(line));
    plot.length.push(line.bytes.length + (line.kind === "line" ? 1 : 0));
    plot.sealed.push(isSealed(view, line));
  }
  return plot;
}
