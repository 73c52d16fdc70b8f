// Lays out rows for a terminal and as CSV. Pure.

import { countGrades, type Row } from "../../course/exercises/grades.ts";
import { column, cut } from "../../terminal/text.ts";
import { printable, widthOf } from "../../terminal/widths.ts";

const HEADINGS = ["name", "passed", "failed", "not run", "not begun", "points"];
/** How wide a name may be, in columns. */
const MOST_NAME = 30;

/** @param width of the terminal, in columns */
export function tableLines(rows: readonly Row[], width: number): string[] {
  const cells = rows.map(({ name, grades, problem }) => {
    const { passed, failed, couldNotRun, notBegun, points } = countGrades(grades);
    const counts = [passed, failed, couldNotRun, notBegun].map(String);
    const known = [...counts, `${points}/${grades.length}`];
    return [
      printable(name),
      ...(problem !== undefined && grades.length === 0 ? known.map(() => "-") : known),
    ];
  });
  const widths = HEADINGS.map((heading, index) =>
    Math.max(widthOf(heading), ...cells.map((row) => Math.min(widthOf(row[index] ?? ""), MOST_NAME))),
  );
  const line = (row: readonly string[], more: string): string => {
    const [name = "", ...numbers] = row;
    const shown = numbers.map((number, index) => number.padStart(widths[index + 1] ?? 0));
    return cut([column(name, widths[0] ?? 0), ...shown, more].join("  ").trimEnd(), width);
  };
  return [
    line(HEADINGS, ""),
    ...rows.map((row, index) => line(cells[index] ?? [], printable(remarkOf(row)))),
  ];
}

/** What there is to say about a row in a few words: why it was not judged, or what has not passed. */
function remarkOf({ grades, notes, problem }: Row): string {
  if (problem !== undefined) return problem;
  const missed = grades.filter(({ verdict }) => verdict === "failed" || verdict === "could-not-run");
  const [first] = missed;
  const more = missed.length > 1 ? ` (and ${missed.length - 1} more)` : "";
  if (first !== undefined) return `${first.id}${more}: ${first.cause ?? first.verdict}`;
  return notes.length === 0 ? "" : `${notes.length} ${notes.length === 1 ? "remark" : "remarks"}`;
}

/**
 * The rows as CSV (RFC 4180), with a column for each exercise.
 * @param ids of the exercises that were judged
 */
export function csvOf(rows: readonly Row[], ids: readonly string[]): string {
  const head = [
    "name",
    "passed",
    "failed",
    "could not run",
    "not begun",
    "points",
    "of",
    "problem",
    "remarks",
  ];
  const lines = rows.map(({ name, grades, problem, notes }) => {
    const { passed, failed, couldNotRun, notBegun, points } = countGrades(grades);
    const isJudged = grades.length > 0;
    const counts = [passed, failed, couldNotRun, notBegun, points].map((count) =>
      isJudged ? String(count) : "",
    );
    const verdicts = ids.map((id) => grades.find((grade) => grade.id === id)?.verdict ?? "");
    return [name, ...counts, String(ids.length), problem ?? "", notes.join("; "), ...verdicts];
  });
  return [[...head, ...ids], ...lines].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/**
 * A cell. Spreadsheets take text for a formula if it begins with one of these characters, and a student chooses the name
 * of their folder. An apostrophe in front keeps it text.
 */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
