// Checks the table of wrong answers by the sentences of the exercises' Tasks: each sentence has its own.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Course, readCourse } from "../course/exercises/exercises.ts";
import type { Problem } from "../course/exercises/problem.ts";
import { readWrongAnswers, WRONG_ANSWERS_FOLDER, type WrongAnswer } from "./prove/wrong-answers.ts";
import { readSentenceTables, type SentenceRow, type SentenceTable } from "./sentence-table.ts";
import { sentencesOf } from "./sentences.ts";

export const TASK_TABLE = `${WRONG_ANSWERS_FOLDER}/by-task.md`;

/** Begins the reason of a sentence that needs no wrong answer. */
const NO_DEMAND = "no demand: ";

/** What the table is about: an exercise, and what is asked for in it. */
export interface Task {
  id: string;
  /** In Markdown. */
  task: string;
}

/** How many sentences the Tasks have, and how many of these have wrong answers, or a reason for having none. */
export interface SentenceCount {
  sentences: number;
  broken: number;
  demandNothing: number;
}

/** Finds the sentences of the Tasks that no wrong answer breaks alone, and the mistakes in their table. */
export function findTaskProblems(
  courseFolder: string,
  course: Course,
  answers: readonly WrongAnswer[],
): Problem[] {
  return taskProblems(course.exercises, readTable(courseFolder), answers);
}

/** Counts the sentences of the Tasks. */
export function countTaskSentences(courseFolder: string): SentenceCount {
  const tables = readSentenceTables(readTable(courseFolder));
  const { exercises } = readCourse(courseFolder);
  const { answers } = readWrongAnswers();
  const rows = exercises.flatMap(({ id }) => tables.find(({ title }) => title === id)?.rows ?? []);
  return {
    sentences: exercises.flatMap(({ task }) => sentencesOf(task)).length,
    broken: rows.filter((row) => namesOf(row).some((name) => answers.some((one) => nameOf(one) === name)))
      .length,
    demandNothing: rows.filter(demandsNothing).length,
  };
}

function readTable(courseFolder: string): string {
  return readFileSync(join(courseFolder, TASK_TABLE), "utf8");
}

/**
 * The same for Tasks and the text of the table.
 * @param answers all wrong answers that there are
 */
export function taskProblems(
  tasks: readonly Task[],
  table: string,
  answers: readonly WrongAnswer[],
): Problem[] {
  const tables = readSentenceTables(table);
  const unknown = tables.filter(({ title }) => !tasks.some(({ id }) => id === title));
  return [
    ...tasks.flatMap((task) => exerciseProblems(task, tables, answers)),
    ...unknown.map(({ title, line }) =>
      problemAt(line, `there is no exercise ${title}: correct the heading`),
    ),
  ];
}

function problemAt(line: number, message: string): Problem {
  return { file: TASK_TABLE, line, message };
}

function exerciseProblems(
  { id, task }: Task,
  tables: readonly SentenceTable[],
  answers: readonly WrongAnswer[],
): Problem[] {
  const [table, second] = tables.filter(({ title }) => title === id);
  if (table === undefined)
    return [problemAt(1, `exercise ${id} is missing: write "## ${id}" and the sentences of its Task`)];
  if (second !== undefined) return [problemAt(second.line, `${id} stands here a second time: remove one`)];
  const own = answers.filter((answer) => answer.kind !== "edit" && answer.exercise === id);
  const listed = new Set(table.rows.flatMap(namesOf));
  return [
    ...orderProblems(sentencesOf(task), table),
    ...table.rows.flatMap((row) => rowProblems(row, table, new Set(own.map(nameOf)))),
    ...own
      .filter((answer) => !listed.has(nameOf(answer)))
      .map(({ file }) => ({
        file,
        line: 1,
        message: `it stands under no sentence of ${id} in ${TASK_TABLE}: name the sentence that it breaks`,
      })),
  ];
}

/** Finds the first sentence of a Task that the table does not have at its place. */
function orderProblems(sentences: readonly string[], { title, line, rows }: SentenceTable): Problem[] {
  const index = sentences.findIndex((sentence, at) => rows[at]?.sentence !== sentence);
  if (index !== -1) {
    const where = (rows[index] ?? rows.at(-1))?.line ?? line;
    return [problemAt(where, `here a sentence of the Task of ${title} is missing: > ${sentences[index]}`)];
  }
  const row = rows[sentences.length];
  return row === undefined
    ? []
    : [problemAt(row.line, `the Task of ${title} has no such sentence: remove it, or correct it`)];
}

function rowProblems(
  row: SentenceRow,
  { title, rows }: SentenceTable,
  known: ReadonlySet<string>,
): Problem[] {
  const names = namesOf(row);
  if (demandsNothing(row))
    return names.length === 0
      ? []
      : [problemAt(row.line, "this sentence demands nothing, and has wrong answers: remove one of both")];
  const wrong = row.items
    .filter(({ text }) => !known.has(text))
    .map(({ line, text }) =>
      problemAt(
        line,
        `there is no wrong answer ${text}: correct the name (that of a file in ${WRONG_ANSWERS_FOLDER}/${title}/ without .ts or .txt)`,
      ),
    );
  const others = new Set(rows.filter((other) => other !== row).flatMap(namesOf));
  if (wrong.length > 0 || names.some((name) => !others.has(name))) return wrong;
  const what = `write one that breaks it alone and name it here, or say why not: - ${NO_DEMAND}…`;
  return [
    problemAt(row.line, `a sentence of ${title} has no wrong answer of its own: ${what}: ${row.sentence}`),
  ];
}

function demandsNothing({ items }: SentenceRow): boolean {
  return items.some(({ text }) => text.startsWith(NO_DEMAND));
}

/** The names of the wrong answers below a sentence. */
function namesOf({ items }: SentenceRow): string[] {
  return items.map(({ text }) => text).filter((text) => !text.startsWith(NO_DEMAND));
}

/** How the table names a wrong answer: by its file without folder and ending. */
function nameOf({ file }: WrongAnswer): string {
  return file.slice(file.lastIndexOf("/") + 1).replace(/\.(?:ts|txt)$/, "");
}
