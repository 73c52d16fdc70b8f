// Finds regions, and replaces their code. The lines between `// BEGIN SOLUTION 01-framing` and
// `// END SOLUTION 01-framing` are the solution of exercise 01-framing. Pure.

import { ProblemError, refuseUtf16 } from "./problem.ts";

export interface Region {
  /** The exercise's id, e.g. 01-framing. */
  id: string;
  /** The lines between the markers, each with its line end. May be empty. */
  content: string;
  /** The line number of the marker, from 1. The next member: of the other marker. */
  beginLine: number;
  endLine: number;
  /** The blanks before the markers. */
  indentation: string;
}

/** An exercise's id: the stage's number and some words, e.g. 01-left-to-right. */
const ID = /^0[0-9](?:-[a-z0-9]+)+$/;

interface Marker {
  word: "BEGIN" | "END";
  id: string;
  line: number;
  indentation: string;
}

/**
 * Returns the regions of a text, in order.
 * @param file the name of the text in error messages
 * @throws ProblemError if regions are nested, not closed, not opened, or there twice, or if a marker is misspelt, or if
 *   the text is UTF-16
 */
export function findRegions(text: string, file: string): Region[] {
  refuseUtf16(text, file);
  const lines = splitLines(text);
  const regions: Region[] = [];
  let open: Marker | undefined;
  for (const [index, line] of lines.entries()) {
    const marker = readMarker(line, file, index + 1);
    if (marker === undefined) continue;
    const fail = (message: string): never => {
      throw new ProblemError({ file, line: marker.line, message });
    };
    if (marker.word === "BEGIN") {
      if (open !== undefined)
        fail(
          `region ${marker.id} begins inside ${open.id}, which began in line ${open.line}: write "${markerText("END", open.id)}" before it`,
        );
      if (regions.some(({ id }) => id === marker.id))
        fail(`region ${marker.id} is there twice: remove one of the two`);
      open = marker;
      continue;
    }
    if (open === undefined)
      return fail(
        `region ${marker.id} ends here, but has not begun: write "${markerText("BEGIN", marker.id)}" above its first line`,
      );
    if (open.id !== marker.id)
      fail(`region ${marker.id} ends here, but the one that is open is ${open.id}, from line ${open.line}`);
    regions.push({
      id: marker.id,
      content: lines.slice(open.line, index).join(""),
      beginLine: open.line,
      endLine: marker.line,
      indentation: open.indentation,
    });
    open = undefined;
  }
  if (open !== undefined) {
    throw new ProblemError({
      file,
      line: open.line,
      message: `region ${open.id} begins here and never ends: write "${markerText("END", open.id)}" below its last line`,
    });
  }
  return regions;
}

/**
 * Replaces the code in a region. The markers and all other lines stay.
 * @param content lines, with or without a line end after the last
 * @throws ProblemError like findRegions(), and if there is no such region
 */
export function replaceRegion(text: string, file: string, id: string, content: string): string {
  const region = findRegions(text, file).find((other) => other.id === id);
  if (region === undefined) throw missingRegion(file, id);
  const lines = splitLines(text);
  const lineEnd = lines[region.beginLine - 1]?.endsWith("\r\n") ? "\r\n" : "\n";
  const before = lines.slice(0, region.beginLine).join("");
  const after = lines.slice(region.endLine - 1).join("");
  return before + wholeLines(content).replace(/\r?\n/g, lineEnd) + after;
}

/** The error for a missing region. */
export function missingRegion(file: string, id: string): ProblemError {
  const markers = `"${markerText("BEGIN", id)}" and "${markerText("END", id)}"`;
  return new ProblemError({
    file,
    line: 1,
    message: `region ${id} is not there: it stands between the lines ${markers}`,
  });
}

/** Adds a line end to the last line if it has none. */
export function wholeLines(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function markerText(word: Marker["word"], id: string): string {
  return `// ${word} SOLUTION ${id}`;
}

/** Splits a text into lines, each with its line end. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function readMarker(line: string, file: string, number: number): Marker | undefined {
  if (!/\/\/.*\b(?:BEGIN|END)\s*SOLUTION\b/i.test(line)) return undefined;
  const parts = /^([ \t]*)\/\/ (BEGIN|END) SOLUTION (\S+)\s*$/.exec(line);
  if (parts === null || !ID.test(parts[3] ?? "")) {
    const message =
      'a marker stands on a line of its own and reads "// BEGIN SOLUTION 01-framing" or "// END SOLUTION 01-framing"';
    throw new ProblemError({ file, line: number, message });
  }
  const [, indentation = "", word, id = ""] = parts;
  return { word: word === "BEGIN" ? "BEGIN" : "END", id, line: number, indentation };
}
