// The figures in a real Chromium: each is played to its end by keyboard alone, and says what this file computes independently.

import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withChromium } from "../../../06-dht-chat/testing/browser.ts";
import {
  DEMONSTRATION_IV,
  DEMONSTRATION_KEY,
  encryptForDemonstration,
} from "../../../authoring/pictures/block-modes.ts";
import { drawLighthouse } from "../../../authoring/pictures/lighthouse.ts";
import { startWeb, type Web } from "../../program.ts";
import { axeFindings, type Page, SCHEMES, tooWide, useChromium, WIDTHS } from "../testing/in-browser.ts";
import { FIGURES } from "./figures.ts";

/** More Tab presses than a figure has places for the keyboard. */
const MOST_TABS = 120;

/** What the keyboard is at, as it is called: by its label, or by what stands in it. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element?.closest("label")?.querySelector("span")?.textContent;
    return (label ?? element?.getAttribute("aria-label") ?? element?.textContent ?? "").trim();
  });
}

/** Presses Tab until the keyboard is at what is called so. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    const now = await focused(page);
    if (typeof name === "string" ? now === name : name.test(now)) return;
    seen.push(now);
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not come to "${name}", but to ${[...new Set(seen)].join(", ")}`);
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

/** Sets a slider by its arrow keys. */
async function slide(page: Page, name: string, value: number): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Home");
  const smallest = await page.evaluate(() => (document.activeElement as HTMLInputElement).valueAsNumber);
  for (let at = smallest; at < value; at += 1) await page.keyboard.press("ArrowRight");
}

/** The text of the figure's status once it holds this. */
async function says(page: Page, text: string): Promise<string> {
  const status = page.locator("course-figure [role=status]", { hasText: text }).first();
  await status.waitFor();
  return (await status.textContent()) ?? "";
}

