// The store in IndexedDB, in a real Chromium: the suite that every store passes, and what only a browser can do to it.

import { expect } from "chai";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser, openProfile, type Profile, withChromium } from "../testing/browser.ts";
import { STORE_TESTS } from "../testing/store-suite.ts";

/** Nothing is sent there: every request of the page is answered by the test. */
const ORIGIN = "http://127.0.0.1:1";
const DATABASE = "profile";

let browser: Browser;
let script: Buffer;

async function begin(): Promise<void> {
  const { build } = await import("esbuild");
  const bundle = await build({
    entryPoints: [new URL("../testing/store-page.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  script = Buffer.from(bundle.outputFiles[0]?.contents ?? []);
  browser = await launchBrowser();
}

/** A profile in which every address has a page with nothing but the store in it. */
async function openStoreProfile(): Promise<Profile> {
  const profile = await openProfile(browser);
  await profile.context.route("**/*", (route) =>
    route.request().url().endsWith("/store.js")
      ? route.fulfill({ contentType: "text/javascript", body: script })
      : route.fulfill({ contentType: "text/html", body: '<!doctype html><script src="/store.js"></script>' }),
  );
  await profile.page.goto(`${ORIGIN}/`);
  return profile;
}

withChromium("06 store, in IndexedDB", () => {
  let profile: Profile;

  before(begin);
  before(async () => {
    profile = await openStoreProfile();
  });
  after(() => browser.close());

  for (const { title } of STORE_TESTS)
    it(title, async () => {
      expect(await profile.page.evaluate((name) => window.storeKit.run(name), title)).to.equal("done");
    });
});

withChromium("06 storage of a browser", () => {
  let profile: Profile;
  let page: Page;
  let devtools: CDPSession;

  before(begin);
  after(() => browser.close());

  beforeEach(async () => {
    profile = await openStoreProfile();
    page = profile.page;
    devtools = await profile.context.newCDPSession(page);
  });

  afterEach(() => profile.context.close());

  async function openTab(): Promise<Page> {
    const tab = await profile.context.newPage();
    await tab.goto(`${ORIGIN}/`);
    return tab;
  }

  it("P10.9 where the storage is full, a step says so, and nothing of it is written; with more room it goes on", async () => {
    // Before it is opened: Chromium remembers for a while how much room there was.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: ORIGIN, quotaSize: 6 * 2 ** 20 });
    await page.evaluate(async (name) => {
      const store = await window.storeKit.openStore(name);
      window.storeKit.store = store;
      const offer = {
        chat: "a",
        direction: "in",
        file: 1,
        name: "a",
        media: "",
        size: 2 ** 24,
        sha256: "a",
      } as const;
      const file = await store.addFile(offer, 1);
      await store.setFile(file?.order ?? 0, { state: "passing" });
    }, DATABASE);
    const fill = () =>
      page.evaluate(async () => {
        const { store, outcome } = window.storeKit;
        if (store === undefined) throw new Error("no store");
        const { openFiles } = await store.load();
        const order = openFiles[0]?.order ?? 0;
        let offset = openFiles[0]?.done ?? 0;
        let result = "done";
        while (result === "done" && offset < 2 ** 24) {
          // Random, so that it cannot be made shorter on the disk.
          const bytes = new Uint8Array(2 ** 20);
          for (let at = 0; at < bytes.length; at += 65_536)
            crypto.getRandomValues(bytes.subarray(at, at + 65_536));
          result = await outcome(store.addPart(order, offset, bytes));
          if (result === "done") offset += bytes.length;
        }
        const stored = (await store.load()).openFiles[0]?.done;
        return { result, offset, stored, size: (await store.partOf(order)).size };
      });
    const full = await fill();
    expect(full.result).to.match(/^StorageFull: The browser has no more room for this page\./);
    expect(full.offset).to.be.within(2 ** 20, 2 ** 24 - 1);
    expect([full.stored, full.size]).to.deep.equal([full.offset, full.offset]);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: ORIGIN });
    expect(await fill()).to.deep.equal({ result: "done", offset: 2 ** 24, stored: 2 ** 24, size: 2 ** 24 });
  });

  it("P10.8 a page that is killed while it writes has everything that it was told is stored, and nothing by halves", async () => {
    const told: number[] = [];
    await page.exposeFunction("tell", (number: number) => void told.push(number));
    const hasBegun = new Promise<void>((resolve) => {
      page.on("console", (message) => message.text() === "twenty" && resolve());
    });
    const writing = page.evaluate(async (name) => {
      const store = await window.storeKit.openStore(name);
      for (let number = 1; ; number++) {
        const id = String(number).padStart(32, "0");
        await store.addTheirMessage({ chat: "a", id, text: `text ${number}` }, number);
        await store.noteShown("a", id, true);
        await (window as unknown as { tell(number: number): Promise<void> }).tell(number);
        if (number === 20) console.log("twenty");
      }
    }, DATABASE);
    writing.catch(() => undefined);
    await hasBegun;
    const crashed = page.waitForEvent("crash");
    void devtools.send("Page.crash").catch(() => undefined);
    await crashed;
    const tab = await openTab();
    const found = await tab.evaluate(async (name) => {
      const store = await window.storeKit.openStore(name);
      const entries = await store.entriesOf("a", 1_000_000);
      return entries.map((entry) => (entry.kind === "their" ? Number(entry.id) : 0));
    }, DATABASE);
    expect(told.length).to.be.at.least(20);
    expect(found).to.include.members(told);
    expect(found).to.deep.equal(found.map((_, index) => index + 1));
    expect(found.length - told.length, "the one that was under way").to.be.at.most(1);
  });

  it("P10.13 another tab with a newer version gets the storage; this one says so, and an older page is not let in", async () => {
    await page.evaluate(async (name) => {
      window.storeKit.store = await window.storeKit.openStore(name);
      await window.storeKit.store.keepSeed(new Uint8Array(32).fill(7));
    }, DATABASE);
    const other = await openTab();
    const seed = await other.evaluate(async (name) => {
      const tables = await window.storeKit.openTables(name, 2);
      return tables.step("read", ["settings"], async ({ settings }) => (await settings.all()).length);
    }, DATABASE);
    expect(seed, "what is there stays").to.equal(1);
    const here = await page.evaluate(() => {
      const { store, outcome } = window.storeKit;
      return store === undefined ? "no store" : outcome(store.load());
    });
    expect(here).to.equal(
      "StoreError: A newer version of this page was opened in another tab. Load this page again.",
    );
    const old = await page.evaluate(
      (name) => window.storeKit.outcome(window.storeKit.openStore(name)),
      DATABASE,
    );
    expect(old).to.match(/^StoreError: A newer version of this page has used this profile\. /);
  });

  it("P10.13 where a tab with an older version does not let go, the new one says which tab to close", async () => {
    await page.evaluate(
      (name) =>
        new Promise<void>((resolve) => {
          const request = indexedDB.open(name, 1);
          request.onsuccess = () => {
            Object.assign(window, { held: request.result });
            resolve();
          };
        }),
      DATABASE,
    );
    const other = await openTab();
    const result = await other.evaluate(
      (name) => window.storeKit.outcome(window.storeKit.openTables(name, 2)),
      DATABASE,
    );
    expect(result).to.equal(
      "StoreError: Another tab has an older version of this page open. Close it, then load this page again.",
    );
    await page.close();
    const later = await other.evaluate(
      (name) => window.storeKit.outcome(window.storeKit.openTables(name, 3)),
      DATABASE,
    );
    expect(later).to.equal("done");
  });

  it("P10.13 a storage that was taken away, and one that the browser refuses, are said to the user", async () => {
    await page.evaluate(async (name) => {
      window.storeKit.store = await window.storeKit.openStore(name);
    }, DATABASE);
    await devtools.send("Storage.clearDataForOrigin", { origin: ORIGIN, storageTypes: "indexeddb" });
    const cleared = await page.evaluate(() => {
      const { store, outcome } = window.storeKit;
      return store === undefined ? "no store" : outcome(store.setDirect(true));
    });
    expect(cleared).to.equal("StoreError: The page's storage was closed. Load the page again.");
    const refused = await page.evaluate((name) => {
      const value = {
        open() {
          throw new DOMException("not here", "SecurityError");
        },
      };
      Object.defineProperty(window, "indexedDB", { value });
      return window.storeKit.outcome(window.storeKit.openStore(name));
    }, DATABASE);
    expect(refused).to.match(/^StoreError: The browser keeps nothing for this page \(SecurityError\)\. /);
  });
});
