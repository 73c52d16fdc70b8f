// Alice and Bob chat through Mallory, who holds both ends of their connection. Mallory has passed on the handshake
// unchanged, so Alice and Bob share keys that Mallory does not have. What comes next depends on the attack.

import { startDeceivedUsers } from "./deceived-users.ts";
import type { Lab, Victim } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import { parse } from "./played-peer.ts";
import { AttackError } from "./report.ts";

export interface OnTheWay {
  alice: Victim;
  bob: Victim;
  /** The connection to Alice, who believes that Bob is at its other end. */
  toAlice: LineSocket;
  /** The connection to Bob, who believes that Alice is at its other end. */
  toBob: LineSocket;
}

/** Starts Alice and Bob, and returns when their chat has begun. */
export async function chatThroughMallory(lab: Lab): Promise<OnTheWay> {
  const { alice, bob, callers } = await startDeceivedUsers(lab);
  alice.types("/chat bob");
  const toAlice = await callers.accept();
  const toBob = await lab.connect(bob.port);

  await pass(toAlice, toBob); // Alice's hello.
  await bob.shows(/^alice wants to chat/);
  bob.types("/accept alice");
  await pass(toBob, toAlice); // Bob's hello.
  if (lab.stage !== "02") await Promise.all([pass(toAlice, toBob), pass(toBob, toAlice)]); // The keys.
  await Promise.all([alice.shows(/^chat with bob started$/), bob.shows(/^chat with alice started$/)]);
  return { alice, bob, toAlice, toBob };
}

/** Passes on a line as it is. */
async function pass(source: LineSocket, target: LineSocket): Promise<void> {
  target.send(await next(source));
}

/** Takes the next line from a victim, and does not pass it on. @throws AttackError if the victim has hung up */
export async function next(source: LineSocket): Promise<string> {
  const line = await source.line();
  if (line === undefined) throw new AttackError("the victim has hung up");
  return line;
}

/** Skips acks and messages, and returns the error line that a victim answers with. @throws AttackError if none comes */
export async function refusalFrom(source: LineSocket): Promise<string> {
  for (;;) {
    const line = await next(source);
    if (parse(line).type === "error") return line;
  }
}
