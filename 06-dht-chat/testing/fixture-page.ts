// One Chromium and one server for the tests of a file, and a fresh profile with the scripted page for each test.

import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import type { MessengerView } from "../messenger-view.ts";
import { launchBrowser, openProfile, type Profile, type ProfileOptions } from "./browser.ts";
import type { FixtureServer } from "./page-fixture-server.ts";
import type { Asked } from "./scripted-messenger.ts";

/** Everything that a test does with the scripted page. */
export class FixturePage {
  #profile: Profile | undefined;

  get page(): Page {
    if (this.#profile === undefined) throw new Error("openAs has not been called");
    return this.#profile.page;
  }

  get errors(): readonly string[] {
    return this.#profile?.errors ?? [];
  }

  async open(browser: Browser, address: string, options: ProfileOptions): Promise<void> {
    await this.close();
    this.#profile = await openProfile(browser, options);
    await this.page.goto(address);
    await this.page.waitForSelector("p2p-app h1");
  }

  /** For a test that makes an error on purpose. */
  forgiveErrors(): void {
    this.#profile?.errors.splice(0);
  }

  async close(): Promise<void> {
    await this.#profile?.context.close();
    this.#profile = undefined;
  }

  /** The page's clock, in milliseconds since 1970. */
  now(): Promise<number> {
    return this.page.evaluate(() => window.fixture.now);
  }

  /** Shows another view, and waits until the page has rendered it. */
  async show(view: MessengerView): Promise<void> {
    await this.page.evaluate(async (text) => {
      window.fixture.messenger.show(JSON.parse(text) as MessengerView);
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }, JSON.stringify(view));
  }

  /** What the page has asked the messenger for, of one kind. */
  asked(action: string): Promise<Asked[]> {
    return this.page.evaluate(
      (kind) => window.fixture.messenger.asked.filter(([one]) => one === kind),
      action,
    );
  }

  /** Waits until the page has asked for something. */
  async waitForAsked(action: string): Promise<Asked> {
    await this.page.waitForFunction(
      (kind) => window.fixture.messenger.asked.some(([one]) => one === kind),
      action,
    );
    return (await this.asked(action)).at(-1) ?? [action];
  }

  violations(): Promise<string[]> {
    return this.page.evaluate(() => window.fixture.violations);
  }

  /** Where the keyboard is: the element's accessible words, or its text. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      if (element === null) return "";
      const label = element.getAttribute("aria-label") ?? element.textContent ?? "";
      return label.replace(/\s+/g, " ").trim();
    });
  }
}

/**
 * Makes hooks for mocha: a browser for the suite, and after each test the page is closed, and had no errors and no
 * violations of its policy.
 */
export function useFixturePage(flags: readonly string[] = []): {
  fixture: FixturePage;
  open(options?: ProfileOptions): Promise<FixturePage>;
} {
  const fixture = new FixturePage();
  let browser: Browser;
  let server: FixtureServer;

  before(async () => {
    const { servePageFixture } = await import("./page-fixture-server.ts");
    server = await servePageFixture();
    browser = await launchBrowser(flags);
  });

  afterEach(async () => {
    const errors = [...fixture.errors];
    await fixture.close();
    expect(errors).to.deep.equal([]);
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  return {
    fixture,
    async open(options = {}) {
      await fixture.open(browser, server.address, options);
      return fixture;
    },
  };
}
