// The lessons in a real Chromium: a first lesson as a student does it, every page of the course, hostile pages, and how it
// looks and is heard.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { STEP_DEADLINE, withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { readLibrary } from "../../../course/lesson/library.ts";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";
import { CourseCopy } from "../../../tests/support/course-copy.ts";
import { leaveOut } from "../../../tests/support/tools.ts";
import { until } from "../../../tests/support/until.ts";
import { startWeb, type Web } from "../../program.ts";
import { makePageFiles } from "../../serve/page-files.ts";
import { startWebServer } from "../../serve/web-server.ts";
import type { LessonPage } from "../../shared/lessons.ts";
import { axeFindings, type Page, SCHEMES, tooWide, useChromium, WIDTHS } from "../testing/in-browser.ts";

/** The calculator's port: what a lesson says is run as it stands. */
const LESSON_PORT = 10_001;

/** The pause between two looks, in milliseconds. */
const LOOK_PAUSE = 50;

type Locator = ReturnType<Page["locator"]>;

/** Whether nobody listens at the port. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return free;
}

/** Waits until nobody listens at the port. */
async function untilFree(port: number): Promise<void> {
  const deadline = Date.now() + STEP_DEADLINE;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) throw new Error(`in vain: nobody listens at port ${port}`);
    await delay(LOOK_PAUSE);
  }
}

/** How many letters of a terminal have room beside each other. */
function columnsOf(terminal: Locator): Promise<number> {
  return terminal.evaluate((element) => {
    const rows = element.querySelector<HTMLElement>(".xterm-rows");
    const letter = element.querySelector<HTMLElement>(".xterm-char-measure-element");
    const letters = letter?.textContent?.length ?? 0;
    const width = letter?.getBoundingClientRect().width ?? 0;
    return Math.round((rows?.getBoundingClientRect().width ?? 0) / (width / letters));
  });
}

/** Brings a button into the middle of the window, as somebody does who scrolls, and clicks it. */
async function press(button: Locator): Promise<void> {
  await button.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await button.click();
}

