// Exercises in a real Chromium, in a copy of the course whose own server runs: the first one as a student does it, with an
// editor and without one, a question, two windows, and how it looks and is heard.

import { expect } from "chai";
import { withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { ChildProgram } from "../../../programs/child-program.ts";
import { nodeCommand } from "../../../programs/node-command.ts";
import { CourseCopy } from "../../../tests/support/course-copy.ts";
import { until } from "../../../tests/support/until.ts";
import { axeFindings, type Page, SCHEMES, tooWide, useChromium, WIDTHS } from "../testing/in-browser.ts";

const FILE = "work/01-calculator/evaluate.ts";
const RIGHT = "  return /^[ \\t]*END[ \\t]*$/i.test(line);\n";

withChromium("exercises in the page", () => {
  const openProfile = useChromium();
  let course: CourseCopy;
  let server: ChildProgram;
  let address: string;

  before(() => {
    course = new CourseCopy();
  });
  beforeEach(async () => {
    course.forgetWork();
    await start();
  });
  afterEach(() => server.kill());
  after(() => course?.remove());

  async function start(port = 0): Promise<void> {
    const words = [...nodeCommand("web/web.ts", course.folder), "--no-open", "--port", String(port)];
    server = new ChildProgram("npm run web", words, {
      folder: course.folder,
      // No window can be opened here, so no editor is found.
      environment: { DISPLAY: "", WAYLAND_DISPLAY: "", VSCODE_IPC_HOOK_CLI: "", WSL_DISTRO_NAME: "" },
    });
    address = (await server.line(/^the course: /)).replace(/^the course: /, "");
  }

  const open = async (page: Page, lesson: string): Promise<void> => {
    await page.goto(`${address}&at=/lessons/${lesson}`);
    await page.locator("course-exercise h2").waitFor();
  };
  const headline = (page: Page, text: string) =>
    page.locator("course-exercise .headline", { hasText: text }).waitFor();
  const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).click();

  it("are done with an editor: a failing check and its bytes, a hint, the right answer, the diff, the next", async () => {
    const { page, errors } = await openProfile();
    await open(page, "01-1");
    await page.getByText("not begun").waitFor();
    await press(page, "Begin this exercise");
    await headline(page, "not yet: 01-hello, check 1 of 2 failed");

    // The file is opened in an editor; without one, its path can be pasted.
    await press(page, "Open in your editor");
    await page.getByText("No editor with a window was found.").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).to.equal(course.path(FILE));

    course.save("01-hello", { code: '  return line.toUpperCase() === "END";\n' });
    const failure = page.locator("course-exercise .failure");
    await failure.getByText('" \\tEND\\t \\n"').waitFor();
    expect(await failure.locator("dt").allTextContents()).to.include.members([
      "sent",
      "expected",
      "received",
    ]);
    await press(page, "Packets of this run");
    await page.getByRole("row").filter({ hasText: "the check failed here" }).getByText("error: ").waitFor();
    await page.getByRole("link", { name: "Look at every byte in Captures" }).click();
    await page.getByRole("heading", { name: "last-run.pcap" }).waitFor();
    await page.goBack();

    await press(page, "Hint 1 of 3");
    await page.getByText("What stands between the two lines").waitFor();
    await press(page, "Hint 2 of 3");
    await page.getByText("is a regular expression").waitFor();

    course.save("01-hello", { code: `  // as the protocol says\n${RIGHT}` });
    await headline(page, "passed: 01-hello, all 2 checks");
    await page.getByText("Your set-up works: the program").waitFor();
    expect(await page.locator(".comparison del").allTextContents()).to.deep.equal([
      "yours: - // as the protocol says\n",
    ]);
    expect(course.read("progress.txt")).to.match(/^01-hello 20/m);
    await page.getByRole("link", { name: "Next exercise: A stream of bytes" }).click();
    await page.locator("course-exercise h2", { hasText: "01-stream" }).waitFor();
    expect(errors).to.deep.equal([]);
  });

  it("run the student's own attack beside the page", async () => {
    const { page } = await openProfile();
    await open(page, "03-7");
    const own = page.locator("course-exercise figure.console");
    await page.getByText("not begun").waitFor();
    expect(await own.count()).to.equal(0);
    await press(page, "Begin this exercise");
    await headline(page, "not yet: 03-brute-force");
    await own.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("Which x gives 5^x mod 23").first().waitFor();
  });

  it("mark the first character that differs", async () => {
    const { page } = await openProfile();
    await open(page, "01-5");
    await press(page, "Begin this exercise");
    await headline(page, "not yet: 01-numbers");
    await page.locator(".compared mark").first().waitFor();
    const marks = await page.locator(".compared mark").allTextContents();
    expect(marks).to.have.length(2);
    expect(marks[0]).not.to.equal(marks[1]);
  });

  it("are done without an editor and without a mouse", async () => {
    const { page } = await openProfile();
    await open(page, "01-1");
    await page.getByRole("button", { name: "Begin this exercise" }).focus();
    await page.keyboard.press("Enter");
    await headline(page, "not yet: 01-hello");
    await page.getByRole("button", { name: "Write it here" }).focus();
    await page.keyboard.press("Enter");
    const field = page.getByLabel(FILE);
    await until(() => course.read(FILE).includes("01-hello"), "the file");
    await page.waitForFunction(() => document.activeElement?.id === "exercise-text");
    // The cursor stands where the student writes.
    await page.keyboard.press("Shift+End");
    await page.keyboard.press("Tab");
    await page.keyboard.insertText(RIGHT.trim());
    await page.getByText("Not saved yet.").waitFor();
    await page.keyboard.press("Control+s");
    await headline(page, "passed: 01-hello");
    // The verdict is in sight where they write.
    const gist = await page.locator(".editor .gist.passed", { hasText: "✓ passed" }).boundingBox();
    const height = await page.evaluate(() => innerHeight);
    expect(gist?.y).to.be.within(0, height - (gist?.height ?? 0));
    expect(course.read(FILE)).to.include(`  ${RIGHT.trim()}\n`);
    await page.getByText("Saved.").waitFor();
    // Escape and then Tab leaves the field.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    expect(await field.evaluate((one: HTMLElement) => one === document.activeElement)).to.equal(false);
  });

  it("lose nothing when the file is saved elsewhere while it is written here", async () => {
    const { page } = await openProfile();
    await open(page, "01-1");
    await press(page, "Begin this exercise");
    await headline(page, "not yet: 01-hello");
    await press(page, "Write it here");
    const field = page.getByLabel(FILE);
    await page.waitForFunction(() => document.activeElement?.id === "exercise-text");
    // Nothing was written yet: what is saved elsewhere is shown.
    course.save("01-hello", { code: "  return false; // elsewhere\n" });
    await page.waitForFunction(() => document.querySelector("textarea")?.value.includes("// elsewhere"));
    await field.fill((await field.inputValue()).replace("// elsewhere", "// here"));
    course.save("01-hello", { code: "  return true; // elsewhere again\n" });
    await page.getByText("Another program has saved this file while you wrote here.").waitFor();
    expect(await field.inputValue()).to.include("// here");
    await press(page, "Save mine, and keep a copy of the file");
    await page.getByText(/What the file held before is kept in work\/copies\//).waitFor();
    expect(course.read(FILE)).to.include("// here");
    const [, copy = ""] =
      /(work\/copies\/\S+)/.exec((await page.locator(".editor").textContent()) ?? "") ?? [];
    expect(course.read(copy)).to.include("// elsewhere again");
  });

  it("ask a question and answer it in place; all windows see the same, and go on after a restart", async () => {
    const { page, context } = await openProfile();
    await open(page, "01-2");
    const other = await context.newPage();
    await other.goto(`${address}&at=/lessons`);
    await other.getByText("0 of 60 passed").waitFor();
    await page.getByLabel("Your guess").fill("1");
    await page.keyboard.press("Enter");
    await headline(page, "predicted: 01-stream");
    await page.getByText("the result").waitFor();
    await other.getByText("1 of 60 passed").waitFor();
    await server.kill();
    await page.getByText("The program behind this page does not answer.").waitFor();
    // The new server listens at the old port; its first page tells the others how to reach it.
    await start(Number(new URL(address).port));
    await other.goto(address);
    await page.getByText("The program behind this page does not answer.").waitFor({ state: "hidden" });
    await page.getByLabel("Your guess").fill("2");
    await page.keyboard.press("Enter");
    await page.getByText("Your guess: 2").waitFor();
  });

  it("look well at every width and in both schemes, and are heard by screen readers", async () => {
    for (const width of WIDTHS)
      for (const scheme of SCHEMES) {
        const { page, context } = await openProfile({ width, scheme });
        await open(page, "01-1");
        if (await page.getByRole("button", { name: "Begin this exercise" }).isVisible())
          await press(page, "Begin this exercise");
        await headline(page, "not yet: 01-hello");
        await press(page, "Packets of this run");
        await page.locator(".packets").waitFor();
        await press(page, "Write it here");
        await press(page, "Begin again …");
        const where = `${width} pixels, ${scheme}`;
        // What stands around it is looked at where it is tested.
        await page.evaluate(() => {
          const shown = [".lesson h1", "course-exercise"].map((one) => document.querySelector(one) ?? "");
          document.querySelector("main")?.replaceChildren(...shown);
        });
        await headline(page, "not yet: 01-hello");
        expect(await axeFindings(page), where).to.deep.equal([]);
        expect(await tooWide(page), where).to.equal(0);
        await context.close();
      }
  });
});
