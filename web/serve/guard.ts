// Who may ask the server. Whoever reaches a terminal's socket owns the user's account, so every request and every upgrade
// passes here first. Other pages in the user's browser, other users of this machine, and names that somebody else has lead
// to it (DNS rebinding) are refused. Pure.

import { hash, timingSafeEqual } from "node:crypto";
import { SUBPROTOCOL } from "../shared/calls.ts";

/** What the guard looks at. The names of headers are in small letters. */
export interface Asked {
  method: string;
  /** The path as it was asked for, with what follows a question mark. */
  url: string;
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** How many headers `Host` came: Node.js takes the first of several. */
  hostCount: number;
  isUpgrade: boolean;
}

/** Which requests and upgrades there are. */
export interface Route {
  method: "GET" | "POST";
  path: string;
  isUpgrade: boolean;
  /** Whether anybody may have it who reaches this machine: the page's own files, in which nothing is secret. */
  isPublic: boolean;
  /** The most bytes that its body may have. */
  mostBytes: number;
}

/** Whom the guard lets in. */
export interface Site {
  port: number;
  token: string;
  routes: readonly Route[];
}

export type Judgement = { route: Route } | { status: number; why: string };

/** Judges one request. HEAD is judged as GET. */
export function judge(site: Site, asked: Asked): Judgement {
  const { port } = site;
  // Of the usual port, no browser speaks (RFC 9110 section 4.2.1).
  const at = port === 80 ? "" : `:${port}`;
  const hosts = [`127.0.0.1${at}`, `localhost${at}`];
  const host = one(asked.headers.host)?.toLowerCase() ?? "";
  if (asked.hostCount !== 1 || !hosts.includes(host))
    return refusal(421, `this is no name of this server: it is at http://127.0.0.1${at}/`);
  if (isForeign(asked, host)) return refusal(403, "another page may not ask this server");
  const path = asked.url.split("?", 1)[0] ?? "";
  const here = site.routes.filter((route) => route.path === path && route.isUpgrade === asked.isUpgrade);
  if (here.length === 0) return refusal(404, "there is nothing at this path");
  const method = asked.method === "HEAD" ? "GET" : asked.method;
  const route = here.find((one) => one.method === method);
  if (route === undefined) return refusal(405, `it takes ${here.map((one) => one.method).join(", ")} only`);
  if (!route.isPublic && !isToken(site.token, tokenOf(asked)))
    return refusal(401, "the token is missing or wrong: open the address that npm run web has printed last");
  const length = Number(one(asked.headers["content-length"]) ?? 0);
  const isChunked = asked.headers["transfer-encoding"] !== undefined;
  if (isChunked || !(length <= route.mostBytes))
    return refusal(413, `the body may have ${route.mostBytes} bytes, and says how many it has`);
  return { route };
}

/**
 * Whether another page asks. Browsers say from where a request comes: in `Origin` with every upgrade and every request
 * that may change something (RFC 6455 section 10.2; Fetch, section 3.2), so where one is missing no page of ours asks. For
 * other requests, `Sec-Fetch-Site` says it; a link that is followed to the page itself is fine.
 */
function isForeign({ method, headers, isUpgrade }: Asked, host: string): boolean {
  const origin = one(headers.origin);
  if (origin !== undefined) return origin.toLowerCase() !== `http://${host}`;
  if (isUpgrade || (method !== "GET" && method !== "HEAD")) return true;
  const site = one(headers["sec-fetch-site"]);
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  const isLink =
    one(headers["sec-fetch-mode"]) === "navigate" && one(headers["sec-fetch-dest"]) === "document";
  return !isOwn && !isLink;
}

/** The token that came: with an upgrade as the second subprotocol, else in `Authorization`. */
function tokenOf({ headers, isUpgrade }: Asked): string {
  if (!isUpgrade) return /^Bearer (\S+)$/.exec(one(headers.authorization) ?? "")?.[1] ?? "";
  const [name, token] = (one(headers["sec-websocket-protocol"]) ?? "").split(",").map((word) => word.trim());
  return name === SUBPROTOCOL ? (token ?? "") : "";
}

/** Compares in a time that tells nothing of where they differ: the hashes have one length, whatever came. */
function isToken(wanted: string, came: string): boolean {
  return timingSafeEqual(hash("sha256", wanted, "buffer"), hash("sha256", came, "buffer"));
}

/** The header if it came once. */
function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function refusal(status: number, why: string): Judgement {
  return { status, why };
}
