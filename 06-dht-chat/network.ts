// What the messenger sees of the network: records, calls and groups (P10.3 to P10.6, P10.11). engine.ts implements it
// with libp2p; testing/simulated-network.ts does so in memory. Types alone.

import type { Bytes } from "./bytes.ts";
import type { Pipe } from "./pipe.ts";

/** One relay of ours, for who wants to look underneath (P10.5). */
export interface RelayView {
  peerId: string;
  /** The relay's own address, without `/p2p-circuit`. */
  address: string;
  /** reserved: others can call us through it; reserving: we are asking; lost: it is gone, another one is looked for. */
  state: "reserved" | "reserving" | "lost";
  /** Since when it is in this state, in milliseconds. */
  since: number;
}

/** A page's place in the network: a client of the table, with circuits reserved on 2 or 3 relays (P10.5). */
export interface Network {
  /** Our own peer id: the one of the identity's key. */
  readonly peerId: string;
  /** Our circuit addresses of this moment, in P10.3's form, 8 at most. None while no relay has a place for us. */
  readonly addresses: readonly string[];
  /**
   * Puts a value into the table.
   * @param key such as `/u/ID`
   * @param value a record (P10.3)
   * @returns how many nodes have stored it; 0 if none could be reached, or all have refused it
   */
  publish(key: string, value: Bytes): Promise<number>;
  /**
   * Looks a key up. Only records that pass P10.4 come back, the best one of what the nodes hold. While the table is
   * still empty (just after the start) it tries again, for 8 seconds.
   * @returns undefined if nobody has a record of it
   */
  find(key: string): Promise<Bytes | undefined>;
  /**
   * Connects to a peer, so that groups reach it and a call is quick. Nothing happens if a connection is there.
   * @param addresses circuit addresses out of its record
   * @throws Error if it cannot be reached at any of them within 10 s
   */
  connect(peerId: string, addresses: readonly string[]): Promise<void>;
  /**
   * Opens a chat stream to a peer, through one of its relays. The key of the pipe is proved by the engine.
   * @param addresses circuit addresses out of its record
   * @param signal gives up when it aborts
   * @throws Error if it cannot be reached at any of them within 10 s
   */
  call(peerId: string, addresses: readonly string[], signal?: AbortSignal): Promise<Pipe>;
  /** From now on, what is said under this topic comes as a `group` event (P10.11). */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /**
   * Says a message under a topic, to whoever of it is connected. Nobody's being there is no error.
   * @throws Error if it has more than 16,384 bytes
   */
  say(topic: string, message: Bytes): Promise<void>;
  /** The relays in use, and those that are being asked. */
  relays(): RelayView[];
  /** Ends all streams and connections. No event comes afterwards. */
  stop(): Promise<void>;
}

/** What the network tells the messenger. None of them may throw. */
export interface NetworkEvents {
  /** Somebody has called us. Who they are, the hello says; that the connection's key is theirs, the engine has proved. */
  pipe(pipe: Pipe): void;
  /** Our addresses have changed: the record has to be published anew. */
  addresses(addresses: readonly string[]): void;
  /** A message of a topic that we have subscribed to. @param from the peer id of who first sent it, proved by a signature */
  group(topic: string, message: Bytes, from: string): void;
  /** A relay has come, gone, or changed its state. */
  relays(): void;
  /** What the user should know, in one sentence: what is wrong, and what to do. */
  problem(sentence: string): void;
}
