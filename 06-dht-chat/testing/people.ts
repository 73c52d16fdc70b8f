// People at the real page in a real Chromium: what they press and read, and the messenger behind it for what would take a
// person too long. Used by tests and measurements; every wait has a deadline.

import type { Browser, BrowserContext, Page } from "playwright-core";
import type { ContactView, Entry, MessengerView } from "../messenger-view.ts";
import { openProfile, type ProfileOptions } from "./browser.ts";

/** How long a file, or many messages, may take on a busy machine, in milliseconds. */
export const LONG = 180_000;

/** How often the page is looked at, in milliseconds. */
const LOOK = 25;

/** As much of the page as is reached from outside. The view goes to tests as JSON: without blobs. */
declare global {
  interface Window {
    /** What a test has put into the page. */
    aheadBy: number;
    progressSeen: { label: string; done: number }[];
  }
}

/** What a test hands to the page to be made into a file there. */
export interface WantedFile {
  name: string;
  /** In bytes; random ones. */
  size: number;
}

/** Somebody with a profile of their own. */
export class Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly errors: string[];
  readonly url: string;
  /** In milliseconds: from opening the page until the own number is there, and from then until others can find it. */
  readonly times = { ready: 0, published: 0 };
  #page: Page;

  private constructor(
    name: string,
    url: string,
    { context, page, errors }: Awaited<ReturnType<typeof openProfile>>,
  ) {
    this.name = name;
    this.url = url;
    this.context = context;
    this.errors = errors;
    this.#page = page;
  }

  /**
   * Opens the page of a node in a new profile, and waits until others can find this person.
   * @param options `prepare` is called before the page is opened
   */
  static async arrive(
    browser: Browser,
    name: string,
    url: string,
    { prepare, ...options }: ProfileOptions & { prepare?: (page: Page) => Promise<void> } = {},
  ): Promise<Person> {
    const profile = await openProfile(browser, options);
    await prepare?.(profile.page);
    // tsx gives functions their names by this; and a test can turn the page's clock ahead.
    await profile.context.addInitScript(
      "globalThis.__name = (f) => f; globalThis.aheadBy = 0; { const now = Date.now; Date.now = () => now() + aheadBy; }",
    );
    const person = new Person(name, url, profile);
    const opened = performance.now();
    await person.page.goto(url);
    await person.page.locator("[data-own-id]").waitFor();
    const ready = performance.now();
    await person.published();
    Object.assign(person.times, { ready: ready - opened, published: performance.now() - ready });
    return person;
  }

  get page(): Page {
    return this.#page;
  }

  async published(): Promise<void> {
    await this.page.locator("[data-published=yes]").waitFor();
  }

  /** The tab is closed; what is stored stays. */
  async closeTab(): Promise<void> {
    await this.page.close();
  }

  async openTab(): Promise<void> {
    this.#page = await this.context.newPage();
    await this.page.goto(this.url);
    await this.published();
  }

  async id(): Promise<string> {
    return (await this.view()).own.id;
  }

  async view(): Promise<MessengerView> {
    const text = await this.page.evaluate(() =>
      JSON.stringify(
        (document.querySelector("p2p-app") as unknown as { messenger: { view: unknown } }).messenger.view,
      ),
    );
    return JSON.parse(text) as MessengerView;
  }

  /** Waits until the messenger's view is so. @param what for the error @throws Error after so many milliseconds */
  async sees(isSo: (view: MessengerView) => boolean, what: string, milliseconds = 60_000): Promise<void> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const view = await this.view();
      if (isSo(view)) return;
      if (performance.now() > end) {
        const contacts = view.contacts.map(({ id, state, problem, entries }) => ({
          id,
          state,
          problem,
          last: entries.slice(-3),
        }));
        throw new Error(`${this.name} does not see: ${what}`, {
          cause: JSON.stringify({ own: view.own, contacts, underneath: view.underneath.counts }),
        });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** The contact that this person calls so, in the messenger's view. */
  async contact(name: string): Promise<ContactView> {
    const contact = (await this.view()).contacts.find((one) => one.name === name);
    if (contact === undefined) throw new Error(`${this.name} has no contact ${name}`);
    return contact;
  }

  /** Texts of a contact, in their order. */
  async heard(name: string): Promise<string[]> {
    return textsOf((await this.contact(name)).entries, "them");
  }

  async openChat(name: string): Promise<void> {
    await this.page.locator(".chat-row", { has: this.page.getByText(name, { exact: true }) }).click();
    await this.page.getByRole("heading", { name, exact: true }).waitFor();
  }

  /** Types a text into the chat that is open, and presses Enter. */
  async say(name: string, text: string): Promise<void> {
    await this.page.getByRole("textbox", { name: `Message to ${name}` }).fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Says many texts, one after the other, as fast as the messenger takes them. */
  async sayAll(name: string, texts: readonly string[]): Promise<void> {
    const { contact } = await this.contact(name);
    await this.page.evaluate(
      async ([chat, all]) => {
        const app = document.querySelector("p2p-app") as unknown as {
          messenger: { say(chat: string, text: string): Promise<{ problem: string } | undefined> };
        };
        for (const text of all) {
          const outcome = await app.messenger.say(chat, text);
          if (outcome) throw new Error(outcome.problem);
        }
      },
      [contact, texts] as const,
    );
  }

  /** Waits until all is delivered that was said to a contact, and says again what was dropped. */
  async saysAgainUntilDelivered(name: string): Promise<void> {
    const end = performance.now() + LONG;
    for (;;) {
      const { contact, entries } = await this.contact(name);
      const open = entries.filter(({ from, state }) => from === "me" && state !== "delivered");
      if (open.length === 0) return;
      if (performance.now() > end) throw new Error(`${open.length} of ${this.name} are not delivered`);
      const dropped = open.filter(({ state }) => state === "dropped").map(({ entry }) => entry);
      await this.page.evaluate(
        async ([chat, all]) => {
          const app = document.querySelector("p2p-app") as unknown as {
            messenger: { again(chat: string, entry: string): Promise<unknown> };
          };
          for (const entry of all) await app.messenger.again(chat, entry);
        },
        [contact, dropped] as const,
      );
      await new Promise((resolve) => setTimeout(resolve, 10 * LOOK));
    }
  }

  /** Shows a card. @returns its text, as it stands in the dialog */
  async showCard(): Promise<string> {
    await this.page.getByRole("button", { name: "Show my card" }).click();
    return (await this.page.locator(".card-text").textContent()) ?? "";
  }

  /** Types a card, and presses Enter. */
  async enterCard(text: string): Promise<void> {
    await this.page.getByRole("button", { name: "Enter a card" }).click();
    await this.page.getByRole("textbox", { name: "Text of their card" }).fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Enters a card, and waits until its owner is reached. @returns how long that took, by the page's clock, in milliseconds */
  async timeToReach(card: string): Promise<number> {
    return await this.page.evaluate(async (text) => {
      const { messenger } = document.querySelector("p2p-app") as unknown as {
        messenger: EventTarget & { view: MessengerView; enterCard(text: string): Promise<unknown> };
      };
      const begun = performance.now();
      const isReached = () => messenger.view.contacts.some(({ state }) => /relayed|direct/.test(state));
      await messenger.enterCard(text);
      while (!isReached())
        await new Promise((resolve) => messenger.addEventListener("change", resolve, { once: true }));
      return performance.now() - begun;
    }, card);
  }

  /** The numbers are the same: gives the new contact a name. */
  async compared(name: string): Promise<void> {
    const region = this.page.getByRole("region", { name: "Compare the numbers" });
    await region.getByRole("textbox", { name: "What I call them" }).fill(name);
    await region.getByRole("button", { name: "Both screens show these numbers" }).click();
    await this.page.getByRole("heading", { name, exact: true }).waitFor();
  }

  /** Waits until there is a path to a contact. */
  async reaches(name: string, way = /^(relayed|direct)$/): Promise<void> {
    await this.sees(
      ({ contacts }) => contacts.some((one) => one.name === name && way.test(one.state)),
      `${name} is ${way.source}`,
      LONG,
    );
  }

  /** Attaches a file of random bytes by the chat's button. @returns its SHA-256 in hex */
  async attach({ name, size }: WantedFile): Promise<string> {
    return await this.page.evaluate(
      async ([title, length]) => {
        const bytes = new Uint8Array(length);
        for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
        const files = new DataTransfer();
        files.items.add(new File([bytes], title));
        const input = document.querySelector<HTMLInputElement>(".composer input[type=file]");
        if (input === null) throw new Error("no chat is open");
        input.files = files.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
        return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      },
      [name, size] as const,
    );
  }

  /** Attaches a video that the browser records from a canvas of 64 by 48 pixels. */
  async attachVideo(name: string): Promise<void> {
    await this.page.evaluate(async (title) => {
      const canvas = document.createElement("canvas");
      canvas.width = 64;
      canvas.height = 48;
      const context = canvas.getContext("2d");
      const input = document.querySelector<HTMLInputElement>(".composer input[type=file]");
      if (context === null || input === null) throw new Error("no chat is open, or there is no canvas");
      const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
      const pieces: Blob[] = [];
      recorder.ondataavailable = ({ data }) => pieces.push(data);
      const isOver = new Promise((resolve) => {
        recorder.onstop = resolve;
      });
      recorder.start(50);
      // The recording ends when there is something in it, however slow the machine is.
      for (let frame = 0; pieces.reduce((sum, { size }) => sum + size, 0) < 1000; frame += 1) {
        context.fillStyle = `hsl(${frame * 20} 90% 50%)`;
        context.fillRect(frame % 60, 0, 40, 48);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      recorder.stop();
      await isOver;
      const files = new DataTransfer();
      files.items.add(new File(pieces, title, { type: "text/html" }));
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, name);
  }

  /** From now on, notes how far the page's progress bars are, whenever something has changed. */
  async watchProgress(): Promise<void> {
    await this.page.evaluate(() => {
      const app = document.querySelector("p2p-app") as unknown as { messenger: EventTarget };
      window.progressSeen = [];
      app.messenger.addEventListener("change", () =>
        setTimeout(() => {
          for (const bar of document.querySelectorAll("progress"))
            window.progressSeen.push({ label: bar.ariaLabel ?? "", done: bar.value });
        }),
      );
    });
  }

  /** How far a file's bar was between the beginning and the end, each figure once, in bytes. */
  async progressSeen({ name, size }: WantedFile): Promise<number[]> {
    const seen = await this.page.evaluate(() => window.progressSeen);
    const ofFile = seen.filter(({ label }) => label === `Progress of ${name}`).map(({ done }) => done);
    return [...new Set(ofFile)].filter((done) => done > 0 && done < size);
  }

  /** Accepts the file that is offered in the open chat. */
  async accept(): Promise<void> {
    await this.page.getByRole("button", { name: "Accept" }).last().click();
  }

  /** Waits until a file of a contact is here, and reads it. @returns its SHA-256 in hex */
  async fileFrom(contact: string, name: string): Promise<string> {
    await this.sees(
      ({ contacts }) =>
        contacts.some(
          (one) =>
            one.name === contact &&
            one.entries.some(
              ({ from, file }) => from === "them" && file?.name === name && file.state === "done",
            ),
        ),
      `the file ${name} of ${contact}`,
      LONG,
    );
    return await this.page.evaluate(
      async ([whose, title]) => {
        const app = document.querySelector("p2p-app") as unknown as { messenger: { view: MessengerView } };
        const entries = app.messenger.view.contacts.find((one) => one.name === whose)?.entries ?? [];
        const blob = entries.find(({ from, file }) => from === "them" && file?.name === title)?.file?.blob;
        if (blob === undefined) throw new Error("the file is not there");
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
        return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      },
      [contact, name] as const,
    );
  }

  /** Turns the switch of direct paths off: all goes by relays. */
  async staysRelayed(): Promise<void> {
    await this.page.getByRole("switch", { name: "Go direct where possible" }).uncheck();
    await this.sees(({ isDirectOn }) => !isDirectOn, "direct paths are off");
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** Texts of one side, in their order. */
export function textsOf(entries: readonly Entry[], from: "me" | "them"): string[] {
  return entries.flatMap((entry) => (entry.from === from && entry.text !== undefined ? [entry.text] : []));
}

/** Two people meet: one types the other's card, both compare. */
export async function meet(one: Person, other: Person): Promise<void> {
  await other.enterCard(await one.showCard());
  for (const { page } of [other, one])
    await page.getByRole("region", { name: "Compare the numbers" }).waitFor();
  await one.compared(other.name);
  await other.compared(one.name);
  await one.reaches(other.name);
  await other.reaches(one.name);
}
