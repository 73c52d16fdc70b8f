// Files that are dropped into the page, in a real Chromium with the real server: good ones, damaged ones, hostile ones. What
// is in them is text, whatever it looks like.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { faultsIn, type Profile, withChromium } from "../../../06-dht-chat/testing/browser.ts";
import { pcapHeader, pcapRecord } from "../../../captures/record/pcap-writer.ts";
import { ethernet, ipv4, TestConnection, udp } from "../../../captures/testing/packets.ts";
import { useCapturesPage } from "../testing/captures-page.ts";
import type { Page } from "../testing/in-browser.ts";

/** What a browser would obey if it were markup, or an address. */
const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "</bdi></span><svg onload=alert(1)>",
  '"><a href="javascript:alert(1)" autofocus onfocus=alert(1)>',
  "\u0024{alert(1)}{{7*7}}<!--",
  "<style>*{display:none}</style><base href=//x>",
];

/** These turn the direction of what stands around them, or are obeyed by a terminal. */
const INVISIBLE = "\u202etxet\u202c \u2066\u2069 \u001b[31m \u0000 \u200b";

const START = 1_700_000_000_000_000_000n;
const MILLISECOND = 1_000_000n;

/** A capture of one connection, in which each side says lines in turn. */
function captureOf(lines: readonly string[]): Buffer {
  const records = [pcapHeader(1)];
  let time = START;
  const connection = new TestConnection((from, segment) => {
    const [source, destination] = from === "a" ? ["10.0.0.1", "10.0.0.2"] : ["10.0.0.2", "10.0.0.1"];
    time += MILLISECOND;
    records.push(pcapRecord(time, ethernet(ipv4(segment, { source, destination }))));
  });
  connection.handshake();
  for (const [i, line] of lines.entries()) {
    const bytes = Buffer.from(`${line}\n`);
    for (let at = 0; at < bytes.length; at += 60_000)
      connection.data(i % 2 === 0 ? "a" : "b", bytes.subarray(at, at + 60_000));
  }
  connection.finish();
  return Buffer.concat(records);
}

function hostileCapture(): Buffer {
  const registered = HOSTILE.map((username) => JSON.stringify({ type: "register", username, port: 1 }));
  const hello = { type: "hello", stage: HOSTILE[1], from: HOSTILE[0], to: HOSTILE[2], [`${HOSTILE[3]}`]: 1 };
  const messages = [...HOSTILE, INVISIBLE].map((text, id) => JSON.stringify({ type: "message", id, text }));
  return captureOf([
    JSON.stringify(hello),
    JSON.stringify({ ...hello, from: hello.to, to: hello.from }),
    ...messages,
    ...registered,
    ...HOSTILE,
    INVISIBLE,
  ]);
}