withChromium("lessons in the page", () => {
  const openProfile = useChromium();
  let folder: string;
  let web: Web;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "web-lessons-"));
    web = await startWeb({ port: 0, folder });
  });
  after(async () => {
    await web?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe("take a student through a first lesson", () => {
    let course: CourseCopy;
    let own: Web;

    before(async () => {
      course = new CourseCopy();
      own = await startWeb({ port: 0, course: course.folder });
    });
    after(async () => {
      await own?.close();
      course?.remove();
    });

    it("they read, guess, run, type, look, do the exercise, and go on", async function () {
      this.timeout(180_000);
      await untilFree(LESSON_PORT).catch(() => leaveOut(this, `port ${LESSON_PORT} is in use`));
      const { page, errors } = await openProfile();
      await page.goto(own.address("/lessons"));
      await page.getByRole("link", { name: "A program at a port" }).first().click();
      await page.getByRole("heading", { level: 1, name: "A program at a port" }).waitFor();

      const block = (text: string) => page.locator("figure.console", { hasText: text }).first();
      const run = (text: string) => press(block(text).getByRole("button", { name: "Run", exact: true }));
      const terminal = (name: string) => page.getByRole("region", { name: `Terminal ${name}`, exact: true });
      const shows = (name: string, text: string) =>
        terminal(name).getByText(text, { exact: true }).first().waitFor();
      await run("$ npm run 01:server");
      await shows("server", "listening on 127.0.0.1:10001");

      // The answer is not there before the guess.
      expect(await page.getByText("named by four values").count()).to.equal(0);
      await page.getByLabel("What will happen?").fill("by the address alone");
      await page.keyboard.press("Enter");
      await page.getByText("by the address alone").waitFor();
      await page.getByText("named by four values").waitFor();

      await run("01:client -- 2 + 3");
      await shows("", "20");
      await run("> 1 + 1");
      await terminal("client").waitFor();
      // What has been started gets the keys. The course's programs need 80 columns.
      await page.waitForFunction(
        () => document.activeElement?.getAttribute("aria-label") === "Terminal client",
      );
      expect(await columnsOf(terminal("client"))).to.be.at.least(80);
      const client = block("> 1 + 1");
      await press(client.getByRole("button", { name: "Type this line: > 1 + 1" }));
      await shows("client", "= 2");
      // By hand, too.
      await terminal("client").getByRole("textbox").first().focus();
      await page.keyboard.type("6 / 4\n");
      await shows("client", "= 1.5");
      await press(client.getByRole("button", { name: "Type this line: > END" }));
      await shows("client", "ended");

      // Another place is looked at: what runs goes on, and the page is found as it was left.
      const left = await page.evaluate(() => scrollY);
      // Not with click(): on a busy machine, Playwright scrolls the page to reach a link that is in view all the time.
      const places = page.getByRole("navigation", { name: "Places" });
      await places.getByRole("link", { name: "Captures" }).dispatchEvent("click");
      await page.getByRole("heading", { level: 1, name: "Captures" }).waitFor();
      await page.goBack();
      await terminal("server").getByText("runs", { exact: true }).waitFor();
      await shows("client", "= 1.5");
      await page.waitForFunction((top) => Math.abs(scrollY - top) < 2, left);

      const table = page.locator("recorded-table").last();
      await press(table.getByRole("button", { name: "packet 4: show its bytes" }));
      await table.getByRole("button", { name: /text: 2 \+ 3 \* 4/ }).hover();
      const marked = await table.locator(".hexadecimal .marked").allTextContents();
      expect(marked.join("").trim()).to.equal("32 20 2b 20 33 20 2a 20 34");
      await table.locator(".hexadecimal span", { hasText: "08 00" }).first().hover();
      expect(await table.locator(".fields .marked").textContent()).to.match(/what follows is IPv4/);

      await press(page.getByRole("button", { name: "Begin this exercise" }));
      await page.getByText("not yet: 01-hello").waitFor();
      course.save("01-hello", "solution");
      await page.getByText("passed: 01-hello, all 2 checks").waitFor();

      // The end of the page has been seen: it is read. The next page needs the port.
      await page.locator(".around").evaluate((element) => element.scrollIntoView());
      await page.getByText("✓ read").waitFor({ state: "attached" });
      await until(() => course.read("work/lesson-read.txt").includes("01-1\n"), "01-1 is noted as read");
      await press(page.getByRole("link", { name: /^Next →/ }));
      await page.getByRole("heading", { level: 1, name: "A stream of bytes" }).waitFor();
      await page.getByText("What ran for page 01-1 has ended").waitFor();
      expect(await page.locator(".terminal-beside").count()).to.equal(0);
      await untilFree(LESSON_PORT);
      expect(errors).to.deep.equal([]);
    });
  });

  it("open every page and every file that they lead to, without an error or a dead link", async function () {
    this.timeout(180_000);
    const { page, errors } = await openProfile();
    await page.goto(web.address("/lessons"));
    await page.getByRole("heading", { level: 1, name: "Lessons" }).waitFor();
    const library = readLibrary(COURSE_FOLDER);
    const captures = readdirSync(join(COURSE_FOLDER, "captures")).map((name) => name.replace(/\.pcap$/, ""));
    const sections = new Map<string, readonly string[]>();
    const links = new Map<string, string>();
    const visit = async (place: string, title: string): Promise<void> => {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, place);
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      const seen = await page.evaluate(async () => {
        // Closed parts have links, too.
        for (const details of document.querySelectorAll("details")) details.open = true;
        for (const form of document.querySelectorAll<HTMLFormElement>("form.guess")) form.requestSubmit();
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const article = document.querySelector("article");
        return {
          links: [...(article?.querySelectorAll("a") ?? [])].map((link) => link.getAttribute("href") ?? ""),
          ids: [...(article?.querySelectorAll("[id]") ?? [])].map(({ id }) => id),
        };
      });
      sections.set(place, seen.ids);
      for (const link of seen.links) links.set(link, place);
      expect(errors, place).to.deep.equal([]);
    };
    for (const { id, title } of library) await visit(`#/lessons/${id}`, title.replaceAll("`", ""));
    for (;;) {
      const files = [...links.keys()].filter((link) => link.startsWith("#/lessons/file/"));
      const next = files
        .map((link) => link.split("/").slice(0, 4).join("/"))
        .find((place) => !sections.has(place));
      if (next === undefined) break;
      await visit(next, decodeURIComponent(next.split("/")[3] ?? ""));
    }

    const dead: string[] = [];
    for (const [link, from] of links) {
      const [, place = "", ...parts] = link.split("/").map(decodeURIComponent);
      if (/^https?:\/\//.test(link)) continue;
      const known = `#/lessons/${parts
        .slice(0, parts[0] === "file" ? 2 : 1)
        .map(encodeURIComponent)
        .join("/")}`;
      const section = parts[parts[0] === "file" ? 2 : 1];
      const isThere =
        place === "lessons"
          ? parts.length === 0 ||
            (sections.has(known) &&
              (section === undefined ||
                [`section-${section}`, section].some((id) => sections.get(known)?.includes(id))))
          : place === "captures"
            ? parts.length === 0 || captures.includes(parts[0] ?? "")
            : ["wire", "figures"].includes(place);
      if (!isThere) dead.push(`${from}: ${link}`);
    }
    expect(dead).to.deep.equal([]);
    expect(links.size).to.be.greaterThan(200);
  });

  it("show nothing that acts of a hostile page, even if the server let it through", async () => {
    const hostile = await startHostile();
    try {
      const { page, errors } = await openProfile();
      await page.goto(`http://127.0.0.1:${hostile.port}/#token=${TOKEN}&at=/lessons/01-1`);
      await page.getByText("the text of the page").first().waitFor();
      const found = await page.evaluate(() => {
        const article = document.querySelector("article");
        const all = [...(article?.querySelectorAll("lesson-prose *") ?? [])];
        return {
          elements: all
            .map(({ localName }) => localName)
            .filter((name) => /^(?:script|iframe|svg|style|form|object|input|base|meta|link)$/.test(name)),
          handlers: all.flatMap((element) =>
            element.getAttributeNames().filter((name) => name.startsWith("on") || name === "style"),
          ),
          addresses: all
            .flatMap((element) => [element.getAttribute("href"), element.getAttribute("src")])
            .filter((one) => one !== null),
          done: (window as unknown as { done?: unknown }).done,
        };
      });
      expect(found).to.deep.equal({
        elements: [],
        handlers: [],
        addresses: Array(2).fill("https://example.org/"),
        done: undefined,
      });
      expect(await page.locator("lesson-prose a[target]").first().getAttribute("rel")).to.equal(
        "noopener noreferrer",
      );
      // The browser says what the policy has blocked, already while the markup is looked at.
      expect(
        errors.filter((error) => !/violates the following Content Security Policy/.test(error)),
      ).to.deep.equal([]);
    } finally {
      await hostile.close();
    }
  });

  it("say what to do where a port is in use, and do not count what has failed as done", async function () {
    await untilFree(LESSON_PORT).catch(() => leaveOut(this, `port ${LESSON_PORT} is in use`));
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(LESSON_PORT, "127.0.0.1", resolve));
    try {
      const { page } = await openProfile();
      await page.goto(web.address("/lessons/01-1"));
      const block = page.locator("figure.console", { hasText: "$ npm run 01:server" }).first();
      await press(block.getByRole("button", { name: "Run", exact: true }));
      await block.getByText("127.0.0.1:10001 is in use: another window of this page").waitFor();
      expect(await block.locator(".done").count()).to.equal(0);
      // The focus is back at the button: it can be tried again at once.
      await new Promise((resolve) => other.close(resolve));
      await page.keyboard.press("Enter");
      await page.getByText("listening on 127.0.0.1:10001", { exact: true }).nth(1).waitFor();
      expect(await block.locator(".problem").count()).to.equal(0);
      expect(await block.locator(".done").count()).to.equal(1);
      await page.getByRole("button", { name: /^Close terminal server/ }).click();
      await untilFree(LESSON_PORT);
    } finally {
      other.close();
    }
  });

  it("show what all commands of a block have printed, each below its command; an error that the page shows is none", async () => {
    const { page } = await openProfile();
    await page.goto(web.address("/lessons/03-3"));
    const rows = page.getByRole("region", { name: "Terminal ", exact: true }).locator(".xterm-rows");
    const printed = (): Promise<string> =>
      rows.evaluate(({ children }) =>
        [...children]
          .map(({ textContent }) => textContent?.replaceAll("\u00a0", " ").trimEnd())
          .filter((row) => row !== "")
          .join("\n"),
      );
    const block = page.locator("figure.console", { hasText: "2n ** 340n % 341n" });
    const all = (await block.locator(".entries code").allTextContents()).join("\n");
    for (const button of ["Run", "Run again"]) {
      await press(block.getByRole("button", { name: button, exact: true }));
      await page.waitForFunction(() => document.querySelectorAll(".entry.done").length === 3);
      await rows.getByText("1n", { exact: true }).nth(1).waitFor();
      expect(await printed()).to.equal(all);
    }
    await page.goto(web.address("/lessons/03-2"));
    const thrown = page.locator("figure.console", { hasText: "RangeError" });
    await press(thrown.getByRole("button", { name: "Run", exact: true }));
    await page.getByText("ended", { exact: true }).waitFor();
    await thrown.getByRole("button", { name: "Run again", exact: true }).waitFor();
    expect(await thrown.locator(".entry.done").count()).to.equal(1);
  });

  it("can be read and done by keyboard alone", async () => {
    const { page } = await openProfile();
    await page.goto(web.address("/lessons/00-2"));
    await page.getByRole("heading", { level: 1 }).waitFor();
    const press = async (selector: string): Promise<void> => {
      for (let presses = 0; presses < 400; presses += 1) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector))
          return;
      }
      throw new Error(`the keyboard does not come to ${selector}`);
    };
    await press("figure.console figcaption button");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Terminal " }).getByText("ended", { exact: true }).waitFor();
    // Nothing was typed into it: the focus is where it was.
    await page.waitForFunction(
      () => document.activeElement?.matches("figure.console figcaption button") === true,
    );
    await press(".bytes .dump");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect(await page.locator(".bytes .fields .marked").first().textContent()).to.match(/from 0/);
    await press(".bytes .fields button");
    expect(await page.locator(".bytes .hexadecimal .marked").count()).to.be.greaterThan(0);
    await press(".around .next");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "The map" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.localName)).to.equal("h1");
  });

  for (const [i, width] of WIDTHS.entries())
    for (const scheme of SCHEMES.slice(i, i + 1))
      it(`have no fault that axe-core finds at ${width} pixels, in ${scheme} colours`, async () => {
        const { page } = await openProfile({ width, scheme });
        await page.emulateMedia({ reducedMotion: "reduce", colorScheme: scheme });
        for (const place of ["/lessons", "/lessons/00-2", "/lessons/02-1", "/lessons/protocol"]) {
          await page.goto("about:blank");
          await page.goto(web.address(place));
          await page.locator("article h1, .contents h1").waitFor();
          if (place.endsWith("02-1")) await openTerminal(page);
          expect(await axeFindings(page), place).to.deep.equal([]);
          expect(await tooWide(page), `${place} is too wide`).to.equal(0);
        }
      });
});

