// Draws README's picture of the wire: Mallory holds a line of stage 02, and has changed it. With the real programs, in Chromium.
//
// node --import tsx web/page/testing/picture.ts web/the-wire.png

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser, openProfile } from "../../../06-dht-chat/testing/browser.ts";
import { startWeb } from "../../program.ts";
import { WireWindow } from "./wire-window.ts";

const [, , file = "web/the-wire.png"] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "picture-"));
const web = await startWeb({ folder });
const browser = await launchBrowser();
try {
  const window = new WireWindow(await openProfile(browser, { width: 1280, height: 800 }));
  await window.page.goto(web.address("/wire/02"));
  await window.isReady("02");
  await window.say("Alice", "hello, Bob");
  await window.shows("bob", "alice> hello, Bob");
  await window.say("Bob", "hello, Alice");
  await window.shows("alice", "bob> hello, Alice");
  await window.hold("Alice to Bob");
  await window.say("Alice", "pay 100 to carol");
  await window.isHeld();
  await window.page.locator("button.mallory", { hasText: "900" }).first().click();
  await window.page.getByText("pay 900 to carol").first().waitFor();
  await window.page.mouse.move(0, 0);
  await window.page.screenshot({ path: file, animations: "disabled" });
} finally {
  await browser.close();
  await web.close();
  rmSync(folder, { recursive: true });
}
