// Walks all that a web server may be asked for, as somebody who may not ask, and says what was let in.

import type { Route } from "../serve/guard.ts";
import { HEADERS } from "../serve/web-server.ts";
import { SUBPROTOCOL } from "../shared/calls.ts";
import { type RawAnswer, type RawRequest, send } from "./raw-request.ts";

/** Whom the walk asks. */
export interface Walked {
  port: number;
  token: string;
  routes: readonly Route[];
}

/** One way in which a request is not what it should be. */
interface Trick {
  name: string;
  /** Changes a request that would be let in. */
  change(request: RawRequest): void;
  /** How the server may refuse it. */
  statuses: readonly number[];
}

/** The statuses with which the guard alone refuses. Where nothing is at a path, or what came is wrong, places say so, too. */
const REFUSALS = [0, 401, 403, 405, 413, 421];

/** @returns a line for each request that was answered in another way than it should be; empty if all is well */
export async function walk(walked: Walked): Promise<string[]> {
  const findings: string[] = [];
  const ask = async (
    name: string,
    request: RawRequest,
    isFine: (status: number) => boolean,
  ): Promise<void> => {
    const answer = await send(walked.port, request);
    const where = `${request.method} ${request.target}${isUpgrade(request) ? " (upgrade)" : ""}, ${name}`;
    if (!isFine(answer.status)) findings.push(`${where}: ${answer.status || "no answer"}`);
    findings.push(...faults(answer, walked.token).map((fault) => `${where}: ${fault}`));
  };
  for (const route of walked.routes) {
    await ask("as it should be", fineRequest(walked, route), (status) => !REFUSALS.includes(status));
    for (const { name, change, statuses } of tricksFor(walked, route)) {
      const request = fineRequest(walked, route);
      change(request);
      await ask(name, request, (status) => statuses.includes(status));
    }
  }
  return findings;
}

/** A request as our own page sends it. */
function fineRequest({ port, token }: Walked, { method, path, isUpgrade, isPublic }: Route): RawRequest {
  const headers: [string, string][] = [["Host", `127.0.0.1:${port}`]];
  if (isUpgrade)
    headers.push(
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Version", "13"],
      ["Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="],
      ["Sec-WebSocket-Protocol", `${SUBPROTOCOL}, ${token}`],
    );
  else if (!isPublic) headers.push(["Authorization", `Bearer ${token}`]);
  if (isUpgrade || method !== "GET") headers.push(["Origin", `http://127.0.0.1:${port}`]);
  if (method !== "GET") headers.push(["Content-Length", "0"]);
  return { method, target: path, version: "1.1", headers, body: "" };
}

function tricksFor(walked: Walked, route: Route): Trick[] {
  return [
    ...hostTricks(walked),
    ...originTricks(walked, route),
    ...fetchTricks(route),
    ...tokenTricks(walked, route),
    ...methodTricks(walked, route),
    ...bodyTricks(route),
    ...pathTricks(walked, route),
  ];
}

/** Names that lead to this machine and are not ours: DNS rebinding, and what confuses a reader of names. */
function hostTricks({ port }: Walked): Trick[] {
  const own = `127.0.0.1:${port}`;
  const wrong = [
    `evil.example:${port}`,
    "evil.example",
    "127.0.0.1",
    "localhost",
    `127.0.0.1:${port + 1}`,
    `127.0.0.1:0${port}`,
    `127.0.0.1.evil.example:${port}`,
    `localhost.:${port}`,
    `sub.localhost:${port}`,
    `[::1]:${port}`,
    `0.0.0.0:${port}`,
    `127.1:${port}`,
    `user@${own}`,
    `${own}, evil.example`,
    `${own}/`,
    "",
  ];
  return [
    ...wrong.map((host) => ({ name: `Host: ${host}`, change: setting("Host", host), statuses: [421, 400] })),
    ...[
      ["evil.example", own],
      [own, "evil.example"],
      [own, own],
    ].map((hosts) => ({
      name: `two Hosts: ${hosts.join(" and ")}`,
      change: setting("Host", ...hosts),
      statuses: [421, 400],
    })),
    { name: "no Host", change: setting("Host"), statuses: [421, 400] },
    {
      name: "no Host, HTTP/1.0",
      change: (request) => {
        setting("Host")(request);
        request.version = "1.0";
      },
      // A WebSocket needs HTTP/1.1, and what is no upgrade finds nothing at that path.
      statuses: [421, 400],
    },
  ];
}

