// Reads authoring/wrong-answers/: mistakes that students make, each with the check that has to catch it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { STAGE_NUMBERS, type StageNumber } from "../../checks/engine/place.ts";
import { type Problem, ProblemError } from "../../course/exercises/problem.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import type { Edit } from "./variant.ts";

export const WRONG_ANSWERS_FOLDER = "authoring/wrong-answers";

/** The folder of mistakes outside of any exercise's region. Its files change other lines of a stage. */
export const ELSEWHERE = "elsewhere";

/** Wrong code for the region of an exercise. */
export interface WrongCode {
  kind: "code";
  file: string;
  /** The exercise's id. */
  exercise: string;
  code: string;
  caughtBy: readonly string[];
  /** A helpful part of the report, which must be printed. */
  says: string | undefined;
}

/** A wrong answer to a question. */
export interface WrongText {
  kind: "text";
  file: string;
  exercise: string;
  answer: string;
  /** A part of the explanation that must be given. */
  says: string;
}

/** A wrong change to a stage, outside of any region. */
export interface WrongEdit {
  kind: "edit";
  file: string;
  stage: StageNumber;
  edit: Edit;
  caughtBy: readonly string[];
}

export type WrongAnswer = WrongCode | WrongText | WrongEdit;

/** @returns all wrong answers, and the problems of files that cannot be read */
export function readWrongAnswers(): { answers: WrongAnswer[]; problems: Problem[] } {
  const answers: WrongAnswer[] = [];
  const problems: Problem[] = [];
  const root = join(COURSE_FOLDER, WRONG_ANSWERS_FOLDER);
  for (const folder of existsSync(root) ? readdirSync(root).sort() : []) {
    if (folder.endsWith(".md")) continue; // A table for authors.
    for (const name of readdirSync(join(root, folder)).sort()) {
      const file = `${WRONG_ANSWERS_FOLDER}/${folder}/${name}`;
      try {
        answers.push(parse(file, folder, readFileSync(join(COURSE_FOLDER, file), "utf8")));
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        problems.push(error.problem);
      }
    }
  }
  return { answers, problems };
}

/** @throws ProblemError if the file has a mistake */
function parse(file: string, folder: string, text: string): WrongAnswer {
  if (folder === ELSEWHERE) return parseEdit(file, text);
  if (file.endsWith(".ts")) return parseCode(file, folder, text);
  if (file.endsWith(".txt")) return parseText(file, folder, text);
  return complain(
    file,
    1,
    "a wrong answer is a .ts file for a region, or a .txt file for a question: rename it",
  );
}

function parseCode(file: string, exercise: string, text: string): WrongCode {
  const lines = text.split("\n");
  const caughtBy = ids(/^\/\/ caught by: (.+)$/.exec(lines[0] ?? "")?.[1]);
  if (caughtBy.length === 0)
    complain(file, 1, 'the first line names the check that rejects it: "// caught by: P0.2-in-pieces"');
  const says = /^\/\/ says: (.+)$/.exec(lines[1] ?? "")?.[1];
  const code = lines.slice(says === undefined ? 1 : 2).join("\n");
  return { kind: "code", file, exercise, code, caughtBy, says };
}

function parseText(file: string, exercise: string, text: string): WrongText {
  const [answer = "", says = ""] = text.split("\n");
  if (answer === "" || says === "")
    complain(
      file,
      1,
      "the first line is the wrong answer, the second a part of the explanation that it gets",
    );
  return { kind: "text", file, exercise, answer, says };
}

const EDIT =
  /^stage: (0[1-6])\nfile: ([a-z0-9-]+\.ts)\ncaught by: (.+)\n--- find\n([\s\S]+?)\n--- replace\n([\s\S]*?)\n?$/;

function parseEdit(file: string, text: string): WrongEdit {
  const [, number, target, caught, find, replace] = EDIT.exec(text) ?? [];
  const stage = STAGE_NUMBERS.find((one) => one === number);
  if (stage === undefined || target === undefined || find === undefined || replace === undefined)
    return complain(
      file,
      1,
      'write the lines "stage: 02", "file: …", "caught by: …", "--- find", text, "--- replace", text',
    );
  return { kind: "edit", file, stage, edit: { file: target, find, replace }, caughtBy: ids(caught) };
}

function ids(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter((id) => id !== "");
}

function complain(file: string, line: number, message: string): never {
  throw new ProblemError({ file, line, message });
}
