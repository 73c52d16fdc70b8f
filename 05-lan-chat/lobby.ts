// The connections whose other side has not proved who it is (P9.2): a limited number, of which a new one pushes out the
// oldest. So whoever connects and says nothing keeps nobody out. Pure.

import { isLoopback } from "./addresses.ts";

const PLACES = 64;
/** Off loopback, where all programs of one machine share an address. */
const PLACES_OF_ONE_ADDRESS = 16;

/** A connection in the lobby. */
export interface Waiting {
  /** The address that it comes from. */
  readonly host: string;
  /** Its hello was right, so it comes from somebody of the team. */
  readonly isOfTeam: boolean;
}

export class Lobby<Connection extends Waiting> {
  /** In the order in which they came. */
  readonly #waiting = new Set<Connection>();

  get size(): number {
    return this.#waiting.size;
  }

  all(): Connection[] {
    return [...this.#waiting];
  }

  /** Takes a connection in. @returns the one that has to go for it, if one has */
  enter(connection: Connection): Connection | undefined {
    const pushedOut = this.#whoMustGo(connection.host);
    if (pushedOut !== undefined) this.#waiting.delete(pushedOut);
    this.#waiting.add(connection);
    return pushedOut;
  }

  /** The other side has proved who it is, or has gone. */
  leave(connection: Connection): void {
    this.#waiting.delete(connection);
  }

  #whoMustGo(host: string): Connection | undefined {
    const ofHost = this.all().filter((one) => one.host === host);
    if (!isLoopback(host) && ofHost.length >= PLACES_OF_ONE_ADDRESS) return oldest(ofHost);
    return this.#waiting.size >= PLACES ? oldest(this.all()) : undefined;
  }
}

/** Strangers go first: a flood of connections that say nothing must not end a handshake that has begun. */
function oldest<Connection extends Waiting>(connections: readonly Connection[]): Connection | undefined {
  return connections.find((one) => !one.isOfTeam) ?? connections[0];
}
