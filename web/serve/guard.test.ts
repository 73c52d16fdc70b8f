import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Asked, judge, type Route, type Site } from "./guard.ts";

const TOKEN = "the-right-token-of-this-run";
const page = { method: "GET", path: "/", isUpgrade: false, isPublic: true, mostBytes: 0 } as const;
const file = { ...page, path: "/captures/file", isPublic: false };
const drop = { ...file, method: "POST", mostBytes: 100 } as const;
const socket = { ...page, path: "/socket", isUpgrade: true, isPublic: false };
const SITE: Site = { port: 4567, token: TOKEN, routes: [page, file, drop, socket] };

/** A request as our own page makes it. */
function asked(route: Route, headers: Asked["headers"] = {}, others: Partial<Asked> = {}): Asked {
  const needsOrigin = route.isUpgrade || route.method === "POST";
  return {
    method: route.method,
    url: route.path,
    isUpgrade: route.isUpgrade,
    hostCount: 1,
    ...others,
    headers: {
      host: "127.0.0.1:4567",
      ...(needsOrigin ? { origin: "http://127.0.0.1:4567" } : {}),
      ...(route.isUpgrade
        ? { "sec-websocket-protocol": `course, ${TOKEN}` }
        : { authorization: `Bearer ${TOKEN}` }),
      ...headers,
    },
  };
}

/** 200 where it is let in. */
function status(one: Asked, site = SITE): number {
  const judgement = judge(site, one);
  return "route" in judgement ? 200 : judgement.status;
}

