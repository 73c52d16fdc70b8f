// Shows code to students: two versions side by side or one below the other, and their differences. Pure.

import type { Paint } from "../../terminal/paint.ts";
import { column, wrapCode } from "../../terminal/text.ts";
import { printableLines, widthOf } from "../../terminal/widths.ts";
import { type DiffLine, diffLines } from "../lesson/line-diff.ts";

export interface Titled {
  title: string;
  code: string;
}

/** Two pieces of code, side by side if their lines fit, or else one below the other. */
export function renderBoth(left: Titled, right: Titled, width: number, paint: Paint): string[] {
  const [leftLines, rightLines] = [dedent(printableLines(left.code)), dedent(printableLines(right.code))];
  const half = Math.floor((width - 3) / 2);
  const widest = Math.max(...[left.title, right.title, ...leftLines, ...rightLines].map(widthOf));
  if (widest > half) {
    const part = (title: string, lines: readonly string[]): string[] => [
      paint("heading", title),
      ...lines.flatMap((line) => wrapCode(`  ${line}`, width)).map((line) => paint("code", line)),
    ];
    return [...part(left.title, leftLines), "", ...part(right.title, rightLines)];
  }
  const rows = [`${column(paint("heading", left.title), half)}   ${paint("heading", right.title)}`];
  for (let i = 0; i < Math.max(leftLines.length, rightLines.length); i += 1) {
    const mine = column(paint("code", leftLines[i] ?? ""), half);
    rows.push(`${mine} ${paint("dim", "│")} ${paint("code", rightLines[i] ?? "")}`.trimEnd());
  }
  return rows;
}

/** All lines of both codes, without the indentation that all of them share. */
export function codeDiff(old: string, now: string): DiffLine[] {
  return diffLines(dedentLike(old, old, now), dedentLike(now, old, now));
}

/** All lines of both codes: removed lines with -, added lines with +. */
export function renderDiff(old: string, now: string, width: number, paint: Paint): string[] {
  return codeDiff(old, now).flatMap(({ kind, text }) =>
    wrapCode(text, width - 2).map((part, index) => {
      const row = `${index === 0 ? kind : " "} ${part}`.trimEnd();
      return kind === " " ? row : paint(kind === "+" ? "good" : "bad", row);
    }),
  );
}

/** Removes the indentation that all lines share. */
function dedent(lines: readonly string[]): string[] {
  const depth = depthOf(lines);
  return lines.map((line) => line.slice(depth));
}

/** Removes the indentation that all lines of both other texts share. */
function dedentLike(text: string, old: string, now: string): string[] {
  if (text === "") return [];
  const depth = depthOf([...printableLines(old), ...printableLines(now)]);
  return printableLines(text).map((line) => line.slice(depth));
}

function depthOf(lines: readonly string[]): number {
  const depths = lines
    .filter((line) => line.trim() !== "")
    .map((line) => line.length - line.trimStart().length);
  return depths.length === 0 ? 0 : Math.min(...depths);
}
