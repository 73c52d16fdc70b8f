import { expect } from "chai";
import { type Check, defineCheck } from "./check.ts";
import { formatFailure } from "./format-failure.ts";
import { jsonReport, type WholeRun } from "./json-report.ts";
import { junitReport } from "./junit-report.ts";
import { Recording } from "./recording.ts";
import type { CheckResult, Failure } from "./run-checks.ts";
import { count, lifelessLines, Verdicts } from "./verdicts.ts";

function check(number: number, waits?: number): Check {
  return defineCheck({
    id: `P1.${number}-demand`,
    stages: ["01"],
    of: "server",
    title: `demand ${number}`,
    ...(waits === undefined ? {} : { waits }),
    run: async () => {},
  });
}

const CHECKS = [1, 2, 3, 4, 5, 6].map((number) => check(number));

function result(one: Check | undefined, others: Partial<CheckResult> = {}): CheckResult {
  const about = { stage: "01", verdict: "passed", milliseconds: 1, transcript: [], seed: 1 } as const;
  return { check: one ?? check(9), recorded: new Recording(), ...about, ...others };
}

function ended(one: Check, port: number): CheckResult {
  const problem = `the server has ended (exit code 3): no table for port ${port}`;
  return result(one, { verdict: "could-not-run", problem, reason: problem });
}

const FAILURE: Failure = {
  step: 'the client receives "= 2\\n"',
  sent: '"1 + 1\\n"',
  expected: '"= 2\\n"',
  received: '"= 3\\n"',
  exact: true,
  clause: "P1.1",
};

function run(results: readonly CheckResult[], others: Partial<WholeRun> = {}): WholeRun {
  return { stage: "01", seed: 7, checks: CHECKS, results, packetOf: () => undefined, ...others };
}

describe("the verdicts of a run", () => {
  it("are shown in the order of the checks, whatever comes first", () => {
    const verdicts = new Verdicts(CHECKS, 100);
    expect(verdicts.add(result(CHECKS[1]))).to.deep.equal([]);
    expect(verdicts.add(result(CHECKS[2]))).to.deep.equal([]);
    expect(verdicts.add(result(CHECKS[0])).map((line) => line.slice(0, 21))).to.deep.equal([
      "passed  01/P1.1-deman",
      "passed  01/P1.2-deman",
      "passed  01/P1.3-deman",
    ]);
  });

  it("say how far the run is, and for what it waits", () => {
    const checks = [check(1), check(2, 30)];
    const verdicts = new Verdicts(checks, 100);
    expect(verdicts.progress).to.equal("0 of 2 …, waiting for P1.1-demand");
    verdicts.add(result(checks[0]));
    expect(verdicts.progress).to.equal("1 of 2 …, waiting for P1.2-demand (30 s)");
    verdicts.add(result(checks[1]));
    expect(verdicts.progress).to.equal("2 of 2 …");
  });

  it("tell a shared reason once, name its check twice, and count the rest", () => {
    const verdicts = new Verdicts(CHECKS, 100);
    const lines = CHECKS.flatMap((one, index) => verdicts.add(ended(one, 30_000 + index)));
    const text = [...lines, ...verdicts.finish([])].join("\n");
    expect(text.match(/no table/g)).to.have.length(2); // At the first check, and at the end.
    expect(text.match(/for the same reason as P1\.1-demand$/gm)).to.have.length(2);
    expect(text).to.contain("NOT RUN and 3 more for the same reason as P1.1-demand: the server has ended");
    expect(text).not.to.contain("P1.4-demand");
  });

  it("keep reasons apart, and failures without one", () => {
    const verdicts = new Verdicts(CHECKS, 100);
    const lines = [
      ...verdicts.add(result(CHECKS[0], { verdict: "failed", failure: FAILURE })),
      ...verdicts.add(result(CHECKS[1], { verdict: "failed", failure: FAILURE })),
      ...verdicts.add(ended(CHECKS[2] ?? check(9), 1)),
      ...verdicts.add(result(CHECKS[3], { verdict: "could-not-run", problem: "another", reason: "another" })),
    ];
    expect(lines.join("\n")).not.to.contain("same reason");
  });

  it("show at the end what came out of order, and leave out what never began", () => {
    const verdicts = new Verdicts(CHECKS, 100);
    verdicts.add(result(CHECKS[3]));
    const results = [ended(CHECKS[1] ?? check(9), 1), result(CHECKS[3])];
    const lines = verdicts.finish(results).filter((line) => /^\S/.test(line));
    expect(lines.map((line) => line.slice(8, 15))).to.deep.equal(["01/P1.2", "01/P1.4"]);
    expect(count(CHECKS, results)).to.deep.equal({ passed: 1, failed: 0, couldNotRun: 1, notRun: 4 });
  });

  it("obey no program: what it has printed cannot steer the terminal", () => {
    const problem = "the server has ended: \u001b[2J";
    const lines = new Verdicts(CHECKS, 100).add(result(CHECKS[0], { verdict: "could-not-run", problem }));
    expect(lines.join("") + lifelessLines("server", 3, problem, 100).join("")).not.to.contain("\u001b");
  });

  for (const width of [80, 120])
    it(`fit into ${width} columns`, () => {
      const verdicts = new Verdicts(
        CHECKS,
        width,
        () => "12 of run.pcap, the last one with data on this connection",
      );
      const long = {
        ...FAILURE,
        sent: `"${"1 + ".repeat(400)}"`,
        expected: `"${"2".repeat(300)}"`,
        lastWords: "x".repeat(300),
      };
      const lines = [
        ...verdicts.add(result({ ...check(1), title: "a demand ".repeat(20) })),
        ...CHECKS.slice(0, 1).flatMap((one) =>
          verdicts.add(result(one, { verdict: "failed", failure: long })),
        ),
        ...lifelessLines("server", 39, `${"why ".repeat(60)}\n${"y".repeat(200)}`, width),
        ...CHECKS.slice(1).flatMap((one) => verdicts.add(ended(one, 1))),
        ...verdicts.finish([]),
      ];
      expect(lines).to.have.length.greaterThan(20);
      for (const line of lines) expect(line.length, line).to.be.at.most(width);
    });
});

