// Makes the workflow that grades a student's copy in GitHub Classroom: one step and one point for each exercise. Pure.

import type { Exercise } from "../../course/exercises/exercises.ts";

/** How many minutes GitHub waits for one exercise. */
const TIMEOUT = 2;

export function classroomWorkflow(exercises: readonly Exercise[]): string {
  const ids = exercises.map(({ id }) => id);
  return `# Grades the exercises with GitHub Classroom: each is checked as \`npm run learn -- check\` does, and is worth a point.
# Written by \`npm run handout\`; change the points, or remove the steps of stages that you do not teach.
name: Autograding Tests
on: [push, repository_dispatch]

permissions:
  checks: write
  actions: read
  contents: read

jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - run: npm ci
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
          command: npm run learn -- check ${id}
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
