// Mallory on the wire of each stage, in a real Chromium and with the real programs: each of her acts, what Bob's program
// does, and the table that grows from it.

import { expect } from "chai";
import { faultsIn, withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { useWire } from "../testing/wire-window.ts";

withChromium("Mallory on the wire", () => {
  const { open } = useWire();

  it("01: makes 100 into 900, drops a question, and sends one again; nobody notices", async () => {
    const window = await open("/wire/01");
    const { page } = window;
    await window.isReady("01");
    await window.say("Alice", "2 + 3 * 4");
    await window.shows("alice", "= 20");
    await window.hold("Alice to Calculator");
    await window.say("Alice", "100 + 1");
    await window.isHeld();
    expect(await page.getByLabel("Its text").inputValue()).to.equal("100 + 1");
    await page.getByLabel("Its text").fill("900 + 1");
    // What is typed, and passed on at once, is changed first.
    await window.press("Pass it on");
    await window.shows("alice", "= 901");
    await window.says("Alice\u2019s program took it");
    expect((await window.row("01 calculator")).slice(0, 2)).to.deep.equal(["yes", "not noticed"]);
    // She has held the line that was wanted: the next one passes.
    await window.say("Alice", "2 + 3 * 4");
    await window.line(/Calculator to Alice|= 20/).waitFor();

    await window.hold("Alice to Calculator");
    await window.say("Alice", "100 + 1");
    await window.isHeld();
    await window.press("Drop it");
    await window.line(/dropped/).waitFor();
    await page.locator(".line", { hasText: "changed: 100 → 900" }).click();
    await window.press("Send again");
    await window.line(/sent again/).waitFor();
    expect(faultsIn(window.errors)).to.deep.equal([]);
  });

  for (const [stage, title] of [
    ["02", "02 peer to peer"],
    ["03", "03 Diffie-Hellman and XOR"],
    ["04", "04 AES-256-CBC and MAC"],
  ] as const)
    it(`${stage}: a bit is flipped, a line dropped, one sent again, one held the other way`, async () => {
      const isSealed = stage !== "02";
      const window = await open(`/wire/${stage}`);
      const { page } = window;
      await window.isReady(stage);
      await window.say("Alice", "hello, Bob");
      await window.shows("bob", "alice> hello, Bob");
      await page.waitForFunction(
        ([row, answer]) =>
          [...document.querySelectorAll(".findings tbody tr")].some(
            (one) => one.textContent?.includes(row) && one.querySelector("td")?.textContent === answer,
          ),
        [title, isSealed ? "no" : "yes"] as const,
      );

      // The other way: an acknowledgement waits, and passes as it is.
      await window.hold("Bob to Alice");
      await window.say("Alice", "hello, Bob");
      await window.isHeld();
      await window.press("Pass it on");
      await window.shows("alice", "delivered to bob: 2");

      // A bit of the text. In 02 and 03 it arrives as another text; in 04, a tag gives it away.
      await window.hold("Alice to Bob");
      await window.say("Alice", "pay 100 to carol");
      await window.isHeld();
      const bytes = await heldBytes(page);
      const start = bytes.indexOf(isSealed ? '"ciphertext":"' : "pay 100");
      // The 1 of 100. Of its ciphertext, the second digit: another digit there makes another digit of the text.
      const before = '"ciphertext":"'.length + 2 * '{"type":"message","id":3,"text":"pay '.length;
      const place = start + (isSealed ? before + 1 : "pay ".length);
      // That is the byte to begin with. Which bits leave a digit a digit, is marked.
      await page.waitForFunction(
        (wanted) => document.querySelector<HTMLInputElement>("#held-byte")?.value === wanted,
        String(place),
      );
      expect(await page.locator(".bit.worth").count()).to.be.greaterThan(0);
      expect(await page.locator(".byte.chosen").count(), "the byte is in view").to.equal(2);
      await flipToDigit(window.page);
      await page.locator(".byte.differs").first().waitFor();
      await window.press("Pass it on");
      if (stage === "04") {
        await window.says("Bob\u2019s program noticed, and ended the chat");
        await window.shows("bob", "(bad-record)");
        // The chat has ended. It begins again with one click.
        await window.press("Call Bob again");
        await window.say("Alice", "pay 100 to carol");
        await window.shows("bob", "alice> pay 100 to carol");
        expect((await window.row(title)).slice(0, 2)).to.deep.equal(["no", "noticed, chat ended"]);
        expect(faultsIn(window.errors)).to.deep.equal([]);
        return;
      }
      await window.says("Bob\u2019s program took it");
      expect((await window.row(title))[1]).to.equal("not noticed");
      await window.line(/bit flipped/).waitFor();

      // One that Bob has had already, once more: its number is out of turn.
      await window.line(/Alice to Bob/).click();
      await window.press("Send again");
      await window.line(/sent again/).waitFor();
      await window.says("Bob\u2019s program noticed, and ended the chat");
      expect(faultsIn(window.errors)).to.deep.equal([]);
    }).timeout(240_000);

  it("05: a token is changed, and Bob's program ends the session; datagrams are held, too", async () => {
    const window = await open("/wire/05");
    const { page } = window;
    await window.isReady("05");
    await window.say("Alice", "hello, Bob");
    await window.shows("bob", "alice> hello, Bob");
    expect(await page.locator(".person").count()).to.equal(3);
    await window.hold("Alice to Bob");
    await window.say("Alice", "pay 100 to carol");
    await window.isHeld();
    // Of the three lines of a frame, the token is open. The header goes on before it, as it is.
    await page.locator(".line-head h2", { hasText: "token" }).waitFor();
    await window.press("Change one letter of the ciphertext");
    await page.locator(".byte.differs").first().waitFor();
    await window.press("Pass the whole frame");
    await window.says("Bob\u2019s program noticed, and ended the chat");
    expect((await window.row("05 peers in one network")).slice(0, 2)).to.deep.equal([
      "no",
      "noticed, chat ended",
    ]);

    await page.getByText("Other ways").click();
    await page.getByRole("button", { name: /^Datagrams: Alice to Carol/ }).click();
    await page.locator(".line.is-held", { hasText: "Alice" }).first().waitFor();
    await window.press("Drop it");
    await window.line(/dropped/).waitFor();
    expect(faultsIn(window.errors)).to.deep.equal([]);
  }).timeout(240_000);

  for (const [stage, offer, shown] of [
    ["02", "Change 100 into 900", "alice> pay 900 to carol"],
    ["03", "", "alice> pay 900 to carol"],
    ["04", "", "(bad-record)"],
  ] as const)
    it(`${stage}: one click does what the tour does: Bob reads ${shown}`, async () => {
      const window = await open(`/wire/${stage}`);
      const { page } = window;
      await window.isReady(stage);
      await window.hold("Alice to Bob");
      await window.say("Alice", "pay 100 to carol");
      await window.isHeld();
      const button = page.locator("button.mallory");
      await button.waitFor();
      if (offer !== "") expect(await button.textContent()).to.equal(offer);
      await button.click();
      await page.locator(".byte.differs").first().waitFor();
      await window.press("Pass it on");
      await window.shows("bob", shown);
    });

  it("a line is dropped: it never arrives, and its sender is told so when the chat has ended", async () => {
    const window = await open("/wire/02");
    await window.isReady("02");
    await window.hold("Alice to Bob");
    await window.say("Alice", "pay 100 to carol");
    await window.isHeld();
    await window.press("Drop it");
    await window.line(/dropped/).waitFor();
    await window.type("Alice", "/end");
    await window.shows("alice", "not delivered to bob: 1");
  });

  it("a stage is left while a line is held: nothing of it stays open, and its words are said again", async () => {
    const window = await open("/wire/02", { height: 1600 });
    const { page } = window;
    await window.isReady("02");
    await window.hold("Alice to Bob");
    await window.say("Alice", "pay 100 to carol");
    await window.isHeld();
    await window.goTo("03");
    await window.shows("bob", "alice> pay 100 to carol");
    expect(page.url()).to.match(/#\/wire\/03$/);
    expect(await page.locator("line-view").count()).to.equal(0);
    expect(faultsIn(window.errors)).to.deep.equal([]);
  });

  it("several lines wait in order: one that is passed on takes those before it along", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.hold("Alice to Bob");
    await window.say("Alice", "hello, Bob");
    await window.isHeld();
    await window.say("Alice", "pay 100 to carol");
    await window.press(/^2 at Mallory/);
    await window.shows("bob", "alice> pay 100 to carol");
    await window.hold("Alice to Bob");
    await window.say("Alice", "hello, Bob");
    await window.say("Alice", "pay 100 to carol");
    await page.locator(".line.is-held").nth(1).click();
    await page.locator(".line[aria-selected=true]", { hasText: "pay 100" }).waitFor();
    await window.press("Pass it on");
    await window.shows("alice", "delivered to bob: 4");
    expect(await page.locator(".line.is-held").count()).to.equal(0);
    // Nothing waits, so nothing is held any more.
    await page.locator(".hold[aria-pressed=true]").waitFor({ state: "detached" });
  });

  it("what cannot be done is said, and changes nothing", async () => {
    const window = await open("/wire/02");
    const { page } = window;
    await window.isReady("02");
    await window.say("Alice", "hello, Bob");
    await window.shows("alice", "delivered to bob: 1");
    await window.type("Alice", "/end");
    await window.shows("bob", "chat with alice ended");
    await window.line(/hello, Bob/).click();
    await window.press("Send again");
    // The connection of that line has ended.
    await page.getByRole("alert").waitFor();
    expect(await page.locator(".line", { hasText: "sent again" }).count()).to.equal(0);
  });
});

type Page = Awaited<ReturnType<ReturnType<typeof useWire>["open"]>>["page"];

/** The bytes of the line at Mallory, as text. */
async function heldBytes(page: Page): Promise<string> {
  return await page.getByLabel("Its text").inputValue();
}

/** Flips a bit of the byte that is chosen so that a hexadecimal digit stays one: 1 becomes 9, and a letter another letter. */
async function flipToDigit(page: Page): Promise<void> {
  const words = (await page.locator(".byte-words").textContent()) ?? "";
  const digit = /\u201c(.)\u201d/.exec(words)?.[1] ?? "";
  // Of 0 and 1 the bit worth 8 makes 8 and 9; of 2 to 9 the one worth 1 makes a neighbour; of b to e, likewise.
  const worth = /[01]/.test(digit) ? 8 : /[2-9]/.test(digit) ? 1 : /[af]/.test(digit) ? 2 : 1;
  await page.getByRole("button", { name: new RegExp(`^bit worth ${worth},`) }).click();
}
