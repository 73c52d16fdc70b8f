// Draws README's picture of the wire: Mallory holds a line of stage 02, and has changed it. With real programs, in Chromium.
//
// node --import tsx web/page/testing/picture.ts web/the-wire.png

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser, openProfile } from "../../../06-dht-chat/testing/browser.ts";
import { startWeb } from "../../program.ts";

const [, , file = "web/the-wire.png"] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "picture-"));
const web = await startWeb({ folder });
const browser = await launchBrowser();
try {
  const { page } = await openProfile(browser, { width: 1280, height: 800 });
  await page.goto(web.address("/wire/02"));
  const button = (name: string | RegExp) => page.getByRole("button", { name }).and(page.locator(":enabled")).first();
  const shown = (person: string, text: string) =>
    page.locator("course-terminal", { hasText: text }).and(page.getByLabel(person)).first().waitFor();
  await button(/hello, Bob/).click();
  await button(/hello, Alice/).click();
  await page.getByText('"hello, Alice"').first().waitFor();
  await button("Hold the next line →").click();
  await button(/pay 100 to carol/).click();
  await button(/Change 100 into 900/).click();
  await page.mouse.move(0, 0);
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
  void shown;
  await page.screenshot({ path: file });
} finally {
  await browser.close();
  await web.close();
  rmSync(folder, { recursive: true });
}
