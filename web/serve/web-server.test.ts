// The server over real sockets, as an attacker would use it; and what happens to this test when a rule is taken out.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { WebSocket } from "ws";
import { until } from "../../tests/support/until.ts";
import { startWeb, type Web } from "../program.ts";
import { MOST_CALL_BYTES, SUBPROTOCOL } from "../shared/calls.ts";
import { walk } from "../testing/guard-walk.ts";
import { guardSource, serverWithGuard } from "../testing/mutated-server.ts";
import { exchange, send } from "../testing/raw-request.ts";
import type { Page, Place } from "./place.ts";
import { HEADERS, startWebServer, type WebServer, type WebServerOptions } from "./web-server.ts";

const TOKEN = "aTokenForTheTests-0123456789_ABCDEF";

const failures: unknown[] = [];

/** A server with one path of each kind. */
function small(places: readonly Place[] = []): WebServerOptions {
  const text = { type: "text/javascript; charset=utf-8", body: "1" };
  return {
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    files: async () => new Map([["/main.js", text]]),
    places,
    routes: (["GET", "POST"] as const).map((method) => ({
      method,
      path: method === "GET" ? "/own" : "/drop",
      mostBytes: method === "GET" ? 0 : 1000,
      answer: async (_, response) => {
        response.end("fine");
      },
    })),
    failed: (error) => failures.push(error),
  };
}

