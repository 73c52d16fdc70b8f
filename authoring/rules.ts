// `npm run rules`: checks whether pages, exercises, checks and wrong answers follow the rules for authors.

import { formatProblem } from "../course/exercises/problem.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { countClauseSentences } from "./clause-rules.ts";
import { findProblems } from "./course-rules.ts";
import { countTaskSentences } from "./sentence-rules.ts";
import { lessonProblems } from "./weave/page-rules.ts";

endWhenOutputCloses();
const problems = [...lessonProblems(COURSE_FOLDER), ...findProblems(COURSE_FOLDER).map(formatProblem)];
for (const problem of problems) console.log(problem);
const clauses = countClauseSentences(COURSE_FOLDER);
const tasks = countTaskSentences(COURSE_FOLDER);
console.log(
  `the protocol: ${clauses.sentences} sentences; ${clauses.broken} have wrong answers, ${clauses.demandNothing} demand nothing, ${clauses.notProved} are not proved (authoring/clause-rules.ts says why)`,
);
console.log(
  `the exercises: ${tasks.sentences} sentences; ${tasks.broken} have wrong answers, ${tasks.demandNothing} demand nothing`,
);
console.log(problems.length === 0 ? "every rule is kept" : `\n${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
