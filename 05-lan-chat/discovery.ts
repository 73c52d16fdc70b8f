// Discovery: sends beacons and listens for those of others (P8.7, P8.8). The sockets and the clock of P8.

import type { BeaconGate, DropReason } from "./beacon-gate.ts";
import type { Beacon } from "./beacons.ts";
import type { Directory, DirectoryEvent } from "./directory.ts";
import type { Identity } from "./identity.ts";
import type { BoundPorts } from "./ports.ts";

export interface DiscoveryOptions {
  name: string;
  identity: Identity;
  team: string;
  teamKey: Buffer;
  /** What bindPorts has bound. The sockets are closed by stop(). */
  ports: BoundPorts;
  /** HOST:PORT of --peer. */
  peers: readonly string[];
  beaconSeconds: number;
  /** The number of this session (P8.6). */
  session: number;
  gate: BeaconGate;
  directory: Directory;
  /** Called for each beacon that was accepted, before the events that come of it. */
  onBeacon?: (beacon: Beacon) => void;
  /** What has changed in the directory, by a beacon or by time. */
  onEvent: (event: DirectoryEvent) => void;
  /** A sentence for standard error. */
  onNote: (note: string) => void;
}

/** What one own address has seen. */
export interface AddressReport {
  address: string;
  broadcast: string | undefined;
  /** Datagrams that were sent from it. */
  sent: number;
  /** Datagrams that could not be sent, by the code of the error and the destination. */
  failed: Record<string, number>;
  /** Whether the group was joined on it; if not, why. */
  joined: true | string;
  /** Whether our own beacons came back to the shared port from this address. */
  isHeardByOurselves: boolean;
  /** Beacons of others in this address's network that were accepted: on the shared port, and on our own. */
  heardShared: number;
  heardOwnPort: number;
}

export interface DoctorReport {
  port: number;
  /** What is wrong with the shared port 54545; undefined if nothing is. */
  sharedProblem: string | undefined;
  addresses: AddressReport[];
  /** Beacons that were accepted and belong to no own network. */
  heardElsewhere: number;
  accepted: number;
  dropped: Readonly<Record<DropReason, number>>;
}

export interface Discovery {
  /** Says goodbye, and closes the sockets. Nothing is sent afterwards. */
  stop(): Promise<void>;
  doctor(): DoctorReport;
  /** How many datagrams were dropped, by reason. */
  stats(): Readonly<Record<DropReason, number>>;
}

/** Resolves when the shared port is bound and the first beacons are on their way. */
export function startDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  throw new Error(`not yet: ${options}`);
}
