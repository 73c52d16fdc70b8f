// The node: a web server of the page, a relay and a part of the table, on one port (P10.5, P10.13).

import "./node-polyfills.ts";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo, Server } from "node:net";
import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { bundlePage } from "./bundle.ts";
import { type EngineNode, startEngineNode } from "./engine.ts";
import { hostAndPort } from "./listening.ts";
import { loadNodeSeed } from "./node-key.ts";
import { makePageServer, type PageFile, type PageFiles } from "./page-server.ts";
import { UserError } from "./program.ts";

/** What a node is started with, and where its output goes. */
export interface NodeSettings {
  host: string;
  /** 0: the system chooses. If it is in use, one of the next nine is taken. */
  port: number;
  joins: readonly string[];
  data: string | undefined;
  /** The folder of the page's files. Default: page/ beside this file. */
  pageFolder?: string;
  /** Takes what the user should know, in a line each. */
  note(line: string): void;
}

/** A node that runs. */
export interface RunningNode {
  /** Where the page is. */
  url: string;
  /** The address to join it by. */
  address: string;
  engine: EngineNode;
  /** Ends all connections. */
  stop(): Promise<void>;
}

/** So many ports are tried, from the one that was asked for. */
const TRIES = 10;
const HIGHEST_PORT = 65_535;
/** A port with these errors is not for us; the next one may be. (Windows keeps whole ranges for itself: EACCES.) */
const NOT_FREE = ["EADDRINUSE", "EACCES"];
const EVERY_HOST = ["0.0.0.0", "::"];
/** It is nobody's (RFC 5737, section 3). */
const DOCUMENTATION_ADDRESS = "192.0.2.1";
const SCRIPT = "text/javascript; charset=utf-8";
const PAGE_FOLDER = fileURLToPath(new URL("page/", import.meta.url));

/** Starts a node. @throws UserError if no port is free, the host is none of this machine's, or the data folder cannot be used */
export async function startNode(settings: NodeSettings): Promise<RunningNode> {
  const { host, joins, data, note } = settings;
  const seed = await loadNodeSeed(data);
  const web = makePageServer();
  const port = await bindPort(web.server, host, settings.port);
  if (settings.port !== 0 && port !== settings.port) note(`port ${settings.port} is in use, took ${port}`);
  const hosts = EVERY_HOST.includes(host) ? await allHosts(host) : { announced: [host], served: [host] };
  const addresses = hosts.announced.map((own) => `/${isIPv6(own) ? "ip6" : "ip4"}/${own}/tcp/${port}/ws`);
  try {
    const engine = await startEngineNode({ seed, addresses, sockets: web.sockets, join: joins, note });
    const files = pageFiles(engine, settings.pageFolder ?? PAGE_FOLDER);
    web.serve(hosts.served, port, files);
    const stop = async (): Promise<void> => {
      web.close();
      await engine.stop();
    };
    const [first = host] = hosts.served;
    const others = hosts.announced.slice(1);
    if (others.length > 0)
      note(
        `this machine has other addresses too: ${others.join(", ")}; who is in that network puts it in place of ${hosts.announced[0]}`,
      );
    return { url: `http://${hostAndPort(first, port)}`, address: engine.addresses[0] ?? "", engine, stop };
  } catch (error) {
    web.close();
    throw error;
  }
}

/** Listens on this port, or on the first of the next nine that is free. @returns the port */
async function bindPort(server: Server, host: string, port: number): Promise<number> {
  const last = port === 0 ? 0 : Math.min(port + TRIES - 1, HIGHEST_PORT);
  for (let tried = port; tried <= last; tried++) {
    try {
      server.listen({ host, port: tried, backlog: 4096 });
      await once(server, "listening");
      // From here on an error means that a connection could not be accepted. The others go on.
      server.on("error", () => {});
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      if (!NOT_FREE.includes(code))
        throw new UserError(
          `cannot listen on ${hostAndPort(host, tried)} (${message}); choose another with --host HOST and --port PORT`,
        );
    }
  }
  throw new UserError(
    `the ports ${port} to ${last} are in use by other programs; choose another with --port PORT (0 lets the system choose)`,
  );
}

/**
 * With the host 0.0.0.0 or ::, other machines are told the addresses that lead here from outside; without any network,
 * the loopback address. The page is served at all of them; it runs at the loopback address only.
 */
async function allHosts(host: string): Promise<{ announced: string[]; served: string[] }> {
  const infos = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  const own = infos.filter(({ family, scopeid }) => (family === "IPv4" || host === "::") && !scopeid);
  const usual = await usualAddress();
  const outside = own
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .sort((one, other) => Number(other === usual) - Number(one === usual));
  const loopback = host === "::" ? ["127.0.0.1", "::1"] : ["127.0.0.1"];
  const served = [...new Set([...loopback, ...own.map(({ address }) => address)])];
  return { announced: outside.length === 0 ? loopback : outside, served };
}

/**
 * The IPv4 address that this machine uses towards other networks, rather than that of Docker or of a virtual machine.
 * A UDP socket is told whom it would send to, and so takes the address of that route; nothing is sent.
 * @returns undefined without such a route
 */
async function usualAddress(): Promise<string | undefined> {
  const socket = createSocket("udp4");
  try {
    socket.connect(9, DOCUMENTATION_ADDRESS);
    await once(socket, "connect");
    return socket.address().address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** The page, and what it has to know of its node. */
function pageFiles(engine: EngineNode, folder: string): PageFiles {
  const file = (name: string) => () => readFile(`${folder}/${name}`);
  let bundled: Promise<Required<PageFile>> | undefined;
  const script = (): Promise<Required<PageFile>> => {
    bundled ??= bundlePage(`${folder}/main.ts`).then(({ script, parts }) => {
      // The page asks for them after its main script.
      for (const [name, part] of parts) files.set(`/${name}`, scriptFile(part));
      return scriptFile(script);
    });
    // After a mistake it is tried again: whoever mends it only has to reload the page.
    bundled.catch(() => {
      bundled = undefined;
    });
    return bundled;
  };
  const node = async (): Promise<string> =>
    JSON.stringify({ peerId: engine.peerId, addresses: engine.addresses, others: await engine.others() });
  const main: PageFile = {
    type: SCRIPT,
    read: async () => (await script()).read(),
    readCompressed: async () => (await script()).readCompressed(),
  };
  const files = new Map<string, PageFile>([
    ["/", { type: "text/html; charset=utf-8", read: file("index.html") }],
    ["/icon.svg", { type: "image/svg+xml", read: file("icon.svg") }],
    ["/style.css", { type: "text/css; charset=utf-8", read: file("style.css") }],
    ["/main.js", main],
    ["/node.json", { type: "application/json", read: node }],
  ]);
  return files;
}

/** A script that stays the same while the node runs: it is compressed once, when it is asked for. */
function scriptFile(script: Uint8Array): Required<PageFile> {
  let compressed: Promise<Uint8Array> | undefined;
  const readCompressed = (): Promise<Uint8Array> => {
    compressed ??= promisify(gzip)(script);
    return compressed;
  };
  return { type: SCRIPT, read: async () => script, readCompressed };
}
