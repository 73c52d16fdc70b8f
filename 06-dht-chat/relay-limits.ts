// How much a relay takes on (P10.5). Pure.

/** What a relay takes at most. */
export interface RelayLimits {
  /** Pages that others can call through it. */
  reservations: number;
  /** The same from one address, off loopback: one machine cannot take all places. */
  reservationsOfAHost: number;
  /** Circuits at a time, of all pages. */
  circuits: number;
  /** Of these, asked for by one page. */
  circuitsOfAPage: number;
  /** Of these, to one other page: it would have no place left for others. */
  circuitsOfAPair: number;
}

export const RELAY_LIMITS: RelayLimits = {
  reservations: 200,
  reservationsOfAHost: 16,
  circuits: 256,
  circuitsOfAPage: 64,
  circuitsOfAPair: 4,
};

/**
 * Whether one address has as many reservations as it may.
 * @param address where the page that asks comes from: `/ip4/HOST/tcp/…`
 * @param others where those come from that have a reservation
 */
export function isHostFull(
  address: string,
  others: Iterable<string>,
  { reservationsOfAHost }: RelayLimits,
): boolean {
  const host = hostOf(address);
  if (isLoopback(host)) return false;
  const ofHost = [...others].filter((other) => hostOf(other) === host);
  return ofHost.length >= reservationsOfAHost;
}

function hostOf(address: string): string {
  return address.split("/")[2] ?? "";
}

function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}
