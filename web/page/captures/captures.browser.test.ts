// The place "captures" in a real Chromium, with the real server: a recording looked at in linked views, searched, opened with
// its keys, laid beside another one, and plotted; by pointer and by keyboard.

import { expect } from "chai";
import { withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { useCapturesPage } from "../testing/captures-page.ts";

withChromium("captures in the page", () => {
  const { open, stop, start } = useCapturesPage();

  it("the list names the course's recordings, and opens one", async () => {
    const { page, errors } = await open("/captures");
    await page.getByRole("heading", { name: "The course's recordings" }).waitFor();
    await page.getByRole("link", { name: "02-basic-p2p.pcap" }).click();
    await page.getByRole("grid", { name: "Connections" }).waitFor();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).to.equal("02-basic-p2p.pcap");
    await page.getByRole("row", { name: /alice calls bob/ }).click();
    await page.getByRole("link", { name: "Read its lines" }).click();
    await page.getByRole("row", { name: /hello, Bob/ }).waitFor();
    await page.goBack();
    await page.getByRole("grid", { name: "Connections" }).focus();
    // By keyboard: Enter opens the connection, and the keys go on in its lines.
    await page.keyboard.press("Enter");
    await page.locator("#lines .grid:focus").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: /^Line 0 of connection/ }).waitFor();
    expect(errors).to.deep.equal([]);
  });

  it("list, fields and bytes are linked: a field lights up its bytes, and a byte selects its field", async () => {
    const { page, errors } = await open("/captures/02-basic-p2p/packet/26");
    const list = page.getByRole("grid", { name: "Packets" });
    await list.getByRole("row", { name: /hello, Bob/ }).click();
    await page.getByRole("heading", { name: "Packet 30" }).waitFor();
    const field = page.getByRole("treeitem", { name: /^text: what was said/ });
    await field.hover();
    const lit = page.locator("byte-view .text .at-pointer");
    await lit.first().waitFor();
    expect((await lit.allTextContents()).join("")).to.equal(',"text":"hello, Bob"');
    await field.click();
    const chosen = page.locator("byte-view .text .at-choice");
    await chosen.first().waitFor();
    expect((await chosen.allTextContents()).join("")).to.equal(',"text":"hello, Bob"');
    // Byte 14 is the first of IP, whose fields are closed.
    await page.locator("byte-view [role=gridcell][data-offset='14']").click();
    const selected = page.locator("[role=treeitem][aria-selected=true]");
    await selected.getByText("version 4, a header of 20 bytes").waitFor();
    expect(await selected.count()).to.equal(1);
    expect(await page.locator("[role=gridcell][aria-selected=true][data-offset]").textContent()).to.equal(
      "45",
    );
    // The same line in the list of lines, and its packet again.
    await page.getByRole("link", { name: "Line 2", exact: true }).click();
    await page.getByRole("heading", { name: "Line 2 of connection 2" }).waitFor();
    const row = page.getByRole("grid", { name: "Lines" }).getByRole("row", { selected: true });
    expect(await row.textContent()).to.include("hello, Bob");
    await page.getByRole("link", { name: "Packet 30" }).click();
    await page.getByRole("heading", { name: "Packet 30" }).waitFor();
    expect(await list.getByRole("row", { selected: true }).textContent()).to.include("hello, Bob");
    expect(errors).to.deep.equal([]);
  });

  it("what is chosen stands in the address, which a second window opens, without a token in it", async () => {
    const { page, context } = await open("/captures/02-basic-p2p/packet/26");
    await page.getByRole("row", { name: /hello, Bob/ }).click();
    await page.getByRole("heading", { name: "Packet 30" }).waitFor();
    const address = page.url();
    expect(address).to.match(/#\/captures\/02-basic-p2p\/packet\/30$/);
    const second = await context.newPage();
    await second.goto(address);
    await second.getByRole("heading", { name: "Packet 30" }).waitFor();
    expect(await second.getByRole("row", { selected: true }).textContent()).to.include("hello, Bob");
  });

  it("a list is gone through by keyboard, and says which of how many rows is chosen", async () => {
    const { page } = await open("/captures/06-dht-chat/packets");
    const list = page.getByRole("grid", { name: "Packets" });
    await list.getByRole("row", { selected: false }).nth(3).waitFor();
    await list.focus();
    const chosen = async (): Promise<number> => {
      const index = await list.getByRole("row", { selected: true }).getAttribute("aria-rowindex");
      return Number(index) - 1;
    };
    const press = async (key: string, expected: (packet: number) => boolean): Promise<void> => {
      await page.keyboard.press(key);
      await expectSoon(async () => expected(await chosen()), key);
    };
    await press("ArrowDown", (packet) => packet === 1);
    await press("ArrowDown", (packet) => packet === 2);
    await press("PageDown", (packet) => packet > 4);
    const last = Number(await list.getAttribute("aria-rowcount")) - 1;
    await press("End", (packet) => packet === last);
    await page.getByRole("heading", { name: `Packet ${last}` }).waitFor();
    await press("ArrowUp", (packet) => packet === last - 1);
    await press("Home", (packet) => packet === 1);
    // Only what is in view is drawn.
    expect(await list.getByRole("row").count()).to.be.below(80);
    expect(await list.evaluate((element) => element.ownerDocument.activeElement === element)).to.equal(true);
  });

  it("fields and bytes are gone through by keyboard", async () => {
    const { page } = await open("/captures/02-basic-p2p/packet/30");
    const tree = page.getByRole("tree", { name: "Fields" });
    await tree.focus();
    await page.keyboard.press("Home");
    const selected = page.locator("[role=treeitem][aria-selected=true]");
    await selected.getByText("Ethernet").waitFor();
    expect(await selected.getAttribute("aria-expanded")).to.equal("false");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await selected.getByText(/^to hardware address/).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("treeitem", { name: /^Ethernet/, expanded: false }).waitFor();
    await page.keyboard.press("End");
    await selected.getByText("LF: the end of the line").waitFor();
    await page.getByRole("grid", { name: /^Bytes/ }).focus();
    await page.keyboard.press("Control+Home");
    await selected.getByText(/^to hardware address/).waitFor();
    await page.keyboard.press("ArrowDown");
    await selected.getByText(/bytes from here to the end/).waitFor();
  });

  it("a text is searched for: hits are counted, shown and gone through; so are bytes", async () => {
    const { page } = await open("/captures/02-basic-p2p/packets");
    const input = page.getByRole("searchbox", { name: "Search for" });
    const found = page.locator("capture-search [role=status]");
    await input.fill("pay 100");
    await input.press("Enter");
    await found.getByText(/^1 of [2-9]/).waitFor();
    await page.waitForURL(/packet\/\d+$/);
    const first = page.url();
    await page.locator("byte-view .text .at-hit").first().waitFor();
    expect((await page.locator("byte-view .text .at-hit").allTextContents()).join("")).to.equal("pay 100");
    await page.getByRole("button", { name: "Next hit" }).click();
    await found.getByText(/^2 of/).waitFor();
    await expectSoon(async () => page.url() !== first, "another packet");
    await page.getByRole("button", { name: "Previous hit" }).click();
    await found.getByText(/^1 of/).waitFor();
    await expectSoon(async () => page.url() === first, "the first packet again");
    await page.getByRole("combobox", { name: "The search is for" }).selectOption("hex");
    await input.fill("70 61 79 20 31 30 30");
    await input.press("Enter");
    await found.getByText(/^1 of [2-9]/).waitFor();
    await expectSoon(async () => page.url() === first, "the packet with these bytes");
    await page.getByRole("combobox", { name: "The search is for" }).selectOption("text");
    await input.fill("pay 100");
    await input.press("Enter");
    await found.getByText(/^1 of [2-9]/).waitFor();
    // With another choice, it is searched again.
    await page.getByRole("combobox", { name: "Search in" }).selectOption("lines");
    await page.waitForURL(/stream\/2\/line\/\d+$/);
    await input.fill("nobody said this");
    await input.press("Enter");
    await found.getByText("not found").waitFor();
  });

  it("the answer to a search is not taken if the text was changed meanwhile", async () => {
    const { page } = await open("/captures/02-basic-p2p/packets");
    const input = page.getByRole("searchbox", { name: "Search for" });
    await input.fill("nobody said this");
    await input.evaluate((element: HTMLInputElement) => {
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
      element.value = "pay 100";
      element.dispatchEvent(new InputEvent("input"));
    });
    // Answers come in the order of what was asked.
    const list = page.getByRole("grid", { name: "Packets" });
    await list.getByRole("row", { selected: false }).nth(3).click();
    await page.getByRole("treeitem").first().waitFor();
    await input.press("Enter");
    await page
      .locator("capture-search [role=status]")
      .getByText(/^1 of [2-9]/)
      .waitFor();
  });

  it("a filter leaves packets out, and a wrong one says why", async () => {
    const { page } = await open("/captures/02-basic-p2p/packets");
    const list = page.getByRole("grid", { name: "Packets" });
    const rows = async () => Number(await list.getAttribute("aria-rowcount"));
    // Before the list has come, it has a heading alone.
    await expectSoon(async () => (await rows()) > 1, "all packets");
    const all = await rows();
    await page.getByRole("textbox", { name: "Filter" }).fill("stream 2 data");
    await page.keyboard.press("Enter");
    await expectSoon(async () => {
      const count = await rows();
      return count > 10 && count < all;
    }, "fewer packets");
    await list
      .getByRole("row", { name: /pay 100 to carol/ })
      .first()
      .click();
    await page.getByRole("heading", { name: /^Packet / }).waitFor();
    await page.getByRole("textbox", { name: "Filter" }).fill("stream two");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
  });

  it("keys open 04: what is in each line stands beside what stood on the wire, and they are forgotten again", async () => {
    const { page, errors } = await open("/captures/04-aes-chat/stream/2");
    const lines = page.getByRole("grid", { name: "Lines" });
    await lines
      .getByRole("row", { name: /needs a key/ })
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Open with keys …" }).click();
    await page.getByRole("button", { name: "Use its keys" }).click();
    await page.getByText(/46 of 46 sealed lines and tokens are opened/).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    const row = lines.getByRole("row", { name: /sealed.*hello, Bob/ });
    await row.click();
    await page.getByRole("heading", { name: "Line 4 of connection 2" }).waitFor();
    expect(await page.getByRole("treeitem", { name: /^ciphertext/ }).count()).to.equal(1);
    const text = page.getByRole("treeitem", { name: /^text: what was said/ });
    await text.click();
    const chosen = page.locator("byte-view .text .at-choice");
    await chosen.first().waitFor();
    expect((await chosen.allTextContents()).join("")).to.include("hello, Bob");
    // Where lines are looked at, a search is in lines, and finds what is inside.
    const input = page.getByRole("searchbox", { name: "Search for" });
    await input.fill("pay 100");
    await input.press("Enter");
    await page.locator("byte-view .text .at-hit").first().waitFor();
    await page.getByRole("button", { name: /^Keys: 46/ }).click();
    await page.getByRole("button", { name: "Forget all keys" }).click();
    await page.getByText("Without keys, what is sealed stays sealed.").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await lines
      .getByRole("row", { name: /needs a key/ })
      .first()
      .waitFor();
    expect(errors).to.deep.equal([]);
  });

  it("keys that do not fit say why, and a passphrase opens beacons", async () => {
    const { page } = await open("/captures/04-aes-chat/stream/2");
    await page.getByRole("button", { name: "Open with keys …" }).click();
    const chooser = page.locator(".keys input[type=file]");
    await chooser.setInputFiles({
      name: "x.keys",
      mimeType: "text/plain",
      buffer: Buffer.from("no key log\n"),
    });
    await page.locator(".keys [role=alert]").waitFor();
    await page.goto(`${page.url().split("#")[0]}#/captures/05-lan-chat/conversation/0`);
    const datagrams = page.getByRole("grid", { name: "Datagrams" });
    await datagrams
      .getByRole("row", { name: /token of/ })
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Open with keys …" }).click();
    await page.getByRole("textbox", { name: "Team" }).fill("rocket");
    await page.getByLabel("Passphrase").fill("not the passphrase");
    await page.getByRole("button", { name: "Use it", exact: true }).click();
    await page.getByText(/0 of \d+ sealed lines/).waitFor();
    await page.locator(".keys .why").waitFor();
    await page.getByRole("button", { name: "Use its passphrase" }).click();
    await page.getByText(/[1-9]\d* of \d+ sealed lines/).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await datagrams
      .getByRole("row", { name: /beacon 1 of/ })
      .first()
      .click();
    await page.getByRole("treeitem", { name: /^name: what the sender is called/ }).waitFor();
  });

  it("two captures side by side: 02 beside 04", async () => {
    const { page, errors } = await open("/captures/02-basic-p2p");
    await page.getByRole("button", { name: "Lay beside …" }).click();
    await page.getByRole("link", { name: "04-aes-chat.pcap" }).click();
    const pairs = page.getByRole("grid", { name: "Lines of both" });
    const row = pairs.getByRole("row", { name: /hello, Bob.*sealed/ });
    await row.click();
    await page.getByText("46 of 46").waitFor();
    await page.getByText("0 of 46").waitFor();
    const whole = page.getByRole("region", { name: "The chosen lines" });
    expect(await whole.locator("pre").allTextContents()).to.have.length(2);
    // The keys of the right one make its lines readable, too.
    const right = page.getByRole("region", { name: "04-aes-chat.pcap" });
    await right.getByRole("button", { name: "Open with keys …" }).click();
    await page.getByRole("button", { name: "Use its keys" }).click();
    await page.getByText("46 of 46 sealed").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await pairs.getByRole("row", { name: /hello, Bob.*hello, Bob/ }).waitFor();
    expect(errors).to.deep.equal([]);
  });

  it("plots show bytes over time and how readable each line is; points choose lines", async () => {
    const { page, errors } = await open("/captures/04-aes-chat/stream/2/plots");
    await page.locator(".uplot").nth(1).waitFor();
    await page.getByText(/^\d+ readable lines?: .* 46 sealed lines: /).waitFor();
    const points = page.getByRole("slider", { name: "Line" });
    await points.focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: /^Line \d+ of connection 2/ }).waitFor();
    await page.keyboard.press("Home");
    await page.getByRole("heading", { name: "Line 0 of connection 2" }).waitFor();
    expect(await points.getAttribute("aria-valuetext")).to.match(
      /^Line 0, readable, \d+ bytes: 100% printable/,
    );
    const over = page.locator(".plot.points .u-over");
    const box = await over.boundingBox();
    if (box === null) throw new Error("the plot has no place");
    await over.click({ position: { x: box.width / 2, y: box.height / 2 } });
    await page.waitForURL(/plots\/2[0-9]$/);
    // It is drawn, in dark colours, too.
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator(".uplot").nth(1).waitFor();
    expect(errors).to.deep.equal([]);
  });

  it("a browser whose language is none shows all but the plots, and says why", async () => {
    const { page } = await open("/captures");
    await page.addInitScript(() => {
      // WebKitGTK calls it C where the system has no language, and refuses its own word here.
      Intl.NumberFormat = new Proxy(Intl.NumberFormat, {
        construct: () => {
          throw new RangeError("invalid language tag: C");
        },
      });
    });
    await page.reload();
    await page.getByRole("link", { name: "04-aes-chat.pcap" }).click();
    await page.getByRole("row", { name: /alice calls bob/ }).click();
    await page.getByRole("link", { name: "Plots" }).click();
    await page.getByRole("alert").getByText("invalid language tag: C").waitFor();
  });

  it("when the server comes back, the capture is opened again, where one was", async () => {
    const { page, context } = await open("/captures/02-basic-p2p/packet/26");
    const list = page.getByRole("grid", { name: "Packets" });
    await page.getByRole("heading", { name: "Packet 26" }).waitFor();
    await list.focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "Packet 27" }).waitFor();
    await stop();
    await page.getByText("The program behind this page does not answer.").waitFor();
    const address = await start();
    // The new address is opened in another window, which hands its token on.
    const second = await context.newPage();
    await second.goto(address("/captures"));
    await page.getByText("The program behind this page does not answer.").waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Packet 27" }).waitFor();
    await list.focus();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "Packet 28" }).waitFor();
  });

  it("an address that leads nowhere says so, and what to do", async () => {
    const { page } = await open("/captures/no-such-capture/packet/3");
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "All captures" }).click();
    await page.getByRole("heading", { name: "Captures", level: 1 }).waitFor();
    await page.goto(`${page.url().split("#")[0]}#/captures/02-basic-p2p/packet/999999`);
    await page.getByRole("alert").waitFor();
    await page.getByRole("grid", { name: "Packets" }).waitFor();
  });
});

/** Waits until it is so. */
async function expectSoon(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`this did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
