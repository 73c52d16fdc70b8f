// How captures look and are heard, in a real Chromium: narrow and wide, light and dark, held against axe-core's rules.

import { expect } from "chai";
import { withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { useCapturesPage } from "../testing/captures-page.ts";
import { axeFindings, type Page, tooWide } from "../testing/in-browser.ts";

/** What is looked at: the address, what tells that it is there, and what is done then. */
const VIEWS: readonly { at: string; there: string; act?: (page: Page) => Promise<void> }[] = [
  { at: "/captures", there: ".capture-items li" },
  { at: "/captures/02-basic-p2p/connections/2", there: ".sides" },
  {
    at: "/captures/02-basic-p2p/packet/30",
    there: "byte-view .row",
    act: (page) => page.getByRole("treeitem", { name: /^text:/ }).click(),
  },
  {
    at: "/captures/04-aes-chat/stream/2/line/4",
    there: "byte-view .row",
    act: (page) => page.locator("byte-view [data-offset='100']").first().click(),
  },
  { at: "/captures/05-lan-chat/conversation/0/datagram/0", there: "byte-view .row" },
  { at: "/captures/04-aes-chat/stream/2/plots/9", there: ".uplot" },
  {
    at: "/captures/02-basic-p2p/beside/04-aes-chat",
    there: ".list-pairs .row",
    act: (page) => page.locator(".list-pairs .row").first().click(),
  },
  {
    at: "/captures/04-aes-chat/packets",
    there: "row-list .row",
    act: (page) => page.getByRole("button", { name: "Open with keys …" }).click(),
  },
  { at: "/captures/no-such-capture", there: "[role=alert]" },
];

withChromium("how captures look", () => {
  const { open } = useCapturesPage();

  // Colours do not depend on the width: both of each are seen once.
  for (const { width, scheme } of [
    { width: 390, scheme: "light" },
    { width: 1280, scheme: "dark" },
  ] as const)
    it(`axe-core finds nothing at ${width} pixels in ${scheme} colours, and nothing is wider than the page`, async () => {
      const { page, errors } = await open("/captures", { width, scheme });
      for (const { at, there, act } of VIEWS) {
        await page.goto(`${page.url().split("#")[0]}#${at}`);
        await page.locator(there).first().waitFor();
        await act?.(page);
        expect(await axeFindings(page), at).to.deep.equal([]);
        expect(await tooWide(page), at).to.equal(0);
      }
      expect(errors).to.deep.equal([]);
    }).timeout(240_000);

  it("where it is narrow, list, fields and bytes stand below each other, and each scrolls by itself", async () => {
    const { page } = await open("/captures/02-basic-p2p/packet/30", { width: 390 });
    await page.locator("byte-view .row").first().waitFor();
    const boxes = await Promise.all(
      ["row-list", "field-tree", "byte-view"].map((name) => page.locator(name).boundingBox()),
    );
    const [list, fields, bytes] = boxes.map((box) => box ?? { x: 0, y: 0, width: 0, height: 0 });
    if (list === undefined || fields === undefined || bytes === undefined)
      throw new Error("a view is missing");
    expect(list.height).to.be.within(100, 500);
    expect(fields.y).to.be.at.least(list.y + list.height);
    expect(bytes.y).to.be.at.least(fields.y + fields.height);
    // Eight bytes have room in a row.
    expect(await page.locator("byte-view .row").first().getByRole("gridcell").count()).to.equal(8);
  });

  it("where the user wants no motion, nothing moves by itself", async () => {
    const { page } = await open("/captures/02-basic-p2p/packet/30");
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.locator("byte-view .row").first().waitFor();
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving).to.equal(0);
  });

  it("where the keyboard is, is seen, from the first link to the bytes", async () => {
    const { page } = await open("/captures/02-basic-p2p/packet/30");
    await page.locator("byte-view .row").first().waitFor();
    await page.getByRole("link", { name: "Captures" }).last().focus();
    const passed: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      await page.keyboard.press("Tab");
      const { name, outline } = await page.evaluate(() => {
        const element = document.activeElement ?? document.body;
        const shown = element.matches(".choose input") ? (element.nextElementSibling ?? element) : element;
        return {
          name: element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "",
          outline: Number.parseFloat(getComputedStyle(shown).outlineWidth),
        };
      });
      expect(outline, name).to.be.at.least(2);
      passed.push(name);
      if (name.startsWith("Bytes")) break;
    }
    expect(passed).to.include.members(["Packets", "Fields", "Lay beside …"]);
    expect(passed.at(-1)).to.match(/^Bytes/);
  });
});