describe("the guard", () => {
  it("lets our own page in, by both names", () => {
    for (const route of SITE.routes) {
      expect(judge(SITE, asked(route))).to.deep.equal({ route });
      const host = "LocalHost:4567";
      const origin = route.isUpgrade || route.method === "POST" ? { origin: "http://localhost:4567" } : {};
      expect(status(asked(route, { host, ...origin }))).to.equal(200);
    }
    expect(status(asked(page, {}, { method: "HEAD" }))).to.equal(200);
    expect(status(asked(page, { authorization: undefined }))).to.equal(200);
    expect(status(asked(page, {}, { url: "/?x=1" }))).to.equal(200);
  });

  it("refuses every other Host, none, and two", () => {
    for (const host of [
      "evil.example:4567",
      "127.0.0.1",
      "127.0.0.1:4568",
      "localhost.:4567",
      "[::1]:4567",
      "",
    ])
      for (const route of SITE.routes) expect(status(asked(route, { host })), host).to.equal(421);
    expect(status(asked(page, { host: undefined }))).to.equal(421);
    expect(status(asked(page, {}, { hostCount: 2 }))).to.equal(421);
    expect(status(asked(page, {}, { hostCount: 0 }))).to.equal(421);
  });

  it("knows that nobody names the usual port", () => {
    const site = { ...SITE, port: 80 };
    expect(status(asked(page, { host: "127.0.0.1" }), site)).to.equal(200);
    expect(status(asked(drop, { host: "localhost", origin: "http://localhost" }), site)).to.equal(200);
    expect(status(asked(page, { host: "evil.example" }), site)).to.equal(421);
  });

  it("refuses another page, whatever it asks for", () => {
    const wrong = [
      "http://evil.example",
      "null",
      "http://127.0.0.1:4568",
      "https://127.0.0.1:4567",
      "http://localhost:4567",
      "",
    ];
    for (const origin of wrong)
      for (const route of SITE.routes) expect(status(asked(route, { origin })), origin).to.equal(403);
  });

  it("refuses upgrades and changes without an Origin", () => {
    expect(status(asked(socket, { origin: undefined }))).to.equal(403);
    expect(status(asked(drop, { origin: undefined }))).to.equal(403);
    expect(status(asked(page, {}, { method: "DELETE" }))).to.equal(403);
    expect(status(asked(file, { origin: undefined }))).to.equal(200);
  });

  it("refuses what another page loads, and lets a link to the page be followed", () => {
    const from = (site: string, mode: string, dest: string) =>
      status(asked(page, { "sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest }));
    expect(from("cross-site", "no-cors", "script")).to.equal(403);
    expect(from("same-site", "no-cors", "image")).to.equal(403);
    expect(from("cross-site", "navigate", "iframe")).to.equal(403);
    expect(from("cross-site", "cors", "document")).to.equal(403);
    expect(from("cross-site", "navigate", "document")).to.equal(200);
    expect(from("same-origin", "no-cors", "script")).to.equal(200);
    expect(from("none", "navigate", "document")).to.equal(200);
  });

  it("knows paths as they are written only", () => {
    for (const url of [
      "//",
      "/.",
      "/../",
      "/captures/file/",
      "/captures//file",
      "/captures%2ffile",
      "http://127.0.0.1:4567/",
      "*",
      "",
    ])
      expect(status(asked(page, {}, { url })), url).to.equal(404);
    expect(status(asked(socket, {}, { url: "/" }))).to.equal(404);
    expect(status(asked(page, {}, { url: "/socket" }))).to.equal(404);
  });

  it("says which method a path takes", () => {
    const origin = "http://127.0.0.1:4567";
    expect(judge(SITE, asked(page, { origin }, { method: "POST" }))).to.deep.include({ status: 405 });
    expect(judge(SITE, asked(file, { origin }, { method: "PUT" }))).to.deep.equal({
      status: 405,
      why: "it takes GET, POST only",
    });
  });

  it("wants the token, whole and in its place", () => {
    for (const token of ["", "x", TOKEN.slice(1), TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase()]) {
      expect(status(asked(file, { authorization: `Bearer ${token}` })), token).to.equal(401);
      expect(status(asked(socket, { "sec-websocket-protocol": `course, ${token}` })), token).to.equal(401);
    }
    for (const value of [undefined, TOKEN, `Basic ${TOKEN}`, `Bearer ${TOKEN} x`, ["Bearer", TOKEN]])
      expect(status(asked(file, { authorization: value }))).to.equal(401);
    for (const value of [undefined, "course", TOKEN, `${TOKEN}, course`, `other, ${TOKEN}`])
      expect(status(asked(socket, { "sec-websocket-protocol": value }))).to.equal(401);
    // Neither serves for the other.
    expect(
      status(asked(file, { authorization: undefined, "sec-websocket-protocol": `course, ${TOKEN}` })),
    ).to.equal(401);
    expect(
      status(asked(socket, { authorization: `Bearer ${TOKEN}`, "sec-websocket-protocol": "course" })),
    ).to.equal(401);
    expect(
      status(
        asked(
          file,
          { authorization: undefined, cookie: `token=${TOKEN}` },
          { url: `/captures/file?token=${TOKEN}` },
        ),
      ),
    ).to.equal(401);
  });

  it("compares the token in a time that tells nothing: only by hashes of one length", () => {
    const source = readFileSync(new URL("guard.ts", import.meta.url), "utf8");
    expect(source.match(/\btoken\b.*(?:[!=]==|\.startsWith|\.includes|localeCompare)/g)).to.equal(null);
    expect(
      source.match(
        /timingSafeEqual\(hash\("sha256", wanted, "buffer"\), hash\("sha256", came, "buffer"\)\)/g,
      ),
    ).to.have.length(1);
    expect(source.match(/site\.token/g)).to.have.length(1);
  });

  it("takes no body that is larger than the path allows, or does not say how large it is", () => {
    expect(status(asked(drop, { "content-length": "100" }))).to.equal(200);
    for (const length of ["101", "1e3", "-", "Infinity"])
      expect(status(asked(drop, { "content-length": length })), length).to.equal(413);
    expect(status(asked(page, { "content-length": "1" }))).to.equal(413);
    expect(status(asked(drop, { "transfer-encoding": "chunked" }))).to.equal(413);
    expect(status(asked(socket, { "transfer-encoding": "chunked" }))).to.equal(413);
  });

  it("says in one line what is to be done", () => {
    for (const one of [
      asked(page, { host: "x" }),
      asked(file, { authorization: "" }),
      asked(page, {}, { url: "/x" }),
    ]) {
      const judgement = judge(SITE, one);
      expect("why" in judgement && judgement.why).to.match(/^[^\n]{10,120}$/);
      expect(JSON.stringify(judgement)).not.to.include(TOKEN);
    }
  });
});
