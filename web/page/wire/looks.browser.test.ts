// How the wire looks and is heard, in a real Chromium: narrow and wide, light and dark, without motion, held against
// axe-core's rules.

import { expect } from "chai";
import { faultsIn, withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { axeFindings, SCHEMES, tooWide, WIDTHS } from "../testing/in-browser.ts";
import { useWire, type WireWindow } from "../testing/wire-window.ts";

withChromium("how the wire looks", () => {
  const { open } = useWire();

  for (const width of WIDTHS)
    for (const scheme of SCHEMES)
      it(`has no findings at ${width} pixels in ${scheme} colours, and nothing is wider than the page`, async () => {
        const window = await open("/wire/02", { width, scheme });
        const { page } = window;
        const look = async (what: string): Promise<void> => {
          expect(await axeFindings(page), what).to.deep.equal([]);
          expect(await tooWide(page), what).to.equal(0);
        };
        await window.isReady("02");
        await look("the beginning");
        await page.getByText("Other ways").click();
        await look("other ways");
        await page.getByText("Other ways").click();
        await heldPayment(window);
        await look("a line at Mallory");
        // Labels and bytes have room, also one below the other.
        expect((await page.locator(".labels").boundingBox())?.height).to.be.greaterThan(100);
        expect((await page.locator(".hex-box").boundingBox())?.height).to.be.greaterThan(100);
        await page.getByLabel("Its text").fill("something else");
        await window.press("Pass it on");
        await window.says("Bob\u2019s program noticed, and ended the chat");
        await look("what came of it");
        await window.type("Bob", "/quit");
        await page.getByText("Bob\u2019s program has ended.").waitFor();
        await look("a program that has ended");
        await window.goTo("05");
        await look("three peers");
        expect(faultsIn(window.errors)).to.deep.equal([]);
      }).timeout(240_000);

  it("has all that matters in view on a projector of 1,280 by 800 pixels", async () => {
    const window = await open("/wire/04", { width: 1280, height: 800 });
    const { page } = window;
    await window.isReady("04");
    await heldPayment(window);
    for (const seen of [
      ".stages",
      ".person.alice course-terminal",
      ".person.bob course-terminal",
      ".stop.mallory",
      ".outcome",
      ".lines",
      ".mallory-ends",
      ".hex-box",
      ".labels",
    ]) {
      const box = await page.locator(seen).boundingBox();
      expect(box, seen).to.not.equal(null);
      expect((box?.y ?? 0) + (box?.height ?? 0), seen).to.be.at.most(800);
    }
    // Of the bytes and their labels, a few are in view without scrolling.
    expect((await page.locator(".hex-box").boundingBox())?.height).to.be.greaterThan(120);
    expect(await page.locator(".person.bob .xterm-rows > div").count()).to.be.greaterThan(4);
  });

  it("moves packets along the wire from their sender to their receiver, and from Mallory on", async () => {
    const wire = await open("/wire/02");
    const { page } = wire;
    await wire.isReady("02");
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      document.addEventListener("animationend", ({ target, animationName }) => {
        if (!(target instanceof HTMLElement) || !target.matches(".packet")) return;
        const [from, to] = ["--from", "--to"].map((name) => target.style.getPropertyValue(name));
        seen.push(`${animationName} ${from} to ${to}: ${target.textContent}`);
      });
    });
    await heldPayment(wire);
    await page.locator(".packet.waits").waitFor();
    const hasMoved = (journey: string) =>
      page.waitForFunction(
        (wanted) => (window as unknown as { seen: string[] }).seen.some((one) => one.startsWith(wanted)),
        journey,
      );
    await hasMoved("travel 0 to 0.5: pay 100 to carol");
    await page.getByLabel("Its text").fill('{"type":"message","id":1,"text":"pay 900 to carol"}');
    await wire.press("Pass it on");
    await hasMoved("travel 0.5 to 1: pay 100 to carol (100 → 900)");
    // The acknowledgement.
    await hasMoved("travel 1 to 0: ");
  });

  it("moves nothing for who wants no motion; a line that waits stands at Mallory all the same", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await page.emulateMedia({ reducedMotion: "reduce" });
    await window.isReady("02");
    await window.say("Alice", "hello, Bob");
    await window.shows("alice", "delivered to bob: 1");
    expect(await page.locator(".packet").count()).to.equal(0);
    await window.hold("Alice to Bob");
    await window.say("Alice", "pay 100 to carol");
    await window.isHeld();
    expect(await page.locator(".packet.waits").count()).to.equal(1);
    expect(await page.evaluate(() => document.getAnimations().length)).to.equal(0);
  });
});

/** Lets a payment stand at Mallory. */
async function heldPayment(window: WireWindow): Promise<void> {
  await window.hold("Alice to Bob");
  await window.say("Alice", "pay 100 to carol");
  await window.isHeld();
}
