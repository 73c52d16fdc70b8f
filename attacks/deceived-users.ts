// Alice and Bob at a registry that Mallory runs: who of them calls the other reaches her.

import type { Lab, Listener, Victim } from "./lab.ts";
import { LyingRegistry } from "./lying-registry.ts";

export interface DeceivedUsers {
  alice: Victim;
  bob: Victim;
  registry: LyingRegistry;
  /** Where their calls arrive. */
  callers: Listener;
}

/** Starts both, and returns when they are registered. */
export async function startDeceivedUsers(lab: Lab): Promise<DeceivedUsers> {
  const callers = await lab.listen();
  const registry = await LyingRegistry.start(lab, callers.port);
  const [alice, bob] = await Promise.all([
    lab.startClient("alice", registry.port),
    lab.startClient("bob", registry.port),
  ]);
  return { alice, bob, registry, callers };
}
