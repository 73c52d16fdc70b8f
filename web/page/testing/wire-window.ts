// A window of the page with the wire in it, as tests use it: what a teacher does there, and what they see.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Profile, ProfileOptions } from "../../../06-dht-chat/testing/browser.ts";
import { startWeb, type Web } from "../../program.ts";
import type { Party, WireStage } from "../../shared/wire.ts";
import { type Page, useChromium } from "./in-browser.ts";

/** How long a scene may take to be set up, in milliseconds, on a busy machine. */
const SCENE_LIMIT = 60_000;

export class WireWindow {
  readonly page: Page;
  readonly errors: readonly string[];
  readonly context: Profile["context"];

  constructor({ page, errors, context }: Profile) {
    this.page = page;
    this.errors = errors;
    this.context = context;
  }

  /** Waits until the programs of a stage run, and what was said before is said. */
  async isReady(stage: WireStage): Promise<void> {
    await this.page
      .locator(`.people.stage-${stage} .sayings button:enabled`)
      .first()
      .waitFor({ timeout: SCENE_LIMIT });
  }

  async goTo(stage: WireStage): Promise<void> {
    await this.page.getByRole("navigation", { name: "Stages" }).getByRole("link", { name: stage }).click();
    await this.isReady(stage);
  }

  /** Lets somebody say something with one click. @param text as on the button */
  async say(who: string, text: string): Promise<void> {
    await this.page.getByRole("button", { name: `Let ${who} say: ${text}`, exact: true }).click();
  }

  /** Types a line into somebody's terminal. */
  async type(who: string, text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: who, exact: true }).focus();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }

  /** Waits until somebody's terminal shows a text. */
  async shows(party: Party, text: string): Promise<void> {
    await this.page.waitForFunction(
      // A row pads its words with no-break spaces, and a long line has several rows.
      ([selector, wanted]) => {
        const rows = document.querySelector(`${selector} .xterm-rows`)?.textContent ?? "";
        return rows.replaceAll("\u00a0", " ").includes(wanted);
      },
      [`.person.${party}`, text] as const,
    );
  }

  /** A line in the list, by a text that a screen reader hears of it. The last one that has it. */
  line(text: string | RegExp) {
    return this.page.getByRole("option", { name: text }).last();
  }

  /** Lets Mallory hold the next line. @param direction as in `Alice to Bob` */
  async hold(direction: string): Promise<void> {
    const button = this.page.getByRole("button", { name: `, from ${direction}` });
    await button.click();
    await this.page.locator(".hold[aria-pressed=true]").first().waitFor();
  }

  /** Waits until a line stands at Mallory and is open. */
  async isHeld(): Promise<void> {
    await this.page.getByRole("region", { name: "What Mallory does with this line" }).waitFor();
  }

  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole("button", { name }).click();
  }

  /** Waits until the sentence about what happened says this. */
  async says(text: string): Promise<void> {
    await this.page.locator(".outcome", { hasText: text }).waitFor();
  }

  /** A row of the table: its cells. */
  async row(title: string): Promise<string[]> {
    return await this.page.getByRole("row", { name: title }).locator("td").allTextContents();
  }
}

/** One server and one browser for the tests of a describe block. */
export function useWire(): {
  open(at: string, options?: ProfileOptions): Promise<WireWindow>;
  /** The server, to be stopped and started again. */
  web(): Web;
  restart(): Promise<void>;
} {
  const openProfile = useChromium();
  const faults: unknown[] = [];
  let folder = "";
  let web: Web;
  const start = async (port = 0): Promise<void> => {
    web = await startWeb({ port, folder, failed: (error) => faults.push(error) });
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "web-wire-"));
    await start();
  });
  afterEach(() => {
    const [first] = faults.splice(0);
    if (first !== undefined) throw first;
  });
  after(async () => {
    await web?.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    open: async (at, options) => {
      const window = new WireWindow(await openProfile(options));
      await window.page.goto(web.address(at));
      return window;
    },
    web: () => web,
    restart: async () => {
      const { port } = web.server;
      await web.close();
      await start(port);
    },
  };
}