/** Other pages in the user's browser. */
function originTricks({ port }: Walked, { method, isUpgrade }: Route): Trick[] {
  const own = `http://127.0.0.1:${port}`;
  const wrong = [
    "http://evil.example",
    "null",
    `http://127.0.0.1:${port + 1}`,
    "http://127.0.0.1",
    `https://127.0.0.1:${port}`,
    // It is ours, and another origin to the browser than the one that was asked.
    `http://localhost:${port}`,
    `${own}.evil.example`,
    `${own}/`,
    "",
  ];
  const tricks = wrong.map((origin) => ({
    name: `Origin: ${origin}`,
    change: setting("Origin", origin),
    statuses: [403],
  }));
  tricks.push({
    name: "two Origins",
    change: setting("Origin", own, "http://evil.example"),
    statuses: [403],
  });
  if (isUpgrade || method !== "GET")
    tricks.push({ name: "no Origin", change: setting("Origin"), statuses: [403] });
  return tricks;
}

/** What a browser says of where a request comes from that has no Origin. */
function fetchTricks({ method, isUpgrade }: Route): Trick[] {
  if (isUpgrade || method !== "GET") return [];
  const wrong = [
    ["cross-site", "no-cors", "script"],
    ["cross-site", "no-cors", "image"],
    ["same-site", "no-cors", "script"],
    ["cross-site", "navigate", "iframe"],
    ["same-site", "navigate", "iframe"],
    ["cross-site", "navigate", "object"],
    ["cross-site", "cors", "document"],
  ];
  return wrong.map(
    ([site = "", mode = "", dest = ""]): Trick => ({
      name: `another page's ${mode} for ${dest} (${site})`,
      change: (request) => {
        setting("Sec-Fetch-Site", site)(request);
        setting("Sec-Fetch-Mode", mode)(request);
        setting("Sec-Fetch-Dest", dest)(request);
      },
      statuses: [403],
    }),
  );
}

function tokenTricks({ token }: Walked, { isUpgrade, isPublic }: Route): Trick[] {
  if (isPublic) return [];
  const other = token.startsWith("A") ? "B" : "A";
  const wrong = [
    "",
    `${other}${token.slice(1)}`,
    `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`,
    token.slice(0, -1),
    `${token}A`,
    token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(),
    "undefined",
  ];
  const name = isUpgrade ? "Sec-WebSocket-Protocol" : "Authorization";
  const values = isUpgrade
    ? [
        ...wrong.map((one) => `${SUBPROTOCOL}, ${one}`),
        SUBPROTOCOL,
        token,
        `${token}, ${SUBPROTOCOL}`,
        `other, ${token}`,
      ]
    : [...wrong.map((one) => `Bearer ${one}`), token, `Basic ${token}`, `Bearer x ${token}`];
  const elsewhere: Trick[] = [
    { name: "no token", change: setting(name), statuses: [401] },
    {
      name: "the token in a cookie",
      change: (request) => {
        setting(name)(request);
        setting("Cookie", `token=${token}`)(request);
      },
      statuses: [401],
    },
    {
      name: "the token in the query",
      change: (request) => {
        setting(name)(request);
        request.target += `?token=${token}`;
      },
      statuses: [401],
    },
  ];
  return [
    ...values.map((value) => ({
      name: `${name}: ${value.replaceAll(token, "TOKEN")}`,
      change: setting(name, value),
      // An empty subprotocol is a mistake of its own.
      statuses: [401, 400],
    })),
    ...elsewhere,
  ];
}

