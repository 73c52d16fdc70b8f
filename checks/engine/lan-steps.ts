// Steps with which many checks of stage 05 begin: a program, alice, and a peer that the checker plays, bob.

import { Lan, type ProgramOptions } from "./lan.ts";
import type { LanPeer, LanSession } from "./lan-peer.ts";
import type { PeerUnderTest } from "./launcher.ts";
import type { Scene } from "./scene.ts";

export interface Meeting {
  lan: Lan;
  alice: PeerUnderTest;
  bob: LanPeer;
}

export interface Talk extends Meeting {
  session: LanSession;
}

/** Alice has found bob. */
export async function meet(scene: Scene, options: ProgramOptions = {}): Promise<Meeting> {
  const lan = await Lan.open(scene);
  const alice = await lan.program("alice", options);
  const bob = await lan.peer("bob");
  await bob.isFoundBy(alice);
  return { lan, alice, bob };
}

/** Alice has found bob, who has opened a session. */
export async function talk(scene: Scene, options: ProgramOptions = {}): Promise<Talk> {
  const meeting = await meet(scene, options);
  return { ...meeting, session: await meeting.bob.opens(meeting.alice) };
}