withChromium("the figures", () => {
  const openProfile = useChromium();
  const folder = mkdtempSync(join(tmpdir(), "figures-"));
  let web: Web;

  before(async () => {
    web = await startWeb({ port: 0, folder });
  });
  after(async () => {
    await web?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  type Options = Parameters<typeof openProfile>[0];

  /** Opens a figure alone. Errors of the page, and all that its policy refuses, are in `errors`. */
  async function open(id: string, options?: Options): Promise<{ page: Page; errors: string[] }> {
    const { page, errors } = await openProfile(options);
    await page.goto(web.address(`/figures/${id}`));
    await page.locator("course-figure figure > :not(figcaption):not(.loading)").first().waitFor();
    return { page, errors };
  }

  it("are listed, and each opens from the list by keyboard", async () => {
    const { page, errors } = await openProfile();
    for (const { title } of FIGURES) {
      await page.goto(web.address("/figures"));
      await page.getByRole("heading", { name: "Figures to play with" }).waitFor();
      await press(page, title);
      await page.getByRole("figure", { name: title }).waitFor();
    }
    expect(errors).to.deep.equal([]);
  });

  it("that are none say so", async () => {
    const { page } = await openProfile();
    await page.goto(web.address("/figures/elsewhere"));
    await page.getByText('There is no figure "elsewhere".').waitFor();
  });

  it("the clock: generators, an exchange, and Eve's search", async () => {
    const { page, errors } = await open("clock");
    const power = (base: number, exponent: number) => Number(BigInt(base) ** BigInt(exponent) % 23n);
    for (const generator of [7, 2]) {
      await slide(page, "g", generator);
      const made = new Set(Array.from({ length: 22 }, (_, i) => power(generator, i + 1)));
      await says(page, `${generator}^${made.size} mod 23 = 1.`);
      await says(page, made.size === 22 ? "make each of the numbers 1 to 22" : `make ${made.size} numbers`);
    }
    await slide(page, "g", 5);
    await press(page, "An exchange");
    const [alice, bob] = [9, 17];
    await slide(page, "Alice's private key", alice);
    await slide(page, "Bob's private key", bob);
    const secret = power(power(5, alice), bob);
    await says(page, `Both have ${secret}`);
    const eve = await page.locator(".stranger").textContent();
    expect(eve).to.include(`has 23, 5, ${power(5, alice)} and ${power(5, bob)}`);
    await press(page, "Eve's search");
    await press(page, "Try the next exponent");
    await says(page, "Exponents tried: 1. Not it.");
    await press(page, "Try until it is found");
    const found = await says(page, `Found after ${alice} steps: ${alice}.`);
    expect(found).to.include(`= ${secret}, as Alice and Bob did`);
    const drawing = await page.getByRole("img", { name: /^A clock/ }).getAttribute("aria-label");
    expect(drawing).to.include(`along 5, 2, 10, 4`);
    expect(errors).to.deep.equal([]);
  });

  it("the clock: a private key whose public key is refused", async () => {
    const { page } = await open("clock");
    await press(page, "An exchange");
    await slide(page, "Alice's private key", 11);
    await says(page, "No program takes 22 as a public key");
  });

  it("the crib: a wrong place, the right one, and the whole key", async () => {
    const { page, errors } = await open("crib");
    await says(page, "Not here:");
    await slide(page, "from byte", 0);
    await says(page, "It fits:");
    await press(page, "Keep these bytes of the key");
    await page.getByText("The key: 23 of 32 bytes").waitFor();
    // The rest of the line, up to where its text begins, at its place.
    await page.keyboard.press("Shift+Tab");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await tabTo(page, "Your guess");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type('1,"text":"');
    await slide(page, "from byte", 23);
    await says(page, "This is the key.");
    const key = await page.getByRole("img", { name: /^The key: / }).getAttribute("aria-label");
    const line = Buffer.from("b40bb0fc8e80698931649d86f831cf934f203e626612c43be48281d078fcb2b9", "hex");
    const text = Buffer.from('{"type":"message","id":1,"text":"');
    const expected = Buffer.from(line.map((byte, i) => byte ^ (text[i] ?? 0))).toString("hex");
    expect(key?.replace(/^The key: | /g, "")).to.equal(expected);
    const lines = await page.locator("crib-figure .sealed-line .for-readers").allTextContents();
    expect(lines).to.include('{"type":"message","id":2,"text":"the code for the door is 2718"}');
    expect(lines).to.include('{"type":"bye"}');
    expect(errors).to.deep.equal([]);
  });

  it("the picture: the pixels after a flipped bit are those that OpenSSL decrypts", async () => {
    const { page, errors } = await open("picture");
    const [row, column, bit] = [33, 60, 5] as const;
    await slide(page, "row", row);
    await slide(page, "column", column);
    await slide(page, "bit", bit);
    const place = 3 * (160 * row + column);
    const block = Math.floor(place / 16);
    await says(page, `Flipped: bit ${bit} of byte ${place % 16} of block ${block} `);
    const sealed = encryptForDemonstration("cbc", Buffer.from(drawLighthouse()));
    sealed[place] = (sealed[place] ?? 0) ^ (1 << bit);
    const decipher = createDecipheriv("aes-256-cbc", DEMONSTRATION_KEY, DEMONSTRATION_IV);
    const opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
    expect((await pixelsOf(page, "opened")).equals(opened)).to.equal(true);
    const status = await says(page, `In block ${block + 1} one byte has changed: byte ${place % 16}`);
    expect(status).to.include("All other 3598 blocks are as they were.");
    const ecb = createCipheriv("aes-256-ecb", DEMONSTRATION_KEY, null).update(Buffer.from(drawLighthouse()));
    expect((await pixelsOf(page, "ecb")).equals(ecb)).to.equal(true);
    expect(errors).to.deep.equal([]);
  });

  it("the padding oracle: byte by byte, then a whole block, then all of the text", async () => {
    const { page, errors } = await open("padding");
    await press(page, "Ask Bob");
    await says(page, "With 00, Bob says:");
    await press(page, "Try until it is right");
    const first = await says(page, "So the opened byte is");
    // "the code for the": the last byte of the first block is an e, and of what is before it the h.
    const sum = /([0-9a-f]{2}) XOR 01 = ([0-9a-f]{2}), .* = ([0-9a-f]{2}), "(.)"/s.exec(first);
    expect(Number.parseInt(sum?.[1] ?? "", 16) ^ 1).to.equal(Number.parseInt(sum?.[2] ?? "", 16));
    expect(sum?.slice(3)).to.deep.equal(["65", "e"]);
    await backTo(page, "Go on to the byte before");
    await page.getByText("Byte 14: it shall come out as 02").waitFor();
    await press(page, "Try until it is right");
    expect(await says(page, "So the opened byte is")).to.include('68, "h"');
    await press(page, "Do the rest of the block");
    await page.getByText("All 16 bytes are known: the code for the").waitFor();
    await press(page, "Read all blocks");
    await page
      .getByText("Read without the key: the code for the door is 2718, and the alarm is off until eight")
      .waitFor();
    const counted = await page.getByText(/^Questions:/).textContent();
    const all = Number(/, (\d+) in all/.exec(counted ?? "")?.[1]);
    expect(all).to.be.within(64, 64 * 256 + 8);
    expect(errors).to.deep.equal([]);
  });

  it("the handshake: safety numbers are equal without Mallory, and differ with them", async () => {
    const { page, errors } = await open("handshake");
    const walk = async () => {
      for (let step = 2; step <= 7; step += 1) {
        await press(page, "Next step");
        await says(page, `${step} of 7:`);
      }
    };
    await walk();
    await says(page, "Equal: nobody has replaced a key.");
    const numbers = () => page.locator(".numbers dd").allTextContents();
    expect(await numbers()).to.deep.equal([numberOf(8, 19), numberOf(8, 19)]);
    await backTo(page, "Mallory sits between them");
    await says(page, "They differ");
    // Mallory's own keys are 3 and 9: Alice is shown 5^3, Bob 5^9.
    expect(await numbers()).to.deep.equal([numberOf(8, 10), numberOf(11, 19)]);
    const bob = await page.locator(".party").last().textContent();
    expect(bob).to.include("pay 900 to carol");
    await backTo(page, "2,048 bits");
    await page.getByText("Group 14 of RFC 3526.").waitFor();
    const [alices, bobs] = await numbers();
    expect(alices).to.match(/^\d{5}( \d{5}){5}$/);
    expect(alices).not.to.equal(bobs);
    expect(errors).to.deep.equal([]);
  });

  it("one line in three stages: what is the same when it is said again", async () => {
    const { page, errors } = await open("stages");
    await tabTo(page, "Alice says, twice");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("see you at eight");
    const length = Buffer.byteLength('{"type":"message","id":1,"text":"see you at eight"}');
    const stage = (name: string) => page.getByRole("region", { name: `Stage ${name}` });
    await stage("02").getByText("see you at eight").first().waitFor();
    const linesOf = async (name: string): Promise<Buffer[]> => {
      const lines = await stage(name).locator(".bytes-on-wire .for-readers").allTextContents();
      return lines.map((line) => Buffer.from(/"ciphertext":"([0-9a-f]+)"/.exec(line)?.[1] ?? "", "hex"));
    };
    const [first, again] = await linesOf("03");
    const differences = Array.from(first ?? []).flatMap((byte, i) => (byte === again?.[i] ? [] : [i]));
    expect(differences).to.deep.equal([23]); // The digit of the id.
    expect((first?.[23] ?? 0) ^ (again?.[23] ?? 0)).to.equal("1".charCodeAt(0) ^ "2".charCodeAt(0));
    expect(await stage("03").textContent()).to.include(`${length - 1} of ${length} bytes`);
    for (const line of await linesOf("04")) expect(line.length).to.equal(16 * (Math.floor(length / 16) + 1));
    expect(await stage("04").textContent()).to.include("to 16 bytes: 48 to 63.");
    expect(errors).to.deep.equal([]);
  });

  for (const width of WIDTHS)
    for (const scheme of SCHEMES)
      it(`axe-core finds nothing at ${width} pixels in ${scheme} colours, nothing is wider than the page, and nothing moves`, async () => {
        const { page } = await openProfile({ width, scheme });
        await page.emulateMedia({ reducedMotion: "reduce" });
        for (const id of ["", ...FIGURES.map((figure) => figure.id)]) {
          await page.goto(web.address(id === "" ? "/figures" : `/figures/${id}`));
          const shown =
            id === "" ? ".cards" : `course-figure[figure=${id}] figure > :not(figcaption):not(.loading)`;
          await page.locator(shown).first().waitFor();
          for (const view of await viewsOf(page)) {
            if (view !== "") await page.getByRole("button", { name: view, exact: true }).click();
            expect(await axeFindings(page), `${id} ${view}`).to.deep.equal([]);
            expect(await tooWide(page), `${id} ${view}`).to.be.at.most(0);
            expect(await outside(page), `${id} ${view}`).to.deep.equal([]);
            expect(await page.evaluate(() => document.getAnimations().length), `${id} ${view}`).to.equal(0);
          }
        }
      }).timeout(240_000);
});

/** Presses Shift+Tab until the keyboard is at what is called so, then Enter. */
async function backTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < MOST_TABS && (await focused(page)) !== name; presses += 1)
    await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).to.equal(name);
  await page.keyboard.press("Enter");
}

