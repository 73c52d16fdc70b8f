// The port of a peer, which serves TCP and UDP (P8.1).

import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, isIP, isIPv6, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { EVERY_HOST, formatAddress, ownAddresses } from "./addresses.ts";
import { UserError } from "./program.ts";

/** What is bound. */
export interface BoundPorts {
  /** The host that was asked for, as an IP address. */
  host: string;
  port: number;
  /** A UDP socket for each own address, by that address. Whoever takes them listens to them and closes them. */
  sockets: Map<string, Socket>;
  /** What the user should know: that another port was taken. */
  notes: string[];
}

/** So many ports are tried, from the one that was asked for. */
const TRIES = 10;
const HIGHEST_PORT = 65_535;
/** A port with these errors is not for us; the next one may be. (Windows keeps whole ranges for itself: EACCES.) */
const NOT_FREE = ["EADDRINUSE", "EACCES"];
/** What a burst of datagrams needs. The system may give less. */
const RECEIVE_BUFFER_BYTES = 1_048_576;

/**
 * Binds TCP and UDP to the same port; if it is in use, to the first of the next nine that is free. Port 0: the system
 * chooses. With the host 0.0.0.0, UDP is bound to each own address by itself (P8.7), so that what is sent comes from it.
 * @param server listens afterwards
 * @throws UserError if no port is free, or the host is none of this machine's addresses
 */
export async function bindPorts(server: Server, host: string, port: number): Promise<BoundPorts> {
  const address = await addressOf(host);
  for (let i = 0; i < TRIES && port + i <= HIGHEST_PORT; i++) {
    const bound = await tryPort(server, address, port === 0 ? 0 : port + i);
    if (bound === undefined) continue;
    const notes = port === 0 || bound.port === port ? [] : [`port ${port} is in use, took ${bound.port}`];
    return { host: address, ...bound, notes };
  }
  const last = Math.min(port + TRIES - 1, HIGHEST_PORT);
  const which = port === 0 ? "every port that the system chose is" : `the ports ${port} to ${last} are`;
  throw new UserError(
    `${which} in use by other programs; choose another with --port PORT (0 lets the system choose)`,
  );
}

/** The host as an IP address. The wire knows no names (P8.6). */
async function addressOf(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host, { family: 4 })).address;
  } catch {
    throw new UserError(`--host ${host} is no address of this machine; choose another with --host HOST`);
  }
}

/** Binds TCP and UDP to this port; undefined if one of them is in use. */
async function tryPort(
  server: Server,
  host: string,
  port: number,
): Promise<{ port: number; sockets: Map<string, Socket> } | undefined> {
  try {
    const taken = await listenTcp(server, host, port);
    return { port: taken, sockets: await bindEach(host, taken) };
  } catch (error) {
    if (server.listening) {
      server.close();
      await once(server, "close");
    }
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (NOT_FREE.includes(code)) return undefined;
    throw new UserError(
      `cannot listen on ${formatAddress(host, port)} (${message}); choose another with --host HOST and --port PORT`,
    );
  }
}

async function listenTcp(server: Server, host: string, port: number): Promise<number> {
  // backlog: how many connections may wait to be accepted. The system may allow fewer.
  server.listen({ host, port, backlog: 4096 });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A UDP socket for each own address. If one of them cannot be bound, none is. */
async function bindEach(host: string, port: number): Promise<Map<string, Socket>> {
  const sockets = new Map<string, Socket>();
  try {
    for (const own of ownAddresses(host, networkInterfaces())) {
      const socket = await bindUnlessGone(own.host, port, host === EVERY_HOST);
      if (socket !== undefined) sockets.set(own.host, socket);
    }
    return sockets;
  } catch (error) {
    for (const socket of sockets.values()) socket.close();
    throw error;
  }
}

/** An address of many may be gone by the time that it is bound. */
async function bindUnlessGone(host: string, port: number, isOneOfMany: boolean): Promise<Socket | undefined> {
  try {
    return await bindUdp(host, port);
  } catch (error) {
    if (isOneOfMany && (error as NodeJS.ErrnoException).code === "EADDRNOTAVAIL") return undefined;
    throw error;
  }
}

/**
 * A UDP socket that is bound to this address and port.
 * @param isShared other programs may bind the same, if they say so, too
 * @throws NodeJS.ErrnoException
 */
export async function bindUdp(host: string, port: number, isShared = false): Promise<Socket> {
  const type = isIPv6(host) ? "udp6" : "udp4";
  const socket = createSocket({ type, reuseAddr: isShared, ipv6Only: type === "udp6" });
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, "listening");
  } catch (error) {
    socket.close();
    throw error;
  }
  // An error on a socket that is bound tells of one datagram (that nobody took it, say). The others go on.
  socket.on("error", () => {});
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // Some systems refuse what is too much, and keep what they had.
  }
  return socket;
}