describe("the report of a failure", () => {
  const report = (others: Partial<Failure>, packet?: string): string =>
    formatFailure(
      result(CHECKS[0], { verdict: "failed", failure: { ...FAILURE, ...others } }),
      80,
      packet,
    ).join("\n");

  it("leaves out a step that the other lines say, and a cause that nobody knows", () => {
    expect(report({})).not.to.contain("step:").and.not.to.contain("likely:");
    expect(report({})).to.contain('sent:      "1 + 1\\n"').and.to.contain("^ first difference");
  });

  it("has the step if somebody else has sent, or nobody", () => {
    expect(report({ sent: 'carol: "1 + 1\\n"' })).to.contain("step:      the client receives");
    const { sent: _, ...unsent } = FAILURE;
    const lines = formatFailure(result(CHECKS[0], { verdict: "failed", failure: unsent }), 80);
    expect(lines.join("\n")).to.contain("step:      the client receives");
  });

  it("calls the two texts what the check calls them", () => {
    expect(report({ labels: ["one", "another"] }))
      .to.contain('one:       "= 2\\n"\nanother:   "= 3\\n"\n')
      .and.to.contain("^ first difference")
      .and.not.to.contain("expected:");
  });

  it("names a packet only if it is told one", () => {
    expect(report({})).not.to.contain("packet:");
    expect(report({}, "12 of run.pcap")).to.contain("packet:    12 of run.pcap");
  });

  it("shows the beginning and the end of a long text, and its length", () => {
    const sent = `"${"x".repeat(1000)}end"`;
    expect(report({ sent }).replace(/\s/g, "")).to.contain('xxxend"(1005characters)');
  });
});

describe("the reports for programs", () => {
  const results = [
    result(CHECKS[0], { verdict: "failed", failure: { ...FAILURE, likelyCause: "a guess" } }),
    ...CHECKS.slice(1, 4).map((one) => ended(one, 1)),
    result(CHECKS[4]),
  ];

  it("have a verdict for each check, and each reason once", () => {
    const text = JSON.stringify(jsonReport(run(results, { stopped: "the limit of 5 s was reached" })));
    const report = JSON.parse(text);
    const { checks } = report;
    expect(report).to.include({
      passed: 1,
      failed: 1,
      couldNotRun: 3,
      notRun: 1,
      stopped: "the limit of 5 s was reached",
    });
    expect(checks.map(({ verdict }: { verdict: string }) => verdict)).to.deep.equal([
      "failed",
      "could-not-run",
      "could-not-run",
      "could-not-run",
      "passed",
      "not-run",
    ]);
    expect(text.match(/no table/g)).to.have.length(1);
    expect(checks[2]).to.include({ sameAs: "P1.2-demand" });
  });

  it("say in JUnit's message what happened, and not what may be the cause", () => {
    const text = junitReport(run(results, { stopped: "the limit of 5 s was reached" }));
    expect(text).to.contain('<failure message="expected &quot;= 2\\n&quot;, received &quot;= 3\\n&quot;">');
    expect(text).to.contain('tests="6" failures="1" errors="3" skipped="1"');
    expect(text).to.contain('<skipped message="not run: the limit of 5 s was reached"/>');
    expect(text).to.contain('<error message="the server has ended (exit code 3): no table for port 1">');
    expect(text.match(/<error message="for the same reason as P1\.2-demand"\/>/g)).to.have.length(2);
  });

  it("number packets only if the run is recorded", () => {
    const packets = run(results, { packetOf: () => 12 });
    expect(junitReport(packets)).to.contain("packet:    12 of the recording");
    expect(JSON.stringify(jsonReport(packets))).to.contain('"packet":12');
    expect(JSON.stringify(jsonReport(run(results)))).not.to.contain("packet");
  });
});
