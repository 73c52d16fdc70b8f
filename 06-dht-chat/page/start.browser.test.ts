// The real page from a real node, in a real Chromium: how it starts, what is in its way, and two people who meet.

import { expect } from "chai";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { RunningNode } from "../node-program.ts";
import { launchBrowser, openProfile, type Profile, withChromium } from "../testing/browser.ts";

/** A name that is not this computer's own address, so that the browser gives it no secure context. */
const ELSEWHERE = "http://chat.example.test/";

withChromium("the page from a node", () => {
  let browser: Browser;
  const nodes: RunningNode[] = [];
  const profiles: Profile[] = [];

  before(async () => {
    const { startNode } = await import("../node-program.ts");
    const start = async (joins: string[]) => {
      const settings = { host: "127.0.0.1", port: 0, joins, data: undefined, note: () => {} };
      nodes.push(await startNode(settings));
    };
    await start([]);
    await start([nodes[0]?.address ?? ""]);
    browser = await launchBrowser();
  });

  afterEach(async () => {
    for (const { context } of profiles.splice(0)) await context.close();
  });

  after(async () => {
    await browser?.close();
    for (const node of nodes) await node.stop();
  });

  async function newProfile(width = 1280): Promise<Profile> {
    const profile = await openProfile(browser, { width });
    profiles.push(profile);
    return profile;
  }

  function url(node = 0): string {
    return `${nodes[node]?.url ?? ""}/`;
  }

  /** What stands there when the page cannot run. */
  async function obstacle(page: Page): Promise<string> {
    return (await page.getByRole("alert").textContent()) ?? "";
  }

  async function published(page: Page): Promise<string> {
    await page.locator("[data-published=yes]").waitFor();
    return (await page.locator("[data-own-id]").textContent()) ?? "";
  }

  it("P10.13 one tab at a time has a profile; another profile is another person", async () => {
    const { context, page } = await newProfile();
    await page.goto(url());
    const id = await page.locator("[data-own-id]").textContent();
    const second = await context.newPage();
    await second.goto(url());
    expect(await obstacle(second)).to.include("is open in another tab or window");
    await second.goto(`${url()}?profile=second`);
    await second.getByText("Profile second").waitFor();
    expect(await second.locator("[data-own-id]").textContent()).to.not.equal(id);
    await page.close();
    await second.goto(url());
    expect(await second.locator("[data-own-id]").textContent()).to.equal(id);
  });

  it("P10.3 a first opening looks for a relay without an alarm, and a screen reader hears how it ended", async () => {
    const { page } = await newProfile();
    await page.addInitScript(noteOwnState);
    await page.goto(url());
    await published(page);
    await page.locator("[data-said]", { hasText: "Others can find you." }).waitFor();
    const { states, alarms } = await page.evaluate(() => (window as unknown as { noted: Noted }).noted);
    expect(states[0]).to.match(/^(Looking for a relay|Making you known)/);
    expect(states.at(-1)).to.equal("Others can find you.");
    expect(alarms).to.deep.equal([]);
  });

  it("P10.13 a profile's name that cannot be one is refused in words", async () => {
    const { page } = await newProfile();
    await page.goto(`${url()}?profile=../x`);
    expect(await obstacle(page)).to.include("1 to 32 of the characters");
  });

  it("P10.13 without a secure context the page says that it cannot run there, and what to do", async () => {
    const { context, page } = await newProfile();
    await serveElsewhere(context, url());
    await page.goto(ELSEWHERE);
    expect(await page.evaluate(() => isSecureContext)).to.equal(false);
    expect(await obstacle(page))
      .to.include("at this computer's own address")
      .and.to.include("Start a node")
      .and.to.include("the second line that the other computer's node has printed");
    const command = page.getByText("npm run 06 -- --host 0.0.0.0 --join ADDRESS", { exact: true });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const lines = await command.evaluate((element) => element.getClientRects().length);
      expect(lines, `at ${width} pixels the command stands in one line`).to.equal(1);
    }
  });

  it("P10.13 a node that does not answer, a browser without storage or without the curves: each in words", async () => {
    const { page } = await newProfile();
    await page.route("**/node.json", (route) => route.abort());
    await page.goto(url());
    expect(await obstacle(page)).to.include("does not answer");
    expect(await page.getByRole("button", { name: "Try again" }).count()).to.equal(1);

    const storeless = (await newProfile()).page;
    await storeless.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
    await storeless.goto(url());
    expect(await obstacle(storeless)).to.match(/stor|keep/i);

    const old = (await newProfile()).page;
    await old.addInitScript(
      "crypto.subtle.generateKey = () => Promise.reject(new Error('unknown algorithm'))",
    );
    await old.goto(url());
    expect(await obstacle(old)).to.include("Update it, or use another one");
  });

  it("P10.2 P10.8 P10.9 two people meet by a card, compare, write, send a picture, and find all of it again", async () => {
    const alice = await newProfile();
    const bob = await newProfile(390);
    await alice.page.goto(url(0));
    await bob.page.goto(url(1));
    const aliceId = await published(alice.page);
    const bobId = await published(bob.page);
    await meet(alice.page, bob.page);
    for (const { page } of [alice, bob]) {
      const numbers = (await page.getByRole("region", { name: "Compare the numbers" }).textContent()) ?? "";
      expect(numbers).to.include(aliceId).and.to.include(bobId);
    }
    await alice.page.getByRole("textbox", { name: "What I call them" }).fill("Bob");
    await alice.page.getByRole("button", { name: "Both screens show these numbers" }).click();
    await alice.page.getByRole("heading", { name: "Bob" }).waitFor();
    await bob.page.getByRole("button", { name: "Both screens show these numbers" }).click();

    await alice.page.getByRole("textbox", { name: "Message to Bob" }).fill("<b>hello</b>");
    await alice.page.keyboard.press("Enter");
    await bob.page.locator(".theirs .text", { hasText: "<b>hello</b>" }).waitFor();
    await alice.page.locator("[data-state=delivered]").waitFor();

    const picture = await alice.page.screenshot();
    await bob.page.setInputFiles("input[type=file]", [
      { name: "screen.png", mimeType: "text/html", buffer: picture },
    ]);
    await alice.page.getByRole("button", { name: "Accept" }).click();
    await alice.page.getByRole("img", { name: "Picture screen.png" }).waitFor();

    await alice.page.getByRole("button", { name: "What is going on underneath" }).click();
    const underneath = (await alice.page.getByRole("dialog").textContent()) ?? "";
    expect(underneath).to.include("<b>hello</b>").and.to.include("has a place for us");
    await alice.page.keyboard.press("Escape");

    await alice.page.reload();
    expect(await published(alice.page)).to.equal(aliceId);
    await alice.page.getByRole("button", { name: /^Bob/ }).click();
    await alice.page.locator(".mine .text", { hasText: "<b>hello</b>" }).waitFor();
    await alice.page.getByRole("img", { name: "Picture screen.png" }).waitFor();
    expect([...alice.errors, ...bob.errors].filter((error) => !error.includes("WebSocket"))).to.deep.equal(
      [],
    );
  }).timeout(240_000);
});

