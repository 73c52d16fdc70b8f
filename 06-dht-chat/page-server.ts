// The web server of the page (P10.13): a few files for the user's own browser, and for nobody else's page. WebSockets are
// the relay's, and are handed over to the engine.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { ServerSocket, SocketSource } from "./engine-listener.ts";

/** A file that is served. */
export interface PageFile {
  /** Its media type. */
  type: string;
  /** Makes it anew for each request. @throws Error with a sentence for the user if it cannot be made */
  read(): Promise<string | Uint8Array>;
  /** The same, compressed by gzip, for browsers that take it. */
  readCompressed?(): Promise<Uint8Array>;
}

/** What is served, by path, such as `/main.js`; the page itself is `/`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** A web server that is bound to no port yet. */
export interface PageServer {
  server: Server;
  sockets: SocketSource;
  /** Whose requests are answered. Before that, nobody's. @param hosts own IP addresses */
  serve(hosts: readonly string[], port: number, files: PageFiles): void;
  /** Ends all connections. */
  close(): void;
}

// Limits of what a client sends and how long it takes, in bytes and milliseconds.
const MOST_HEADER_BYTES = 8192;
const MOST_CONNECTIONS = 1024;
const REQUEST_LIMIT = 10_000;
const IDLE_LIMIT = 5000;
/** libp2p's messages have at most 65,535 bytes and their length. */
const MOST_SOCKET_MESSAGE = 1_048_576;

/**
 * The policy of the page: its own script and style, no inline script; pictures and videos from memory; connections to
 * itself and, by WebSocket, to relays anywhere.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

/** See the file's first line. The caller has the server listen. */
export function makePageServer(): PageServer {
  const server = createServer({
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: REQUEST_LIMIT,
    requestTimeout: REQUEST_LIMIT,
    keepAliveTimeout: IDLE_LIMIT,
  });
  server.maxConnections = MOST_CONNECTIONS;
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_SOCKET_MESSAGE,
    perMessageDeflate: false,
  });
  const connections = new Set<Socket>();
  let site: Site | undefined;
  let takeSocket: ((socket: ServerSocket, host: string, port: number) => void) | undefined;
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  server.on("request", (request, response) => {
    if (site === undefined) return refuse(response, 503, "the node has not started yet");
    void answer(site, request, response);
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const { remoteAddress = "", remotePort = 0 } = request.socket;
    // P10.13: any origin, and any name that leads here. What speaks no libp2p is dropped by the engine.
    if (takeSocket === undefined || pathOf(request) !== "/") return refuseUpgrade(socket);
    const take = takeSocket;
    upgrades.handleUpgrade(request, socket, head, (opened) => {
      opened.on("error", () => {}); // It is followed by `close`. Unheard, it would end the program.
      take(opened, remoteAddress, remotePort);
    });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const isTooLarge = error.code === "HPE_HEADER_OVERFLOW";
    const status = isTooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else socket.destroy();
  });
  return {
    server,
    sockets: {
      onSocket: (handler) => {
        takeSocket = handler;
      },
    },
    serve: (hosts, port, files) => {
      site = {
        hosts: hosts.map((host) => hostHeader(host, port)),
        localhost: hostHeader("localhost", port),
        files,
      };
    },
    close: () => {
      server.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

interface Site {
  /** As they stand in the header Host; the first one is where `localhost` is sent on to. */
  hosts: readonly string[];
  localhost: string;
  files: PageFiles;
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const { method = "", headers } = request;
  const host = headers.host?.toLowerCase() ?? "";
  const [first = ""] = site.hosts;
  if (hostCount(request) !== 1) return refuse(response, 400, "exactly one header Host is needed");
  const isLocalhost = host === site.localhost;
  if (!isLocalhost && !site.hosts.includes(host))
    return refuse(response, 421, `this is no name of this node: open http://${first}/`);
  if (isForeign(headers, host)) return refuse(response, 403, "other pages may not ask this node");
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, 405, "only GET and HEAD are answered");
  }
  if (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0)
    return refuse(response, 413, "a request has no body here");
  const path = pathOf(request);
  if (isLocalhost) {
    // The browser would keep another profile there: storage belongs to an origin.
    response.setHeader(
      "Location",
      `http://${first}${/^\/[^/\\]/.test(request.url ?? "") || path === "/" ? request.url : "/"}`,
    );
    return send(response, 307, "text/plain; charset=utf-8", `open http://${first}/`, method);
  }
  const file = site.files.get(path);
  if (file === undefined) return refuse(response, 404, "there is no such file");
  try {
    send(response, 200, file.type, await bodyOf(file, headers, response), method);
  } catch (error) {
    refuse(response, 500, error instanceof Error ? error.message : "this file cannot be made");
  }
}

/** The file as this browser takes it. */
async function bodyOf(
  file: PageFile,
  headers: IncomingMessage["headers"],
  response: ServerResponse,
): Promise<string | Uint8Array> {
  if (file.readCompressed === undefined) return file.read();
  response.setHeader("Vary", "Accept-Encoding");
  if (!takesGzip(headers["accept-encoding"])) return file.read();
  const body = await file.readCompressed();
  response.setHeader("Content-Encoding", "gzip");
  return body;
}

/** Whether gzip is named, and not with a weight of zero (RFC 9110 section 12.5.3). */
function takesGzip(accepted: string | string[] = ""): boolean {
  const codings = String(accepted).toLowerCase().split(",");
  return codings.some((coding) => /^\s*gzip\s*($|;)/.test(coding) && !/;\s*q=0(\.0*)?\s*$/.test(coding));
}

/** A page of another origin asks: its script, or its picture, frame and the like. A link to the page itself is fine. */
function isForeign({ origin, ...headers }: IncomingMessage["headers"], host: string): boolean {
  if (origin !== undefined) return origin.toLowerCase() !== `http://${host}`;
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  const isLink = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return !isOwn && !isLink;
}

/** Node.js takes the first of several. */
function hostCount({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
}

/** The path as it was asked for, without what follows a question mark. */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "";
}

function hostHeader(host: string, port: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === 80 ? name : `${name}:${port}`;
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

function refuseUpgrade(socket: Duplex): void {
  socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}
