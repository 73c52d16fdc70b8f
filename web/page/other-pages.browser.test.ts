// What pages of others can do to the course in the same real Chromium, also one that knows the token: nothing.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withChromium } from "../../06-dht-chat/testing/browser.ts";
import { startWeb, type Web } from "../program.ts";
import { SUBPROTOCOL } from "../shared/calls.ts";
import { type Page, useChromium } from "./testing/in-browser.ts";

/** A name that its owner lets lead to this machine: DNS rebinding. */
const REBOUND = "evil.example";

withChromium("a page of somebody else", () => {
  const openProfile = useChromium([`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`]);
  const folder = mkdtempSync(join(tmpdir(), "web-"));
  let web: Web;
  let others: Server;

  before(async () => {
    web = await startWeb({ port: 0, folder });
    others = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end("<!doctype html><title>theirs</title>");
    }).listen(0, "127.0.0.1");
    await once(others, "listening");
  });
  after(async () => {
    others?.close();
    others?.closeAllConnections();
    await web?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ours = (): string => `http://127.0.0.1:${web.server.port}`;

  async function open(host = "127.0.0.1"): Promise<Page> {
    const { page } = await openProfile();
    const address = others.address();
    const port = typeof address === "object" ? address?.port : 0;
    await page.goto(`http://${host}:${port}/`);
    return page;
  }

  it("opens no socket, whichever name it has, also with the token", async () => {
    const asked = { address: `${ours().replace("http", "ws")}/socket`, words: [SUBPROTOCOL, web.token] };
    const connect = (page: Page): Promise<string> =>
      page.evaluate(
        ({ address, words }) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(address, words);
            socket.onopen = () => resolve("open");
            socket.onerror = () => resolve("refused");
          }),
        asked,
      );
    for (const host of ["127.0.0.1", "localhost", REBOUND])
      expect(await connect(await open(host)), host).to.equal("refused");
    // The same from our own page is let in: so it is the page that is refused.
    const { page } = await openProfile();
    await page.goto(`${ours()}/`);
    expect(await connect(page)).to.equal("open");
  });

  it("reads nothing, posts nothing, loads no script and no picture", async () => {
    const page = await open();
    const results = await page.evaluate(
      async ([address, token]) => {
        const tried = (options: RequestInit, path = "/"): Promise<string> =>
          fetch(`${address}${path}`, options).then(
            (response) => `${response.type} ${response.status}`,
            () => "refused",
          );
        const loads = (element: HTMLScriptElement | HTMLImageElement, path: string): Promise<string> =>
          new Promise((resolve) => {
            element.onload = () => resolve("loaded");
            element.onerror = () => resolve("refused");
            element.src = `${address}${path}`;
            document.head.append(element);
          });
        return [
          await tried({}),
          await tried({ mode: "no-cors" }),
          await tried({ method: "POST", mode: "no-cors", body: "" }),
          await tried({ headers: { Authorization: `Bearer ${token}` } }),
          await tried({ method: "POST", mode: "no-cors", body: "x", credentials: "include" }, "/captures"),
          await loads(document.createElement("script"), "/main.js"),
          await loads(document.createElement("img"), "/icon.svg"),
        ];
      },
      [ours(), web.token] as const,
    );
    // Not even an opaque answer: each has Cross-Origin-Resource-Policy.
    expect(new Set(results)).to.deep.equal(new Set(["refused"]));
  });

  it("puts it into no frame, and holds no handle on a window that it opens", async () => {
    const page = await open();
    await page.evaluate((address) => {
      const frame = document.createElement("iframe");
      frame.src = address;
      document.body.append(frame);
    }, `${ours()}/`);
    const frame = page.frameLocator("iframe");
    await page.waitForFunction(() => document.querySelector("iframe")?.contentDocument === null);
    expect(await frame.locator("course-app").count()).to.equal(0);
    const [opened] = await Promise.all([
      page.context().waitForEvent("page"),
      page.evaluate((address) => {
        (window as unknown as { held: Window | null }).held = window.open(address);
      }, `${ours()}/`),
    ]);
    // A link to it may be followed.
    await opened.locator("course-app").waitFor();
    expect(await page.evaluate(() => (window as unknown as { held: Window | null }).held?.closed)).to.equal(
      true,
    );
    expect(await opened.evaluate(() => window.opener)).to.equal(null);
  });

  it("gets nothing by a name of its own that leads here", async () => {
    const { page } = await openProfile();
    const response = await page.goto(`http://${REBOUND}:${web.server.port}/`);
    expect(response?.status()).to.equal(421);
    expect(await page.content()).to.include("this is no name of this server");
  });

  it("gives no script to a page that is still open, as a program that listens at the port afterwards", async () => {
    const own = await startWeb({ port: 0, folder });
    const { port } = own.server;
    const { page } = await openProfile();
    const asked: string[] = [];
    const heir = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.setHeader("Content-Type", "text/javascript");
      response.end("globalThis.isTheirs = true");
    });
    try {
      await page.goto(own.address("/lessons"));
      await page.locator("lesson-contents").waitFor();
      await page.waitForLoadState("networkidle");
      await own.close();
      await once(heir.listen(port, "127.0.0.1"), "listening");
      await page.evaluate(() => {
        location.hash = "#/figures/clock";
      });
      await page.locator("clock-figure").waitFor();
      expect(asked.filter((path) => path.endsWith(".js"))).to.deep.equal([]);
    } finally {
      await own.close();
      heir.close();
      heir.closeAllConnections();
    }
  });
});
