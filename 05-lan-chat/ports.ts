// The port of a peer, which serves TCP and UDP (P8.1).

import type { Socket } from "node:dgram";
import type { Server } from "node:net";

/** What is bound. */
export interface BoundPorts {
  /** The host that was asked for, as an IP address. */
  host: string;
  port: number;
  /** A UDP socket for each own address, by that address. */
  sockets: Map<string, Socket>;
  /** What the user should know, e.g. that another port was taken. */
  notes: string[];
}

/**
 * Binds TCP and UDP to the same port; if it is in use, to the first of the next nine that is free. Port 0: the system
 * chooses. With the host 0.0.0.0, UDP is bound to each own address by itself (P8.7).
 * @throws UserError if that is not possible
 */
export function bindPorts(server: Server, host: string, port: number): Promise<BoundPorts> {
  throw new Error(`not yet: ${[server, host, port]}`);
}
