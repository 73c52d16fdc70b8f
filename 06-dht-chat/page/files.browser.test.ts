// Files in the page, in a real Chromium: attached by button, drop and paste, and shown or saved when they are here.

import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Entry, FileView, MessengerView } from "../messenger-view.ts";
import { withChromium } from "../testing/browser.ts";
import { type FixturePage, useFixturePage } from "../testing/fixture-page.ts";
import { emptyView } from "../testing/scripted-messenger.ts";
import { BOB, contactView, groupView, OWN_ID } from "../testing/views.ts";

const EMPTY = emptyView(OWN_ID);

const FILE: FileView = { name: "notes.pdf", size: 1000, done: 0, state: "offered" };

function entry(file: Partial<FileView>, changes: Partial<Entry> = {}): Entry {
  return { entry: "f", at: 0, from: "them", state: "received", file: { ...FILE, ...file }, ...changes };
}

/** Shows one contact with these entries, and opens their chat. */
async function openChat(fixture: FixturePage, entries: Entry[]): Promise<void> {
  await fixture.show({ ...EMPTY, contacts: [contactView({ entries })] });
  await fixture.page.getByRole("button", { name: /^Bob/ }).click();
  await fixture.page.getByRole("heading", { name: "Bob" }).waitFor();
}

/** Shows one entry whose file is here. The blob is made in the page: it cannot be sent there. */
async function openBlob(
  fixture: FixturePage,
  file: Partial<FileView>,
  content: string,
  type: string,
): Promise<void> {
  const view = { ...EMPTY, contacts: [contactView({ entries: [entry({ ...file, state: "done" })] })] };
  await fixture.page.evaluate(
    ([text, bytes, media]) => {
      const next = JSON.parse(text) as MessengerView;
      const decoded = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
      const shown = next.contacts[0]?.entries[0]?.file;
      if (shown !== undefined) shown.blob = new Blob([decoded], { type: media });
      window.fixture.messenger.show(next);
    },
    [JSON.stringify(view), Buffer.from(content, "latin1").toString("base64"), type] as const,
  );
  await fixture.page.getByRole("button", { name: /^Bob/ }).click();
  await fixture.page.locator("p2p-blob-view a").waitFor();
}

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** In the page: notes the type of each blob that gets an address, which is the type that a browser opens it as. */
function noteTypes(): void {
  const types: string[] = [];
  Object.assign(window, { types });
  const original = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    if (blob instanceof Blob) types.push(blob.type);
    return original.call(URL, blob);
  };
}

