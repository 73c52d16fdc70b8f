// Formats rows as a JUnit report: a test suite for each student, a test case for each exercise. Pure.

import { escapeXml } from "../../checks/engine/junit-report.ts";
import { countGrades, type Grade, type Row } from "./grades.ts";

export function gradesAsJunit(rows: readonly Row[], seed: number): string {
  const all = rows.flatMap(({ grades }) => grades);
  const unjudged = rows.filter(({ grades }) => grades.length === 0).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes(all, unjudged)}>`,
    ...rows.flatMap((row) => suite(row, seed)),
    "</testsuites>",
    "",
  ].join("\n");
}

function attributes(grades: readonly Grade[], more: number): string {
  const { failed, couldNotRun, notBegun } = countGrades(grades);
  const seconds = grades.reduce((sum, { milliseconds }) => sum + milliseconds / 1000, 0);
  return `tests="${grades.length + more}" failures="${failed}" errors="${couldNotRun + more}" skipped="${notBegun}" time="${seconds.toFixed(3)}"`;
}

function suite({ name, grades, notes, problem }: Row, seed: number): string[] {
  const isJudged = grades.length > 0;
  return [
    `  <testsuite name="${escapeXml(name)}" ${attributes(grades, isJudged ? 0 : 1)}>`,
    "    <properties>",
    `      <property name="seed" value="${seed}"/>`,
    `      <property name="points" value="${countGrades(grades).points}"/>`,
    "    </properties>",
    ...(isJudged ? grades.flatMap((grade) => testCase(name, grade)) : unjudged(name, problem ?? "")),
    ...(notes.length === 0 ? [] : [`    <system-out>${escapeXml(notes.join("\n"))}</system-out>`]),
    "  </testsuite>",
  ];
}

function unjudged(name: string, problem: string): string[] {
  return [
    `    <testcase classname="${escapeXml(name)}" name="the submission" time="0.000">`,
    `      <error message="${escapeXml(problem)}"/>`,
    "    </testcase>",
  ];
}

const ELEMENTS = { failed: "failure", "could-not-run": "error" } as const;

function testCase(name: string, { id, verdict, milliseconds, cause = "", report = cause }: Grade): string[] {
  const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(id)}" time="${(milliseconds / 1000).toFixed(3)}"`;
  if (verdict === "passed") return [`${head}/>`];
  if (verdict === "not-begun") return [`${head}>`, "      <skipped/>", "    </testcase>"];
  const element = ELEMENTS[verdict];
  return [
    `${head}>`,
    `      <${element} message="${escapeXml(cause)}">${escapeXml(report)}</${element}>`,
    "    </testcase>",
  ];
}