describe("the web server, walked by somebody who may not ask", () => {
  it("refuses every trick on every path, and lets the page in", async () => {
    const server = await startWebServer(small());
    try {
      const routes = await server.routes();
      expect(routes.map(({ path }) => path)).to.deep.equal(["/", "/main.js", "/own", "/drop", "/socket"]);
      expect(await walk({ port: server.port, token: TOKEN, routes })).to.deep.equal([]);
    } finally {
      await server.close();
    }
  });

  it("does so for all that the course serves", async () => {
    const folder = mkdtempSync(join(tmpdir(), "web-"));
    let web: Web | undefined;
    try {
      web = await startWeb({ port: 0, folder });
      const routes = await web.server.routes();
      expect(routes.map(({ path }) => path)).to.include.members(["/", "/main.js", "/main.css", "/socket"]);
      expect(await walk({ port: web.server.port, token: web.token, routes })).to.deep.equal([]);
    } finally {
      await web?.close();
      rmSync(folder, { recursive: true });
    }
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is the guard's source text.
/** The guard's rules: what is taken out, and what stands there then. */
const MUTANTS: readonly (readonly [rule: string, from: string | RegExp, to: string])[] = [
  ["the name is ours", "|| !hosts.includes(host))", ")"],
  ["the name has its port", /\(port === 80 \? .* : .*\)|port === 80 \? "" : `:\$\{port\}`/, '""'],
  ["there is one Host", "asked.hostCount !== 1 ||", ""],
  ["no other page", "if (isForeign(asked, host))", "if (false)"],
  ["Origin is ours", "origin.toLowerCase() !== `http://${host}`", "false"],
  ["Origin is the one that was asked", "!== `http://${host}`", "=== `http://evil.example`"],
  ["Origin with an upgrade", "if (isUpgrade || (", "if (("],
  ["Origin with a change", /\(isUpgrade \|\| \(method .*?"HEAD"\)\)/, "(isUpgrade)"],
  ["no part of another page", "return !isOwn && !isLink", "return false"],
  ["no part of a page of the same site", 'site === "none";', 'site === "none" || site === "same-site";'],
  [
    "no frame",
    /one\(headers\["sec-fetch-mode"\]\) === "navigate" && .*;/,
    'one(headers["sec-fetch-mode"]) === "navigate";',
  ],
  ["no fetch for a document", /one\(headers\["sec-fetch-mode"\]\) === "navigate" && /, ""],
  ["a path that there is", "route.path === path &&", ""],
  ["a path as it is written", 'asked.url.split("?", 1)[0] ?? ""', 'new URL(asked.url, "http://a").pathname'],
  ["upgrades where there are any", "&& route.isUpgrade === asked.isUpgrade", ""],
  ["a method that it takes", "here.find((one) => one.method === method)", "here[0]"],
  ["a token", "if (!route.isPublic && !isToken(site.token, tokenOf(asked)))", "if (false)"],
  ["the right token", /return timingSafeEqual\(.*\);/, 'return came !== "";'],
  ["the whole token", /return timingSafeEqual\(.*\);/, "return wanted.startsWith(came) && came.length > 20;"],
  ["a token as a bearer", "/^Bearer (\\S+)$/", "/(\\S+)$/"],
  ["a token behind the protocol's name", 'name === SUBPROTOCOL ? (token ?? "") : ""', 'token ?? name ?? ""'],
  ["bodies that say their length", "isChunked || ", ""],
  ["bodies of bounded length", "!(length <= route.mostBytes)", "false"],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: this was it.

describe("the walk, when a rule of the guard is taken out", () => {
  it("finds nothing when none is", async () => {
    expect(await walkWith(await guardSource())).to.deep.equal([]);
  });

  for (const [rule, from, to] of MUTANTS)
    it(`sees that it is missing: ${rule}`, async () => {
      const source = await guardSource();
      const mutant = source.replace(from, () => to);
      expect(mutant, "this rule is written in another way now").not.to.equal(source);
      expect(await walkWith(mutant)).not.to.deep.equal([]);
    });

  it("sees each refusal that is missing", async () => {
    const source = await guardSource();
    const refusals = [...source.matchAll(/if \((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*return refusal\(/g)];
    expect(refusals, "one is written in another way now").to.have.length(
      (source.match(/return refusal\(/g) ?? []).length,
    );
    for (const { 0: text, index } of refusals) {
      const mutant = `${source.slice(0, index)}if (false) return refusal(${source.slice(index + text.length)}`;
      expect(await walkWith(mutant), text).not.to.deep.equal([]);
    }
  });

  async function walkWith(guard: string): Promise<string[]> {
    const start = await serverWithGuard(guard);
    const server = await start(small());
    try {
      return await walk({ port: server.port, token: TOKEN, routes: await server.routes() });
    } finally {
      await server.close();
    }
  }
});

describe("the web server", () => {
  let server: WebServer;
  let pages: Page[];
  const sockets: WebSocket[] = [];

  beforeEach(async () => {
    pages = [];
    server = await startWebServer(small([{ calls: {}, opened: (page) => pages.push(page) }]));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await server.close();
    expect(failures.splice(0)).to.deep.equal([]);
  });

  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, [SUBPROTOCOL, TOKEN], {
      origin: `http://127.0.0.1:${server.port}`,
      perMessageDeflate: false,
    });
    sockets.push(socket);
    // Its first event says which run of the server this is.
    await once(socket, "message");
    return socket;
  }

  /** Whether a page is still served: a call that there is none of has an answer. */
  async function works(socket: WebSocket): Promise<boolean> {
    socket.send(JSON.stringify({ id: 7, call: "no/such", given: {} }));
    const [data] = await once(socket, "message");
    return String(data) === '{"id":7,"problem":"there is no such call"}';
  }

  it("answers an upgrade with the name of the protocol, and never with the token", async () => {
    const socket = await open();
    expect(socket.protocol).to.equal(SUBPROTOCOL);
  });

  it("serves the page with a policy of its own: a nonce drawn anew, no script but ours, no frame, two names", async () => {
    const get = async (): Promise<{ policy: string; text: string }> => {
      const response = await fetch(`http://127.0.0.1:${server.port}/`);
      return { policy: response.headers.get("content-security-policy") ?? "", text: await response.text() };
    };
    const [one, two] = [await get(), await get()];
    const nonce = /'nonce-([\w+/=]{24,})'/.exec(one.policy)?.[1] ?? "none";
    expect(one.text).to.include(`content="${nonce}"`);
    expect(two.policy).not.to.include(nonce);
    const parts = one.policy.split("; ");
    expect(parts).to.include.members([
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types lit-html dompurify",
    ]);
    expect(one.policy).not.to.match(/unsafe|\*|https?:/);
    expect(one.text).not.to.match(/<script(?![^>]*src)|style=|onload|onclick/);
  });

  it("has the same headers on what is no request at all", async () => {
    for (const text of [
      "\0\0\0\r\n\r\n",
      "GET\r\n\r\n",
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
    ]) {
      const { status, headers } = await exchange(server.port, text);
      expect(status).to.equal(text.length > 10_000 ? 431 : 400);
      expect([...headers.keys()]).to.include.members(Object.keys(HEADERS).map((name) => name.toLowerCase()));
    }
  });

  it("takes 8 KiB of headers and no more, and few of them", async () => {
    const host = ["Host", `127.0.0.1:${server.port}`] as const;
    const ask = (headers: (readonly [string, string])[]) =>
      send(server.port, {
        method: "GET",
        target: "/",
        version: "1.1",
        headers: [host, ...headers],
        body: "",
      });
    expect((await ask([["X", "x".repeat(7000)]])).status).to.equal(200);
    expect((await ask([["X", "x".repeat(9000)]])).status).to.equal(431);
    expect((await ask(Array.from({ length: 3000 }, (_, i) => [`X${i}`, "1"] as const))).status).to.equal(431);
    expect(
      (
        await send(server.port, {
          method: "GET",
          target: `/${"x".repeat(9000)}`,
          version: "1.1",
          headers: [host],
          body: "",
        })
      ).status,
    ).to.equal(431);
  });

  it("closes only the page that sends no call, and only that which sends more than a message may have", async () => {
    const healthy = await open();
    const wrong: (string | Buffer)[] = [
      "no JSON",
      "null",
      "[]",
      '{"call":"a"}',
      '{"id":-1,"call":"a"}',
      '{"id":1e99,"call":"a"}',
      '{"id":1,"call":5}',
      `{"id":1,"call":"${"a".repeat(65)}"}`,
      Buffer.from('{"id":1,"call":"a"}'),
    ];
    for (const message of wrong) {
      const socket = await open();
      socket.send(message);
      const [code] = await once(socket, "close");
      expect(code, String(message).slice(0, 40)).to.equal(1008);
    }
    const socket = await open();
    const start = '{"id":7,"call":"no/such","given":"';
    socket.send(`${start}${"a".repeat(MOST_CALL_BYTES - start.length - 2)}"}`);
    await once(socket, "message");
    socket.send(`${start}${"a".repeat(MOST_CALL_BYTES - start.length - 1)}"}`);
    const [code] = await once(socket, "close");
    expect(code).to.equal(1009);
    expect(await works(healthy)).to.equal(true);
  });

  it("drops a page that takes nothing, and holds nobody else meanwhile", async () => {
    const healthy = await open();
    const slow = await open();
    const [, page] = pages;
    let isGone = false;
    page?.onGone(() => {
      isGone = true;
    });
    slow.pause();
    const text = "x".repeat(1_000_000);
    let sent = 0;
    while (!isGone && sent < 200) {
      page?.tell("terminals/output", { terminal: 1, text });
      sent += 1;
      if (sent % 20 === 0) expect(await works(healthy)).to.equal(true);
    }
    await until(() => isGone, "the end of the page that takes nothing");
    expect(sent).to.be.lessThan(200);
    expect(await works(healthy)).to.equal(true);
    await page?.drained();
  });

  it("serves others while somebody sends their header byte by byte, and ends that in time", async function () {
    this.timeout(60_000);
    const slow = connect({ host: "127.0.0.1", port: server.port });
    slow.on("error", () => {});
    slow.resume();
    let isClosed = false;
    slow.on("close", () => {
      isClosed = true;
    });
    const drip = setInterval(() => slow.writable && slow.write("X"), 200);
    slow.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-A: `);
    try {
      expect((await fetch(`http://127.0.0.1:${server.port}/main.js`)).status).to.equal(200);
      await until(() => isClosed, "the end of the slow connection");
    } finally {
      clearInterval(drip);
      slow.destroy();
    }
  });

  it("closes a connection on which nothing was asked without an answer: a browser would take it for another request's", async function () {
    this.timeout(20_000);
    expect((await exchange(server.port, "")).text).to.equal("");
  });

  it("lets go of who says nothing, or is refused and stays; and not of a page", async function () {
    this.timeout(60_000);
    const page = await open();
    const at = { host: "127.0.0.1", port: server.port };
    const silent = connect(at);
    const refused = connect({ ...at, allowHalfOpen: true });
    for (const socket of [silent, refused]) socket.on("error", () => {}).resume();
    refused.write(
      `GET /socket HTTP/1.1\r\nHost: ${at.host}:${at.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    // It learns that it was let go of when it sends more.
    const drip = setInterval(() => refused.writable && refused.write("x"), 200);
    try {
      await until(() => silent.closed && refused.closed, "the end of both");
      expect(await works(page)).to.equal(true);
    } finally {
      clearInterval(drip);
      silent.destroy();
      refused.destroy();
    }
  });

  it("refuses more pages than may be open, and takes one again when another has gone", async () => {
    for (let i = 0; i < 32; i += 1) await open();
    const refused = new WebSocket(`ws://127.0.0.1:${server.port}/socket`, [SUBPROTOCOL, TOKEN], {
      origin: `http://127.0.0.1:${server.port}`,
    });
    const [error] = await once(refused, "error");
    expect(error.message).to.include("503");
    sockets[0]?.close();
    await until(() => sockets[0]?.readyState === WebSocket.CLOSED, "the end of a page");
    await open();
  });

  it("refuses what is no WebSocket, with the right token, too", async () => {
    const headers = (version: string, key: string): (readonly [string, string])[] => [
      ["Host", `127.0.0.1:${server.port}`],
      ["Origin", `http://127.0.0.1:${server.port}`],
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Protocol", `${SUBPROTOCOL}, ${TOKEN}`],
      ["Sec-WebSocket-Version", version],
      ["Sec-WebSocket-Key", key],
    ];
    for (const [version = "", key = ""] of [
      ["7", "AAAAAAAAAAAAAAAAAAAAAA=="],
      ["13", "short"],
      ["13", ""],
    ]) {
      const { status } = await send(server.port, {
        method: "GET",
        target: "/socket",
        version: "1.1",
        headers: headers(version, key),
        body: "",
      });
      expect(status).to.equal(400);
    }
  });
});
