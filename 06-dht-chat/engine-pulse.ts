// Finds connections that are dead and do not know it, for pages and nodes.

import type { Connection } from "@libp2p/interface";
import { byteStream } from "@libp2p/utils";
import { Pulse, type PulseLimits } from "./pulse.ts";

const PING_PROTOCOL = "/ipfs/ping/1.0.0";
const PING_BYTES = 32;
/** In milliseconds. */
const LOOK_PAUSE = 500;

/** What is watched, and what is done about it. */
export interface PulseOptions {
  /** The connections that have to live now. */
  connections(): readonly Connection[];
  limits: PulseLimits;
  /** A connection is doubted now, or is not any more. */
  changed?(): void;
}

export interface Pulses {
  /** Whether nothing comes from this one, though it was asked for. */
  isDoubted(connection: Connection): boolean;
  stop(): void;
}

/** What we use of a connection's inside: each message that it brings, before it is taken apart. */
interface ConnectionInside {
  maConn: { addEventListener(type: "message", listener: () => void): void };
}

interface Watched {
  pulse: Pulse;
  /** libp2p has one ping of a connection at a time, and fails the next one at once: that says nothing of the connection. */
  isAsking: boolean;
  isDoubted: boolean;
}

/**
 * Pings quiet connections, and cuts dead ones. libp2p's own monitor would cut busy ones: it pings every ten seconds, whether
 * or not the last ping was answered, takes a ping that it has refused itself for a failure, and counts no other bytes. To tell
 * it not to cut anything (`abortConnectionOnPingFailure: false`) would not do: a node would keep the reservations, and a page
 * the relays, of the dead.
 */
export function watchPulses({ connections, limits, changed = () => {} }: PulseOptions): Pulses {
  const all = new WeakMap<Connection, Watched>();
  const watch = (connection: Connection): Watched => {
    const watched = { pulse: new Pulse(limits, Date.now()), isAsking: false, isDoubted: false };
    const { maConn } = connection as unknown as ConnectionInside;
    maConn.addEventListener("message", () => watched.pulse.heard(Date.now()));
    all.set(connection, watched);
    return watched;
  };
  const look = (connection: Connection): void => {
    const watched = all.get(connection) ?? watch(connection);
    const state = watched.pulse.look(Date.now());
    if (state === "dead") return connection.abort(new Error("nothing comes from the other side any more"));
    if (state === "ask") void ask(connection, watched, limits.dead);
    const wasDoubted = watched.isDoubted;
    watched.isDoubted = state === "doubted";
    if (watched.isDoubted !== wasDoubted) changed();
  };
  const timer = setInterval(() => {
    for (const connection of connections()) look(connection);
  }, LOOK_PAUSE);
  return {
    isDoubted: (connection) => all.get(connection)?.isDoubted === true,
    stop: () => clearInterval(timer),
  };
}

/** Sends a ping. How it ends says nothing: if something comes, the pulse hears it. Never rejects. */
async function ask(connection: Connection, watched: Watched, limit: number): Promise<void> {
  if (watched.isAsking) return;
  watched.isAsking = true;
  try {
    const signal = AbortSignal.timeout(limit);
    const stream = await connection.newStream(PING_PROTOCOL, { signal, runOnLimitedConnection: true });
    try {
      const bytes = byteStream(stream);
      await bytes.write(globalThis.crypto.getRandomValues(new Uint8Array(PING_BYTES)), { signal });
      await bytes.read({ bytes: PING_BYTES, signal });
      await stream.close({ signal });
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error("the ping has failed"));
    }
  } catch {
    // The connection is over, or too slow for a ping.
  } finally {
    watched.isAsking = false;
  }
}