function methodTricks({ port, routes }: Walked, { method, path, isUpgrade }: Route): Trick[] {
  const known = routes.filter((route) => route.path === path && route.isUpgrade === isUpgrade);
  const isKnown = (name: string): boolean => known.some((route) => route.method === name);
  const others = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"].filter(
    (name) => !isKnown(name),
  );
  const tricks: Trick[] = others.map((name) => ({
    name: `${name} in place of ${method}`,
    change: (request) => {
      request.method = name;
      setting("Origin", `http://127.0.0.1:${port}`)(request);
    },
    statuses: [405],
  }));
  tricks.push({
    name: isUpgrade ? "no upgrade" : "an upgrade",
    change: (request) => {
      setting("Origin", `http://127.0.0.1:${port}`)(request);
      setting("Connection", ...(isUpgrade ? [] : ["Upgrade"]))(request);
      setting("Upgrade", ...(isUpgrade ? [] : ["websocket"]))(request);
    },
    statuses: [404],
  });
  return tricks;
}

function bodyTricks({ mostBytes, isUpgrade }: Route): Trick[] {
  const tricks: Trick[] = [
    {
      name: "a body too large",
      change: setting("Content-Length", String(mostBytes + 1)),
      statuses: [413],
    },
    {
      name: "a body that does not say how large it is",
      change: (request) => {
        setting("Content-Length")(request);
        setting("Transfer-Encoding", "chunked")(request);
        request.body = "1\r\na\r\n0\r\n\r\n";
      },
      statuses: [413],
    },
    ...["-1", "1e3", "0x10", "1 2"].map((length) => ({
      name: `Content-Length: ${length}`,
      change: setting("Content-Length", length),
      statuses: [400, 413],
    })),
    {
      name: "two lengths",
      change: setting("Content-Length", "0", "1"),
      statuses: [400, 413],
    },
  ];
  // With an upgrade, the parser leaves the body to us.
  return tricks.filter(({ name }) => !(isUpgrade && name === "two lengths"));
}

/** Other ways to write a path lead nowhere. */
function pathTricks({ port }: Walked, { path }: Route): Trick[] {
  const name = path.slice(1);
  const others = [
    `/${path}`,
    `${path}${path.endsWith("/") ? "." : "/"}`,
    `/.${path}`,
    `/..${path}`,
    `/x/..${path}`,
    `/%2e%2e${path}`,
    `/..%2f${name}`,
    `/\\..\\${name}`,
    `/%2f${name}`,
    `${path}%00`,
    `${path};x`,
    `${path}%3f`,
    `http://127.0.0.1:${port}${path}`,
    `http://evil.example${path}`,
    "/../../package.json",
    "/web.ts",
    "/etc/passwd",
    "*",
  ];
  return others
    .filter((other) => other !== path)
    .map(
      (target): Trick => ({
        name: `the path ${target}`,
        change: (request) => {
          request.target = target;
        },
        statuses: [404, 400],
      }),
    );
}

/** Replaces all headers of a name. @param values one header each; none takes it out */
function setting(name: string, ...values: readonly string[]): (request: RawRequest) => void {
  return (request) => {
    const others = request.headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase());
    request.headers = [...others, ...values.map((value) => [name, value] as const)];
  };
}

function isUpgrade({ headers }: RawRequest): boolean {
  return headers.some(([name]) => name.toLowerCase() === "upgrade");
}

/** What no answer may do, and what each must have. */
function faults({ status, headers, text }: RawAnswer, token: string): string[] {
  const found: string[] = [];
  if (text.includes(token)) found.push("the token is in the answer");
  if (headers.has("set-cookie")) found.push("a cookie is set");
  for (const name of headers.keys())
    if (name.startsWith("access-control-")) found.push(`${name} lets other pages in`);
  // The answer to an upgrade that succeeds is no content.
  if (status === 0 || status === 101) return found;
  for (const name of Object.keys(HEADERS))
    if (!headers.has(name.toLowerCase())) found.push(`${name} is missing`);
  if (!headers.get("content-security-policy")?.includes("frame-ancestors 'none'"))
    found.push("other pages may put it into a frame");
  return found;
}
