// Checks the rules for pages, exercises, checks and wrong answers. Each problem says where it is and what to do.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, clauseOf } from "../checks/engine/check.ts";
import { STAGE_NUMBERS } from "../checks/engine/place.ts";
import { CHECKS, findChecks } from "../checks/index.ts";
import { type Course, type Exercise, hasRegion, readCourse } from "../course/exercises/exercises.ts";
import type { Problem } from "../course/exercises/problem.ts";
import { questionFile } from "../course/exercises/question.ts";
import { findClauseProblems } from "./clause-rules.ts";
import {
  ELSEWHERE,
  readWrongAnswers,
  WRONG_ANSWERS_FOLDER,
  type WrongAnswer,
} from "./prove/wrong-answers.ts";
import { findTaskProblems } from "./sentence-rules.ts";

/** Each exercise needs at least this many wrong answers. */
const WRONG_ANSWERS = 3;

/** Each stage needs at least this many exercises of each of the kinds predict, capture and attack. */
const OTHER_KINDS = 3;

const PROTOCOL = "lessons/protocol.md";
const CHECKS_FOLDER = "checks";
const CHECKS_INDEX = `${CHECKS_FOLDER}/index.ts`;
const CHECKS_ENTRIES = [CHECKS_INDEX, `${CHECKS_FOLDER}/check.ts`];

/** Finds all problems of the course. */
export function findProblems(courseFolder: string): Problem[] {
  const course = readCourse(courseFolder);
  const { answers, problems } = readWrongAnswers();
  const clauses = readClauses(courseFolder);
  return [
    ...course.problems,
    ...problems,
    ...course.exercises.flatMap((exercise) => problemsOf(exercise, answers)),
    ...kindsProblems(course),
    ...checksProblems(clauses, answers),
    ...answers.flatMap((answer) => answerProblems(answer, course, courseFolder)),
    ...strayFiles(course, courseFolder),
    ...findTaskProblems(courseFolder, course, answers),
    ...findClauseProblems(courseFolder, answers),
  ];
}

function problemsOf(exercise: Exercise, answers: readonly WrongAnswer[]): Problem[] {
  const { id, page, stage, checks, breaks } = exercise;
  const problem = (message: string): Problem => ({ file: page, line: 1, message });
  const unknown = [
    ...checks.filter((check) => !findChecks(stage).some(({ id }) => id === check)),
    ...breaks.filter((pattern) => findChecks(stage, pattern).length === 0),
  ];
  const both = breaks.filter((check) => checks.includes(check));
  const count = answers.filter((answer) => answer.kind !== "edit" && answer.exercise === id).length;
  return [
    ...unknown.map((check) =>
      problem(`stage ${stage} has no check ${check}: define it in ${CHECKS_FOLDER}/, or name another`),
    ),
    ...both.map((check) => problem(`${check} stands under checks and under breaks: remove it from breaks`)),
    ...(hasRegion(exercise) && checks.length === 0
      ? [problem("no check decides: name one under checks")]
      : []),
    ...(count < WRONG_ANSWERS
      ? [
          problem(
            `${count} wrong answers: write ${WRONG_ANSWERS - count} more in ${WRONG_ANSWERS_FOLDER}/${id}/`,
          ),
        ]
      : []),
  ];
}

function kindsProblems({ exercises }: Course): Problem[] {
  return STAGE_NUMBERS.flatMap((stage) => {
    const others = exercises.filter((one) => one.stage === stage && one.kind !== "code");
    if (others.length >= OTHER_KINDS) return [];
    const message = `stage ${stage} has ${others.length} exercises of the kinds predict, capture and attack: write ${OTHER_KINDS - others.length} more`;
    return [{ file: "lessons/README.md", line: 1, message }];
  });
}

/** Lists the clauses that the protocol defines: P1.4 and so on, and P7, which has no numbered clauses. */
export function readClauses(courseFolder: string): string[] {
  const text = readFileSync(join(courseFolder, PROTOCOL), "utf8");
  return [...[...text.matchAll(/^- \*\*(P[0-9]{1,2}\.[0-9]+)\*\*/gm)].map(([, id = ""]) => id), "P7"];
}