withChromium("captures that are dropped into the page", () => {
  const { open } = useCapturesPage();
  const folder = mkdtempSync(join(tmpdir(), "dropped-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const choose = async (page: Page, name: string, bytes: Buffer): Promise<void> => {
    await page
      .locator("capture-drop input[type=file]")
      .setInputFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
  };

  /** Drops a file, as a user does who drags it in from their desktop. */
  const drop = async (page: Page, name: string, bytes: Buffer): Promise<void> => {
    const dragged = await page.evaluateHandle(
      ([fileName, base64]) => {
        const transfer = new DataTransfer();
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([content], fileName));
        return transfer;
      },
      [name, bytes.toString("base64")] as const,
    );
    for (const type of ["dragenter", "dragover"] as const)
      await page.dispatchEvent("main", type, { dataTransfer: dragged });
    await page.getByText("Let go to open it").waitFor();
    await page.dispatchEvent("main", "drop", { dataTransfer: dragged });
  };

  it("a file that is chosen is opened, listed, and removed again", async () => {
    const { page, errors } = await open("/captures");
    await choose(page, "mine.pcap", captureOf(["12 + 30 / 2", "27"]));
    await page.getByRole("heading", { name: "mine.pcap" }).waitFor();
    await page.getByRole("row", { name: /TCP 0/ }).waitFor();
    await page.getByRole("link", { name: "Captures" }).last().click();
    await page.getByRole("button", { name: "Remove mine.pcap" }).click();
    await page.getByRole("link", { name: "mine.pcap" }).waitFor({ state: "detached" });
    expect(errors).to.deep.equal([]);
  });

  it("a file can be dropped anywhere, also onto another capture", async () => {
    const { page, errors } = await open("/captures");
    await page.getByText("Drop a capture here").waitFor();
    await drop(page, "one.pcap", captureOf(["one", "two"]));
    await page.getByRole("heading", { name: "one.pcap" }).waitFor();
    await drop(page, "two.pcap", captureOf(["three", "four"]));
    await page.getByRole("heading", { name: "two.pcap" }).waitFor();
    expect(errors).to.deep.equal([]);
  });

  it("a large file shows how much of it has been sent, and can be given up; so can its opening", async () => {
    const { page, context, errors } = await open("/captures");
    const path = join(folder, "large.pcap");
    writeFileSync(path, manyPackets(1_000_000));
    const network = await context.newCDPSession(page);
    const slowed = { offline: false, latency: 0, downloadThroughput: -1 };
    await network.send("Network.emulateNetworkConditions", { ...slowed, uploadThroughput: 2_000_000 });
    const input = page.locator("capture-drop input[type=file]");
    await input.setInputFiles(path);
    const sent = page.getByRole("progressbar", { name: "Taking the file" });
    await page.getByText(/^[1-9].* of 63.0 MB/).waitFor();
    const value = await sent.evaluate((element) => (element as HTMLProgressElement).value);
    expect(value).to.be.within(1, 62_000_000);
    await page.getByRole("button", { name: "Give up" }).click();
    await page.getByText("Drop a capture here").waitFor();
    expect(await page.getByRole("link", { name: "large.pcap" }).count()).to.equal(0);
    await network.send("Network.emulateNetworkConditions", { ...slowed, uploadThroughput: -1 });
    await input.setInputFiles(path);
    await page.getByRole("heading", { name: "Opening the capture" }).waitFor();
    await page.getByRole("link", { name: "Give up" }).click();
    await page.getByRole("link", { name: "large.pcap" }).waitFor();
    await page.getByRole("link", { name: "large.pcap" }).click();
    await page.getByText(/1000000 packets|1,000,000 packets/).waitFor();
    expect(faultsIn(errors)).to.deep.equal([]);
  });

  it("what is no capture, and what is damaged, is told in the server's words", async () => {
    const { page } = await open("/captures");
    await choose(page, "letter.txt", Buffer.from("dear Alice, this is no capture\n".repeat(10)));
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).to.match(/captur|pcap/i);
    await page.getByRole("link", { name: "All captures" }).click();
    const whole = captureOf(["one", "two", "three"]);
    await choose(page, "cut.pcap", whole.subarray(0, whole.length - 30));
    await page.getByRole("heading", { name: "cut.pcap" }).waitFor();
    await page.locator(".remark.problem").waitFor();
    await page.getByRole("row", { name: /TCP 0/ }).waitFor();
    await page.getByRole("link", { name: "Packets", exact: true }).click();
    await page.getByRole("row", { name: /one/ }).waitFor();
  });

  it("an empty capture says what to do", async () => {
    const { page } = await open("/captures");
    await choose(page, "empty.pcap", pcapHeader(1));
    await page.getByText(/No TCP and no UDP was understood/).waitFor();
    await page.getByRole("link", { name: "Packets", exact: true }).click();
    await page.getByText("There is no packet in it.").waitFor();
  });

  it("names, texts and file names that are markup are shown as they are, and nothing of them runs", async () => {
    const profile = await open("/captures");
    const { page } = profile;
    const ran = watchForScripts(profile);
    await choose(page, `${HOSTILE[0]}${INVISIBLE}.pcap`, hostileCapture());
    await page.getByRole("heading", { name: /^<img src=x onerror=alert\(1\)>/ }).waitFor();
    for (const tab of ["Packets", "Lines", "Plots", "Connections"]) {
      await page.getByRole("link", { name: tab, exact: true }).click();
      await page
        .locator(tab === "Plots" ? ".uplot" : "row-list .row[aria-selected]")
        .first()
        .waitFor();
    }
    await page.getByRole("link", { name: "Lines", exact: true }).click();
    const lines = page.getByRole("grid", { name: "Lines" });
    for (const text of HOSTILE) {
      const row = lines.getByRole("row").filter({ hasText: JSON.stringify(text).slice(1, -1) });
      await row.first().click();
      await page.locator("byte-view .row").first().waitFor();
    }
    const search = page.getByRole("searchbox", { name: "Search for" });
    await search.fill("<img src=x");
    await search.press("Enter");
    await page.locator(".around mark").waitFor();
    expect(await page.locator(".around mark").textContent()).to.equal("<img src=x");
    await page.getByRole("link", { name: "Captures" }).last().click();
    await page.getByRole("link", { name: /^<img src=x/ }).waitFor();
    const text = await page.evaluate(() => document.body.textContent ?? "");
    expect(text.match(/\p{Cf}|(?![\n\t])\p{Cc}/u)).to.equal(null);
    expect(await page.locator("main img, main script, main base, main iframe").count()).to.equal(0);
    expect(await ran()).to.deep.equal([]);
  });

  it("100,000 packets and a line of 1 MB stay quick: only what is in view is drawn", async () => {
    const { page, errors } = await open("/captures");
    const path = join(folder, "many.pcap");
    writeFileSync(path, manyPackets(100_000));
    await page.locator("capture-drop input[type=file]").setInputFiles(path);
    await page.getByRole("heading", { name: "many.pcap" }).waitFor();
    await page.getByRole("link", { name: "Packets", exact: true }).click();
    const list = page.getByRole("grid", { name: "Packets" });
    await page.locator("row-list [aria-rowindex='2']").waitFor();
    expect(await list.getAttribute("aria-rowcount")).to.equal("100001");
    await list.focus();
    await page.keyboard.press("End");
    await page.getByRole("heading", { name: "Packet 100000" }).waitFor();
    expect(await list.getByRole("row").count()).to.be.below(80);
    // By the scroll bar, to the middle.
    await page.locator("row-list .grid").evaluate((element) => {
      element.scrollTop = element.scrollHeight / 2;
    });
    await list
      .getByRole("row", { name: /^50,0\d\d / })
      .first()
      .waitFor();
    await page.goto(`${page.url().split("#")[0]}#/captures`);
    await choose(page, "long.pcap", captureOf(["x".repeat(1_000_000), "short"]));
    await page.getByRole("heading", { name: "long.pcap" }).waitFor();
    await page.getByRole("link", { name: "Lines", exact: true }).click();
    await page.getByRole("row", { name: /xxxx/ }).click();
    await page.getByText(/^Shown are the first .* of 1,000,001 bytes/).waitFor();
    await page.getByRole("grid", { name: /^Bytes/ }).focus();
    await page.keyboard.press("Control+End");
    expect(await page.locator("byte-view .row").count()).to.be.below(80);
    expect(errors).to.deep.equal([]);
  });
});

/** UDP packets between two ends, as many as asked for. */
function manyPackets(count: number): Buffer {
  const packet = ethernet(ipv4(udp({ payload: "hello" }), { protocol: 17 }));
  const records = [pcapHeader(1)];
  for (let i = 0; i < count; i += 1) records.push(pcapRecord(START + BigInt(i) * MILLISECOND, packet));
  return Buffer.concat(records);
}

/** Notes what a page must not do: run something of the capture, or break its policy. */
function watchForScripts({ page, errors }: Profile): () => Promise<string[]> {
  const ran: string[] = [];
  page.on("dialog", async (dialog) => {
    ran.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return async () => [...ran, ...errors];
}