/** Something that ends by itself, and what a guess opens. */
async function openTerminal(page: Page): Promise<void> {
  for (const guess of await page.locator("form.guess button").all()) await guess.click();
  for (const hint of await page.locator("details.closed summary").all()) await hint.click();
  await page
    .locator("figure.console", { hasText: "npm run show" })
    .first()
    .getByRole("button", { name: "Run", exact: true })
    .click();
  await page.locator(".terminal-beside .state.over").waitFor();
}

const TOKEN = "a-token-of-the-test-that-is-long-enough";

const HOSTILE = [
  `<p>the text of the page</p><script>window.done = 1</script><img src="x" onerror="window.done = 2">`,
  `<img src="data:image/svg+xml,x"><img src="https://example.org/x.png"><svg onload="window.done = 3"><a href="javascript:window.done=4">`,
  `<a href="javascript:window.done=5">a</a> <a href=" java\nscript:window.done=6">b</a> <a href="data:text/html,x">c</a> <a href="//example.org">d</a>`,
  `<a href="https://example.org/" target="_blank">e</a> <form action="/x"><input name="y"></form> <p style="position:fixed" onclick="x()">f</p>`,
  `<iframe srcdoc="x"></iframe> <style>* { display: none }</style> <math><mtext><table><mglyph><style><img src=x onerror=window.done=7>`,
];

/** A server whose lesson is nothing but markup that wants to act. */
function startHostile(): Promise<{ port: number; close(): Promise<void> }> {
  const parts: LessonPage["parts"] = HOSTILE.flatMap((html, i) => [
    { kind: "heading", depth: 2, id: `h${i}`, html },
    { kind: "prose", html },
    { kind: "code", language: "ts", label: html, text: html },
    { kind: "bytes", title: html, capture: html, ranges: [{ bytes: "00", label: html }] },
  ]);
  const lesson: LessonPage = {
    id: "01-1",
    title: HOSTILE[0] ?? "",
    stage: "01",
    entry: undefined,
    parts,
    previous: { id: "javascript:x", title: HOSTILE[0] ?? "" },
    next: undefined,
    nextShort: undefined,
  };
  return startWebServer({
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    files: () => makePageFiles(),
    places: [
      {
        calls: {
          "lessons/open": () => lesson,
          "lessons/read": () => null,
          "exercises/overview": () => new Promise(() => {}),
        },
      },
    ],
    routes: [],
    failed: (error) => {
      throw error;
    },
  });
}
