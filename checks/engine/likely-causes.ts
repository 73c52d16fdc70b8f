// Finds the likely cause of a failure, by the step that failed and by what was received. Without a good reason there is
// none: a wrong guess sends people looking in the wrong place. Pure.

import type { Check } from "./check.ts";
import type { FailureDetails } from "./step-failure.ts";

/**
 * The first of these that there is: what the failed step knows; one of the check's causes that fits; what the form of the
 * received text tells; and if something else came than what the check is about, the check's likely cause.
 * @param isInPreparation whether the failed step only prepared what the check is about
 */
export function likelyCauseOf(
  check: Pick<Check, "likelyCause" | "causes">,
  details: FailureDetails,
  step: string,
  isInPreparation: boolean,
): string | undefined {
  const { likelyCause, received, came = "different" } = details;
  const fitting = check.causes?.find(
    (one) => (one.step?.test(step) ?? true) && (one.received?.test(received) ?? true),
  );
  const own = came === "different" && !isInPreparation ? check.likelyCause : undefined;
  return likelyCause ?? fitting?.cause ?? byForm(details) ?? own;
}

/** The beginning of a reply of stage 01, between quotes. */
const REPLY = /^"(?:= |error: )/;

/** What the form of the received text tells, whatever the check is about. Both texts stand between quotes, with escapes. */
function byForm({ expected, received, exact = false }: FailureDetails): string | undefined {
  if (expected === "a line that is a JSON object") return whyNoJson(received);
  if (!exact || received === expected) return undefined;
  const [due, came] = fromDifference(expected, received);
  if (came.startsWith("\\r\\n") && due.startsWith("\\n"))
    return "There is a CR too many: each line ends with LF alone (P0.1).";
  if (received.replace(/^"\\ufeff/, '"') === expected)
    return "There is a byte order mark at the beginning: write UTF-8 without one.";
  if (received.replaceAll("\\u0000", "") === expected)
    return "There are zero bytes in it: the end of a buffer is sent along.";
  if (withoutEnd(received) === withoutEnd(expected)) return "Only the blanks or line ends at the end differ.";
  if (received.replace(/\s/g, "") === expected.replace(/\s/g, "")) return "Only blanks differ.";
  if (received.toLowerCase() === expected.toLowerCase()) return "Only upper and lower case differ.";
  if (REPLY.test(expected) && !REPLY.test(received))
    return "This is no reply of the calculator: each is a line that begins with = and a blank, or with error: and a blank (P1.4).";
  return undefined;
}

/** Both texts from their first difference on. */
function fromDifference(one: string, other: string): [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const start = one[same - 1] === "\\" ? same - 1 : same; // An escape stays whole.
  return [one.slice(start), other.slice(start)];
}

/** A quoted text without blanks and line ends at its end. */
function withoutEnd(quoted: string): string {
  return quoted.replace(/(?:\\[nrt]| )*"?$/, "");
}

/** @param received a line between quotes */
function whyNoJson(received: string): string | undefined {
  if (/^"\{'/.test(received))
    return "This is no JSON: names and texts stand in double quotes. In Python, json.dumps makes JSON, and str does not.";
  if (received === '""') return "An empty line is sent: perhaps the LF is sent twice.";
  if (/\}\s*\{/.test(received)) return "Two objects stand in one line: each needs an LF at its end.";
  if (/^"\{.*:\s*(?:undefined|None|True|False|NaN)\b/.test(received))
    return "This is no JSON: undefined, None, True, False and NaN are no values of it.";
  return undefined;
}
