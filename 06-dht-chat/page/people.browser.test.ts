// People at the real page, each with a profile of their own, with nodes that are processes: cards by text and by camera,
// delivered and dropped, files both ways, a group, and what hostile names, a foreign page and a full disk can do.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, CDPSession, Page } from "playwright-core";
import type { MessengerView } from "../messenger-view.ts";
import { faultsIn, launchBrowser, withChromium } from "../testing/browser.ts";
import { greyFilm } from "../testing/camera.ts";
import { type NodeProgram, startNodePrograms } from "../testing/node-programs.ts";
import { LONG, meet, Person } from "../testing/people.ts";

const MEGABYTE = 2 ** 20;
const LARGEST_FILE = 25 * MEGABYTE;
/** How large the film of the camera is, in pixels. */
const [WIDTH, HEIGHT] = [640, 480];

const folder = mkdtempSync(join(tmpdir(), "p2p-chat-people-"));
const film = join(folder, "film.y4m");

withChromium("people at the page", () => {
  let browser: Browser;
  let nodes: NodeProgram[] = [];
  const there: Person[] = [];

  before(async () => {
    nodes = await startNodePrograms(3);
    browser = await launchBrowser([
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
      // A name whose owner has it lead to this machine (DNS rebinding).
      "--host-resolver-rules=MAP rebound.example 127.0.0.1",
    ]);
  });

  afterEach(async () => {
    const errors = faultsIn(there.flatMap((one) => one.errors));
    for (const one of there.splice(0)) await one.leave();
    expect(errors).to.deep.equal([]);
  });

  after(async () => {
    await browser?.close();
    await Promise.all(nodes.map((node) => node.kill()));
    rmSync(folder, { recursive: true });
  });

  /** They come one after the other, each to another node. */
  async function arrive(...names: string[]): Promise<Person[]> {
    for (const name of names) {
      const url = nodes[there.length % nodes.length]?.url ?? "";
      there.push(await Person.arrive(browser, name, url));
    }
    return there.slice(-names.length);
  }

  async function aliceAndBob(): Promise<[Person, Person]> {
    const [alice, bob] = await arrive("Alice", "Bob");
    if (alice === undefined || bob === undefined) throw new Error("nobody has come");
    await meet(alice, bob);
    return [alice, bob];
  }

  it("P10.2 P10.6 a card is scanned from the other's screen, serves one contact, and is refused when it is used, wrong or too old", async () => {
    const [alice, bob, carol] = await arrive("Alice", "Bob", "Carol");
    if (alice === undefined || bob === undefined || carol === undefined) return;
    const card = await alice.showCard();
    const code = await alice.page.getByRole("img", { name: "QR code of my card" }).screenshot();
    writeFileSync(film, greyFilm(await pixelsOf(bob.page, code), 3));
    await bob.page.getByRole("button", { name: "Enter a card" }).click();
    await bob.page.getByRole("button", { name: "Scan with the camera" }).click();
    for (const { page } of [alice, bob])
      await page.getByRole("region", { name: "Compare the numbers" }).waitFor();
    await alice.compared("Bob");
    await bob.compared("Alice");
    await alice.reaches("Bob");
    await bob.reaches("Alice");

    // Used: who comes second hears it, and so does who has shown it.
    await carol.enterCard(card);
    await carol.sees(({ contacts }) => /card/i.test(contacts[0]?.problem ?? ""), "the card was used");
    await alice.sees(
      ({ contacts }) => /card/i.test(contacts[0]?.problem ?? ""),
      "somebody else came with it",
    );
    for (const { page } of [carol, alice])
      await page.locator(".notice-line.problem", { hasText: /card/i }).waitFor();
    expect((await alice.view()).contacts).to.have.length(1);

    // Wrong: the check characters say so at once.
    const wrong = card.replace(/(.)\s*$/, (last) => (last.startsWith("0") ? "1" : "0"));
    await carol.enterCard(wrong);
    await carol.page.getByRole("dialog").getByRole("alert").filter({ hasText: /\S/ }).waitFor();
    await carol.page.keyboard.press("Escape");
    expect((await carol.view()).contacts).to.have.length(1);

    // Too old: by the clock of who shows it.
    const old = await alice.showCard();
    await alice.page.evaluate(() => {
      window.aheadBy = 16 * 60_000;
    });
    await alice.page.getByText("This card is too old").waitFor();
    await carol.page.evaluate(() => document.querySelector<HTMLElement>(".back")?.click());
    await carol.enterCard(old);
    await carol.sees(
      ({ contacts }) =>
        contacts.some(({ problem }) => /time has run out|not known|too old|expired/i.test(problem ?? "")),
      "the card is too old",
    );
    expect((await alice.view()).contacts).to.have.length(1);
  });

  it("P10.8 P10.12 what is said to a closed page is dropped, and said again it is delivered, once", async () => {
    const [alice, bob] = await aliceAndBob();
    await alice.say("Bob", "are you there?");
    await bob.page.locator(".theirs .text", { hasText: "are you there?" }).waitFor();
    await alice.page.locator("[data-state=delivered]").waitFor();
    await bob.closeTab();
    await alice.sees(({ contacts }) => contacts[0]?.state === "offline", "Bob is offline", LONG);
    await alice.say("Bob", "still there?");
    await alice.page.locator("[data-state=dropped]", { hasText: "Not delivered" }).waitFor();
    await bob.openTab();
    await bob.openChat("Alice");
    await alice.reaches("Bob");
    expect(await bob.heard("Alice")).to.deep.equal(["are you there?"]);
    await alice.page.getByRole("button", { name: "Send again" }).click();
    await bob.page.locator(".theirs .text", { hasText: "still there?" }).waitFor();
    await alice.sees(
      ({ contacts }) => contacts[0]?.entries.every(({ state }) => state === "delivered") ?? false,
      "both are delivered",
    );
    expect(await bob.heard("Alice")).to.deep.equal(["are you there?", "still there?"]);
  });

  it("P10.8 a tab that is closed and opened again amid a conversation: every text is shown once, or said to be dropped", async () => {
    const [alice, bob] = await aliceAndBob();
    const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
    const closes = bob.closeTab.bind(bob);
    await alice.sayAll("Bob", texts.slice(0, 10));
    await Promise.all([alice.sayAll("Bob", texts.slice(10, 20)), closes()]);
    await Promise.all([alice.sayAll("Bob", texts.slice(20)), bob.openTab()]);
    await alice.reaches("Bob");
    const isOver = ({ contacts }: Awaited<ReturnType<typeof alice.view>>) =>
      contacts[0]?.entries.every(({ state }) => state !== "sending") ?? false;
    await alice.sees(isOver, "nothing is on its way", LONG);
    const again = alice.page.getByRole("button", { name: "Send again" });
    while ((await again.count()) > 0) {
      await again.first().click();
      await alice.sees(isOver, "it is delivered, or dropped once more", LONG);
    }
    const heard = await bob.heard("Alice");
    expect(heard.toSorted()).to.deep.equal(texts.toSorted());
    expect(await bob.page.locator(".problem:visible", { hasText: /\S/ }).count()).to.equal(0);
  }).timeout(2 * LONG);

  it("P10.9 25 MiB go each way at the same time, with progress at both ends, and arrive as they were", async () => {
    const [alice, bob] = await aliceAndBob();
    for (const one of [alice, bob]) await one.watchProgress();
    const [fromAlice, fromBob] = await Promise.all([
      alice.attach({ name: "alice.bin", size: LARGEST_FILE }),
      bob.attach({ name: "bob.bin", size: LARGEST_FILE }),
    ]);
    await Promise.all([alice.accept(), bob.accept()]);
    const [atBob, atAlice] = await Promise.all([
      bob.fileFrom("Alice", "alice.bin"),
      alice.fileFrom("Bob", "bob.bin"),
    ]);
    expect([atBob, atAlice]).to.deep.equal([fromAlice, fromBob]);
    for (const one of [alice, bob]) {
      await one.sees(
        ({ contacts }) => contacts[0]?.entries.every(({ file }) => file?.state === "done") ?? false,
        "both files are done",
      );
      for (const name of ["alice.bin", "bob.bin"]) {
        const figures = await one.progressSeen({ name, size: LARGEST_FILE });
        expect(figures, `${name} at ${one.name}`).to.have.length.above(4);
      }
    }
    await alice.attach({ name: "more.bin", size: LARGEST_FILE + 1 });
    await alice.page.getByRole("alert").filter({ hasText: "26.2 MB (26,214,400 bytes) at most" }).waitFor();
    expect((await bob.contact("Alice")).entries).to.have.length(2);
  }).timeout(2 * LONG);

  it("P10.9 a video is shown in place at both ends, from a blob of the type that its first bytes say", async () => {
    const [alice, bob] = await aliceAndBob();
    await alice.attachVideo("film.html");
    await bob.accept();
    for (const [one, side] of [
      [bob, ".theirs"],
      [alice, ".mine"],
    ] as const) {
      const video = one.page.locator(`${side} video`);
      await video.waitFor();
      await one.page.waitForFunction(
        (selector) => (document.querySelector<HTMLVideoElement>(selector)?.videoWidth ?? 0) > 0,
        `${side} video`,
      );
      const shown = await video.evaluate(async (element: HTMLVideoElement) => {
        await element.play();
        const app = document.querySelector("p2p-app") as unknown as { messenger: { view: MessengerView } };
        const blob = app.messenger.view.contacts[0]?.entries[0]?.file?.blob;
        const { videoWidth: width, videoHeight: height, src } = element;
        return { width, height, isBlob: src.startsWith("blob:"), type: blob?.type };
      });
      expect(shown, one.name).to.deep.equal({ width: 64, height: 48, isBlob: true, type: "video/webm" });
      expect(await one.page.getByRole("link", { name: "Save film.html" }).count()).to.equal(1);
    }
  }).timeout(LONG);

  it("P10.11 three make a group; who is removed reads what was said before, and nothing that comes after", async () => {
    const [alice, bob, carol] = await arrive("Alice", "Bob", "Carol");
    if (alice === undefined || bob === undefined || carol === undefined) return;
    await meet(alice, bob);
    await meet(alice, carol);
    await alice.page.getByRole("button", { name: "Make a group" }).click();
    const dialog = alice.page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name of the group" }).fill("Lab");
    for (const name of ["Bob", "Carol"]) await dialog.getByRole("checkbox", { name }).check();
    await dialog.getByRole("button", { name: "Make the group" }).click();
    for (const one of [alice, bob, carol]) await one.openChat("Lab");

    const isSaid = sayUntilHeard;
    await isSaid(bob, "Lab", "from Bob", [alice, carol]);
    await isSaid(carol, "Lab", "from Carol", [alice, bob]);

    await alice.page.getByRole("button", { name: "Members", exact: true }).click();
    await alice.page.getByRole("button", { name: "Remove Carol" }).click();
    await alice.page.getByRole("button", { name: "Remove for good" }).click();
    await alice.page.keyboard.press("Escape");
    await carol.page.getByText("You are no longer a member of this group").waitFor();
    await carol.page.locator(".theirs .text", { hasText: "from Bob" }).first().waitFor();
    await bob.sees(({ groups }) => groups[0]?.version === 2, "the group has a new version");
    await isSaid(alice, "Lab", "without Carol", [bob]);
    await isSaid(bob, "Lab", "without her, too", [alice]);
    const texts = (await carol.view()).groups[0]?.entries.map(({ text }) => text) ?? [];
    expect(texts.filter((text) => text?.startsWith("without"))).to.deep.equal([]);
  }).timeout(2 * LONG);

  it("P10.9 P10.13 files with hostile names and contents are text and downloads, under clean names", async () => {
    const [alice, bob] = await aliceAndBob();
    const { contact } = await bob.contact("Alice");
    for (const [name, content] of HOSTILE_FILES) {
      await bob.page.evaluate(
        ([chat, title, text]) => {
          const app = document.querySelector("p2p-app") as unknown as {
            messenger: { offer(chat: string, file: Blob, name: string): Promise<unknown> };
          };
          return app.messenger.offer(chat, new Blob([text], { type: "text/html" }), title);
        },
        [contact, name, content] as const,
      );
    }
    await alice.page
      .getByRole("button", { name: "Accept" })
      .nth(HOSTILE_FILES.length - 1)
      .waitFor();
    for (const _ of HOSTILE_FILES) await alice.page.getByRole("button", { name: "Accept" }).first().click();
    const links = alice.page.locator(".theirs a.download");
    await links.nth(HOSTILE_FILES.length - 1).waitFor();
    for (const [index, [name, content, clean]] of HOSTILE_FILES.entries()) {
      const [download] = await Promise.all([alice.page.waitForEvent("download"), links.nth(index).click()]);
      // The browser itself changes the end of a name that its system would run; it never adds a folder.
      expect(download.suggestedFilename(), name).to.equal(clean);
      const saved = join(folder, "saved");
      await download.saveAs(saved);
      const { readFileSync } = await import("node:fs");
      expect(readFileSync(saved, "utf8"), name).to.equal(content);
    }
    expect(
      await alice.page.locator(".theirs :is(img, video, iframe, object, embed, script)").count(),
    ).to.equal(0);
    expect(await alice.page.evaluate(() => (window as unknown as { hacked?: boolean }).hacked)).to.equal(
      undefined,
    );
    expect(alice.page.url()).to.equal(`${alice.url}/`);
    // A name of theirs, in a text and in a group, is text as well.
    await bob.say("Alice", '<img src=x onerror="window.hacked = true">\u202egpj.exe');
    const text = alice.page.locator(".theirs .text").last();
    await text.waitFor();
    expect(await text.textContent())
      .to.include("<img src=x")
      .and.not.include("\u202e");
  });

  it("P10.13 a page of another origin reads nothing from the node, opens no profile, and cannot frame the page", async () => {
    const [alice] = await arrive("Alice");
    if (alice === undefined) return;
    const foreign = await serveForeign();
    try {
      const page = await alice.context.newPage();
      await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
      const found = await page.evaluate(async (url) => {
        const outcomes: Record<string, unknown> = {};
        for (const path of ["/node.json", "/main.js", "/"]) {
          outcomes[path] = await fetch(url + path).then(
            (answer) => `read ${answer.status}`,
            () => "refused",
          );
          const blind = await fetch(url + path, { mode: "no-cors" }).then(
            (answer) => answer.type,
            () => "refused",
          );
          outcomes[`${path} without looking`] = blind;
        }
        // Storage and locks belong to an origin: here are none of the page's.
        outcomes.databases = (await indexedDB.databases()).length;
        outcomes.locks = (await navigator.locks.query()).held?.length;
        const script = document.createElement("script");
        script.type = "module";
        script.src = `${url}/main.js`;
        outcomes.script = await new Promise((resolve) => {
          script.onload = () => resolve("ran");
          script.onerror = () => resolve("refused");
          document.body.append(script);
        });
        return outcomes;
      }, alice.url);
      expect(found).to.include({ databases: 0, locks: 0, script: "refused" });
      for (const path of ["/node.json", "/main.js", "/"]) expect(found[path], path).to.equal("refused");
      const frame = await page.evaluate(async (url) => {
        const element = document.createElement("iframe");
        element.src = `${url}/`;
        await new Promise((resolve) => {
          element.onload = resolve;
          document.body.append(element);
        });
        return element.contentDocument === null;
      }, alice.url);
      expect(frame).to.equal(true);
      const framed = page.frames()[1];
      expect(await framed?.locator("p2p-app").count()).to.equal(0);
      await page.close();
      // The page itself goes on: Alice is still found.
      await alice.published();
    } finally {
      foreign.close();
      foreign.closeAllConnections();
    }
  });

  it("P10.13 under another name, which leads to this machine too, the node says nothing; localhost is sent on", async () => {
    const { port } = new URL(nodes[0]?.url ?? "");
    const page = await browser.newPage();
    for (const path of ["/", "/main.js", "/node.json"]) {
      const answer = await page.goto(`http://rebound.example:${port}${path}`);
      expect(answer?.status(), path).to.equal(421);
      expect(await answer?.text(), path).not.to.match(/p2p-app|12D3KooW/);
    }
    await page.goto(`http://localhost:${port}/`);
    expect(page.url()).to.equal(`http://127.0.0.1:${port}/`);
    await page.close();
  });

  it("P10.9 where the disk is full the page says so, loses nothing, and takes the file when there is room again", async () => {
    const origin = new URL(nodes[0]?.url ?? "").origin;
    // The limit holds as long as this session, and begins before the page opens its storage: Chromium remembers for a
    // while how much room there was.
    let devtools: CDPSession | undefined;
    const prepare = async (page: Page) => {
      devtools = await page.context().newCDPSession(page);
      await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 8 * MEGABYTE });
    };
    const alice = await Person.arrive(browser, "Alice", origin, { prepare });
    there.push(alice);
    const [bob] = await arrive("Bob");
    if (bob === undefined) return;
    await meet(alice, bob);
    await bob.say("Alice", "before");
    await alice.page.locator(".theirs .text", { hasText: "before" }).waitFor();
    await bob.attach({ name: "large.bin", size: LARGEST_FILE });
    await alice.accept();
    await alice.page
      .locator(".problem:visible", { hasText: /no more room/ })
      .first()
      .waitFor();
    await devtools?.send("Storage.overrideQuotaForOrigin", { origin });
    await bob.say("Alice", "afterwards");
    await alice.page.locator(".theirs .text", { hasText: "afterwards" }).waitFor({ timeout: LONG });
    // It was not kept to be sent again: it is attached anew.
    await bob.sees(
      ({ contacts }) => contacts[0]?.entries.some(({ file }) => file?.state === "cancelled") ?? false,
      "the file is over",
    );
    expect(await bob.page.getByRole("button", { name: "Send again" }).count()).to.equal(0);
    const sent = await bob.attach({ name: "again.bin", size: LARGEST_FILE });
    await alice.accept();
    expect(await alice.fileFrom("Bob", "again.bin")).to.equal(sent);
    expect(await alice.heard("Bob")).to.deep.equal(["before", "afterwards"]);
  }).timeout(2 * LONG);
});

