// A program of its own that runs the console blocks of one page, and prints the result as JSON. lesson-runs.ts makes a
// folder and a network for it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { consoleBlocks } from "../../course/lesson/console-blocks.ts";
import { ConsoleFailure, Terminal } from "./console-terminal.ts";

/** The result: how many blocks ran, and the place and the reason of a failure if there was one. */
export interface PageRun {
  blocks: number;
  failure?: { line: number; message: string };
}

/**
 * Replaces npm by a script with the same commands. It saves the 0.3 s that npm takes, and the two lines that npm prints
 * first, which the pages leave out, too.
 */
function writeNpm(folder: string): void {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const cases = Object.entries(scripts).map(([name, command]) => `  '${name}') exec ${command} "$@" ;;`);
  const text = `#!/usr/bin/env bash
silent() { [ "$1" = --silent ] || [ "$1" = -s ]; }
silent "$1" && shift
case "$1" in
  run) shift; silent "$1" && shift; name=$1; shift ;;
  start | test) name=$1; shift ;;
  *) echo "the test of the lessons knows npm run, npm start and npm test only" >&2; exit 1 ;;
esac
case "$1" in
  --) shift ;;
  -*) echo "npm would keep $1 for itself: write -- before it" >&2; exit 1 ;;
esac
case "$name" in
${cases.join("\n")}
  *) echo "there is no script $name in package.json" >&2; exit 1 ;;
esac
`;
  writeFileSync(join(folder, "npm"), text, { mode: 0o755 });
}

async function runPage(file: string, folder: string): Promise<PageRun> {
  writeNpm(folder);
  const { CI: _, FORCE_COLOR: __, ...inherited } = process.env;
  const path = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  const environment = { ...inherited, PATH: path, NO_COLOR: "1", LC_ALL: "C.UTF-8" };
  const { run } = consoleBlocks(file, readFileSync(file, "utf8"));
  const terminals = new Map<string, Terminal>();
  const others: Terminal[] = [];
  const result: PageRun = { blocks: 0 };
  try {
    for (const block of run) {
      const known = block.terminal === undefined ? undefined : terminals.get(block.terminal);
      const terminal = known ?? new Terminal(environment);
      if (block.terminal === undefined) others.push(terminal);
      else terminals.set(block.terminal, terminal);
      await terminal.run(block);
      result.blocks += 1;
    }
  } catch (error) {
    if (!(error instanceof ConsoleFailure)) throw error;
    result.failure = { line: error.line, message: error.message };
  } finally {
    for (const terminal of [...terminals.values(), ...others]) terminal.kill();
  }
  return result;
}

const folder = mkdtempSync(join(tmpdir(), "lesson-npm-"));
try {
  console.log(JSON.stringify(await runPage(process.argv[2] ?? "", folder)));
} finally {
  rmSync(folder, { recursive: true });
}
