// The picture of the simulated table, in a real Chromium and under the page's content security policy.

import { expect } from "chai";
import type { Browser, Locator, Page } from "playwright-core";
import {
  launchBrowser,
  openProfile,
  type ProfileOptions,
  STEP_DEADLINE,
  withChromium,
} from "../testing/browser.ts";
import { type FixtureServer, servePageFixture } from "../testing/page-fixture-server.ts";

withChromium("the table, to look at", () => {
  let server: FixtureServer;
  let browser: Browser;

  before(async () => {
    server = await servePageFixture("testing/table-fixture.ts");
    browser = await launchBrowser();
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens it in a profile of its own, has the test run, and expects that the page has complained about nothing. */
  async function withTable(options: ProfileOptions, test: (table: Table) => Promise<void>): Promise<void> {
    const { context, page, errors } = await openProfile(browser, options);
    try {
      await page.goto(server.address);
      const table = new Table(page);
      await table.says(/looks for a key/);
      await test(table);
      expect(errors).to.deep.equal([]);
      expect(await page.evaluate(() => window.violations)).to.deep.equal([]);
    } finally {
      await context.close();
    }
  }

  it("goes a lookup round by round, and says in a sentence what each has brought", () =>
    withTable({}, async (table) => {
      await table.press("Step");
      await table.says(
        /^Round 1: node 0 asks nodes \d+, \d+ and \d+\. All answer and name \d+ new nodes\. The nearest so far is node \d+/,
      );
      expect(await table.figure("Rounds")).to.equal("1");
      expect(await table.figure("Questions")).to.equal("3");
      await table.runToTheEnd();
      await table.says(
        /The lookup ends after \d+ rounds and \d+ questions, all answered\. .* These are the 8 nearest that there are\.$/,
      );
      const rounds = Number(await table.figure("Rounds"));
      expect(
        await table.page.getByRole("region", { name: "All rounds" }).getByRole("listitem").count(),
      ).to.equal(rounds);
      expect(await table.figure("log2 of 200")).to.equal("7.6");
      const states = await table.page
        .getByRole("row")
        .getByRole("cell", { name: "answered", exact: true })
        .count();
      expect(states).to.equal(8);
      await table.button("Step").press("Enter"); // Nothing is left to do.
      expect(Number(await table.figure("Rounds"))).to.equal(rounds);
    }));

  it("runs by itself, and can be stopped", () =>
    withTable({}, async (table) => {
      await table.press("Run");
      await table.says(/^Round 2: /);
      await table.press("Pause");
      await table.button("Run").waitFor();
      const rounds = await table.figure("Rounds");
      await table.press("Step");
      expect(Number(await table.figure("Rounds"))).to.equal(Number(rounds) + 1);
      await table.press("Run");
      await table.says(/The lookup ends/);
      await table.button("Run").waitFor();
    }));

  it("goes around nodes that are killed meanwhile, marks them by a cross, and counts them", () =>
    withTable({}, async (table) => {
      await table.press("Step");
      await table.press("Kill some");
      await table.says(
        /^2\d nodes have gone without a word, [1-8] of them on the list of this lookup\. 1\d\d nodes still answer; nobody knows which\.$/,
      );
      await table.press("Step");
      await table.says(/Node(?:s \d+ and)? \d+ do(?:es)? not answer in time\./);
      const silent = Number(await table.figure("Not answered"));
      expect(silent).to.be.within(1, 3);
      const crosses = (await table.page.locator("svg.ring .cross").getAttribute("d")) ?? "";
      expect(crosses.split("M").length - 1).to.equal(2 * silent);
      await table.runToTheEnd();
      expect(await table.figure("Not answered")).to.not.equal("0");
    }));

  it("looks for another key, for the same one again, and from another node", () =>
    withTable({}, async (table) => {
      const key = () => table.page.locator("caption code").first().textContent();
      const first = await key();
      await table.press("Step");
      await table.press("New key");
      await table.says(/looks for a key/);
      const second = await key();
      expect(second).to.not.equal(first);
      expect(await table.figure("Rounds")).to.equal("0");
      await table.runToTheEnd();
      await table.press("Same key again");
      await table.says(/looks for a key/);
      expect(await key()).to.equal(second);
      const field = table.page.getByLabel("Node that asks");
      await field.fill("17");
      await field.press("Tab");
      await table.says(/Node 17 looks for a key/);
      await field.fill("4000");
      await field.press("Tab");
      await table.says(/^There is no node 4000 that answers\.$/);
      expect(await field.inputValue()).to.equal("17");
    }));

  it("shows the buckets of a node: 8 at most in each, and how many nodes are there", () =>
    withTable({}, async (table) => {
      await table.press("Show buckets");
      expect(await table.button("Show buckets").getAttribute("aria-pressed")).to.equal("true");
      const rows = table.page.getByRole("table", { name: /buckets of node 0/ }).getByRole("row");
      const cells = await rows.evaluateAll((all) =>
        all.slice(1).map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
      );
      expect(cells.map(([shared]) => shared).slice(0, 3)).to.deep.equal(["0", "1", "2"]);
      const counts = cells.map(([, known]) => Number(known));
      expect(counts[0]).to.equal(8);
      expect(Math.max(...counts)).to.equal(8);
      for (const [, known, there, who = ""] of cells) {
        expect(who.split(", ")).to.have.length(Number(known));
        expect(Number(there)).to.be.at.least(Number(known));
      }
      await table.press("Show buckets");
      expect(await rows.count()).to.equal(0);
    }));

  it("needs nothing but the keyboard, and goes from 20 to 5,000 nodes", () =>
    withTable({}, async (table) => {
      const { keyboard } = table.page;
      await keyboard.press("Tab");
      const sizes = { Home: "20", End: "5,000", ArrowLeft: "2,000" };
      for (const [key, size] of Object.entries(sizes)) {
        await keyboard.press(key);
        await table.says(new RegExp(`^${size} nodes\\. Node 0 looks for a key`));
        expect(await table.page.getByRole("slider").getAttribute("aria-valuetext")).to.equal(`${size} nodes`);
      }
      await keyboard.press("Tab");
      await keyboard.press("Tab");
      for (let presses = 0; presses < 12; presses++) await keyboard.press("Enter");
      await table.says(/The lookup ends/);
      // The focus has stayed on Step, though there is nothing to step to.
      expect(await table.page.locator("table-view button:focus").textContent()).to.equal("Step");
    })).timeout(3 * STEP_DEADLINE);

  for (const width of [390, 1280]) {
    for (const scheme of ["light", "dark"] as const) {
      it(`fits into ${width} pixels, and axe finds nothing to complain about in ${scheme}`, () =>
        withTable({ width, scheme }, async (table) => {
          await table.press("Step");
          await table.press("Kill some");
          await table.press("Step");
          await table.press("Show buckets");
          const tooWide = await table.page.evaluate(() => {
            const inside = document.querySelector("table-view")?.shadowRoot?.querySelectorAll("*") ?? [];
            const { clientWidth } = document.documentElement;
            return [...inside]
              .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
              .map(({ tagName }) => tagName);
          });
          expect(tooWide).to.deep.equal([]);
          expect(await problemsIn(table.page)).to.deep.equal([]);
        }));
    }
  }
});

/** What a test does with the component, as a user would. */
class Table {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  press(name: string): Promise<void> {
    return this.button(name).click();
  }

  /** Waits until the live region says it. */
  says(words: RegExp): Promise<void> {
    return this.page.getByRole("status").filter({ hasText: words }).waitFor();
  }

  async figure(name: string): Promise<string | undefined> {
    const figure = this.page
      .locator("dl.figures div")
      .filter({ has: this.page.getByText(name, { exact: true }) });
    return (await figure.locator("dd").textContent())?.trim();
  }

  /** Steps until there is nothing left to do. */
  async runToTheEnd(): Promise<void> {
    while ((await this.button("Step").getAttribute("aria-disabled")) !== "true") await this.press("Step");
    await this.says(/The lookup ends/);
  }
}

/** What axe-core says of the page, in a line for each finding. */
async function problemsIn(page: Page): Promise<string[]> {
  const { default: axe } = await import("axe-core");
  const results = await page.evaluate(`${axe.source}; axe.run()`);
  const { violations } = results as { violations: { id: string; nodes: { html: string }[] }[] };
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
