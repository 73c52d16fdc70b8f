// Addresses: how they are written, which ones are our own (P8.1), and where a beacon goes from each (P8.7). Pure.

import { isIP, isIPv4, isIPv6 } from "node:net";
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

/** What os.networkInterfaces() gives. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** With this --host, every address of the machine counts as its own. */
export const EVERY_HOST = "0.0.0.0";

/**
 * `10.0.0.1:5000` or `[::1]:5000`: an IP address and a port from 1 to 65535, each in its one usual spelling (no zeros
 * before the number; IPv6 as RFC 5952 says). Two spellings of one address would be two addresses.
 */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== "string") return undefined;
  const address = parseDestination(text);
  if (address === undefined || isIP(address.host) === 0) return undefined;
  return formatAddress(address.host, address.port) === text ? address : undefined;
}

/** The same, where a name may stand for the host, as in `--peer HOST:PORT` and `/connect HOST:PORT`. */
export function parseDestination(text: string): Address | undefined {
  const [, bracketed, plain, digits = ""] =
    /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^\s:[\]]{1,253})):([1-9][0-9]{0,4})$/.exec(text) ?? [];
  const port = Number(digits);
  if (port < 1 || port > 65535) return undefined;
  if (plain !== undefined) return { host: plain, port };
  return bracketed !== undefined && isIPv6(bracketed) ? { host: usualSpelling(bracketed), port } : undefined;
}

/** HOST:PORT, with an IPv6 address in brackets. */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An IPv6 address as RFC 5952 says: the shortest form, in lower case. Any other host stays as it is. */
export function usualSpelling(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
}

/** Says if it is an address that never leaves the machine. */
export function isLoopback(host: string): boolean {
  return host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/**
 * The addresses that count as our own (P8.1): with the host 0.0.0.0 every IPv4 address that is not internal, else only
 * the host itself.
 * @param interfaces what os.networkInterfaces() says now
 */
export function ownAddresses(host: string, interfaces: Interfaces): OwnAddress[] {
  const known = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .filter(({ family }) => family === "IPv4");
  if (host !== EVERY_HOST) {
    // 127.0.0.5 is an address of this machine, too, though the system names only 127.0.0.1.
    const own = known.find(({ address }) => address === host);
    const info = own ?? known.find(({ address, netmask }) => isInNetwork(host, address, netmask));
    return [ownAddress(host, info?.netmask)];
  }
  const external = new Map(
    known.filter(({ internal }) => !internal).map(({ address, netmask }) => [address, netmask]),
  );
  return [...external].map(([address, netmask]) => ownAddress(address, netmask));
}

function ownAddress(host: string, netmask: string | undefined): OwnAddress {
  const isNear = (other: string): boolean =>
    other === host || (netmask !== undefined && isInNetwork(other, host, netmask));
  return { host, broadcast: netmask === undefined ? undefined : broadcastAddress(host, netmask), isNear };
}

function isInNetwork(host: string, address: string, netmask: string): boolean {
  if (!isIPv4(host) || !isIPv4(address)) return false;
  const mask = toNumber(netmask);
  return (toNumber(host) & mask) === (toNumber(address) & mask);
}

/** The address in which all bits behind the network's are 1. Networks of one or two addresses have none (RFC 3021). */
function broadcastAddress(host: string, netmask: string): string | undefined {
  const hostBits = ~toNumber(netmask) >>> 0;
  return hostBits < 3 ? undefined : toText((toNumber(host) | hostBits) >>> 0);
}

/** An IPv4 address as a number of 32 bits. */
function toNumber(address: string): number {
  return address.split(".").reduce((number, part) => ((number << 8) | Number(part)) >>> 0, 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}