/** What is offered, what is in it, and how it is saved. */
const HOSTILE_FILES: readonly [name: string, content: string, clean: string][] = [
  ["drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='window.hacked = true'/>", "drawing.svg"],
  ["page.html", "<script>parent.hacked = true</script>", "page.html"],
  ["../../.ssh/authorized_keys", "ssh-ed25519 AAAA", "authorized_keys"],
  ["n".repeat(300), "long", "n".repeat(120)],
  ["setup.exe", "MZ", "setup.exe"],
  ["\u202egpj.exe", "MZ", "\ufffdgpj.exe"],
];

/** Says it until the others have heard it, as people do: nobody acknowledges what is said in a group (P10.11). */
async function sayUntilHeard(
  from: Person,
  group: string,
  text: string,
  others: readonly Person[],
): Promise<void> {
  const end = performance.now() + LONG;
  for (let round = 1; ; round += 1) {
    await from.say(group, `${text} ${round}`);
    for (let look = 0; look < 40; look += 1) {
      const views = await Promise.all(others.map((one) => one.view()));
      if (views.every(({ groups }) => groups[0]?.entries.some((entry) => entry.text?.startsWith(text))))
        return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (performance.now() > end) throw new Error(`nobody hears ${from.name}`);
  }
}

/** The pixels of a picture, in the middle of a white one as large as a camera's. */
async function pixelsOf(
  page: Page,
  png: Buffer,
): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  const grey = await page.evaluate(
    async ([base64, width, height]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(width, height).getContext("2d");
      if (context === null) throw new Error("there is no canvas");
      context.fillStyle = "white";
      context.fillRect(0, 0, width, height);
      const scale = Math.min(1, (height - 40) / picture.height);
      const [w, h] = [picture.width * scale, picture.height * scale];
      context.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
      return Array.from(context.getImageData(0, 0, width, height).data);
    },
    [png.toString("base64"), WIDTH, HEIGHT] as const,
  );
  return { data: Uint8ClampedArray.from(grey), width: WIDTH, height: HEIGHT };
}

/** A page of somebody else, on this computer. */
async function serveForeign(): Promise<Server> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end("<!doctype html><title>foreign</title><body>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