withChromium("files in the page", () => {
  const { fixture, open } = useFixturePage();

  it("P10.9 a file is attached by the button, also the same one twice", async () => {
    const { page } = await open();
    await openChat(fixture, []);
    for (let n = 1; n <= 2; n += 1) {
      const choosing = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Attach files" }).click();
      await (await choosing).setFiles([
        { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("12345") },
      ]);
      await page.waitForFunction(
        (count) => window.fixture.messenger.asked.filter(([one]) => one === "offer").length === count,
        n,
      );
    }
    expect(await fixture.asked("offer")).to.deep.equal([
      ["offer", BOB, "a.txt", 5, "text/plain"],
      ["offer", BOB, "a.txt", 5, "text/plain"],
    ]);
  });

  it("P10.9 files are attached by dropping them on the chat, and the page stays where it is", async () => {
    const { page } = await open();
    await openChat(fixture, []);
    const dropOn = (selector: string) =>
      page.evaluate((where) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(["123"], "dropped.png", { type: "image/png" }));
        const wasPrevented = ["dragover", "drop"].map((type) => {
          const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
          return !document.querySelector(where)?.dispatchEvent(event);
        });
        return wasPrevented;
      }, selector);
    expect(await dropOn(".log")).to.deep.equal([true, true]);
    expect(await fixture.waitForAsked("offer")).to.deep.equal(["offer", BOB, "dropped.png", 3, "image/png"]);
    expect(await dropOn(".side")).to.deep.equal([true, true]);
    expect(await fixture.asked("offer")).to.have.length(1);
    expect(await page.locator(".drop-hint").count()).to.equal(0);
  });

  it("P10.9 a picture is attached by pasting it, and a pasted text stays a text", async () => {
    const { page } = await open();
    await openChat(fixture, []);
    const paste = (withFile: boolean) =>
      page.evaluate((isFile) => {
        const transfer = new DataTransfer();
        if (isFile) transfer.items.add(new File(["1234"], "image.png", { type: "image/png" }));
        else transfer.setData("text/plain", "words");
        const event = new ClipboardEvent("paste", {
          clipboardData: transfer,
          bubbles: true,
          cancelable: true,
        });
        return document.querySelector("textarea")?.dispatchEvent(event);
      }, withFile);
    expect(await paste(false)).to.equal(true);
    expect(await fixture.asked("offer")).to.have.length(0);
    expect(await paste(true)).to.equal(false);
    expect(await fixture.waitForAsked("offer")).to.deep.equal(["offer", BOB, "image.png", 4, "image/png"]);
  });

  it("P10.9 a file that is refused before it is sent: the reason stands at the field", async () => {
    const { page } = await open();
    await openChat(fixture, []);
    const problem = "This file is too large. Send a smaller one.";
    await page.evaluate(
      (words) => window.fixture.messenger.answers.set("offer", { problem: words }),
      problem,
    );
    await page.setInputFiles("input[type=file]", [{ name: "b.bin", mimeType: "", buffer: Buffer.from("1") }]);
    await page.getByRole("alert").filter({ hasText: problem }).waitFor();
  });

  it("P10.9 files that are chosen together are offered one after the other, in their order", async () => {
    const { page } = await open();
    await openChat(fixture, []);
    // The first one takes longest to be read, as a large one does.
    await page.evaluate(() => {
      const { messenger } = window.fixture;
      const offered: string[] = [];
      Object.assign(window, { offered });
      let turns = 3;
      messenger.offer = async (_contact: string, _file: Blob, name: string) => {
        turns -= 1;
        for (let n = turns * 3; n >= 0; n -= 1)
          await new Promise((resolve) => requestAnimationFrame(resolve));
        offered.push(name);
        return undefined;
      };
    });
    const file = (name: string) => ({ name, mimeType: "", buffer: Buffer.from(name) });
    await page.setInputFiles("input[type=file]", [file("a.bin"), file("b.bin"), file("c.bin")]);
    await page.waitForFunction(() => (window as unknown as { offered: string[] }).offered.length === 3);
    const offered = await page.evaluate(() => (window as unknown as { offered: string[] }).offered);
    expect(offered).to.deep.equal(["a.bin", "b.bin", "c.bin"]);
  });

  it("P10.11 a group takes no files, and says where they go", async () => {
    const { page } = await open();
    await fixture.show({ ...EMPTY, groups: [groupView()] });
    await page.getByRole("button", { name: /^Lab partners/ }).click();
    expect(await page.getByRole("button", { name: "Attach files" }).count()).to.equal(0);
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["123"], "dropped.png"));
      const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.querySelector(".log")?.dispatchEvent(event);
    });
    await page.getByRole("alert").filter({ hasText: "Files go to one contact" }).waitFor();
    expect(await fixture.asked("offer")).to.have.length(0);
  });

  it("P10.9 an offered file is taken or refused, and one that passes can be cancelled", async () => {
    const { page } = await open();
    await openChat(fixture, [entry({})]);
    const view = page.locator("[data-entry=f]");
    expect(await view.textContent())
      .to.include("notes.pdf")
      .and.to.include("1.0 kB");
    await view.getByRole("button", { name: "Accept" }).click();
    await view.getByRole("button", { name: "Refuse" }).click();
    await fixture.show({
      ...EMPTY,
      contacts: [contactView({ entries: [entry({ state: "passing", done: 250 })] })],
    });
    const bar = view.getByRole("progressbar", { name: "Progress of notes.pdf" });
    expect(await bar.evaluate((element) => (element as HTMLProgressElement).position)).to.equal(0.25);
    await fixture.show({
      ...EMPTY,
      contacts: [contactView({ entries: [entry({ state: "passing", done: 750 })] })],
    });
    expect(await bar.evaluate((element) => (element as HTMLProgressElement).position)).to.equal(0.75);
    await view.getByRole("button", { name: "Cancel" }).click();
    for (const action of ["accept", "refuse", "cancel"]) {
      expect(await fixture.asked(action)).to.deep.equal([[action, BOB, "f"]]);
    }
    await fixture.show({ ...EMPTY, contacts: [contactView({ entries: [entry({ state: "cancelled" })] })] });
    expect(await view.getByRole("button").count()).to.equal(0);
  });

  it("P10.9 one's own offer waits for the other side, and only cancelling is left", async () => {
    const { page } = await open();
    await openChat(fixture, [entry({}, { from: "me", state: "sending" })]);
    const view = page.locator("[data-entry=f]");
    expect(await view.textContent())
      .to.include("Waiting until they accept it")
      .and.to.include("Offered")
      .and.not.to.include("Sending");
    await fixture.show({
      ...EMPTY,
      contacts: [contactView({ state: "offline", entries: [entry({}, { from: "me", state: "sending" })] })],
    });
    expect(await view.textContent())
      .to.include("Waiting until they are online")
      .and.to.include("1.0 kB");
    expect(await view.getByRole("button").allInnerTexts()).to.deep.equal(["Cancel"]);
  });

  it("P10.9 a picture is shown in place, and can be saved under its name", async () => {
    const { page } = await open();
    const bytes = Buffer.from(PIXEL, "base64").toString("latin1");
    await openBlob(fixture, { name: "dot.png", shown: "image" }, bytes, "image/png");
    const image = page.getByRole("img", { name: "Picture dot.png" });
    await image.waitFor();
    await page.waitForFunction(
      () => document.querySelector<HTMLImageElement>("img.picture")?.naturalWidth === 1,
    );
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save dot.png" }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).to.equal("dot.png");
    expect(await readFile(await saved.path())).to.deep.equal(Buffer.from(PIXEL, "base64"));
  });

  it("P10.9 SVG and HTML are downloads and nothing else, whatever the view and their type say", async () => {
    const script = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const type of ["image/svg+xml", "text/html", "application/octet-stream", ""]) {
      for (const wanted of ["image", "video"] as const) {
        await open();
        await fixture.page.evaluate(noteTypes);
        await openBlob(fixture, { name: "x.svg", shown: wanted }, script, type);
        expect(await fixture.page.locator("img, video, iframe, object, embed").count()).to.equal(0);
        const link = fixture.page.getByRole("link", { name: "Save x.svg" });
        expect(await link.getAttribute("download")).to.equal("x.svg");
        expect(await link.getAttribute("target")).to.equal(null);
        const types = await fixture.page.evaluate(() => (window as unknown as { types: string[] }).types);
        expect(types).to.deep.equal(["application/octet-stream"]);
      }
    }
  }).timeout(240_000);

  it("P10.9 a download is saved, and the page stays where it is", async () => {
    const { page } = await open();
    await openBlob(fixture, { name: "page.html" }, "<script>document.title='owned'</script>", "text/html");
    const address = page.url();
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: "Save page.html" }).click();
    expect((await saving).suggestedFilename()).to.equal("page.html");
    expect(page.url()).to.equal(address);
    expect(await page.title()).to.equal("Peer-to-peer chat");
  });

  it("P10.9 a picture that is broken becomes a download", async () => {
    const { page } = await open();
    await openBlob(
      fixture,
      { name: "broken.png", shown: "image" },
      "\x89PNG\r\n\x1a\n and no more",
      "image/png",
    );
    await page.locator("img.picture").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Save broken.png" }).waitFor();
  });

  it("P10.9 an address of a file is given back when nobody sees it any more", async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const revoked: string[] = [];
      Object.assign(window, { revoked });
      const original = URL.revokeObjectURL;
      URL.revokeObjectURL = (address) => {
        revoked.push(address);
        original.call(URL, address);
      };
    });
    const bytes = Buffer.from(PIXEL, "base64").toString("latin1");
    await openBlob(fixture, { name: "dot.png", shown: "image" }, bytes, "image/png");
    const address = await page.getAttribute("img.picture", "src");
    await fixture.show({ ...EMPTY, contacts: [] });
    expect(await page.evaluate(() => (window as unknown as { revoked: string[] }).revoked)).to.deep.equal([
      address,
    ]);
  });
});
