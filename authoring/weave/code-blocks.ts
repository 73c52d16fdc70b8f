// Makes the code that pages show: declarations by name, whole files, and differences between two stages. Solutions of
// exercises are always left out.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withoutSolutions } from "../../course/lesson/hidden-solutions.ts";
import { unified } from "../../course/lesson/line-diff.ts";
import { MarkerError } from "../../course/lesson/page-error.ts";
import { dedent, findDeclaration } from "./declarations.ts";

/** The named declarations of a file, in this order; without names, the whole file. */
export function codeBlock(root: string, file: string, names: readonly string[]): string[] {
  const lines = readLines(root, file);
  if (names.length === 0) return lines;
  const rows: string[] = [];
  let previous = 0;
  for (const name of names) {
    const { start, end } = findDeclaration(lines, name);
    const isNext = lines.slice(previous, start).every((line) => line === "") && start >= previous;
    if (rows.length > 0) rows.push(...(isNext ? [""] : ["", "// …", ""]));
    rows.push(...dedent(lines.slice(start, end)));
    previous = end;
  }
  return rows;
}

/** The differences between the same file in two stages. */
export function diffBlock(root: string, from: string, to: string, file: string, context: number): string[] {
  const rows = unified(readLines(root, `${from}/${file}`), readLines(root, `${to}/${file}`), context);
  if (rows.length === 0) throw new MarkerError(`${file} is the same in ${from} and ${to}`);
  return [`--- ${from}/${file}`, `+++ ${to}/${file}`, ...rows];
}

const NAMES_WIDTH = 64;

/** Lists which files of a stage are new, which are changed, and which are the same. */
export function stagesBlock(root: string, from: string, to: string): string[] {
  const [old, now] = [filesOf(root, from), filesOf(root, to)];
  const isSame = (name: string): boolean =>
    readFileSync(join(root, from, name)).equals(readFileSync(join(root, to, name)));
  const both = now.filter((name) => old.includes(name));
  const same = both.filter(isSame);
  return [
    ...listed(
      "new",
      now.filter((name) => !old.includes(name)),
    ),
    ...listed(
      "changed",
      both.filter((name) => !isSame(name)),
    ),
    ...listed(
      "gone",
      old.filter((name) => !now.includes(name)),
    ),
    `${"the same".padEnd(10)}${same.length} files`,
  ];
}

function listed(title: string, names: readonly string[]): string[] {
  const rows: string[] = [];
  for (const name of names) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + 2 + name.length <= NAMES_WIDTH)
      rows[rows.length - 1] = `${last}, ${name}`;
    else rows.push(name);
  }
  return rows.map((row, i) => `${(i === 0 ? title : "").padEnd(10)}${row}${i < rows.length - 1 ? "," : ""}`);
}

/** The program files of a stage, without tests. */
function filesOf(root: string, stage: string): string[] {
  if (!existsSync(join(root, stage))) throw new MarkerError(`there is no folder ${stage}`);
  return readdirSync(join(root, stage))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .sort();
}

function readLines(root: string, file: string): string[] {
  if (!existsSync(join(root, file))) throw new MarkerError(`there is no file ${file}`);
  return withoutSolutions(readFileSync(join(root, file), "utf8"));
}
