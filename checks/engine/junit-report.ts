// Formats results as a JUnit report, the XML that GitHub, GitLab, Jenkins and most graders read. Pure.

import { clauseOf } from "./check.ts";
import { formatFailure } from "./format-failure.ts";
import type { StageNumber } from "./place.ts";
import type { CheckResult } from "./run-checks.ts";

const WIDTH = 110;

export function junitReport(stage: StageNumber, results: readonly CheckResult[]): string {
  const of = (verdict: string): number => results.filter((result) => result.verdict === verdict).length;
  const seconds = results.reduce((sum, { milliseconds }) => sum + milliseconds / 1000, 0);
  const counts = `tests="${results.length}" failures="${of("failed")}" errors="${of("could-not-run")}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="stage ${stage}" ${counts}>`,
    `    <properties><property name="seed" value="${results[0]?.seed ?? 0}"/></properties>`,
    ...results.flatMap(testCase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(result: CheckResult): string[] {
  const { check, stage, verdict, milliseconds } = result;
  const attributes = `classname="${escapeXml(`${stage}.${clauseOf(check)}`)}" name="${escapeXml(`${check.id}: ${check.title}`)}" time="${(milliseconds / 1000).toFixed(3)}"`;
  if (verdict === "passed") return [`    <testcase ${attributes}/>`];
  const element = verdict === "failed" ? "failure" : "error";
  const text = formatFailure(result, WIDTH).join("\n");
  const message = result.failure?.likelyCause ?? result.problem ?? "";
  return [
    `    <testcase ${attributes}>`,
    `      <${element} message="${escapeXml(message)}">${escapeXml(text)}</${element}>`,
    "    </testcase>",
  ];
}

/** XML allows no control characters but tab and line ends. Programs may print others. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this pattern is about.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\uFFFD")
      .toWellFormed()
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}