function checksProblems(clauses: readonly string[], answers: readonly WrongAnswer[]): Problem[] {
  const problem = (message: string): Problem => ({ file: CHECKS_INDEX, line: 1, message });
  const caught = new Set(answers.flatMap((answer) => (answer.kind === "text" ? [] : answer.caughtBy)));
  return [
    ...CHECKS.filter(({ id }, index) => CHECKS.findIndex((other) => other.id === id) !== index).map(
      ({ id }) => problem(`two checks are called ${id}: give one of them another name`),
    ),
    ...CHECKS.filter((check) => !clauses.includes(clauseOf(check))).map(({ id }) =>
      problem(`${id} names a clause that ${PROTOCOL} does not have: correct it`),
    ),
    // Stage 06 has checks of its pure files alone. Each of its clauses stands in the title of a test: tests/clauses.test.ts.
    ...clauses
      .filter((clause) => !clause.startsWith("P10."))
      .filter((clause) => !CHECKS.some((check: Check) => clauseOf(check) === clause))
      .map((clause) => problem(`no check is about clause ${clause}: write one`)),
    ...CHECKS.filter(({ id }) => !caught.has(id)).map(({ id }) =>
      problem(
        `no wrong answer fails ${id}: write one in ${WRONG_ANSWERS_FOLDER}/, or the check proves nothing`,
      ),
    ),
  ];
}

function answerProblems(answer: WrongAnswer, { exercises }: Course, courseFolder: string): Problem[] {
  const problem = (message: string): Problem => ({ file: answer.file, line: 1, message });
  if (answer.kind === "edit") {
    const unknown = answer.caughtBy.filter(
      (id) => !findChecks(answer.stage).some((check) => check.id === id),
    );
    const folder = readdirSync(courseFolder).find((name) => name.startsWith(`${answer.stage}-`)) ?? "";
    const path = join(courseFolder, folder, answer.edit.file);
    const count = existsSync(path) ? readFileSync(path, "utf8").split(answer.edit.find).length - 1 : 0;
    return [
      ...unknown.map((id) => problem(`stage ${answer.stage} has no check ${id}: name another`)),
      ...(count === 1
        ? []
        : [
            problem(
              `the text after "--- find" stands ${count} times in ${folder}/${answer.edit.file}: it has to once`,
            ),
          ]),
    ];
  }
  const exercise = exercises.find(({ id }) => id === answer.exercise);
  if (exercise === undefined)
    return [problem(`there is no exercise ${answer.exercise}: rename the folder, or remove it`)];
  const form = hasRegion(exercise) ? "code" : "text";
  if (answer.kind !== form)
    return [
      problem(
        `exercise ${exercise.id} is of kind ${exercise.kind}: its wrong answers are ${form === "code" ? ".ts" : ".txt"} files`,
      ),
    ];
  if (answer.kind === "text") return [];
  if (answer.caughtBy.some((id) => exercise.checks.includes(id))) return [];
  const names = exercise.checks.join(", ");
  return [
    problem(
      `none of its checks is one of ${exercise.id}, so the student would not be told: name one of ${names}`,
    ),
  ];
}

/** Finds files that nothing refers to. */
function strayFiles({ exercises, pages }: Course, courseFolder: string): Problem[] {
  const list = (folder: string): string[] => {
    const path = join(courseFolder, folder);
    return existsSync(path) ? readdirSync(path).map((name) => `${folder}/${name}`) : [];
  };
  const stray = (file: string, message: string): Problem => ({ file, line: 1, message });
  const questions = new Set(exercises.filter((one) => !hasRegion(one)).map(({ id }) => questionFile(id)));
  const folders = new Set([...exercises.map(({ id }) => id), ELSEWHERE]);
  return [
    ...list("course/questions")
      .filter(
        (file) => !questions.has(file) && !file.endsWith(".test.ts") && file !== "course/questions/support",
      )
      .map((file) => stray(file, "no page asks this question: write the page, or remove the file")),
    ...list(WRONG_ANSWERS_FOLDER)
      .filter((file) => !file.endsWith(".md") && !folders.has(file.slice(WRONG_ANSWERS_FOLDER.length + 1)))
      .map((file) => stray(file, "no exercise has this name: rename the folder, or remove it")),
    ...list(CHECKS_FOLDER)
      .filter(
        (file) => file.endsWith(".ts") && !CHECKS_ENTRIES.includes(file) && !isImported(file, courseFolder),
      )
      .map((file) => stray(file, `${CHECKS_INDEX} does not have its checks: import them there`)),
    ...[...new Set(pages.map(({ folder }) => folder))].flatMap((folder) =>
      list(`lessons/${folder}`)
        .filter((file) => file.endsWith(".md") && !pages.some((page) => page.file === file))
        .map((file) =>
          stray(file, 'a page is called N-words.md, e.g. "3-framing.md": rename it, or remove it'),
        ),
    ),
  ];
}

/** Whether the list of all checks imports this file. */
function isImported(file: string, courseFolder: string): boolean {
  return readFileSync(join(courseFolder, CHECKS_INDEX), "utf8").includes(
    ` from "./${file.slice(CHECKS_FOLDER.length + 1)}";`,
  );
}
