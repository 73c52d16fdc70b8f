// The UDP sockets of discovery (P8.7): one for each own address, and one that all programs of this machine share.

import type { Socket } from "node:dgram";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout } from "node:timers/promises";
import { type Address, formatAddress, type Interfaces, type OwnAddress, ownAddresses } from "./addresses.ts";
import { type BoundPorts, bindUdp } from "./ports.ts";

/** Where beacons go that are for everybody. */
export const GROUP = "239.255.54.45";
export const SHARED_PORT = 54_545;

/** Multicast stays in the network: a router would have to lower this to 0. */
const TTL = 1;

/** The system takes a datagram at once. If it does not, we wait no longer than this, in milliseconds. */
const CLOSING_MS = 500;

/** Where a datagram goes, and what that is called in a report. */
export interface Destination extends Address {
  label: string;
}

/** What one own address has sent. */
export interface SendReport {
  sent: number;
  /** What could not be sent, by destination and code of the error. */
  failed: Record<string, number>;
  /** Whether the group was joined on it; if not, why. */
  joined: true | string;
}

export interface BeaconSocketsOptions {
  ports: BoundPorts;
  /** @param isShared it came to the shared port */
  onDatagram(datagram: Buffer, sourceHost: string, isShared: boolean): void;
  /** A sentence for the user. */
  onNote(note: string): void;
}

export class BeaconSockets {
  readonly #options: BeaconSocketsOptions;
  readonly #sockets: Map<string, Socket>;
  readonly #reports = new Map<string, SendReport>();
  /** The own addresses on which the shared socket has joined the group. */
  readonly #joined = new Set<string>();
  /** What is on its way to the system. */
  readonly #sending = new Set<Promise<void>>();
  readonly #said = new Set<string>();
  #shared: Socket | undefined;
  #sharedProblem: string | undefined;
  #isClosed = false;

  constructor(options: BeaconSocketsOptions) {
    this.#options = options;
    this.#sockets = options.ports.sockets;
    for (const [host, socket] of this.#sockets) this.#take(host, socket);
  }

  /** What is wrong with the shared port; undefined if nothing is. */
  get sharedProblem(): string | undefined {
    return this.#sharedProblem;
  }

  reportOf(host: string): SendReport {
    const report = this.#reports.get(host) ?? { sent: 0, failed: {}, joined: "not tried yet" };
    this.#reports.set(host, report);
    return report;
  }

  /**
   * Looks the own addresses up anew: opens sockets for those that are new, closes those of addresses that are gone, and
   * joins the group on each.
   * @returns the addresses that can send
   */
  async refresh(): Promise<OwnAddress[]> {
    const { host, port } = this.#options.ports;
    const own = ownAddresses(host, interfacesNow());
    if (own.length === 0) this.#say("there is no network: this machine has no address but loopback");
    for (const [address, socket] of this.#sockets)
      if (!own.some((known) => known.host === address)) this.#giveUp(address, socket);
    await this.#openShared();
    for (const { host: address } of own) {
      if (!this.#sockets.has(address)) await this.#open(address, port);
      if (this.#sockets.has(address)) this.#join(address);
    }
    return own.filter((known) => this.#sockets.has(known.host));
  }

  /** Sends a datagram from an own address. Whether that was possible, the report says. */
  send(from: string, datagram: string, { host, port, label }: Destination): void {
    const socket = this.#sockets.get(from);
    if (socket === undefined || this.#isClosed) return;
    const report = this.reportOf(from);
    const sent = new Promise<void>((resolve) => {
      socket.send(datagram, port, host, (error) => {
        const code = (error as NodeJS.ErrnoException | null)?.code;
        if (error === null) report.sent++;
        else report.failed[`${label}: ${code}`] = (report.failed[`${label}: ${code}`] ?? 0) + 1;
        resolve();
      });
    });
    this.#sending.add(sent);
    void sent.then(() => this.#sending.delete(sent));
  }

  /** Sends nothing more, and closes the sockets when what was sent before is out. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.race([Promise.all(this.#sending), setTimeout(CLOSING_MS)]);
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    this.#shared?.close();
    this.#shared = undefined;
  }

  /** Closes the socket of an address that is gone. */
  #giveUp(host: string, socket: Socket): void {
    this.#sockets.delete(host);
    this.#reports.delete(host);
    socket.close();
    // What the shared socket has joined on an interface that is gone it cannot leave any more, and the system lets it join
    // only so often (20 times on Linux). A new one begins anew.
    this.#shared?.close();
    this.#shared = undefined;
    this.#joined.clear();
  }

  async #open(host: string, port: number): Promise<void> {
    try {
      const socket = await bindUdp(host, port);
      if (this.#isClosed) return void socket.close();
      this.#sockets.set(host, socket);
      this.#take(host, socket);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#say(`cannot send from ${formatAddress(host, port)} (${code}): peers there will not find us`);
    }
  }

  /** Makes a socket ours: its multicasts leave by its own interface, and what comes to it is heard. */
  #take(host: string, socket: Socket): void {
    socket.on("message", (datagram, { address }) => this.#options.onDatagram(datagram, address, false));
    if (!isIPv4(host)) return;
    try {
      socket.setBroadcast(true);
      socket.setMulticastTTL(TTL);
      // Linux takes the interface of the address that the socket is bound to; other systems would take that of the default
      // route. The setting counts for whatever the socket sends, so each address needs a socket of its own.
      socket.setMulticastInterface(host);
    } catch (error) {
      this.reportOf(host).failed.multicast = 1;
      this.#say(`cannot send multicasts from ${host} (${(error as NodeJS.ErrnoException).code})`);
    }
  }

  /** The group and broadcasts have no meaning in IPv6: there, --peer alone finds somebody. */
  async #openShared(): Promise<void> {
    if (this.#shared !== undefined || !isIPv4(this.#options.ports.host)) return;
    try {
      const shared = await bindUdp("0.0.0.0", SHARED_PORT, true);
      if (this.#isClosed) return void shared.close();
      shared.on("message", (datagram, { address }) => this.#options.onDatagram(datagram, address, true));
      this.#shared = shared;
      this.#sharedProblem = undefined;
    } catch (error) {
      this.#sharedProblem = (error as NodeJS.ErrnoException).code ?? String(error);
      this.#say(
        `cannot listen on UDP port ${SHARED_PORT} (${this.#sharedProblem}): name your peers with --peer HOST:PORT`,
      );
    }
  }

  #join(host: string): void {
    if (this.#shared === undefined || this.#joined.has(host) || !isIPv4(host)) return;
    const report = this.reportOf(host);
    report.joined = joinGroup(this.#shared, host);
    if (report.joined === true) this.#joined.add(host);
    else this.#say(`cannot join the group ${GROUP} on ${host} (${report.joined})`);
  }

  /** Says the same only once. */
  #say(note: string): void {
    if (this.#said.has(note) || this.#said.size > 100) return;
    this.#said.add(note);
    this.#options.onNote(note);
  }
}

/** A system that cannot list its interfaces now may do so at the next beat. */
function interfacesNow(): Interfaces {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}

/**
 * Joins the group on the interface that has this address.
 * @returns true, or the code of the error
 */
function joinGroup(socket: Socket, host: string): true | string {
  try {
    socket.addMembership(GROUP, host);
    return true;
  } catch (error) {
    // Another address of the same interface has joined before.
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "EADDRINUSE" ? true : code;
  }
}
