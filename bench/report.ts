// Judges the figures of a benchmark, and writes them as a table for people or as JSON. Pure.

import { median, type Summary, summarize } from "./statistics.ts";

/** The limit of a figure. */
export interface Limit {
  bound: "at least" | "at most";
  value: number;
  /** What is compared with the limit: the figure itself, or its ratio to the figure beside it. */
  of: "value" | "ratio";
  /** Whether every run must keep the limit (for counts and memory), or only the median of the runs (for times). */
  everyRun?: boolean;
}

/** Something measured, once per run. */
export interface Figure {
  name: string;
  unit: string;
  runs: readonly number[];
  /** What was measured in the same runs for comparison. */
  beside?: { name: string; runs: readonly number[] };
  limit?: Limit;
}

/** Something that could not be measured on this machine, and why. */
export interface NotMeasured {
  name: string;
  notMeasured: string;
}

/** Values that are drawn as bars, one below the other, so that one sees how they grow. */
export interface Drawing {
  name: string;
  unit: string;
  bars: readonly { label: string; value: number }[];
}

export type Row = Figure | NotMeasured | Drawing;

/** A figure with its median, ratio and verdict, as `--json` writes it. */
export type JudgedRow = NotMeasured | Drawing | JudgedFigure;

export interface JudgedFigure extends Summary {
  name: string;
  unit: string;
  runs: readonly number[];
  beside?: Summary & { name: string; runs: readonly number[] };
  /** The figure divided by the one beside it; if there is none, by its limit. */
  ratio?: number;
  limit?: Limit;
  met?: boolean;
}

export function judge(row: Row): JudgedRow {
  if ("notMeasured" in row || "bars" in row) return row;
  const { name, unit, runs, beside, limit } = row;
  const figure: JudgedFigure = { name, unit, ...summarize(runs), runs };
  if (beside !== undefined) figure.beside = { ...beside, ...summarize(beside.runs) };
  const ratios = ratiosOf(row);
  if (ratios.length > 0) figure.ratio = median(ratios);
  if (limit !== undefined) {
    figure.limit = limit;
    figure.met = keeps(limit, limit.of === "value" ? runs : ratios);
  }
  return figure;
}

/** The ratio of each run. Both parts of a run were measured in turn, under the same load of the machine. */
function ratiosOf({ runs, beside, limit }: Figure): number[] {
  if (beside !== undefined) return runs.map((value, run) => value / (beside.runs[run] ?? Number.NaN));
  // Nothing can be divided by a limit of 0.
  return limit?.of === "value" && limit.value !== 0 ? runs.map((value) => value / limit.value) : [];
}

function keeps({ bound, value, everyRun }: Limit, measured: readonly number[]): boolean {
  const judged = everyRun ? measured : [median(measured)];
  return judged.every((one) => (bound === "at least" ? one >= value : one <= value));
}

const HEADING = ["", "measured, median (spread)", "beside it", "ratio", "limit", ""];

/** The table of one subject, with a line for each figure, and the drawings below it. */
export function table(rows: readonly JudgedRow[]): string {
  const drawings = rows.flatMap((row) => ("bars" in row ? [row] : []));
  const cells = [HEADING, ...rows.flatMap((row) => ("bars" in row ? [] : [cellsOf(row)]))];
  const widths = HEADING.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return [...cells.map((line) => formatLine(line, widths)), ...drawings.flatMap(draw)].join("\n");
}

/** The longest bar, in characters. */
const LONGEST_BAR = 40;

/** A line for each value. The longest bar is the largest value. */
function draw({ name, unit, bars }: Drawing): string[] {
  const most = Math.max(...bars.map(({ value }) => value));
  const width = Math.max(...bars.map(({ label }) => label.length));
  const lines = bars.map(({ label, value }) => {
    const bar = "█".repeat(most > 0 ? Math.round((LONGEST_BAR * value) / most) : 0);
    return `    ${label.padStart(width)}  ${bar}${bar === "" ? "" : " "}${formatNumber(value)}`;
  });
  return ["", `  ${name}, ${unit}:`, ...lines];
}

/** Pads each cell to the width of its column. A row that was not measured has fewer cells, of any length. */
function formatLine(line: readonly string[], widths: readonly number[]): string {
  return `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
}

function cellsOf(row: NotMeasured | JudgedFigure): string[] {
  if ("notMeasured" in row) return [row.name, "not measured", row.notMeasured];
  const { name, unit, beside, ratio, limit, met } = row;
  return [
    name,
    `${formatSummary(row)} ${unit}`,
    beside === undefined ? "" : `${beside.name} ${formatSummary(beside)}`,
    ratio === undefined ? "" : formatRatio(ratio),
    limit === undefined ? "" : formatLimit(limit, unit),
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

function formatSummary({ median, least, most }: Summary): string {
  return least === most
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(least)}–${formatNumber(most)})`;
}

function formatLimit({ bound, value, of }: Limit, unit: string): string {
  return of === "ratio" ? `${bound} ${value} of it` : `${bound} ${formatNumber(value)} ${unit}`;
}

function formatRatio(ratio: number): string {
  return ratio >= 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2);
}

/** Rounds to three significant digits, but keeps all digits before the point. Commas separate thousands. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "?";
  const digits = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return digits.toLocaleString("en-US", { maximumSignificantDigits: 15 });
}

export interface Verdict {
  limits: number;
  met: number;
  /** The names of the figures that miss their limits. */
  missed: string[];
}

export function verdictOf(rows: readonly (JudgedRow & { subject: string })[]): Verdict {
  const limited = rows.filter((row): row is JudgedFigure & { subject: string } => "met" in row);
  const missed = limited.filter(({ met }) => !met).map(({ subject, name }) => `${subject}: ${name}`);
  return { limits: limited.length, met: limited.length - missed.length, missed };
}

/** The last line of the report. */
export function formatVerdict({ limits, met, missed }: Verdict): string {
  if (limits === 0) return "no limits were measured";
  const counted = `${met} of ${limits} limits met`;
  return missed.length === 0 ? counted : `${counted}; missed: ${missed.join("; ")}`;
}
