// Looks again at tests that have failed beside others, each alone: on a machine whose processors are all busy for twenty
// minutes, a test may fail that has nothing wrong. Each has to pass twice in a row. More than a few failures are no accident.
//
// FAILED_TESTS=FILE npm test || node --import tsx tests/support/look-again.ts FILE

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import type { FailedTest } from "./reporter.ts";

const MOST = 3;
const TIMES = 2;

const [, , file = ""] = process.argv;
const failed = JSON.parse(readFileSync(file, "utf8")) as FailedTest[];
const hooks = failed.filter(({ isHook }) => isHook);
if (failed.length === 0 || failed.length > MOST || hooks.length > 0) {
  console.log(`== not looked at again: ${failed.length} failures, ${hooks.length} of them around tests`);
  process.exit(1);
}
for (const test of failed) {
  for (let time = 1; time <= TIMES; time += 1) {
    console.log(`== alone, ${time} of ${TIMES}: ${test.title}`);
    if (!passesAlone(test)) process.exit(1);
  }
}
console.log(`== ${failed.length} failed beside others, and passed alone, ${TIMES} times each`);

/** Runs one test. A run without any test is a failure, too. */
function passesAlone({ file, title }: FailedTest): boolean {
  const exactly = `^${title.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`;
  const words = [
    "--config",
    "tests/one.mocharc.json",
    "--exit",
    "--fail-zero",
    "--spec",
    file,
    "--grep",
    exactly,
  ];
  const mocha = ["--import", "tsx", "node_modules/mocha/bin/mocha.js", ...words];
  return spawnSync(process.execPath, mocha, { cwd: COURSE_FOLDER, stdio: "inherit" }).status === 0;
}
