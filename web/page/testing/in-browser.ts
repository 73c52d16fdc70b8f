// What tests of the page in a real Chromium share: one browser for all tests of a file, and what axe-core finds.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  launchBrowser,
  openProfile,
  type Profile,
  type ProfileOptions,
} from "../../../06-dht-chat/testing/browser.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
/** The page of a profile. Its package is that of stage 06. */
export type Page = Profile["page"];

/** How wide pages are looked at, in pixels. */
export const WIDTHS = [390, 1280] as const;
export const SCHEMES = ["light", "dark"] as const;

/**
 * Starts a browser for the tests of a describe block.
 * @param flags more of Chromium's flags
 * @returns what opens a profile, closed after its test
 */
export function useChromium(flags: readonly string[] = []): (options?: ProfileOptions) => Promise<Profile> {
  let browser: Browser;
  let open: Profile[] = [];
  before(async () => {
    browser = await launchBrowser(flags);
  });
  afterEach(async () => {
    const profiles = open;
    open = [];
    await Promise.all(profiles.map(({ context }) => context.close()));
  });
  after(() => browser?.close());
  return async (options) => {
    const profile = await openProfile(browser, options);
    open.push(profile);
    await letFunctionsIn(profile);
    return profile;
  };
}

/** tsx gives functions their names with a function of its own. Those that run in the page need it there. */
export async function letFunctionsIn({ context }: Profile): Promise<void> {
  await context.addInitScript("globalThis.__name = (action) => action");
}

/** As much of axe-core's answer as is looked at. */
interface Findings {
  violations: { id: string; impact: string; nodes: { html: string }[] }[];
}

/**
 * What axe-core finds that is moderate or worse, a line each.
 * @param parts selectors of what is looked at; those that there are not are left out. Default: all
 */
export async function axeFindings(page: Page, parts?: readonly string[]): Promise<string[]> {
  // The packages of the tests are those of stage 06.
  const packages = createRequire(join(COURSE_FOLDER, "06-dht-chat", "package.json"));
  await page.evaluate(await readFile(packages.resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate((selectors) => {
    const { axe } = window as unknown as { axe: { run(context: unknown): Promise<Findings> } };
    return axe.run(selectors?.filter((one) => document.querySelector(one) !== null) ?? document);
  }, parts);
  return violations
    .filter(({ impact }) => ["moderate", "serious", "critical"].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

/** By how many pixels something is wider than the page. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
