// Formats results as a JUnit report, the XML that GitHub, GitLab, Jenkins and most graders read. Pure.

import { type Check, clauseOf } from "./check.ts";
import { formatFailure, inOneLine } from "./format-failure.ts";
import type { WholeRun } from "./json-report.ts";
import type { CheckResult } from "./run-checks.ts";
import { Reasons } from "./same-reason.ts";
import { count } from "./verdicts.ts";

const WIDTH = 110;

export function junitReport(run: WholeRun): string {
  const { stage, seed, checks, results, stopped } = run;
  const { failed, couldNotRun, notRun } = count(checks, results);
  const seconds = results.reduce((sum, { milliseconds }) => sum + milliseconds / 1000, 0);
  const counts = `tests="${checks.length}" failures="${failed}" errors="${couldNotRun}" skipped="${notRun}" time="${seconds.toFixed(3)}"`;
  const reasons = new Reasons();
  const cases = checks.flatMap((check) => {
    const result = results.find((one) => one.check === check);
    return result === undefined ? notRunCase(run, check) : testCase(run, result, reasons);
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="stage ${stage}" ${counts}>`,
    "    <properties>",
    `      <property name="seed" value="${seed}"/>`,
    ...(stopped === undefined ? [] : [`      <property name="stopped" value="${escapeXml(stopped)}"/>`]),
    "    </properties>",
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function attributes({ stage }: WholeRun, check: Check, milliseconds: number): string {
  return `classname="${escapeXml(`${stage}.${clauseOf(check)}`)}" name="${escapeXml(`${check.id}: ${check.title}`)}" time="${(milliseconds / 1000).toFixed(3)}"`;
}

function notRunCase(run: WholeRun, check: Check): string[] {
  const message = escapeXml(`not run: ${run.stopped ?? "it never began"}`);
  return [
    `    <testcase ${attributes(run, check, 0)}>`,
    `      <skipped message="${message}"/>`,
    "    </testcase>",
  ];
}

/** The message says what happened. A reason that several checks have stands at the first of them. */
function testCase(run: WholeRun, result: CheckResult, reasons: Reasons): string[] {
  const { check, verdict, milliseconds } = result;
  const begin = `    <testcase ${attributes(run, check, milliseconds)}`;
  if (verdict === "passed") return [`${begin}/>`];
  const element = verdict === "failed" ? "failure" : "error";
  const first = reasons.add(result);
  const packet = run.packetOf(result);
  const inner =
    first === undefined
      ? `<${element} message="${escapeXml(inOneLine(result))}">${escapeXml(formatFailure(result, WIDTH, packet === undefined ? undefined : `${packet} of the recording`).join("\n"))}</${element}>`
      : `<${element} message="for the same reason as ${escapeXml(first.check.id)}"/>`;
  return [`${begin}>`, `      ${inner}`, "    </testcase>"];
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
