// Addresses: how they are written, which ones are our own (P8.1), and where a beacon goes from each (P8.7). Pure.

import type { NetworkInterfaceInfo } from "node:os";

/** Where a program listens: an IP address and a port. */
export interface Address {
  host: string;
  port: number;
}

/** One of the machine's own addresses. */
export interface OwnAddress {
  host: string;
  /** The directed broadcast address of its network; undefined if it has none. */
  broadcast: string | undefined;
  /** Says if another address is in the same network. */
  isNear(host: string): boolean;
}

/** `10.0.0.1:5000` or `[::1]:5000`: an IP address in its one usual spelling, and a port from 1 to 65535. */
export function parseAddress(text: unknown): Address | undefined {
  throw new Error(`not yet: ${text}`);
}

/** The same, where a name may stand for the host, as in `--peer HOST:PORT` and `/connect HOST:PORT`. */
export function parseDestination(text: string): Address | undefined {
  throw new Error(`not yet: ${text}`);
}

export function formatAddress(host: string, port: number): string {
  throw new Error(`not yet: ${[host, port]}`);
}

export function isLoopback(host: string): boolean {
  throw new Error(`not yet: ${host}`);
}

/**
 * The addresses that count as our own (P8.1).
 * @param interfaces what os.networkInterfaces() says
 */
export function ownAddresses(
  host: string,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): OwnAddress[] {
  throw new Error(`not yet: ${[host, interfaces]}`);
}