/** What is drawn outside of the figure it belongs to: the style sheets of all places are in one page. */
function outside(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const figure = document.querySelector("course-figure figure");
    if (figure === null) return [];
    const frame = figure.getBoundingClientRect();
    return [...figure.querySelectorAll("*")]
      .filter((element) => element.closest(".for-readers, .scroll, option") === null)
      .filter((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return (
          left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1
        );
      })
      .map((element) => element.outerHTML.slice(0, 100));
  });
}

/** The buttons that change what a figure shows; an empty name for what it shows first. */
async function viewsOf(page: Page): Promise<string[]> {
  return ["", ...(await page.locator("course-figure .choice button[aria-pressed=false]").allTextContents())];
}

/** The safety number of two public keys of the group `toy` (P4.6), by node:crypto. */
function numberOf(smaller: number, larger: number): string {
  const digest = createHash("sha256")
    .update("p2p-chat safety number")
    .update(Buffer.of(smaller, larger))
    .digest();
  const group = (i: number) => String(digest.readUIntBE(5 * i, 5) % 100_000).padStart(5, "0");
  return [0, 1, 2, 3, 4, 5].map(group).join(" ");
}

/** Red, green and blue of all pixels of a canvas. */
async function pixelsOf(page: Page, name: string): Promise<Buffer> {
  const values = await page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`canvas.${name}`);
    const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return Array.from(data).filter((_, i) => i % 4 !== 3);
  }, name);
  return Buffer.from(values);
}
