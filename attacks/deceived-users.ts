// Starts Alice and Bob with a registry that Mallory runs. When one of them calls the other, the call reaches Mallory.

import type { Lab, Listener, Victim } from "./lab.ts";
import { LyingRegistry } from "./lying-registry.ts";

export interface DeceivedUsers {
  alice: Victim;
  bob: Victim;
  registry: LyingRegistry;
  /** Accepts the calls that Alice and Bob make to each other. */
  callers: Listener;
}

/** Starts both programs, and returns when both are registered. */
export async function startDeceivedUsers(lab: Lab): Promise<DeceivedUsers> {
  const callers = await lab.listen();
  const registry = await LyingRegistry.start(lab, callers.port);
  const [alice, bob] = await Promise.all([
    lab.startClient("alice", registry.port),
    lab.startClient("bob", registry.port),
  ]);
  return { alice, bob, registry, callers };
}
