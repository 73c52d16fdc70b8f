// Nodes and pages of stage 06 in one process, on the loopback interface, for tests.

import "../node-polyfills.ts";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Bytes } from "../bytes.ts";
import { randomBytes } from "../cryptography.ts";
import { type EngineNode, type NodeOptions, startEngineNode, startEnginePage } from "../engine.ts";
import type { Network, NetworkEvents } from "../network.ts";
import { makePageServer } from "../page-server.ts";
import type { Pipe } from "../pipe.ts";
import type { RelayLimits } from "../relay-limits.ts";

/** A node that runs, and what it has told its user. */
export interface LocalNode {
  node: EngineNode;
  /** The address to join it by. */
  address: string;
  /** Where it listens. */
  port: number;
  notes: string[];
  stop(): Promise<void>;
}

/** Starts a node on a port that the system chooses. @param join the addresses of others */
export async function startLocalNode(
  join: readonly string[],
  {
    seed = randomBytes(32),
    port = 0,
    limits = {},
    joined = () => {},
    pulse,
    announced,
    hostOf = (host) => host,
  }: {
    seed?: Bytes;
    port?: number;
    limits?: Partial<RelayLimits>;
    joined?: NonNullable<NodeOptions["joined"]>;
    pulse?: NonNullable<NodeOptions["pulse"]>;
    /** Another port that leads to the node, in place of its own. */
    announced?: number;
    /** Where it sees others come from, in place of the loopback interface. */
    hostOf?: (host: string) => string;
  } = {},
): Promise<LocalNode> {
  const web = makePageServer();
  web.server.listen({ host: "127.0.0.1", port });
  await once(web.server, "listening");
  const bound = (web.server.address() as AddressInfo).port;
  const notes: string[] = [];
  const node = await startEngineNode({
    seed,
    addresses: [`/ip4/127.0.0.1/tcp/${announced ?? bound}/ws`],
    sockets: {
      onSocket: (handler) =>
        web.sockets.onSocket((socket, host, port) => handler(socket, hostOf(host), port)),
    },
    join,
    limits,
    joined,
    ...(pulse === undefined ? {} : { pulse }),
    note: (line) => notes.push(line),
  });
  const stop = async (): Promise<void> => {
    web.close();
    await node.stop();
  };
  return { node, address: node.addresses[0] ?? "", port: bound, notes, stop };
}

/** A node that can hang: its connections stay, and new ones are taken, but nothing passes any more. */
export async function startHangingNode(
  join: readonly string[],
  pulse?: NonNullable<NodeOptions["pulse"]>,
): Promise<LocalNode & { hang(): void }> {
  const sockets = new Set<Socket>();
  let port = 0;
  let hangs = false;
  const between = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => from.destroy());
      from.on("close", () => to.destroy());
      from.on("data", (bytes) => {
        if (!hangs) to.write(bytes);
      });
    }
  });
  between.listen({ host: "127.0.0.1", port: 0 });
  await once(between, "listening");
  const { port: announced } = between.address() as AddressInfo;
  const started = await startLocalNode(join, { announced, ...(pulse === undefined ? {} : { pulse }) });
  port = started.port;
  return {
    ...started,
    hang: () => {
      hangs = true;
    },
    stop: async () => {
      between.close();
      for (const socket of sockets) socket.destroy();
      await started.stop();
    },
  };
}

/** Starts nodes that all know the first one. */
export async function startLocalNodes(count: number): Promise<LocalNode[]> {
  const first = await startLocalNode([]);
  const others = await Promise.all(Array.from({ length: count - 1 }, () => startLocalNode([first.address])));
  return [first, ...others];
}

/** A relay that fails: each circuit carries so many bytes, and then nothing more, and stays. */
export function stallAfter(most: number): NonNullable<NodeOptions["joined"]> {
  return (...halves) => {
    let left = most;
    for (const half of halves) {
      const send = half.send.bind(half);
      half.send = (bytes) => {
        left -= bytes.byteLength;
        return left < 0 || send(bytes);
      };
    }
  };
}

/** A page's engine, and what it has told its messenger. */
export interface LocalPage {
  network: Network;
  pipes: Pipe[];
  groups: { topic: string; message: Bytes; from: string }[];
  problems: string[];
}

/** Starts a page's engine in this process. @param onEvent is called after each event */
export async function startLocalPage(
  nodes: readonly string[],
  { identity = randomBytes(32), onEvent = () => {} }: { identity?: Bytes; onEvent?: () => void } = {},
): Promise<LocalPage> {
  const page: Omit<LocalPage, "network"> = { pipes: [], groups: [], problems: [] };
  const events: NetworkEvents = {
    pipe: (pipe) => {
      page.pipes.push(pipe);
      onEvent();
    },
    group: (topic, message, from) => {
      page.groups.push({ topic, message, from });
      onEvent();
    },
    addresses: onEvent,
    relays: onEvent,
    problem: (sentence) => {
      page.problems.push(sentence);
      onEvent();
    },
  };
  return { ...page, network: await startEnginePage({ identity, nodes, events }) };
}

/** Waits until it is so, looking every 20 ms. @throws Error after so many milliseconds */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  milliseconds = 20_000,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
