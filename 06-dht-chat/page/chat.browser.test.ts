// The list and the chat in a real Chromium, over a scripted messenger.

import { expect } from "chai";
import type { Entry } from "../messenger-view.ts";
import { withChromium } from "../testing/browser.ts";
import { useFixturePage } from "../testing/fixture-page.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import { BOB, BOB_ID, CAROL, contactView, GROUP, groupView, OWN_ID, richView } from "../testing/views.ts";

const EMPTY = emptyView(OWN_ID);

function text(changes: Partial<Entry> = {}): Entry {
  return { entry: "1", at: 0, from: "me", text: "hello", state: "sending", ...changes };
}

withChromium("the page's list and chat", () => {
  const { fixture, open } = useFixturePage();

  it("P10.1 a new user sees their own number, that they can be found, and what to do next", async () => {
    const { page } = await open();
    expect(await page.textContent("[data-own-id]")).to.equal("141 065 404 484 172");
    await page.getByText("Others can find you.").waitFor();
    await page.getByText("Nobody here yet. Show your card to somebody, or enter theirs.").waitFor();
    await page.getByRole("button", { name: "Copy my number" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).to.equal(OWN_ID);
  });

  it("P10.3 who is not in the table yet, or cannot be, is told so", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, own: { id: OWN_ID, isPublished: false, hasRelay: false } });
    await page.getByText("Looking for a relay …").waitFor();
    expect(await page.locator(".own .problem").count()).to.equal(0);
    await fixture.show({ ...EMPTY, own: { id: OWN_ID, isPublished: false, hasRelay: true } });
    await page.getByText("Making you known to the network").waitFor();
    await fixture.show({
      ...EMPTY,
      own: { id: OWN_ID, isPublished: false, hasRelay: false, problem: "No node answers. Start one." },
    });
    expect(await page.getByText("No node answers. Start one.").first().isVisible()).to.equal(true);
    expect(await page.textContent("[data-said]")).to.include("No node answers. Start one.");
    // Our record is still in the table, but nobody can call us there.
    await fixture.show({ ...EMPTY, own: { id: OWN_ID, isPublished: true, hasRelay: false } });
    expect(await page.getByText("Others can find you.").count()).to.equal(0);
    await fixture.show(EMPTY);
    expect((await page.textContent("[data-said]"))?.trim()).to.equal("Others can find you.");
  });

  it("P10.10 a contact's state is in words, and so is what is unread", async () => {
    const { page } = await open();
    const states = {
      offline: "offline",
      searching: "looking for them",
      relayed: "online, relayed",
      direct: "online, direct",
    };
    for (const [state, words] of Object.entries(states)) {
      await fixture.show({ ...EMPTY, contacts: [contactView({ state: state as "offline", unread: 2 })] });
      await page.getByRole("button", { name: `Bob ${words} 2 unread` }).waitFor();
    }
    expect(await page.title()).to.equal("(2) Peer-to-peer chat");
  });

  it("P10.6 whoever entered a card and has met nobody yet is told what to wait for, and has compared nothing", async () => {
    const { page } = await open();
    const pending = contactView({ contact: "ab".repeat(8), isMet: false, state: "offline" });
    await fixture.show({ ...EMPTY, contacts: [pending] });
    await page.getByRole("button", { name: "Bob waiting until their page is open" }).click();
    expect(await page.textContent("[data-contact-state]")).to.equal("waiting until their page is open");
    await page.getByText("You have not met yet.").waitFor();
    const compared = page.locator(".facts div", { hasText: "Numbers compared" }).locator("dd");
    await page.getByRole("button", { name: "Contact" }).click();
    expect(await compared.textContent()).to.equal("not yet");
    await fixture.show({ ...EMPTY, contacts: [contactView({ isNew: true })] });
    expect(await compared.textContent()).to.equal("not yet");
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    expect(await compared.textContent()).to.equal("yes");
    await page.keyboard.press("Escape");
    await fixture.show({
      ...EMPTY,
      contacts: [{ ...pending, problem: "Somebody else has used this card." }],
    });
    expect(await page.textContent("[data-contact-state]")).to.equal("not met yet");
    // A card that is of no use is not called with.
    expect(await page.textContent(".log .empty")).to.equal("You have not met yet.");
  });

  it("P10.5 the chat of somebody who is away says why nobody can be found, also where the list is not seen", async () => {
    const { page } = await open({ width: 390 });
    const own = { id: OWN_ID, isPublished: false, hasRelay: false, problem: "No node answers. Start one." };
    await fixture.show({ ...EMPTY, own, contacts: [contactView({ state: "offline" })] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    await page.locator("p2p-chat-view").getByText("No node answers. Start one.").waitFor();
    await fixture.show({ ...EMPTY, own, contacts: [contactView({ state: "direct" })] });
    await page.locator("p2p-chat-view").getByText("online, direct").waitFor();
    expect(await page.locator("p2p-chat-view").getByText("No node answers").count()).to.equal(0);
  });

  it("P10.8 Enter sends, Shift and Enter make a new line, and nothing is sent that is empty", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    const field = page.getByRole("textbox", { name: "Message to Bob" });
    await field.press("Enter");
    await field.pressSequentially("  ");
    await field.press("Enter");
    await field.fill("one");
    await field.press("Shift+Enter");
    await field.pressSequentially("two");
    await field.press("Enter");
    await field.fill("three");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    expect(await fixture.asked("say")).to.deep.equal([
      ["say", BOB, "one\ntwo"],
      ["say", BOB, "three"],
    ]);
    expect(await field.inputValue()).to.equal("");
  });

  it("P3.4 a text that is refused comes back into the field, and the reason stands there", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    await page.evaluate(() =>
      window.fixture.messenger.answers.set("say", { problem: "The text is too long. Send it in parts." }),
    );
    const field = page.getByRole("textbox", { name: "Message to Bob" });
    await field.fill("long");
    await field.press("Enter");
    await page.getByRole("alert").filter({ hasText: "too long" }).waitFor();
    expect(await field.inputValue()).to.equal("long");
  });

  it("P10.8 sending, delivered and dropped are seen, and only a dropped one can be sent again", async () => {
    const { page } = await open();
    const contact = (state: Entry["state"]) => ({
      ...EMPTY,
      contacts: [contactView({ entries: [text({ state })] })],
    });
    await fixture.show(contact("sending"));
    await page.getByRole("button", { name: /^Bob/ }).click();
    const entry = page.locator("[data-entry='1']");
    expect(await entry.textContent()).to.include("Sending");
    expect(await entry.getByRole("button").count()).to.equal(0);
    await fixture.show(contact("delivered"));
    expect(await entry.textContent()).to.include("Delivered");
    expect(await entry.getByRole("button").count()).to.equal(0);
    await fixture.show(contact("dropped"));
    expect(await entry.textContent()).to.include("Not delivered");
    await entry.getByRole("button", { name: "Send again" }).click();
    expect(await fixture.asked("again")).to.deep.equal([["again", BOB, "1"]]);
  });

  it("P10.8 what is new and what was delivered is said to screen readers, also the same text twice", async () => {
    const { page } = await open();
    const ok = (entry: string) => text({ entry, from: "them", state: "received", text: "ok" });
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      const region = document.querySelector("[data-said]");
      if (region === null) throw new Error("there is no live region");
      new MutationObserver(() => said.push(region.textContent?.trim() ?? "")).observe(region, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await fixture.show({ ...EMPTY, contacts: [contactView({ entries: [ok("1")] })] });
    await fixture.show({ ...EMPTY, contacts: [contactView({ entries: [ok("1"), ok("2")] })] });
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said.filter((sentence) => sentence === "Bob: ok")).to.have.length(2);
    expect(await page.getAttribute("[data-said]", "aria-live")).to.equal("polite");
  });

  it("P10.8 an open chat that is looked at is not unread; another one stays unread", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    await fixture.show({
      ...EMPTY,
      contacts: [
        contactView({ unread: 1 }),
        contactView({ contact: CAROL, id: "000752548599030", name: "Carol", unread: 1 }),
      ],
    });
    expect(await fixture.asked("seen")).to.deep.equal([["seen", BOB]]);
  });

  it("P10.8 what comes while nobody looks at the page is unread until somebody does", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    const turn = (state: "hidden" | "visible") =>
      page.evaluate((next) => {
        Object.defineProperty(document, "visibilityState", { value: next, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await turn("hidden");
    await fixture.show({ ...EMPTY, contacts: [contactView({ unread: 1 })] });
    expect(await fixture.asked("seen")).to.deep.equal([]);
    expect(await page.title()).to.equal("(1) Peer-to-peer chat");
    await turn("visible");
    expect(await fixture.asked("seen")).to.deep.equal([["seen", BOB]]);
  });

  it("P10.6 a chat stays open when the contact's key is pinned and its name in the messenger changes", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView({ contact: "ab".repeat(8) })] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    await page.getByRole("textbox", { name: "Message to Bob" }).fill("half a sen");
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    const field = page.getByRole("textbox", { name: "Message to Bob" });
    expect(await field.inputValue()).to.equal("half a sen");
    await field.press("Enter");
    expect(await fixture.asked("say")).to.deep.equal([["say", BOB, "half a sen"]]);
  });

  it("P10.13 what was begun in one chat is not sent in another one, and is there again later", async () => {
    const { page } = await open({ width: 1280 });
    await fixture.show(richView(await fixture.now()));
    await page.getByRole("button", { name: /^Bob/ }).click();
    await page.getByRole("textbox", { name: "Message to Bob" }).fill("only for Bob");
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    expect(await page.getByRole("textbox", { name: "Message to Lab partners" }).inputValue()).to.equal("");
    await page.getByRole("button", { name: /^Bob/ }).click();
    expect(await page.getByRole("textbox", { name: "Message to Bob" }).inputValue()).to.equal("only for Bob");
  });

  it("P10.2 a new contact's number and one's own are there to be compared, and the answer is given on", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView({ isNew: true })] });
    await page.getByRole("button", { name: "Bob new: compare the numbers" }).click();
    const region = page.getByRole("region", { name: "Compare the numbers" });
    expect(await region.textContent())
      .to.include("141 065 404 484 172")
      .and.to.include("596 934 386 853 336");
    await region.getByRole("textbox", { name: "What I call them" }).fill(" Robert ");
    await region.getByRole("button", { name: "Both screens show these numbers" }).click();
    await fixture.waitForAsked("compared");
    expect(await fixture.asked("rename")).to.deep.equal([["rename", BOB, "Robert"]]);
    expect(await fixture.asked("compared")).to.deep.equal([["compared", BOB]]);
    await region.getByRole("button", { name: "The other screen shows others: forget this contact" }).click();
    expect(await fixture.asked("forget")).to.deep.equal([["forget", BOB]]);
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    expect(await region.count()).to.equal(0);
  });

  it("P10.11 a group shows its maker and who said what, and who was removed writes nothing", async () => {
    const { page } = await open();
    const entries = [
      text({ from: BOB_ID, state: "received" }),
      text({ entry: "2", text: "hi", state: "sent" }),
    ];
    await fixture.show({
      ...EMPTY,
      groups: [groupView({ maker: BOB_ID, makerName: "Bob", isMine: false, entries, dropped: 2 })],
    });
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    await page.getByText("3 members, made by Bob").waitFor();
    expect(await page.locator("[data-entry='1'] .sender").textContent()).to.include("Bob");
    await page.getByText("2 messages were passed over").waitFor();
    await page.getByRole("textbox", { name: "Message to Lab partners" }).fill("in the group");
    await page.keyboard.press("Enter");
    expect(await fixture.asked("sayInGroup")).to.deep.equal([["sayInGroup", GROUP, "in the group"]]);
    await fixture.show({ ...EMPTY, groups: [groupView({ isRemoved: true, entries })] });
    expect(await page.getByRole("textbox").count()).to.equal(0);
    await page
      .getByText("You are no longer a member of this group. What was said before stays here.")
      .waitFor();
  });

  it("P10.13 a long chat does not fill the page: earlier messages come when they are asked for", async () => {
    const { page } = await open();
    const entries = Array.from({ length: 400 }, (_, n) =>
      text({ entry: `e${n}`, text: `number ${n}`, state: "delivered" }),
    );
    await fixture.show({ ...EMPTY, contacts: [contactView({ entries })] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    expect(await page.locator(".entry").count()).to.equal(150);
    await page.getByText("number 399").waitFor();
    const atEnd = await page.evaluate(() => {
      const log = document.querySelector(".log");
      return log !== null && log.scrollHeight - log.scrollTop - log.clientHeight < 5;
    });
    expect(atEnd).to.equal(true);
    await page.getByRole("button", { name: "Show earlier messages" }).click();
    await page.getByText("number 100", { exact: true }).waitFor();
    expect(await page.locator(".entry").count()).to.equal(300);
  });

  it("P10.8 who reads further up stays there, is told of what comes, and gets to it", async () => {
    const { page } = await open();
    const entries = Array.from({ length: 60 }, (_, n) => text({ entry: `e${n}`, text: `number ${n}` }));
    await fixture.show({ ...EMPTY, contacts: [contactView({ entries })] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    const log = page.getByRole("log", { name: "Messages with Bob" });
    await page.getByText("number 59").waitFor();
    await log.focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(() => document.querySelector(".log")?.scrollTop === 0);
    const more = [...entries, text({ entry: "new", from: "them", state: "received", text: "the newest" })];
    await fixture.show({ ...EMPTY, contacts: [contactView({ entries: more })] });
    expect(await page.evaluate(() => document.querySelector(".log")?.scrollTop)).to.equal(0);
    await page.getByRole("button", { name: "New messages" }).click();
    await page.waitForFunction(() => {
      const element = document.querySelector(".log");
      return element !== null && element.scrollHeight - element.scrollTop - element.clientHeight < 5;
    });
    expect(await page.getByRole("button", { name: "New messages" }).count()).to.equal(0);
  });

  it("P10.10 the switch for direct paths is given on, and says what it costs", async () => {
    const { page } = await open();
    const box = page.getByRole("switch", { name: "Go direct where possible" });
    expect(await box.isChecked()).to.equal(false);
    await box.click();
    expect(await fixture.asked("setDirect")).to.deep.equal([["setDirect", true]]);
    await page.getByText("Contacts then see your network addresses.").waitFor();
  });
});
