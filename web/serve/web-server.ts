// The web server: node:http and ws behind one guard. It serves the page's files, takes files that are dropped into the
// page, and gives each page its socket.

import { randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { MOST_CALL_BYTES, SUBPROTOCOL } from "../shared/calls.ts";
import { type Asked, type Judgement, judge, type Route, type Site } from "./guard.ts";
import { type PageFiles, pageWithPolicy } from "./page-files.ts";
import { servePage } from "./page-socket.ts";
import type { Page, Place } from "./place.ts";

/** A path that a place answers, beside the page's own files. All of them need the token. */
export interface OwnRoute {
  method: "GET" | "POST";
  path: string;
  /** The most bytes that its body may have. */
  mostBytes: number;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface WebServerOptions {
  host: string;
  /** 0 for one that the system chooses. */
  port: number;
  token: string;
  files: () => Promise<PageFiles>;
  places: readonly Place[];
  routes: readonly OwnRoute[];
  /** Is told of what is a mistake of ours. */
  failed(error: unknown): void;
}

export interface WebServer {
  port: number;
  /** All that may be asked for: a test walks them. */
  routes(): Promise<readonly Route[]>;
  close(): Promise<void>;
}

// Limits of what a client sends and how long it takes, in bytes and milliseconds.
const MOST_HEADER_BYTES = 8192;
const MOST_CONNECTIONS = 256;
const MOST_PAGES = 32;
const HEADER_LIMIT = 4000;
const IDLE_LIMIT = 5000;
/** How often we look who has been too slow. */
const LOOK_FOR_SLOW = 2000;

/** Every answer has these. */
export const HEADERS: Readonly<Record<string, string>> = {
  // Pages have their own; this is for all else.
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

/** How long the text is that a page knows this run by, in bytes. */
const RUN_BYTES = 32;

const PAGE_PATH = "/";
const SOCKET_PATH = "/socket";

/** @throws Error if it cannot listen there */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = createServer({
    maxHeaderSize: MOST_HEADER_BYTES,
    // The guard refuses those that have none.
    requireHostHeader: false,
    headersTimeout: HEADER_LIMIT,
    // Large files take their time; how much they may send is limited.
    requestTimeout: 0,
    keepAliveTimeout: IDLE_LIMIT,
    connectionsCheckingInterval: LOOK_FOR_SLOW,
  });
  server.maxConnections = MOST_CONNECTIONS;
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    // Node.js waits for ever for who sends nothing at all, and there are only so many connections.
    socket.setTimeout(HEADER_LIMIT);
    socket.on("timeout", () => socket.destroy());
  });
  const { port } = await listen(server, options);
  const site = async (): Promise<Site> => ({ port, token: options.token, routes: await routesOf(options) });
  const takeUpgrade = upgrader(options);

  server.on("request", (request, response) => {
    // Whoever answers limits the time: the first page waits until it is bundled.
    request.socket.setTimeout(0);
    const answer = async (): Promise<void> => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const judgement = judge(await site(), askedOf(request, false));
      if ("why" in judgement) return refuse(response, judgement.status, judgement.why);
      await serve(options, judgement.route, request, response);
    };
    answer().catch((error) => {
      if (error instanceof Error && !response.headersSent) refuse(response, 500, error.message);
      else response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    site()
      .then((known) => takeUpgrade(judge(known, askedOf(request, true)), request, socket, head))
      .catch(() => socket.destroy());
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // A browser opens connections in advance: one on which nothing was asked is closed without an answer, which it would
    // take for that to its next request.
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && (socket as Socket).bytesRead === 0)
      return void socket.destroy();
    const isTooLarge = error.code === "HPE_HEADER_OVERFLOW";
    if (!socket.writable) socket.destroy();
    else if (isTooLarge) refuseOn(socket, 431, "the header is too large");
    else refuseOn(socket, 400, "this is no request");
  });
  return {
    port,
    routes: () => routesOf(options),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connections) socket.destroy();
      await Promise.all(options.places.map(async (place) => place.close?.()));
      await closed;
    },
  };
}

async function listen(server: Server, { host, port }: WebServerOptions): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

async function routesOf({ files, routes }: WebServerOptions): Promise<Route[]> {
  const page = { method: "GET", isUpgrade: false, isPublic: true, mostBytes: 0 } as const;
  return [
    { ...page, path: PAGE_PATH },
    ...[...(await files()).keys()].map((path) => ({ ...page, path })),
    ...routes.map(({ method, path, mostBytes }) => ({
      method,
      path,
      isUpgrade: false,
      isPublic: false,
      mostBytes,
    })),
    { method: "GET", path: SOCKET_PATH, isUpgrade: true, isPublic: false, mostBytes: 0 },
  ];
}

/** Gives each page that is let in its socket. */
function upgrader({ places, failed }: WebServerOptions) {
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_CALL_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  const run = randomBytes(RUN_BYTES).toString("base64url");
  let opened = 0;
  return (judgement: Judgement, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if ("why" in judgement) return refuseOn(socket, judgement.status, judgement.why);
    if (upgrades.clients.size >= MOST_PAGES)
      return refuseOn(socket, 503, `${MOST_PAGES} pages are open: close one`);
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      opened += 1;
      const page: Page = servePage(webSocket, opened, places, failed);
      page.tell("server/run", { run });
      for (const place of places) place.opened?.(page);
    });
  };
}

async function serve(
  { files, routes }: WebServerOptions,
  { method, path }: Route,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const own = routes.find((route) => route.path === path && route.method === method);
  if (own !== undefined) return own.answer(request, response);
  if (path === PAGE_PATH) {
    const { body, policy } = pageWithPolicy((await files()).keys());
    response.setHeader("Content-Security-Policy", policy);
    return send(response, 200, "text/html; charset=utf-8", body, request.method);
  }
  const file = (await files()).get(path);
  if (file === undefined) return refuse(response, 404, "there is nothing at this path");
  send(response, 200, file.type, file.body, request.method);
}

function askedOf(request: IncomingMessage, isUpgrade: boolean): Asked {
  const { method = "", url = "", headers, rawHeaders } = request;
  const hostCount = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  return { method, url, headers, hostCount, isUpgrade };
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
  method = "GET",
): void {
  response.setHeader("Content-Type", type);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.writeHead(status);
  response.end(method === "HEAD" ? undefined : body);
}

/** Says why, and ends the connection: there may be more of the request that nobody reads. */
function refuse(response: ServerResponse, status: number, why: string): void {
  response.setHeader("Connection", "close");
  send(response, status, "text/plain; charset=utf-8", `${why}\n`);
}

/** The same where there is no response to write to: the request was none, or asked for an upgrade. */
function refuseOn(socket: Duplex, status: number, why: string): void {
  const body = `${why}\n`;
  const headers = {
    ...HEADERS,
    Connection: "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // Whoever does not end their side, and may even send more, is not waited for.
  const timer = setTimeout(() => socket.destroy(), HEADER_LIMIT);
  socket.once("close", () => clearTimeout(timer));
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}
