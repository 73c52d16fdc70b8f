// A terminal of the page, in a real Chromium: typed into, left by keyboard, resized, looked at; and no rule of the page's
// policy is broken by it.

import { expect } from "chai";
import { type ProfileOptions, withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";
import { leaveOut } from "../../../tests/support/tools.ts";
import { makePageFiles } from "../../serve/page-files.ts";
import { startWebServer, type WebServer } from "../../serve/web-server.ts";
import { loadPseudoTerminals } from "../../terminals/pseudo-terminal.ts";
import { Terminals } from "../../terminals/terminals.ts";
import { axeFindings, type Page, SCHEMES, tooWide, useChromium, WIDTHS } from "../testing/in-browser.ts";

/** Why tests with pseudo-terminals are left out. */
const NO_PTY = "node-pty is not installed";

const TOKEN = "a-token-for-tests-that-is-long-enough";

/** Says what it gets and how wide its terminal is, in all kinds of colours. */
const TALKER = `
  console.log("\\x1b[38;2;250;240;0mtrue colour\\x1b[0m \\x1b[31mred\\x1b[0m \\x1b[2mdim\\x1b[0m \\x1b[7minverse\\x1b[0m");
  const size = () => console.log("columns " + process.stdout.columns + ".");
  process.stdout.on("resize", size);
  process.on("SIGINT", () => console.log("interrupted."));
  process.stdin.on("data", (text) => console.log("got " + String(text).trim() + "."));
  process.stdin.on("end", () => process.exit(3));
  size();`;

const SHORT = `console.log("<img src=x onerror=alert(1)> done"); process.exitCode = 7;`;

for (const kind of ["a pseudo-terminal", "pipes"])
  withChromium(`a terminal in the page, with ${kind}`, () => {
    const openProfile = useChromium();
    const before_ = process.env.COURSE_PTY;
    let server: WebServer;

    before(async function () {
      if (kind === "pipes") process.env.COURSE_PTY = "no";
      else if ((await loadPseudoTerminals()) === undefined) leaveOut(this, NO_PTY);
      const terminals = new Terminals();
      server = await startWebServer({
        host: "127.0.0.1",
        port: 0,
        token: TOKEN,
        files: () => makePageFiles("testing/terminal-demo.ts"),
        routes: [],
        failed: (error) => console.error(error),
        places: [
          terminals,
          {
            calls: {},
            opened: (page) => {
              for (const code of [TALKER, SHORT])
                terminals
                  .open(page, [process.execPath, "-e", code], { folder: COURSE_FOLDER })
                  .catch(console.error);
            },
          },
        ],
      });
    });
    after(async () => {
      await server?.close();
      if (before_ === undefined) delete process.env.COURSE_PTY;
      else process.env.COURSE_PTY = before_;
    });

    const open = async (options?: ProfileOptions): Promise<{ page: Page; errors: string[] }> => {
      const { page, errors } = await openProfile(options);
      await page.goto(`http://127.0.0.1:${server.port}/#token=${TOKEN}`);
      await page.getByRole("textbox", { name: "Terminal 2" }).waitFor({ state: "attached" });
      await shows(page, "true colour");
      await page.getByText("ended with code 7").waitFor();
      return { page, errors };
    };

    it("is typed into, mends, interrupts, pastes and copies", async () => {
      const { page, errors } = await open();
      await page.getByRole("textbox", { name: "Terminal 1" }).focus();
      await page.keyboard.type("helo");
      await page.keyboard.press("Backspace");
      await page.keyboard.type("lo");
      await page.keyboard.press("Enter");
      await shows(page, "got hello.");
      await page.keyboard.press("Control+C");
      await shows(page, "interrupted.");
      await page.evaluate(() => navigator.clipboard.writeText("from elsewhere\n"));
      await page.keyboard.press("Control+V");
      await shows(page, "got from elsewhere.");
      const { x = 0, y = 0 } = (await page.locator(".xterm-rows").first().boundingBox()) ?? {};
      await page.mouse.dblclick(x + 10, y + 8);
      await page.keyboard.press("Control+C");
      await page.waitForFunction(async () => /^true$/.test(await navigator.clipboard.readText()));
      // Nothing is chosen any more, so it interrupts again.
      await page.keyboard.type("again");
      await page.keyboard.press("Control+C");
      await page.keyboard.press("Control+D");
      await page.getByText("ended with code 3").waitFor();
      expect(errors).to.deep.equal([]);
    });

    // What is not of the program is alike with both.
    if (kind === "pipes") return;

    it("is reached and left by keyboard, forwards and backwards, and says how", async () => {
      const { page } = await open();
      const focused = (): Promise<string> =>
        page.evaluate(
          () =>
            document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
        );
      await page.getByRole("button", { name: "Before" }).focus();
      await page.keyboard.press("Tab");
      expect(await focused()).to.equal("Terminal 1");
      const hint = page.locator(".terminal-hint").first();
      expect(await hint.evaluate((element) => getComputedStyle(element).opacity)).to.equal("1");
      // Tab alone is for the program.
      await page.keyboard.press("Tab");
      expect(await focused()).to.equal("Terminal 1");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Shift+Tab");
      expect(await focused()).to.equal("Before");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Tab");
      expect(await focused()).to.equal("Terminal 2");
      // Its program has ended, so it keeps no key.
      await page.keyboard.press("Tab");
      expect(await focused()).to.equal("After");
    });

    it("fits its box, tells its program, and shows markup as text", async () => {
      const { page, errors } = await open();
      await shows(page, "<img src=x onerror=alert(1)> done", 1);
      await page.waitForFunction(() =>
        /columns (1[0-9][0-9])\./.test(document.querySelector(".xterm-rows")?.textContent ?? ""),
      );
      await page.setViewportSize({ width: 500, height: 800 });
      await page.waitForFunction(() =>
        /columns [45][0-9]\./.test(document.querySelector(".xterm-rows")?.textContent ?? ""),
      );
      expect(await tooWide(page)).to.equal(0);
      expect(errors).to.deep.equal([]);
    });

    it("is fine with axe-core, narrow and wide, light and dark", async () => {
      const { page, errors } = await open();
      for (const colorScheme of SCHEMES)
        for (const width of WIDTHS) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 844 });
          expect(await axeFindings(page), `${width} ${colorScheme}`).to.deep.equal([]);
          expect(await tooWide(page), `${width}`).to.equal(0);
        }
      expect(errors).to.deep.equal([]);
    });

    it("follows when the system turns dark", async () => {
      const { page } = await open();
      const ground = (): Promise<string> =>
        page.evaluate(
          () =>
            getComputedStyle(document.querySelector(".xterm-scrollable-element") ?? document.body)
              .backgroundColor,
        );
      expect(await ground()).to.equal("rgb(255, 255, 255)");
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForFunction(
        () =>
          getComputedStyle(document.querySelector(".xterm-scrollable-element") ?? document.body)
            .backgroundColor === "rgb(24, 31, 39)",
      );
    });
  });

/** Waits until a text stands on the screen of a terminal. */
async function shows(page: Page, text: string, terminal = 0): Promise<void> {
  await page.waitForFunction(
    // A row pads its words with no-break spaces.
    ([wanted, index]) =>
      document
        .querySelectorAll(".xterm-rows")
        [index]?.textContent?.replaceAll("\u00a0", " ")
        .includes(wanted),
    [text, terminal] as const,
  );
}
