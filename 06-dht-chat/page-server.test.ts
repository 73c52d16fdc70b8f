// The page's web server, by what goes over the socket: whom it answers, and what it says.

import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";
import type { PageFiles, PageServer } from "./page-server.ts";

const FILES: PageFiles = new Map([
  ["/", { type: "text/html; charset=utf-8", read: async () => "<!doctype html>page" }],
  [
    "/main.js",
    {
      type: "text/javascript; charset=utf-8",
      read: async () => "script",
      readCompressed: async () => Uint8Array.of(80, 65, 67, 75),
    },
  ],
  [
    "/broken.js",
    {
      type: "text/javascript",
      read: () => Promise.reject(new Error("the page cannot be bundled: page/main.ts, line 3: a mistake")),
    },
  ],
]);

withStage06("the web server of the page", () => {
  let web: PageServer;
  let port = 0;
  let host = "127.0.0.1";

  const start = async (on: string): Promise<void> => {
    const { makePageServer } = await import("./page-server.ts");
    web = makePageServer();
    web.server.listen({ host: on, port: 0 });
    await once(web.server, "listening");
    port = (web.server.address() as AddressInfo).port;
    host = on;
    web.serve([on], port, FILES);
  };

  /** Sends these bytes, and reads until the other side ends the connection. */
  const raw = async (text: string): Promise<string> => {
    const socket = connect({ host, port });
    socket.on("error", () => {});
    socket.setEncoding("latin1");
    let answer = "";
    socket.on("data", (data: string) => {
      answer += data;
    });
    socket.write(text, "latin1");
    await once(socket, "close");
    return answer;
  };

  const own = (): string => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);
  const ask = (line: string, headers: readonly string[] = [], name = own()): Promise<string> =>
    raw(
      `${line} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n${headers.map((one) => `${one}\r\n`).join("")}\r\n`,
    );
  const status = (answer: string): number => Number(answer.split(" ")[1]);

  beforeEach(() => start("127.0.0.1"));
  afterEach(() => web.close());

  it("P10.13 a script goes out compressed to browsers that take it, and plain to others", async () => {
    for (const accepted of ["gzip", "br, GZIP", "deflate , gzip;q=0.5"])
      expect(await ask("GET /main.js", [`Accept-Encoding: ${accepted}`]), accepted)
        .to.match(/\r\nContent-Encoding: gzip\r\n/)
        .and.match(/\r\nContent-Length: 4\r\n/)
        .and.match(/\r\nVary: Accept-Encoding\r\n/)
        .and.match(/\r\n\r\nPACK$/);
    for (const accepted of ["br", "gzip;q=0", "gzip; q=0.0, br", "gzipped", "x-gzip"])
      expect(await ask("GET /main.js", [`Accept-Encoding: ${accepted}`]), accepted)
        .to.match(/\r\n\r\nscript$/)
        .and.match(/\r\nVary: Accept-Encoding\r\n/)
        .and.not.match(/Content-Encoding/);
    expect(await ask("GET /", ["Accept-Encoding: gzip"])).not.to.match(/Content-Encoding|Vary/);
  });

  it("P10.13 serves its few files, and a page with ?profile=NAME", async () => {
    expect(await ask("GET /"))
      .to.match(/^HTTP\/1\.1 200 OK\r\n/)
      .and.match(/\r\n\r\n<!doctype html>page$/);
    expect(await ask("GET /?profile=bob")).to.match(/page$/);
    expect(await ask("GET /main.js")).to.match(/Content-Type: text\/javascript; charset=utf-8\r\n/);
    expect(await ask("HEAD /"))
      .to.match(/Content-Length: 19\r\n/)
      .and.match(/\r\n\r\n$/);
  });

  it("P10.13 answers only requests whose Host is its own: 421 for all others", async () => {
    for (const name of [
      "evil.example",
      `evil.example:${port}`,
      `127.0.0.1:${port + 1}`,
      "127.0.0.1",
      `127.0.0.2:${port}`,
      `127.0.0.1.:${port}`,
      `127.0.0.1:${port}@evil.example`,
      "",
    ])
      expect(status(await ask("GET /", [], name)), name).to.equal(421);
    expect(status(await raw("GET / HTTP/1.0\r\n\r\n"))).to.be.oneOf([400, 421]);
    expect(status(await raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))).to.equal(400);
    expect(status(await ask("GET /", ["Host: evil.example"]))).to.equal(400);
    expect(status(await ask(`GET http://evil.example/`))).to.equal(404);
  });

  it("P10.13 refuses what another page asks for: by Origin, and by what the browser says of it", async () => {
    for (const origin of [
      "http://evil.example",
      "null",
      `https://${own()}`,
      `http://127.0.0.1:${port + 1}`,
      "file://",
    ])
      expect(status(await ask("GET /node.json", [`Origin: ${origin}`])), origin).to.equal(403);
    expect(status(await ask("GET /main.js", [`Origin: http://${own()}`]))).to.equal(200);
    const by = (site: string, mode: string, dest: string): string[] => [
      `Sec-Fetch-Site: ${site}`,
      `Sec-Fetch-Mode: ${mode}`,
      `Sec-Fetch-Dest: ${dest}`,
    ];
    expect(status(await ask("GET /main.js", by("cross-site", "no-cors", "script")))).to.equal(403);
    expect(status(await ask("GET /main.js", by("same-site", "no-cors", "script")))).to.equal(403);
    expect(status(await ask("GET /", by("cross-site", "navigate", "iframe")))).to.equal(403);
    expect(status(await ask("GET /", by("cross-site", "navigate", "document")))).to.equal(200);
    expect(status(await ask("GET /main.js", by("same-origin", "no-cors", "script")))).to.equal(200);
    expect(status(await ask("GET /", by("none", "navigate", "document")))).to.equal(200);
  });

  it("P10.13 localhost is sent on to 127.0.0.1, with the rest of the address, and nowhere else", async () => {
    const answer = await ask("GET /?profile=bob", [], `localhost:${port}`);
    expect(status(answer)).to.equal(307);
    expect(answer).to.include(`\r\nLocation: http://127.0.0.1:${port}/?profile=bob\r\n`);
    expect(await ask("GET /main.js", [], `LOCALHOST:${port}`)).to.include(
      `Location: http://127.0.0.1:${port}/main.js\r\n`,
    );
    for (const path of ["//evil.example/", "http://evil.example/", "/\\evil.example"])
      expect(await ask(`GET ${path}`, [], `localhost:${port}`), path).to.include(
        `Location: http://127.0.0.1:${port}/\r\n`,
      );
  });

  it("P10.13 has a strict policy without inline script, no cookies, no guessing of types, in every answer", async () => {
    for (const answer of [
      await ask("GET /"),
      await ask("GET /nothing"),
      await ask("GET /", [], "evil.example"),
      await ask("POST /"),
    ]) {
      const policy = /Content-Security-Policy: (.*)\r\n/.exec(answer)?.[1] ?? "";
      expect(policy.split("; ")).to.include.members([
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(policy).not.to.match(/unsafe|data:/);
      expect(policy.split("; ")).to.include.members(["img-src 'self' blob:", "media-src 'self' blob:"]);
      expect(answer).to.include("\r\nX-Content-Type-Options: nosniff\r\n");
      expect(answer).to.include("\r\nReferrer-Policy: no-referrer\r\n");
      expect(answer).to.include("\r\nCross-Origin-Resource-Policy: same-origin\r\n");
      expect(answer).not.to.match(/Set-Cookie|Access-Control|X-Powered-By/i);
    }
  });

  it("P10.13 knows GET and HEAD, no bodies, and no other paths", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
      expect(status(await ask(`${method} /`)), method).to.equal(405);
    expect(status(await ask("GET /", ["Content-Length: 5"]))).to.equal(413);
    expect(status(await ask("GET /", ["Transfer-Encoding: chunked"]))).to.equal(413);
    for (const path of [
      "/../package.json",
      "/%2e%2e/package.json",
      "/main.ts",
      "/main.js/",
      "//",
      "/index.html",
      "*",
    ])
      expect(status(await ask(`GET ${path}`)), path).to.equal(404);
    expect(status(await ask(`GET /${"x".repeat(9000)}`))).to.equal(431);
    expect(status(await ask("GET /", [`X: ${"x".repeat(9000)}`]))).to.equal(431);
    expect(status(await raw("nonsense\r\n\r\n"))).to.equal(400);
    expect(status(await raw("\u0016\u0003\u0001 TLS\r\n\r\n"))).to.equal(400);
  });

  it("P10.13 WebSockets are for the relay: at the path / only, from any origin, by any name", async () => {
    const taken: [string, number][] = [];
    const upgrade = (path: string, more: readonly string[] = [], name = own()): Promise<string> =>
      raw(
        `GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more.map((one) => `${one}\r\n`).join("")}\r\n`,
      );
    expect(status(await upgrade("/")), "before the relay is there").to.equal(404);
    web.sockets.onSocket((socket, from, fromPort) => {
      taken.push([from, fromPort]);
      socket.terminate();
    });
    expect(status(await upgrade("/", ["Origin: http://evil.example"]))).to.equal(101);
    expect(status(await upgrade("/", [], "relay.example"))).to.equal(101);
    expect(taken.map(([from]) => from)).to.deep.equal(["127.0.0.1", "127.0.0.1"]);
    expect(status(await upgrade("/node.json"))).to.equal(404);
    expect(taken).to.have.length(2);
  });

  it("P10.13 before the node has started, nobody is answered; a file that cannot be made says why", async () => {
    expect(await ask("GET /broken.js"))
      .to.match(/^HTTP\/1\.1 500 /)
      .and.include("page/main.ts, line 3: a mistake");
    web.close();
    const { makePageServer } = await import("./page-server.ts");
    web = makePageServer();
    web.server.listen({ host, port: 0 });
    await once(web.server, "listening");
    port = (web.server.address() as AddressInfo).port;
    expect(status(await ask("GET /"))).to.equal(503);
  });

  it("P10.13 the same on [::1]", async () => {
    web.close();
    await start("::1");
    expect(status(await ask("GET /"))).to.equal(200);
    expect(status(await ask("GET /", [], `127.0.0.1:${port}`))).to.equal(421);
    expect(await ask("GET /", [], `localhost:${port}`)).to.include(`Location: http://[::1]:${port}/\r\n`);
    expect(status(await ask("GET /", [`Origin: http://[::1]:${port}`]))).to.equal(200);
  });
});
