// The wire in a real Chromium, with the real programs: lines and their addresses, stages one after the other, packets, what
// hostile people type, ten thousand lines, the keyboard, and a server that goes and comes back.

import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { faultsIn, withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { readCapture } from "../../../captures/read/read-capture.ts";
import { useWire, type WireWindow } from "../testing/wire-window.ts";

const HOSTILE = "<img src=x onerror=alert(1)></span>";
const MANY = 10_000;

withChromium("the wire in the page", () => {
  const { open, restart, web } = useWire();

  it("shows a line byte for byte: label and bytes light each other up, and the clause is a link", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.say("Alice", "hello, Bob");
    await window.line(/message: .*hello, Bob/).click();
    await page.locator(".line-head h2", { hasText: "message" }).waitFor();
    const labels = page.locator(".label");
    expect(await labels.locator(".field").allTextContents()).to.deep.equal([
      "type",
      "id",
      "text",
      "end-of-object",
      "lf",
    ]);
    await labels.nth(2).hover();
    expect(await litText(window)).to.equal(',"text":"hello,\u00a0Bob"');
    await page.locator('.digits [data-place="19"]').hover();
    expect(await page.locator(".label.lit .field").textContent()).to.equal("id");
    // What comes to lie under a pointer that rests is not lit: a browser tells of it as of a move to the same place.
    const rest = await page.evaluateHandle(() => {
      const at = { clientX: 0, clientY: 0 };
      document.addEventListener("mousemove", ({ clientX, clientY }) =>
        Object.assign(at, { clientX, clientY }),
      );
      return at;
    });
    await page.locator(".line-head h2").hover();
    await page.locator(".label.lit").waitFor({ state: "detached" });
    for (const [right, lit] of [
      [0, 0],
      [1, 1],
    ] as const) {
      await rest.evaluate(({ clientX, clientY }, moved) => {
        const event = { bubbles: true, clientX: clientX + moved, clientY };
        document
          .querySelector('.digits [data-place="19"]')
          ?.dispatchEvent(new MouseEvent("mousemove", event));
      }, right);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      expect(await page.locator(".label.lit").count()).to.equal(lit);
    }
    await page.getByRole("link", { name: "P3.4" }).first().waitFor();
    expect(await page.locator(".line-words a").getAttribute("href")).to.match(
      /^#\/lessons\/protocol\/P\d+\.\d+$/,
    );
    expect(faultsIn(window.errors)).to.deep.equal([]);
  });

  it("gives each field an address without a token, which opens the same view where nothing runs", async () => {
    const window = await open("/wire/04");
    await window.isReady("04");
    await window.say("Alice", "hello, Bob");
    await window.line(/Alice to Bob sealed/).click();
    await window.page.getByRole("link", { name: "tag", exact: true }).click();
    await window.press("Copy address");
    const address = await window.page.evaluate(() => navigator.clipboard.readText());
    expect(address).to.match(/^http:\/\/127\.0\.0\.1:\d+\/#\/wire\/04\/line\/[\w-]+\/tag$/);
    expect(address).to.equal(window.page.url());

    const second = await window.context.newPage();
    await second.goto(address);
    await second.locator(".label.lit .field", { hasText: "tag" }).waitFor();
    expect(
      await second.getByRole("link", { name: "tag", exact: true }).getAttribute("aria-current"),
    ).to.equal("true");
    expect(await second.locator("course-terminal").count()).to.equal(0);
    await second.getByRole("button", { name: "Start stage 04" }).click();
    await second.locator(".people.stage-04 .sayings button:enabled").first().waitFor();
    await second.locator(".label.lit .field", { hasText: "tag" }).waitFor();
    await second.close();
  });

  it("keeps the conversation from stage to stage: the same words, now sealed", async () => {
    // High enough that what was said stays in view in the terminals.
    const window = await open("/wire/02", { height: 1600 });
    const { page } = window;
    await window.isReady("02");
    await window.say("Alice", "hello, Bob");
    await window.shows("bob", "alice> hello, Bob");
    await window.say("Bob", "hello, Alice");
    await window.shows("alice", "bob> hello, Alice");
    for (const stage of ["03", "04", "05"] as const) {
      await window.goTo(stage);
      await window.shows("bob", "alice> hello, Bob");
      await window.shows("alice", "bob> hello, Alice");
      await page.locator(".line .sealed").first().waitFor();
      // Nobody reads the words on the wire any more.
      expect(await page.locator(".line .bytes", { hasText: "hello, Bob" }).count(), stage).to.equal(0);
    }
    // Elsewhere in the course and back again, it is all there.
    await page.getByRole("link", { name: "Figures", exact: true }).click();
    await page.getByRole("link", { name: "The wire", exact: true }).click();
    await window.isReady("05");
    await window.shows("bob", "alice> hello, Bob");
    expect((await page.getByRole("row").count()) - 1).to.equal(4);
    expect(faultsIn(window.errors)).to.deep.equal([]);
  }).timeout(240_000);

  it("saves what was seen as packets that are read again, and opens them in Captures", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.say("Alice", "pay 100 to carol");
    await window.shows("bob", "alice> pay 100 to carol");
    const [download] = await Promise.all([page.waitForEvent("download"), window.press("Save as pcap")]);
    expect(download.suggestedFilename()).to.equal("wire-02.pcap");
    const path = await download.path();
    let data = "";
    for await (const { data: bytes } of readCapture(path)) data += Buffer.from(bytes).toString("latin1");
    expect(data).to.include('{"type":"message","id":1,"text":"pay 100 to carol"}\n');
    expect(data).to.include('{"type":"register","username":"alice"');
    expect((await readFile(path)).length).to.be.greaterThan(1000);
    await page.getByText("Saved as").waitFor();
    await window.goTo("03");
    expect(await page.getByText("Saved as").count()).to.equal(0);
    await window.goTo("02");
    await window.shows("bob", "alice> pay 100 to carol");
    await Promise.all([page.waitForEvent("download"), window.press("Save as pcap")]);
    await window.press("Open in Captures");
    await page.waitForURL(/#\/captures\/[\w.-]+/);
    await page.getByText("wire-02.pcap").first().waitFor();
  });

  it("shows hostile text as text", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.type("Alice", HOSTILE);
    await window.shows("bob", "alice> <img src=x");
    await window.line(/onerror/).click();
    await page.locator(".line-words", { hasText: "<img src=x" }).waitFor();
    // What no keyboard types: control characters, and one that turns text around.
    await window.hold("Alice to Bob");
    await window.say("Alice", "hello, Bob");
    await window.isHeld();
    const text = await page.getByLabel("Its text").inputValue();
    await page
      .getByLabel("Its text")
      .fill(text.replace("hello", "\u001b[2J\u202e<img src=x onerror=alert(1)>"));
    await window.press(/^Change$/);
    await page.locator(".line.is-held .badge", { hasText: "\uFFFD[2J\uFFFD" }).waitFor();
    await page.getByRole("button", { name: "After Mallory" }).waitFor();
    await window.press("Pass it on");
    await window.says("Bob\u2019s program noticed, and ended the chat");
    expect(await page.locator("img:not(.home img)").count()).to.equal(0);
    const shown = (await page.locator("wire-place").textContent()) ?? "";
    expect([shown.includes("\u001b"), shown.includes("\u202e")]).to.deep.equal([false, false]);
    expect(faultsIn(window.errors)).to.deep.equal([]);
  });

  it(`stays smooth with ${MANY} lines: only those in view are drawn, and who has scrolled up stays there`, async () => {
    const window = await open("/wire/01");
    const { page } = window;
    await window.isReady("01");
    await page.evaluate((count) => navigator.clipboard.writeText("1+1\n".repeat(count)), MANY / 2);
    await page.getByRole("textbox", { name: "Alice", exact: true }).focus();
    await page.keyboard.press("Control+V");
    // Questions and answers.
    await page
      .locator(`.line[aria-setsize="${MANY}"][aria-posinset="${MANY}"]`)
      .waitFor({ timeout: 120_000 });
    expect(await page.locator(".line").count()).to.be.lessThan(40);
    const longest = await page.evaluate(async () => {
      const box = document.querySelector(".lines");
      if (box === null) throw new Error("no list");
      const gaps: number[] = [];
      let last = performance.now();
      for (let i = 0; i < 60; i += 1) {
        box.scrollTop = (box.scrollHeight / 60) * i;
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        gaps.push(now - last);
        last = now;
      }
      return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.9)];
    });
    // A picture takes 17 ms; a list that draws all of its lines takes a second.
    expect(longest).to.be.lessThan(120);
    await page.locator(".lines").evaluate((box) => {
      box.scrollTop = 3400;
    });
    await page.locator("#line-101").waitFor();
    await window.say("Alice", "100 + 1");
    await page.getByRole("button", { name: "↓ 2 new" }).waitFor();
    expect(await page.locator(".lines").evaluate((box) => box.scrollTop)).to.equal(3400);
    await window.press("↓ 2 new");
    await page.locator(`#line-${MANY + 2}`).waitFor();
  }).timeout(240_000);

  it("is used by keyboard alone: say, hold, change, pass on, open a line, walk through lines", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await tabTo(window, "Let Alice say: hello, Bob");
    await page.keyboard.press("Enter");
    await window.shows("bob", "alice> hello, Bob");
    await tabTo(window, "Hold the next line →, from Alice to Bob");
    await page.keyboard.press("Space");
    await tabTo(window, "Alice", "Shift+Tab");
    // Her program may still wait for what follows the Escape with which her terminal was left.
    await page.keyboard.press("Backspace");
    await page.keyboard.type("pay 100 to carol");
    await page.keyboard.press("Enter");
    await window.isHeld();
    await tabTo(window, "Its text");
    await page.keyboard.press("Control+A");
    await page.keyboard.type('{"type":"message","id":2,"text":"pay 900 to mallory"}');
    await page.keyboard.press("Enter");
    await page.locator(".byte.differs").first().waitFor();
    await tabTo(window, "Pass it on");
    await page.keyboard.press("Enter");
    await window.shows("bob", "alice> pay 900 to mallory");
    // The keyboard is at the list then.
    await page.waitForFunction(
      () => document.activeElement?.getAttribute("aria-label") === "Lines on the wire",
    );
    await page.keyboard.press("Home");
    expect(await page.locator(".lines").getAttribute("aria-activedescendant")).to.equal("line-1");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator(".line-head h2", { hasText: "line 2" }).waitFor();
    await tabTo(window, "Close this line");
    await page.keyboard.press("Enter");
    await page.getByText("What a stranger sees").waitFor();
  });

  it("tells a screen reader of lines, in few sentences", async () => {
    const window = await open("/wire/01");
    const { page } = window;
    await window.isReady("01");
    for (let i = 0; i < 3; i += 1) await window.say("Alice", "100 + 1");
    await page
      .getByRole("log", { name: "Lines that pass" })
      .getByText(/^\d+ lines\. The last one: Calculator to Alice/)
      .first()
      .waitFor();
    expect(await page.getByRole("log", { name: "Lines that pass" }).locator("p").count()).to.be.at.most(2);
  });

  it("folds the registry away, with its lines", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    const registry = page.locator(".line", { hasText: "Registry" });
    await page.locator(".lines").focus();
    await page.keyboard.press("Home");
    await registry.first().waitFor();
    await window.press(/The registry/);
    await registry.first().waitFor({ state: "detached" });
    expect(await page.locator(".line").count()).to.be.greaterThan(1);
    await window.press(/The registry/);
    await page.locator(".lane-around .track").waitFor();
  });

  it("starts a program that has ended again, with what was said", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.say("Alice", "hello, Bob");
    await window.shows("bob", "alice> hello, Bob");
    await window.type("Bob", "/quit");
    await page.getByText("Bob\u2019s program has ended.").waitFor();
    await page.locator(".person.bob").getByRole("button", { name: "Start again" }).click();
    await page.getByText("Bob\u2019s program has ended.").waitFor({ state: "detached" });
    await window.isReady("02");
    await window.shows("bob", "alice> hello, Bob");
  });

  it("says so when the server has gone, and starts anew when it is back", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.say("Alice", "hello, Bob");
    await window.shows("bob", "alice> hello, Bob");
    await restart();
    await page.getByText("does not answer").waitFor();
    await page.getByText("Bob\u2019s program has ended.").waitFor();
    // The new server has another token. Another window of the same browser gets it, and hands it on.
    const other = await window.context.newPage();
    await other.goto(web().address("/figures"));
    await page.getByText("They have been started anew").waitFor();
    await window.isReady("02");
    expect(await page.locator(".line .bytes", { hasText: "hello, Bob" }).count()).to.equal(0);
    await window.press("All right");
    await window.say("Alice", "hello, Bob");
    await window.shows("bob", "alice> hello, Bob");
    // Nor is it silent about what goes with the page itself.
    await page.reload();
    await page.getByText("What was said before is gone").waitFor();
    await window.isReady("02");
  });
});

/** The text of the bytes that are lit. */
async function litText({ page }: WireWindow): Promise<string> {
  return (await page.locator(".characters .byte.lit").allTextContents()).join("");
}

/** Presses Tab until the focus is at what has this name. Out of a terminal, Escape goes first. */
async function tabTo({ page }: WireWindow, name: string, key = "Tab"): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < 80; i += 1) {
    const isTerminal = await page.evaluate(
      () => document.activeElement?.matches(".xterm-helper-textarea") ?? false,
    );
    if (isTerminal) await page.keyboard.press("Escape");
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element instanceof HTMLInputElement) return element.labels?.[0]?.textContent ?? "";
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });
    if (focused.trim() === name) return;
    seen.push(focused.trim().slice(0, 30));
  }
  throw new Error(`Tab does not lead to "${name}", but to ${seen.join(" | ")}`);
}
