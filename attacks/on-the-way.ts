// Alice and Bob, who chat through Mallory: she sits on the way and holds both ends of it. The handshake she has passed on as
// it was, so the keys are Alice's and Bob's own, and she has none of them. What passes next is up to the attack.

import { startDeceivedUsers } from "./deceived-users.ts";
import type { Lab, Victim } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import { parse } from "./played-peer.ts";
import { AttackError } from "./report.ts";

export interface OnTheWay {
  alice: Victim;
  bob: Victim;
  /** What Alice has sent comes out here; what is sent here, Alice takes for Bob's. */
  toAlice: LineSocket;
  /** The same towards Bob. */
  toBob: LineSocket;
}

/** Starts both, and lets them call each other. */
export async function chatThroughMallory(lab: Lab): Promise<OnTheWay> {
  const { alice, bob, callers } = await startDeceivedUsers(lab);
  alice.types("/chat bob");
  const toAlice = await callers.accept();
  const toBob = await lab.connect(bob.port);

  await pass(toAlice, toBob); // Alice's hello
  await bob.shows(/^alice wants to chat/);
  bob.types("/accept alice");
  await pass(toBob, toAlice); // Bob's hello
  if (lab.stage !== "02") await Promise.all([pass(toAlice, toBob), pass(toBob, toAlice)]); // The keys.
  await Promise.all([alice.shows(/^chat with bob started$/), bob.shows(/^chat with alice started$/)]);
  return { alice, bob, toAlice, toBob };
}

/** Passes on a line as it is. */
async function pass(source: LineSocket, target: LineSocket): Promise<void> {
  target.send(await next(source));
}

/** The next line from a victim, which is on its way to the other. @throws AttackError if it has hung up */
export async function next(source: LineSocket): Promise<string> {
  const line = await source.line();
  if (line === undefined) throw new AttackError("the victim has hung up");
  return line;
}

/** The error line that a victim answers with; acks and messages before it are passed over. @throws AttackError if none comes */
export async function refusalFrom(source: LineSocket): Promise<string> {
  for (;;) {
    const line = await next(source);
    if (parse(line).type === "error") return line;
  }
}