/** What stood below the own number: each state once, and what was wrong. */
interface Noted {
  states: string[];
  alarms: string[];
}

/** Runs in the page, before it starts: notes what stands below the own number, whenever something has changed. */
function noteOwnState(): void {
  const noted: Noted = { states: [], alarms: [] };
  Object.assign(window, { noted });
  new MutationObserver(() => {
    const state = document.querySelector(".own-state")?.textContent?.trim();
    const alarm = document.querySelector(".own .problem")?.textContent;
    if (state !== undefined && state !== noted.states.at(-1)) noted.states.push(state);
    if (alarm !== undefined && alarm !== null) noted.alarms.push(alarm);
  }).observe(document, { childList: true, characterData: true, subtree: true });
}

/** Alice shows her card, and Bob types it. */
async function meet(alice: Page, bob: Page): Promise<void> {
  await alice.getByRole("button", { name: "Show my card" }).click();
  const card = (await alice.locator(".card-text").textContent()) ?? "";
  await bob.getByRole("button", { name: "Enter a card" }).click();
  await bob.getByRole("textbox", { name: "Text of their card" }).fill(card);
  await bob.keyboard.press("Enter");
  for (const page of [bob, alice]) await page.getByRole("region", { name: "Compare the numbers" }).waitFor();
}

/** Gives the node's page under another name, as if it came over a network without https. */
async function serveElsewhere(context: BrowserContext, from: string): Promise<void> {
  await context.route(`${ELSEWHERE}**`, async (route) => {
    const answer = await fetch(route.request().url().replace(ELSEWHERE, from));
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
}
