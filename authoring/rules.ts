// `npm run rules`: checks whether pages, exercises, checks and wrong answers follow the rules for authors.

import { formatProblem } from "../course/exercises/problem.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { countClauseSentences } from "./clause-rules.ts";
import { findProblems } from "./course-rules.ts";

const problems = findProblems(COURSE_FOLDER);
for (const problem of problems) console.log(formatProblem(problem));
const { sentences, broken, demandNothing } = countClauseSentences(COURSE_FOLDER);
console.log(
  `the protocol: ${sentences} sentences; ${broken} have wrong answers of their own, ${demandNothing} demand nothing`,
);
console.log(problems.length === 0 ? "every rule is kept" : `\n${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
