// Measures how long a student waits from saving a file until the page in the browser shows the verdict. `npm run bench -- learn`
// has the same for the terminal. Prints rows of its report as JSON.

import { launchBrowser, openProfile } from "../../../06-dht-chat/testing/browser.ts";
import type { Row } from "../../../bench/report.ts";
import { CourseCopy } from "../../../tests/support/course-copy.ts";
import { startWeb } from "../../program.ts";

/** How many times each exercise is saved with its solution, and how many times with its starter. */
const SAVES = 7;

/** The checks of the first exercise call functions; those of the second start a server. */
const SUBJECTS = [
  { what: "pure code", id: "03-modular-power", lesson: "03-2", limit: 1000 },
  { what: "a program", id: "02-register", lesson: "02-3", limit: 2500 },
] as const;

type Page = Awaited<ReturnType<typeof openProfile>>["page"];

async function measureExercises(): Promise<Row[]> {
  const course = new CourseCopy();
  const web = await startWeb({ port: 0, course: course.folder });
  const browser = await launchBrowser();
  try {
    const { page } = await openProfile(browser);
    const rows: Row[] = [];
    for (const { what, id, lesson, limit } of SUBJECTS) {
      await page.goto(web.address(`/lessons/${lesson}`));
      await page.getByRole("button", { name: "Begin this exercise" }).click();
      await shows(page, `not yet: ${id}`);
      const bound = { bound: "at most", value: limit, of: "value" } as const;
      const { passing, failing } = await measureSaves(course, page, id);
      const name = `from save to verdict in the page, ${what}: ${id}`;
      rows.push({ name: `${name} passes`, unit: "ms", runs: passing, limit: bound });
      rows.push({ name: `${name} fails`, unit: "ms", runs: failing, limit: bound });
    }
    return rows;
  } finally {
    await browser.close();
    await web.close();
    course.remove();
  }
}

/** Milliseconds from each save until the verdict stands in the page. */
async function measureSaves(
  course: CourseCopy,
  page: Page,
  id: string,
): Promise<{ passing: number[]; failing: number[] }> {
  const timeUntil = async (verdict: string, code: "solution" | "starter"): Promise<number> => {
    const start = performance.now();
    course.save(id, code);
    await shows(page, `${verdict}: ${id}`);
    return performance.now() - start;
  };
  const [passing, failing]: [number[], number[]] = [[], []];
  for (let save = 0; save < SAVES; save += 1) {
    passing.push(await timeUntil("passed", "solution"));
    failing.push(await timeUntil("not yet", "starter"));
  }
  return { passing, failing };
}

async function shows(page: Page, verdict: string): Promise<void> {
  await page.locator("course-exercise .headline", { hasText: verdict }).waitFor();
}

console.log(JSON.stringify(await measureExercises()));
process.exit();
