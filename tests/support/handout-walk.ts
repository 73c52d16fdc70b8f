// Works in a handout as a student does: opens exercises, solves them, and has them checked.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Exercise, hasRegion } from "../../course/exercises/exercises.ts";
import { loadQuestion } from "../../course/exercises/question.ts";
import { replaceRegion } from "../../course/exercises/regions.ts";
import { BUNDLES, bundleCommand } from "../../programs/node-command.ts";
import { bundleProgramsOf } from "./bundles.ts";
import { EXERCISES } from "./course.ts";
import { makeHandout } from "./handout-copy.ts";

/** How a program has ended, and what it has printed. */
export interface Ran {
  status: number | string | null;
  output: string;
}

/** How long a program may take, in milliseconds. */
const LONGEST = 120_000;

/** Runs a program of a handout, as a student would. */
export function runIn(folder: string, argv: readonly string[]): Promise<Ran> {
  return run(folder, [process.execPath, "--import", "tsx", ...argv], process.env);
}

function run(folder: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const [command = "", ...argv] = words;
  return new Promise((resolve) => {
    execFile(command, argv, { cwd: folder, env, timeout: LONGEST }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : (error.code ?? null), output: stdout + stderr }),
    );
  });
}

/** A handout in which somebody works. */
export class HandoutWalk {
  readonly #folder: string;
  readonly #bundles: string;
  readonly remove: () => void;

  private constructor(folder: string, bundles: string, remove: () => void) {
    this.#folder = folder;
    this.#bundles = bundles;
    this.remove = remove;
  }

  /** Writes a handout, and bundles its programs: they start some hundred times. */
  static async begin(): Promise<HandoutWalk> {
    const { folder, remove } = await makeHandout();
    return new HandoutWalk(folder, await bundleProgramsOf(folder, folder), remove);
  }

  /** Runs `npm run learn` with these arguments. */
  learn(...argv: string[]): Promise<Ran> {
    const words = [...bundleCommand(join(this.#bundles, "course/learn.js")), ...argv];
    return run(this.#folder, words, { ...process.env, [BUNDLES]: this.#bundles });
  }

  /** Solves an exercise that is open, as a student would. */
  async solve(exercise: Exercise): Promise<void> {
    const { id } = exercise;
    if (hasRegion(exercise)) {
      const path = join(this.#folder, "work", exercise.file);
      const text = readFileSync(path, "utf8");
      writeFileSync(path, replaceRegion(text, exercise.file, id, exercise.solution ?? ""));
      const checked = await this.learn("check", id);
      expect(checked.status, `${id}\n${checked.output}`).to.equal(0);
    } else {
      const { answers } = await (await loadQuestion(id)).find();
      const answered = await this.learn("answer", id, answers[0] ?? "");
      expect(answered.status, `${id}\n${answered.output}`).to.equal(0);
    }
  }

  /** Checks that the list says that all exercises have passed. */
  async expectAllPassed(): Promise<void> {
    const { output } = await this.learn("list");
    expect(output).to.contain(`${EXERCISES.length} of ${EXERCISES.length} passed`);
  }
}
