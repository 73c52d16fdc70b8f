// Names, texts and files of others are text, never markup (P10.13), in a real Chromium.

import { expect } from "chai";
import type { MessengerView } from "../messenger-view.ts";
import { withChromium } from "../testing/browser.ts";
import { type FixturePage, useFixturePage } from "../testing/fixture-page.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import { BOB_ID, CAROL_ID, contactView, groupView, OWN_ID } from "../testing/views.ts";

/** What a browser would obey if it were markup, or an address. */
const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "</textarea></bdi></article><svg onload=alert(1)>",
  '"><a href="javascript:alert(1)" autofocus onfocus=alert(1)>click</a>',
  "javascript:alert(1)",
  "&lt;b&gt;&amp;&#x202e;",
  "\u0024{alert(1)}{{7*7}}",
  "<!--",
  "../../etc/passwd",
  "<style>*{display:none}</style><base href=//x>",
];

/** A view in which everything that others can choose is this text. */
function viewOf(text: string): MessengerView {
  const file = { name: text, size: 10, done: 0, state: "offered" } as const;
  const their = { at: 0, from: "them", state: "received" } as const;
  return {
    ...emptyView(OWN_ID),
    contacts: [
      contactView({
        name: text,
        isNew: true,
        entries: [
          { ...their, entry: "1", text },
          { ...their, entry: "2", file },
          { ...their, entry: "3", file: { ...file, state: "passing", done: 5 } },
        ],
      }),
    ],
    groups: [
      groupView({
        name: text,
        members: [
          { id: OWN_ID, name: "You" },
          { id: BOB_ID, name: text },
          { id: CAROL_ID, name: text },
        ],
        entries: [{ entry: "4", at: 0, from: BOB_ID, text, state: "received" }],
      }),
    ],
    underneath: {
      relays: [{ peerId: text, address: text, state: "reserved", since: 0 }],
      record: { key: text, body: text, seq: 1, expires: 0, storedBy: 1 },
      last: { typed: text, relaySaw: "00ff", path: "relayed" },
      counts: { [text]: 1 },
    },
  };
}

/** Which elements are there, with the names of their attributes; not what they say. */
function structure(fixture: FixturePage): Promise<string[]> {
  return fixture.page.evaluate(() =>
    [...document.querySelectorAll("*")].map(
      (element) => `${element.localName} ${[...element.attributes].map((one) => one.name).sort()}`,
    ),
  );
}

/** Opens everything that shows a name, one after the other, and notes the structure of each. */
async function everything(fixture: FixturePage, text: string): Promise<string[][]> {
  const { page } = fixture;
  await fixture.show(viewOf(text));
  const structures: string[][] = [];
  const note = async () => structures.push(await structure(fixture));
  const inDialog = async (button: string) => {
    await page.locator(button).click();
    await page.locator("dialog[open]").waitFor();
    await note();
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
  };
  await page.locator(".chat-row").nth(0).click();
  await note();
  await inDialog(".chat-head button.small");
  await page.locator(".chat-row").nth(1).click();
  await note();
  await inDialog(".chat-head button.small");
  await inDialog(".list-head button");
  await inDialog(".side-foot button");
  return structures;
}

withChromium("hostile names and texts", () => {
  const { fixture, open } = useFixturePage();

  it("P10.13 a hostile name or text makes not one element or attribute more than a harmless one", async () => {
    await open();
    const harmless = await everything(fixture, "harmless");
    for (const text of HOSTILE) {
      await open();
      let isAlerted = false;
      fixture.page.on("dialog", async (dialog) => {
        isAlerted = true;
        await dialog.dismiss();
      });
      expect(await everything(fixture, text), text).to.deep.equal(harmless);
      expect(isAlerted, text).to.equal(false);
      expect(await fixture.violations(), text).to.deep.equal([]);
    }
  }).timeout(240_000);

  it("P10.13 what was sent is what is read, markup and all", async () => {
    const { page } = await open();
    for (const text of HOSTILE) {
      await fixture.show(viewOf(text));
      if ((await page.locator("[data-entry='1']").count()) === 0)
        await page.locator(".chat-row").nth(0).click();
      expect(await page.locator("[data-entry='1'] .text").textContent()).to.equal(text);
      expect(await page.locator(".head-name").textContent()).to.equal(text);
      expect(await page.locator("[data-entry='2'] .file-name bdi").textContent()).to.equal(text);
    }
  });

  it("P10.13 a name that turns the direction of writing, or hides characters, is seen to do so", async () => {
    const { page } = await open();
    await fixture.show(viewOf("invoice\u202Efdp.exe\u0007\u200f"));
    await page.locator(".chat-row").nth(0).click();
    expect(await page.locator(".head-name").textContent()).to.equal("invoice\uFFFDfdp.exe\uFFFD\uFFFD");
    expect(await page.locator("[data-entry='1'] .text").textContent()).to.equal(
      "invoice\uFFFDfdp.exe\uFFFD\uFFFD",
    );
    const words = await page.evaluate(() => document.body.textContent ?? "");
    for (const character of ["\u202e", "\u200f", "\u0007"]) expect(words).to.not.include(character);
  });

  it("P10.13 a name of 300 characters without a blank breaks no line of the page, narrow or wide", async () => {
    for (const width of [390, 1280]) {
      const { page } = await open({ width });
      await fixture.show(viewOf("W".repeat(300)));
      await page.locator(".chat-row").nth(0).click();
      const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(isWider, String(width)).to.equal(false);
      const right = await page.locator(".chat-head button.small").boundingBox();
      expect((right?.x ?? Infinity) + (right?.width ?? 0), String(width)).to.be.at.most(width);
    }
  });

  it("P10.13 the policy refuses a script that stands in the page, and this test's witness sees it", async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.owned = true";
      document.body.append(script);
    });
    await page.waitForFunction(() => window.fixture.violations.length > 0);
    expect(await page.evaluate(() => "owned" in window)).to.equal(false);
    fixture.forgiveErrors();
  });
});
