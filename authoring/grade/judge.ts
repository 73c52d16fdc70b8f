// A judge: the program that judges one submission. `npm run grade` starts it, here or in a container:
//
// node --import tsx authoring/grade/judge.ts < task.json
//
// It writes a line for each event (task.ts). What students have written runs in programs that it starts, never in the judge itself.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHECKS } from "../../checks/index.ts";
import { loadExercises } from "../../course/exercises/exercises.ts";
import { Workspace } from "../../course/workspace/workspace.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { judgeExercise } from "./judge-exercise.ts";
import { type JudgeEvent, parseTask, TOO_LATE } from "./task.ts";

/** The most bytes of a task: 64 KiB for each of 40 exercises, as JSON, take less. */
const MOST_TASK = 32 * 1024 * 1024;

// What we have started ends when we call exit(). A signal alone would end us without it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

const folder = realpathSync(mkdtempSync(join(tmpdir(), "grade-")));
process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const task = parseTask(await readInput());
// The grader ends us when the time is over. In a container, its signal may not reach us.
setTimeout(() => process.exit(TOO_LATE), 1000 * task.limit).unref();

const temporary = join(folder, "temporary");
mkdirSync(temporary);
for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = temporary;
// Attack programs import packages, and Node.js looks for these in the folders above.
symlinkSync(join(COURSE_FOLDER, "node_modules"), join(folder, "node_modules"), "junction");

const exercises = loadExercises(COURSE_FOLDER);
const workspace = new Workspace(folder, exercises);
for (const id of task.ids) {
  const exercise = exercises.find((one) => one.id === id);
  if (exercise === undefined) throw new Error(`there is no exercise ${id}`);
  say({ begins: id });
  say({ grade: await judgeExercise(exercise, task, { folder, temporary, checks: CHECKS, workspace }) });
}
process.exit(0);

function say(event: JudgeEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

async function readInput(): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of process.stdin) {
    pieces.push(piece);
    length += piece.length;
    if (length > MOST_TASK) throw new Error(`a task has at most ${MOST_TASK} bytes`);
  }
  return Buffer.concat(pieces).toString("utf8");
}
