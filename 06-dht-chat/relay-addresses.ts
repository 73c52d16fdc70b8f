// Addresses of relays, and the circuit addresses that are made of them (P10.3). Pure.

import { isCircuitAddress } from "./circuit-addresses.ts";

/** A node that can be a relay. */
export interface RelayAddress {
  /** `/ip4|ip6|dns/…/tcp/N/ws|wss/p2p/RELAY` */
  address: string;
  peerId: string;
}

const LONGEST_ADDRESS = 512;

/** Where a peer can be called through a relay. */
export function circuitAddress(relay: string, peerId: string): string {
  return `${relay}/p2p-circuit/p2p/${peerId}`;
}

/** The relay of a circuit address that leads to this peer. @returns undefined for everything else */
export function relayOfCircuit(value: unknown, peerId: string): RelayAddress | undefined {
  if (typeof value !== "string" || value.length > LONGEST_ADDRESS) return undefined;
  if (!isCircuitAddress(value, peerId)) return undefined;
  const address = value.slice(0, -circuitAddress("", peerId).length);
  return { address, peerId: address.slice(address.lastIndexOf("/") + 1) };
}

/** The address of a relay through which this peer can be called. @returns undefined for everything else */
export function parseRelayAddress(value: unknown, peerId: string): RelayAddress | undefined {
  return typeof value === "string" ? relayOfCircuit(circuitAddress(value, peerId), peerId) : undefined;
}
