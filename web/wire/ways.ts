// Which ports lead through Mallory's relays: what a scene tells by-way-of-mallory.ts in an environment variable. Pure.

/** The relay's port, by the port that is meant. */
export interface Ways {
  tcp: ReadonlyMap<number, number>;
  udp: ReadonlyMap<number, number>;
}

export function writeWays({ tcp, udp }: Ways): string {
  return JSON.stringify({ tcp: Object.fromEntries(tcp), udp: Object.fromEntries(udp) });
}

/** @throws Error if it is not what writeWays has written */
export function readWays(text: string): Ways {
  const { tcp, udp } = JSON.parse(text) as Record<"tcp" | "udp", Record<string, number>>;
  return { tcp: portsIn(tcp), udp: portsIn(udp) };
}

function portsIn(ports: Readonly<Record<string, number>>): Map<number, number> {
  return new Map(Object.entries(ports).map(([port, relay]) => [Number(port), Number(relay)]));
}
