// The frame of the page in a real Chromium: a server that goes and comes back, two windows, the address bar, keyboard alone,
// narrow and wide, light and dark.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { faultsIn, withChromium } from "../../06-dht-chat/testing/browser.ts";
import { startWeb, type Web } from "../program.ts";
import { axeFindings, type Page, SCHEMES, tooWide, useChromium, WIDTHS } from "./testing/in-browser.ts";

withChromium("the frame of the page", () => {
  const openProfile = useChromium();
  let folder: string;
  let web: Web;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "web-"));
    web = await startWeb({ folder });
  });
  afterEach(async () => {
    await web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const alert = (page: Page) => page.getByRole("alert").filter({ hasText: "does not answer" });
  /** Waits until the server answers the page. */
  const isConnected = async (page: Page): Promise<void> => {
    await page.getByRole("navigation", { name: "Places" }).waitFor();
    await page.waitForFunction(
      () => document.querySelector("course-app")?.getAttribute("data-state") === "open",
    );
  };
  const place = (page: Page): Promise<string> =>
    page.evaluate(() => document.querySelector("[aria-current=page]")?.textContent ?? "");

  it("never shows the token, also after it was loaded again, and opens the place that was asked for", async () => {
    const { page, context, errors } = await openProfile();
    await page.goto(web.address("/figures"));
    await isConnected(page);
    expect(page.url()).to.equal(`http://127.0.0.1:${web.server.port}/#/figures`);
    expect(await place(page)).to.equal("Figures");
    await page.reload();
    await isConnected(page);
    expect(page.url()).to.equal(`http://127.0.0.1:${web.server.port}/#/figures`);
    expect(await context.cookies()).to.deep.equal([]);
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, document.documentElement.outerHTML]),
    );
    expect(kept).not.to.include(web.token);
    await page.goBack();
    expect(page.url()).not.to.include("token");
    expect(errors).to.deep.equal([]);
  });

  it("says that it may not ask without the token, and goes on when another window has it", async () => {
    const { page, context } = await openProfile();
    await page.goto(`http://127.0.0.1:${web.server.port}/`);
    await alert(page).waitFor();
    const other = await context.newPage();
    await other.goto(web.address());
    await isConnected(other);
    await isConnected(page);
    await alert(page).waitFor({ state: "detached" });
    // A third one gets it from them.
    const third = await context.newPage();
    await third.goto(`http://127.0.0.1:${web.server.port}/#/lessons`);
    await isConnected(third);
  });

  it("goes on in all windows when the server has come back with another token", async () => {
    const { page, context, errors } = await openProfile();
    await page.goto(web.address("/figures"));
    const second = await context.newPage();
    await second.goto(`http://127.0.0.1:${web.server.port}/#/lessons`);
    await isConnected(page);
    await isConnected(second);
    await web.close();
    await alert(page).waitFor();
    await alert(second).waitFor();
    const oldToken = web.token;
    web = await startWeb({ folder, port: web.server.port });
    // The old token is no good, and a window that is loaded again tells it to nobody.
    await second.reload();
    await alert(second).waitFor();
    const fresh = await context.newPage();
    await fresh.goto(web.address());
    for (const one of [fresh, page, second]) await isConnected(one);
    expect(await place(page)).to.equal("Figures");
    expect(await place(second)).to.equal("Lessons");
    // A window that the browser brings back has an old token: it asks the others, and they keep theirs.
    await page.evaluate((old) => sessionStorage.setItem("token", old), oldToken);
    await page.reload();
    for (const one of [page, fresh, second]) await isConnected(one);
    for (const one of [page, fresh, second])
      expect(await one.evaluate(() => sessionStorage.getItem("token"))).to.equal(web.token);
    expect(faultsIn(errors)).to.deep.equal([]);
  });

  it("takes a new address that is typed into an old window", async () => {
    const { page } = await openProfile();
    await page.goto(web.address("/figures"));
    await isConnected(page);
    await web.close();
    await alert(page).waitFor();
    web = await startWeb({ folder, port: web.server.port });
    await page.goto(web.address("/figures"));
    await isConnected(page);
    expect(page.url()).to.equal(`http://127.0.0.1:${web.server.port}/#/figures`);
  });

  it("tries again when asked to", async () => {
    const { page } = await openProfile();
    await page.goto(web.address());
    await isConnected(page);
    await web.close();
    await page.getByRole("button", { name: "Try now" }).focus();
    await page.keyboard.press("Enter");
    await alert(page).waitFor();
  });

  it("says which place could not be loaded, and why; the others open", async () => {
    const { page } = await openProfile();
    await page.addInitScript(() => {
      const { define } = customElements;
      customElements.define = (name, ...rest) => {
        if (name === "figures-place") throw new Error("this browser lacks something");
        define.call(customElements, name, ...rest);
      };
    });
    await page.goto(web.address("/figures"));
    await page
      .getByRole("alert")
      .getByText("This place could not be loaded: this browser lacks something.")
      .waitFor();
    await page.getByRole("link", { name: "Lessons" }).click();
    await page.getByRole("heading", { level: 1, name: "Lessons" }).waitFor();
    expect(await page.getByRole("alert").count()).to.equal(0);
  });

  it("is gone through by keyboard alone", async () => {
    const { page } = await openProfile();
    await page.goto(web.address("/figures"));
    await isConnected(page);
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    await page.keyboard.press("Tab");
    expect(await focused()).to.equal("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal("main");
    expect(page.url()).to.match(/#\/figures$/);
    await page.reload();
    await isConnected(page);
    for (const name of [
      "Skip to the content",
      "From plaintext to ciphertext",
      "The wire",
      "Captures",
      "Lessons",
    ]) {
      await page.keyboard.press("Tab");
      expect(await focused()).to.equal(name);
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      );
      expect(outline, name).to.equal("solid");
    }
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      () => document.querySelector("[aria-current=page]")?.textContent === "Lessons",
    );
    expect(await page.title()).to.match(/^Lessons/);
  });

  it("is fine with axe-core, narrow and wide, light and dark, also when the server has gone", async () => {
    const { page } = await openProfile();
    await page.goto(web.address("/figures"));
    await isConnected(page);
    const look = async (): Promise<void> => {
      for (const colorScheme of SCHEMES)
        for (const width of WIDTHS) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 844 });
          expect(await axeFindings(page, [".top", ".gone"]), `${width} ${colorScheme}`).to.deep.equal([]);
          expect(await tooWide(page), `${width}`).to.equal(0);
        }
    };
    await look();
    await web.close();
    await alert(page).waitFor();
    await look();
  });

  it("moves nothing by itself for those who wish it so", async () => {
    const { page } = await openProfile();
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(web.address("/figures"));
    await isConnected(page);
    const moving = await page.evaluate(() => {
      const probe = document.createElement("div");
      probe.style.transition = "opacity 5s";
      probe.style.animationDuration = "5s";
      document.body.append(probe);
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(probe);
      return [transitionDuration, animationName, scrollBehavior, document.getAnimations().length];
    });
    expect(moving).to.deep.equal(["0s", "none", "auto", 0]);
  });
});
