import { expect } from "chai";
import { likelyCauseOf } from "./likely-causes.ts";
import { quote } from "./readable-bytes.ts";
import type { Came, FailureDetails } from "./step-failure.ts";

const CHECK = { likelyCause: "the check's own guess" };

/** A line came instead of another one. */
function cameInstead(expected: string, received: string): FailureDetails {
  return { expected: quote(expected), received: quote(received), exact: true };
}

function likely(
  details: FailureDetails,
  check: Parameters<typeof likelyCauseOf>[0] = CHECK,
  isInPreparation = false,
) {
  return likelyCauseOf(check, details, "the client receives an answer", isInPreparation);
}

describe("the likely cause of a failure", () => {
  it("is the check's own if something else came", () => {
    expect(likely(cameInstead("= 20\n", "= 14\n"))).to.equal("the check's own guess");
    expect(likely({ expected: "a number below the prime", received: "0" })).to.equal("the check's own guess");
  });

  for (const came of ["nothing", "ended", "thrown"] as const satisfies readonly Came[])
    it(`is left out if this came: ${came}`, () => {
      expect(likely({ expected: '"= 20\\n"', received: "nothing", came })).to.equal(undefined);
    });

  it("is left out if a step failed that only prepares, and if the check has no guess", () => {
    expect(likely(cameInstead("= 20\n", "= 14\n"), CHECK, true)).to.equal(undefined);
    expect(likely(cameInstead("= 20\n", "= 14\n"), {})).to.equal(undefined);
  });

  it("is what the failed step knows, before all others", () => {
    const causes = [{ cause: "a cause that fits" }];
    const details = { ...cameInstead("= 2\n", "= 2\r\n"), likelyCause: "the step's" };
    expect(likely(details, { ...CHECK, causes })).to.equal("the step's");
  });

  it("is the first of the check's causes that fits step and text, whatever came", () => {
    const causes = [
      { step: /connects/, cause: "another step" },
      { received: /^something/, cause: "another text" },
      { step: /receives/, received: /^nothing/, cause: "both fit" },
      { cause: "any" },
    ];
    const details = { expected: "x", received: "nothing within 5 s", came: "nothing" } as const;
    expect(likely(details, { ...CHECK, causes })).to.equal("both fit");
    expect(likely({ expected: "x", received: "y" }, { ...CHECK, causes })).to.equal("any");
  });

  for (const [expected, received, part] of [
    ["= 2\n", "= 2\r\n", "CR"],
    ["= 2\n= 6\n", "= 2\r\n= 7\r\n", "CR"],
    ["= 2\n", "\ufeff= 2\n", "byte order mark"],
    ["= 2\n", "= 2\n\0\0", "zero bytes"],
    ["= 2\n", "= 2 \n", "at the end"],
    ["= 2\n", "= 2\n\n", "at the end"],
    ["= 2\n", "=  2\n", "Only blanks"],
    ["error: division by zero\n", "Error: Division by zero\n", "upper and lower case"],
    ["= 2\n", "hello there\n", "no reply of the calculator"],
  ] as const)
    it(`tells by its form what is wrong with ${quote(received)}`, () => {
      expect(likely(cameInstead(expected, received))).to.contain(part);
    });

  for (const [line, part] of [
    ["{'type': 'registered'}", "double quotes"],
    ["", "empty line"],
    ['{"type":"a"}{"type":"b"}', "Two objects"],
    ['{"type":"users","users":None}', "None"],
  ] as const)
    it(`tells why ${quote(line)} is no JSON`, () => {
      expect(likely({ expected: "a line that is a JSON object", received: quote(line) })).to.contain(part);
    });
});
