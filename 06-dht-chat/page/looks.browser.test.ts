// How the page looks and is heard, in a real Chromium: narrow and wide, light and dark, held against axe-core's rules.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { withChromium } from "../testing/browser.ts";
import { type FixturePage, useFixturePage } from "../testing/fixture-page.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import { contactView, OWN_ID, richView } from "../testing/views.ts";

const CARD = "P2P06:141065404484172:SAA85SZN4YE4W6M3BJX9HC6621H026AFGF0RCFD3XF120EC49BD4T7TH";

/** As much of axe-core's answer as is looked at. */
interface Findings {
  violations: { id: string; impact: string; nodes: { html: string }[] }[];
}

let axe: string;

/** What axe-core finds that is serious or worse. */
async function findings(fixture: FixturePage): Promise<string[]> {
  await fixture.page.evaluate(axe);
  const { violations } = await fixture.page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<Findings> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical" || impact === "moderate")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
}

/** Buttons in which a line ends within a word: of one word there would be more than one line. */
async function brokenWords(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const broken: string[] = [];
    for (const button of document.querySelectorAll("button:not(.chat-row)")) {
      const texts = document.createTreeWalker(button, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
        for (const word of (node.textContent ?? "").matchAll(/[^\s-]+/g)) {
          const range = document.createRange();
          range.setStart(node, word.index);
          range.setEnd(node, word.index + word[0].length);
          if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word[0]);
        }
      }
    }
    return broken;
  });
}

withChromium("how the page looks", () => {
  before(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  });
  const { fixture, open } = useFixturePage();

  /** Goes through everything that the page can show. */
  async function lookEverywhere(look: (what: string) => Promise<void>): Promise<void> {
    const { page } = fixture;
    const back = async () => {
      if (await page.locator(".back").isVisible()) await page.locator(".back").click();
    };
    await look("a new user's page");
    const now = await fixture.now();
    const view = richView(now);
    await fixture.show({ ...view, card: { text: CARD, grouped: CARD, expires: now + 60_000 } });
    await look("the list");
    for (const row of [/^Bob/, /^Carol/, /^Lab partners/]) {
      await page.getByRole("button", { name: row }).click();
      await look(`the chat ${row}`);
      await page.getByRole("button", { name: /^(Contact|Members)$/ }).click();
      await look(`the details of ${row}`);
      const remove = page.getByRole("button", { name: "Remove Bob" });
      if (await remove.isVisible()) {
        await remove.click();
        await look("removing a member");
      }
      const leave = page.getByRole("button", { name: "Leave this group …" });
      if (await leave.isVisible()) {
        await leave.click();
        await look("leaving a group");
      }
      await page.keyboard.press("Escape");
      await back();
    }
    for (const name of ["Show my card", "Enter a card", "Make a group", "What is going on underneath"]) {
      await page.getByRole("button", { name }).click();
      await page.locator("dialog[open]").waitFor();
      await look(name);
      if (await page.locator(".table-place").isVisible()) {
        await page.locator(".table-place summary").click();
        await page.locator("table-view svg").first().waitFor();
        await look("the simulated table");
      }
      await page.keyboard.press("Escape");
    }
  }

  for (const width of [390, 1280]) {
    for (const scheme of ["light", "dark"] as const) {
      it(`P10.13 axe-core finds nothing at ${width} pixels in ${scheme} colours, and nothing is wider than the page`, async () => {
        const { page } = await open({ width, scheme });
        await lookEverywhere(async (what) => {
          expect(await findings(fixture), what).to.deep.equal([]);
          const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
          expect(isWider, what).to.equal(false);
          expect(await brokenWords(page), what).to.deep.equal([]);
        });
        expect(await fixture.violations()).to.deep.equal([]);
      }).timeout(240_000);
    }
  }

  it("P10.13 axe-core sees what is wrong: a button without words is found", async () => {
    const { page } = await open();
    await page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
    expect((await findings(fixture)).join()).to.include("button-name");
  });

  it("P10.13 where there is no room for both, the chat covers the list, and Back returns to where one was", async () => {
    const { page } = await open({ width: 390 });
    await fixture.show({ ...emptyView(OWN_ID), contacts: [contactView()] });
    const row = page.getByRole("button", { name: /^Bob/ });
    await row.click();
    expect(await row.isVisible()).to.equal(false);
    await page.getByRole("textbox", { name: "Message to Bob" }).waitFor();
    expect(await fixture.focused()).to.equal("Message to Bob");
    await page.getByRole("button", { name: "Back to the list" }).click();
    expect(await row.isVisible()).to.equal(true);
    expect(await fixture.focused()).to.include("Bob");
    expect(await page.getByRole("textbox").count()).to.equal(0);
  });

  it("P10.13 where the keyboard is, is seen", async () => {
    const { page } = await open();
    await fixture.show(richView(await fixture.now()));
    await page.getByRole("button", { name: /^Bob/ }).click();
    for (let n = 0; n < 15; n += 1) {
      await page.keyboard.press("Tab");
      const width = await page.evaluate(() => {
        const element = document.activeElement;
        return element === null || element === document.body
          ? 9
          : Number.parseFloat(getComputedStyle(element).outlineWidth);
      });
      expect(width, await fixture.focused()).to.be.at.least(2);
    }
  });
});
