// The dialogs in a real Chromium, over a scripted messenger: by mouse and by keyboard alone.

import { expect } from "chai";
import { withChromium } from "../testing/browser.ts";
import { useFixturePage } from "../testing/fixture-page.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import {
  BOB,
  BOB_ID,
  CAROL,
  CAROL_ID,
  contactView,
  GROUP,
  groupView,
  OWN_ID,
  richView,
} from "../testing/views.ts";
import type { Picture } from "./qr-reader.ts";

const EMPTY = emptyView(OWN_ID);
const CARD = "P2P06:141065404484172:SAA85SZN4YE4W6M3BJX9HC6621H026AFGF0RCFD3XF120EC49BD4T7TH";
const GROUPED = "P2P06:141065404484172:SAA8 5SZN 4YE4 W6M3 BJX9 HC66 21H0 26AF GF0R CFD3 XF12 0EC4 9BD4 T7TH";
const MINUTE = 60_000;

withChromium("the page's dialogs", () => {
  const { fixture, open } = useFixturePage();

  it("P10.2 a card is shown as text and as a QR code that says the same, with its time", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Show my card" }).click();
    expect(await fixture.asked("showCard")).to.have.length(1);
    await page.getByText("A new card is being made").waitFor();
    const now = await fixture.now();
    await fixture.show({ ...EMPTY, card: { text: CARD, grouped: GROUPED, expires: now + 15 * MINUTE } });
    const words = (await page.locator(".card-text").textContent()) ?? "";
    expect(words.replace(/\s+/g, "")).to.equal(CARD);
    await page.getByText("Can be used for 15:00 more").waitFor();
    await page.getByRole("img", { name: "QR code of my card" }).waitFor();
    const { readQr } = await import("./qr-reader.ts");
    const picture = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.qr");
      if (canvas === null) throw new Error("there is no canvas");
      const large = new OffscreenCanvas(canvas.width * 5, canvas.height * 5);
      const context = large.getContext("2d");
      if (context === null) throw new Error("there is no context");
      context.imageSmoothingEnabled = false;
      context.drawImage(canvas, 0, 0, large.width, large.height);
      const { data } = context.getImageData(0, 0, large.width, large.height);
      return { data: [...data], width: large.width, height: large.height };
    });
    expect(readQr({ ...picture, data: Uint8ClampedArray.from(picture.data) } satisfies Picture)).to.equal(
      CARD,
    );
    await page.getByRole("button", { name: "Copy the card" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).to.equal(CARD);
  });

  it("P10.5 a card is shown with the reason why it is of no use now, if there is one", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Show my card" }).click();
    const card = { text: CARD, grouped: GROUPED, expires: (await fixture.now()) + 15 * MINUTE };
    const problem = "No node answers. Start one.";
    await fixture.show({ ...EMPTY, card, own: { ...EMPTY.own, problem } });
    await page.getByRole("dialog").getByText(problem).waitFor();
    await fixture.show({ ...EMPTY, card });
    await page.getByRole("dialog").getByText(problem).waitFor({ state: "detached" });
  });

  it("P10.2 a card that is too old is not shown any more; a new one is made when the user wants it", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Show my card" }).click();
    const now = await fixture.now();
    await fixture.show({ ...EMPTY, card: { text: CARD, grouped: GROUPED, expires: now + 1000 } });
    await page.getByText("Can be used for 0:01 more").waitFor();
    await page.evaluate(() => {
      window.fixture.now += 1000;
    });
    await page.getByText("This card is too old").waitFor();
    expect(await page.locator(".card-text, canvas").count()).to.equal(0);
    await page.getByRole("button", { name: "Show a new card" }).click();
    expect(await fixture.asked("showCard")).to.have.length(2);
  });

  it("P10.2 when somebody uses the card, the dialog closes, and their chat opens to compare the numbers", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView({ isNew: true })] });
    await page.getByRole("button", { name: "Show my card" }).click();
    const card = { text: CARD, grouped: GROUPED, expires: (await fixture.now()) + MINUTE };
    await fixture.show({ ...EMPTY, card, contacts: [contactView({ isNew: true, state: "direct" })] });
    await page.getByRole("dialog").waitFor();
    const carol = contactView({ contact: CAROL, id: CAROL_ID, name: CAROL_ID, isNew: true });
    await fixture.show({ ...EMPTY, contacts: [contactView(), carol] });
    await page.getByRole("region", { name: "Compare the numbers" }).waitFor();
    expect(await page.getByRole("dialog").count()).to.equal(0);
    // Who presses Enter too early has not said yet that the numbers are the same.
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal("new-name");
    await page.keyboard.press("Enter");
    expect(await fixture.asked("compared")).to.have.length(0);
  });

  it("P10.2 a card that was used by somebody whom one knows already is not waited for any longer", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByRole("button", { name: "Show my card" }).click();
    const card = { text: CARD, grouped: GROUPED, expires: (await fixture.now()) + MINUTE };
    await fixture.show({ ...EMPTY, card, contacts: [contactView()] });
    await page.locator(".card-text").waitFor();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByText("This card has been used.").waitFor();
    await page.getByRole("button", { name: "Show a new card" }).click();
    expect(await fixture.asked("showCard")).to.have.length(2);
  });

  it("P10.2 by keyboard alone: to the card and back, and the focus returns to where it was", async () => {
    const { page } = await open();
    const press = (key: string) => page.keyboard.press(key);
    await press("Tab");
    expect(await fixture.focused()).to.equal("Copy my number");
    await press("Tab");
    expect(await fixture.focused()).to.equal("Show my card");
    await press("Enter");
    await page.getByRole("dialog", { name: "Meet somebody" }).waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute("value") === "show");
    await press("ArrowRight");
    await page.getByRole("textbox", { name: "Text of their card" }).waitFor();
    // However often Tab is pressed, the focus does not get to the page behind.
    for (let n = 0; n < 12; n += 1) {
      await press("Tab");
      const isBehind = await page.evaluate(
        () => document.activeElement?.closest(".app") !== null && document.activeElement !== document.body,
      );
      expect(isBehind, `after ${n + 1} times Tab`).to.equal(false);
    }
    await press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await fixture.focused()).to.equal("Show my card");
    await fixture.waitForAsked("hideCard");
    expect(await fixture.asked("hideCard")).to.have.length(1);
  });

  it("P10.2 a card is entered, a wrong one is told why, and the chat with a new contact opens", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Enter a card" }).click();
    const field = page.getByRole("textbox", { name: "Text of their card" });
    await page.getByRole("button", { name: "Add contact" }).click();
    await page.getByRole("alert").filter({ hasText: "There is nothing in the field" }).waitFor();
    expect(await fixture.asked("enterCard")).to.have.length(0);
    await field.fill(GROUPED);
    await field.press("Enter");
    await page.getByRole("alert").filter({ hasText: "This is no card." }).waitFor();
    expect(await field.getAttribute("aria-invalid")).to.equal("true");
    expect(await field.inputValue()).to.equal(GROUPED);
    await page.evaluate((contact) => {
      window.fixture.messenger.cardAnswer = { contact };
    }, BOB);
    await fixture.show({ ...EMPTY, contacts: [contactView({ isNew: true })] });
    await field.press("Enter");
    await page.getByRole("heading", { name: "Bob" }).waitFor();
    expect(await page.getByRole("dialog").count()).to.equal(0);
    expect(await fixture.asked("enterCard")).to.deep.equal([
      ["enterCard", GROUPED],
      ["enterCard", GROUPED],
    ]);
  });

  it("P10.14 a card is handed over by text and QR code alone: nothing asks for Bluetooth", async () => {
    const { page } = await open();
    // As text: the loader of these tests puts a helper of its own around functions that have names.
    await page.evaluate(
      'window.uses = []; Object.defineProperty(navigator, "bluetooth", { get: () => uses.push("bluetooth") })',
    );
    const card = { text: CARD, grouped: GROUPED, expires: (await fixture.now()) + MINUTE };
    await page.getByRole("button", { name: "Show my card" }).click();
    await fixture.show({ ...EMPTY, card });
    await page.getByRole("img", { name: "QR code of my card" }).waitFor();
    await page.getByRole("radio", { name: "Enter theirs" }).check();
    await page.getByRole("textbox", { name: "Text of their card" }).fill(GROUPED);
    await page.keyboard.press("Enter");
    await fixture.waitForAsked("enterCard");
    expect(await page.evaluate(() => (window as unknown as { uses: string[] }).uses)).to.deep.equal([]);
  });

  it("P10.2 without a camera there is no button for one", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Enter a card" }).click();
    await page.getByRole("button", { name: "Add contact" }).waitFor();
    expect(await page.getByRole("button", { name: /camera/ }).count()).to.equal(0);
    await page
      .getByText("The browser finds no camera to scan a card with: type or paste its text.")
      .waitFor();
  });

  it("P10.11 a group is made of contacts whose key is pinned, and of no others", async () => {
    const { page } = await open();
    const carol = contactView({ contact: CAROL, id: CAROL_ID, name: "Carol" });
    const hinted = contactView({
      contact: "ab".repeat(8),
      isMet: false,
      id: "093550685493231",
      name: "Dave",
    });
    await fixture.show({ ...EMPTY, contacts: [contactView(), carol, hinted] });
    await page.getByRole("button", { name: "Make a group" }).click();
    const dialog = page.getByRole("dialog", { name: "Make a group" });
    expect(await dialog.getByRole("checkbox").count()).to.equal(2);
    await dialog.getByRole("textbox", { name: "Name of the group" }).fill(" Lab ");
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await dialog.getByRole("alert").filter({ hasText: "Choose at least one contact" }).waitFor();
    await dialog.getByRole("checkbox", { name: "Carol" }).check();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(await fixture.asked("makeGroup")).to.deep.equal([["makeGroup", "Lab", [CAROL]]]);
  });

  it("P10.11 a group that was made opens, so that the first text goes to it and to nobody else", async () => {
    const { page } = await open();
    const theirs = groupView({ group: "ee".repeat(16), name: "Another one", isMine: false, maker: BOB_ID });
    await fixture.show({ ...EMPTY, contacts: [contactView()], groups: [] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    // The group is there when the messenger answers. One of somebody else comes in the same moment.
    await page.evaluate(
      ([before, after]) => {
        const { messenger } = window.fixture;
        messenger.makeGroup = () => {
          messenger.show({ ...messenger.view, groups: [JSON.parse(before), JSON.parse(after)] });
          return Promise.resolve(undefined);
        };
      },
      [JSON.stringify(theirs), JSON.stringify(groupView({ name: "Trip" }))] as const,
    );
    await page.getByRole("button", { name: "Make a group" }).click();
    await page.getByRole("textbox", { name: "Name of the group" }).fill("Trip");
    await page.getByRole("checkbox", { name: "Bob" }).check();
    await page.getByRole("button", { name: "Make the group" }).click();
    await page.getByRole("heading", { name: "Trip", exact: true }).waitFor();
    await page.waitForFunction(() => document.activeElement?.localName === "textarea");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    expect(await fixture.asked("sayInGroup")).to.deep.equal([["sayInGroup", GROUP, "hello"]]);
    expect(await fixture.asked("say")).to.have.length(0);
  });

  it("P10.11 nobody's number stands twice among the members, and one's own line says You", async () => {
    const { page } = await open();
    const members = [
      { id: OWN_ID, name: OWN_ID },
      { id: BOB_ID, name: "Bob" },
      { id: CAROL_ID, name: CAROL_ID },
    ];
    await fixture.show({ ...EMPTY, groups: [groupView({ members })] });
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    await page.getByRole("button", { name: "Members", exact: true }).click();
    const rows = await page.locator(".member-list .row-main").allInnerTexts();
    expect(rows.map((row) => row.replace(/\s*\n\s*/g, " | "))).to.deep.equal([
      "You | 141 065 404 484 172, made this group",
      "Bob | 596 934 386 853 336",
      "000 752 548 599 030",
    ]);
  });

  it("P10.11 who removes a member is told first that what was said before stays readable", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, groups: [groupView()] });
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    await page.getByRole("button", { name: "Members", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Members of Lab partners" });
    expect(await dialog.getByRole("button", { name: "Remove You" }).count()).to.equal(0);
    await dialog.getByText("made this group").waitFor();
    await dialog.getByRole("button", { name: "Remove Bob" }).click();
    await dialog.getByText("What was said before stays readable to them.").waitFor();
    expect(await fixture.asked("removeMember")).to.have.length(0);
    await dialog.getByRole("button", { name: "Remove for good" }).click();
    expect(await fixture.waitForAsked("removeMember")).to.deep.equal(["removeMember", GROUP, BOB_ID]);
  });

  it("P10.11 in a group that somebody else has made, nobody can be removed", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, groups: [groupView({ isMine: false, maker: BOB_ID, makerName: "Bob" })] });
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    await page.getByRole("button", { name: "Members", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Members of Lab partners" });
    expect(await dialog.getByRole("listitem").filter({ hasText: "Bob" }).textContent()).to.include(
      "made this group",
    );
    expect(await dialog.getByRole("button", { name: /Remove/ }).count()).to.equal(0);
  });

  it("P10.11 by keyboard alone: who leaves a group is told first that it is for good, and that nobody is told", async () => {
    const { page } = await open({ width: 360, height: 640 });
    const view = {
      ...EMPTY,
      contacts: [contactView()],
      groups: [groupView({ isMine: false, maker: BOB_ID, makerName: "Bob" })],
    };
    await fixture.show(view);
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    const members = page.getByRole("button", { name: "Members", exact: true });
    await members.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Members of Lab partners" });
    await dialog.getByRole("button", { name: "Leave this group …" }).press("Enter");
    const question = dialog.getByRole("region", { name: "Leave this group" });
    const words = ((await question.textContent()) ?? "").replace(/\s+/g, " ");
    expect(words).to.include("You cannot come back, unless somebody makes a new group with you in it.");
    expect(words).to.include("The others are not told").and.to.include("Its maker Bob can remove you");
    await page.waitForFunction(() => document.activeElement?.textContent === "Leave for good");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide, "nothing is cut off").to.be.at.most(360);
    await page.keyboard.press("Tab");
    expect(await fixture.focused()).to.equal("Stay");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "Leave this group …");
    expect(await fixture.asked("leaveGroup")).to.have.length(0);
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "Leave for good");
    // What could not be stored is told, and the dialog stays.
    await page.evaluate(() =>
      window.fixture.messenger.answers.set("leaveGroup", { problem: "The disk is full." }),
    );
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").filter({ hasText: "The disk is full." }).waitFor();
    await page.evaluate(() => window.fixture.messenger.answers.clear());
    await dialog.getByRole("button", { name: "Leave this group …" }).press("Enter");
    await dialog.getByRole("button", { name: "Leave for good" }).press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(await fixture.asked("leaveGroup")).to.deep.equal([
      ["leaveGroup", GROUP],
      ["leaveGroup", GROUP],
    ]);
    await fixture.show({ ...view, groups: [] });
    await page.waitForFunction((chat) => document.activeElement?.getAttribute("data-chat") === chat, BOB);
  });

  it("P10.11 the maker who leaves is told that nothing ends for the others; who was removed deletes the group", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, groups: [groupView()] });
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    await page.getByRole("button", { name: "Members", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Members of Lab partners" });
    await dialog.getByRole("button", { name: "Leave this group …" }).click();
    await dialog.getByText("For the others it goes on:").waitFor();
    await dialog.getByRole("button", { name: "Remove Bob" }).click();
    expect(
      await dialog.getByRole("button", { name: "Leave for good" }).count(),
      "one question at a time",
    ).to.equal(0);
    await fixture.show({
      ...EMPTY,
      groups: [groupView({ isMine: false, maker: BOB_ID, makerName: "Bob", isRemoved: true })],
    });
    await dialog.getByRole("button", { name: "Delete this group …" }).click();
    await dialog.getByText("You are no longer a member.").waitFor();
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    expect(await fixture.waitForAsked("leaveGroup")).to.deep.equal(["leaveGroup", GROUP]);
  });

  it("P10.13 a contact is renamed, and forgotten only after a second press", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, contacts: [contactView()] });
    await page.getByRole("button", { name: /^Bob/ }).click();
    await page.getByRole("button", { name: "Contact" }).click();
    await page.getByRole("textbox", { name: "What I call them" }).fill(" Robert ");
    await page.keyboard.press("Enter");
    expect(await fixture.waitForAsked("rename")).to.deep.equal(["rename", BOB, "Robert"]);
    await page.getByRole("button", { name: "Contact" }).click();
    await page.getByRole("button", { name: "Forget this contact" }).click();
    expect(await fixture.asked("forget")).to.have.length(0);
    await page.getByText("will be deleted here").waitFor();
    await page.getByRole("button", { name: "Keep" }).click();
    expect(await page.getByRole("button", { name: "Forget for good" }).count()).to.equal(0);
    expect(await fixture.focused()).to.include("Forget this contact");
    await page.getByRole("button", { name: "Forget this contact" }).click();
    await page.getByRole("button", { name: "Forget for good" }).click();
    expect(await fixture.waitForAsked("forget")).to.deep.equal(["forget", BOB]);
  });

  it("P10.3 what goes on underneath: relays, the record in the table, and what a relay saw beside what was typed", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "What is going on underneath" }).click();
    const dialog = page.getByRole("dialog", { name: "What is going on underneath" });
    await dialog.getByText("Nothing has been sent yet. Write to somebody, and look here again.").waitFor();
    await fixture.show(richView(await fixture.now()));
    const words = await dialog.textContent();
    expect(words).to.include("I am looking at relays now.");
    expect(words).to.include("5f 3a 90 c1").and.to.include("What a relay sees of the last message");
    expect(words).to.include("/ip4/127.0.0.1/tcp/8060/ws").and.to.include("has a place for us");
    expect(words).to.include(`/u/${OWN_ID}`).and.to.include("4 nodes");
    expect(await dialog.locator("table-view").count()).to.equal(0);
    await dialog.getByText("How a number is found among many nodes").click();
    await dialog.locator("table-view svg").first().waitFor();
  });
});
