// Reports a run: a dot for each test, the failures, the ten slowest tests, and the seconds of each group of files. What has
// failed is also written to the file that FAILED_TESTS names, for look-again.ts.

import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import Mocha from "mocha";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

const SLOWEST = 10;

/** A test, or a hook around tests, that has failed. */
export interface FailedTest {
  file: string;
  title: string;
  isHook: boolean;
}

interface Taken {
  file: string;
  title: string;
  milliseconds: number;
}

class Reporter extends Mocha.reporters.Dot {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const all: Taken[] = [];
    const failed: FailedTest[] = [];
    runner.on("fail", (test: Mocha.Test) => {
      failed.push({
        file: test.file ?? "",
        title: test.fullTitle(),
        isHook: (test.type as string) === "hook",
      });
    });
    runner.on("test end", (test: Mocha.Test) => {
      const file = relative(COURSE_FOLDER, test.file ?? "").replaceAll("\\", "/");
      all.push({ file, title: test.fullTitle(), milliseconds: test.duration ?? 0 });
    });
    runner.once("end", () => {
      const again = `  again with the same random values: SEED=${process.env.SEED}`;
      if (process.env.FAILED_TESTS) writeFileSync(process.env.FAILED_TESTS, JSON.stringify(failed));
      console.log([...slowest(all), "", ...groups(all), "", again, ""].join("\n"));
    });
  }
}

function slowest(all: readonly Taken[]): string[] {
  const sorted = [...all].sort((one, other) => other.milliseconds - one.milliseconds).slice(0, SLOWEST);
  return [
    `  the ${sorted.length} slowest:`,
    ...sorted.map(({ file, title, milliseconds }) => `  ${seconds(milliseconds)}  ${file}: ${title}`),
  ];
}

function groups(all: readonly Taken[]): string[] {
  const sums = new Map<string, { tests: number; milliseconds: number }>();
  for (const { file, milliseconds } of all) {
    const sum = sums.get(groupOf(file)) ?? { tests: 0, milliseconds: 0 };
    sums.set(groupOf(file), { tests: sum.tests + 1, milliseconds: sum.milliseconds + milliseconds });
  }
  return [
    "  seconds of each group (several run side by side):",
    ...[...sums]
      .sort(([, one], [, other]) => other.milliseconds - one.milliseconds)
      .map(([group, { tests, milliseconds }]) => `  ${seconds(milliseconds)}  ${group} (${tests})`),
  ];
}

/** The folder. For tests of whole programs, it is the first word of the file's name, e.g. tests/registry. */
function groupOf(file: string): string {
  const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/.exec(file) ?? [];
  if (!folder.startsWith("tests")) return folder;
  return `${folder}/${name.replace(/\.test\.ts$/, "").replace(/-.*$|(?<=^\d\d)-.*/, "")}`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1).padStart(6);
}

// biome-ignore lint/style/noDefaultExport: mocha takes a reporter that is a file's default export.
export default Reporter;
