// Makes the workflow that grades a student's copy in GitHub Classroom: one step and one point for each exercise. Pure.
// The exercises are judged by the instructor's own copy of the course, because a student can change the checker in theirs.

import type { Exercise } from "../../course/exercises/exercises.ts";

/** How many minutes GitHub waits for one exercise. */
const TIMEOUT = 3;
/** How many seconds the grader takes at most. It can say why, so its time is over first. */
const LIMIT = 150;

export function classroomWorkflow(exercises: readonly Exercise[]): string {
  const ids = exercises.map(({ id }) => id);
  return `# Grades the exercises with GitHub Classroom: each is worth a point. They are judged by the course in another repository,
# which you name here, and not by the checker in the student's copy. INSTRUCTORS.md says what else to set up.
# Written by \`npm run handout\`; change the points, or remove the steps of stages that you do not teach.
name: Autograding Tests
on: [push, repository_dispatch]

env:
  # The repository of the whole course, such as example/p2p-course.
  COURSE_REPOSITORY: ""
  # The commit that you made the handout from (git rev-parse HEAD).
  COURSE_COMMIT: ""

permissions:
  checks: write
  actions: read
  contents: read

jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      # Without a name, the course would be fetched from the student's repository.
      - run: test -n "$COURSE_REPOSITORY" && test -n "$COURSE_COMMIT"
      - uses: actions/checkout@v4
        with:
          path: submission
          persist-credentials: false
      - uses: actions/checkout@v4
        with:
          repository: \${{ env.COURSE_REPOSITORY }}
          ref: \${{ env.COURSE_COMMIT }}
          path: course
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - run: npm ci --prefix course
${ids.map(step).join("")}      - name: Autograding Reporter
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
${ids.map((id) => `          ${variable(id)}_RESULTS: "\${{ steps.${stepId(id)}.outputs.result }}"\n`).join("")}        with:
          runners: ${ids.map(stepId).join(",")}
`;
}

function step(id: string): string {
  return `      - name: ${id}
        id: ${stepId(id)}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: ${id}
          command: npm --prefix course run -s grade -- submission --only ${id} --must-pass --limit ${LIMIT}
          timeout: ${TIMEOUT}
          max-score: 1
`;
}

/** GitHub wants the id of a step to begin with a letter. */
function stepId(id: string): string {
  return `exercise-${id}`;
}

/** The reporter expects the names of the steps in upper case. */
function variable(id: string): string {
  return stepId(id).toUpperCase();
}
