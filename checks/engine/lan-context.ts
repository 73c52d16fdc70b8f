// What played peers and their sessions know about the network of their check (lan.ts), and what sessions know of peers.

import type { LanKey } from "./lan-cryptography.ts";
import type { PeerUnderTest } from "./launcher.ts";
import type { Scene } from "./scene.ts";
import type { StepFailure } from "./step-failure.ts";

/** The only host of the checks. */
export const HOST = "127.0.0.1";

export type Members = Record<string, unknown>;

export interface LanContext {
  readonly scene: Scene;
  readonly team: string;
  readonly teamKey: Buffer;
  /** Waits until one more hello to this program is within the limits of P9.2. */
  mayGreet(program: PeerUnderTest): Promise<void>;
  fails(details: StepFailure["details"]): never;
}

export interface SessionPeer {
  readonly name: string;
  readonly address: string;
  readonly key: LanKey;
  readonly lan: LanContext;
}

/** A JSON object; undefined if it is none. */
export function parse(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined;
  } catch {
    return undefined;
  }
}
