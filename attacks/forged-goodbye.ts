// npm run attack -- forged-goodbye: Mallory is a member of the team, and wants Bob to believe that Alice has left. With
// the team's key Mallory can read and seal everything, but sign nothing as Alice.

import { encodeBase64 } from "../05-lan-chat/base64.ts";
import { makeBeacon, openBeacon, parseBeacon } from "../05-lan-chat/beacons.ts";
import { encryptToken } from "../05-lan-chat/fernet.ts";
import { type Identity, makeIdentity, type PublicIdentity, parsePublicKey } from "../05-lan-chat/identity.ts";
import { withTemporaryFolder } from "../captures/record/temporary-folder.ts";
import { copyStage05 } from "./changed-copy.ts";
import type { Ear } from "./ear.ts";
import type { LanLab } from "./lan-lab.ts";
import { type LanVictim, more } from "./lan-victim.ts";
import { runLanAttack } from "./program.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

/** So rarely, in seconds, do Alice and Bob send beacons: nothing but Mallory's datagrams comes meanwhile. */
const RARELY = ["--beacon", "300"];

/** What Mallory writes into a beacon: it is later than all that Alice has sent. */
const GOODBYE = { type: "bye", seq: 1_000_000 } as const;

/** A beacon of Alice's that Mallory has opened. */
interface Opened {
  body: string;
  signature: Buffer;
  alice: PublicIdentity;
}

await runLanAttack("forged-goodbye", {}, async (lab) => {
  const mallory = await lab.listenToDatagrams();
  const [teamKey, identity] = [await lab.teamKey(), await makeIdentity()];

  step("A lab copy of stage 05: its check of signatures is taken out.");
  await withTemporaryFolder(async (folder) => {
    copyStage05(folder, "identity.ts", "isSignedBy");
    const bob = await lab.startPeer("bob", { argv: RARELY, copy: folder, data: lab.dataOf("lab-bob") });
    const { victim, opened } = await startAlice(lab, mallory, bob, teamKey);
    say("   Mallory writes Alice's name and key into a goodbye, and signs it with a key of Mallory's.");
    await mallory.send(signedByMallory(opened, identity, teamKey), bob.port);
    proof("bob's screen", await bob.shows(/^left: /));
    await victim.leaves();
    await bob.leaves();
  });

  step("The real stage 05. Yesterday Alice has said goodbye, and Mallory has kept it.");
  const bob = await lab.startPeer("bob", { argv: RARELY });
  const yesterday = await startAlice(lab, mallory, bob, teamKey);
  await yesterday.victim.leaves();
  const goodbye = await nextOf(mallory, teamKey, "bye");
  await bob.shows(/^left: alice$/);
  const { opened } = await startAlice(lab, mallory, bob, teamKey);

  step("Today Alice is here again. Mallory forges a goodbye of Alice's.");
  await refused(mallory, bob, "signature", signedByMallory(opened, identity, teamKey));

  step("Mallory makes a goodbye of Alice's own beacon, and leaves the signature as it is.");
  const body = JSON.stringify({ ...JSON.parse(opened.body), ...GOODBYE });
  await refused(mallory, bob, "signature", sealed({ ...opened, body }, teamKey));

  step("Mallory seals yesterday's goodbye anew: time and signature are right.");
  await refused(mallory, bob, "old", sealed(goodbye, teamKey));

  bob.types("/peers");
  stopped("bob's screen", await bob.shows(/^peer alice active /));
});

/** Starts Alice, whom Bob finds, and opens Alice's first beacon. */
async function startAlice(
  lab: LanLab,
  mallory: Ear,
  bob: LanVictim,
  teamKey: Buffer,
): Promise<{ victim: LanVictim; opened: Opened }> {
  const everywhere = ["--peer", bob.address, "--peer", mallory.address];
  const victim = await lab.startPeer("alice", { argv: [...RARELY, ...everywhere] });
  showScreen("bob", await bob.shows(/^found: alice$/));
  await victim.shows(/^found: bob/);
  return { victim, opened: await nextOf(mallory, teamKey, "beacon") };
}

/** The next datagram of this type that Mallory hears, opened with the team's key. */
async function nextOf(mallory: Ear, teamKey: Buffer, type: "beacon" | "bye"): Promise<Opened> {
  for (;;) {
    const token = openBeacon(await mallory.next(), teamKey);
    const claim = token && parseBeacon(token.plaintext, token.seconds);
    const alice = claim && parsePublicKey(claim.key);
    if (claim === undefined || alice === undefined)
      throw new AttackError("what Alice sends cannot be opened");
    if (claim.content.type === type) return { body: claim.body, signature: claim.signature, alice };
  }
}

/** A goodbye with Alice's name, session and key. */
function signedByMallory({ body, alice }: Opened, mallory: Identity, teamKey: Buffer): Buffer {
  const content = { ...JSON.parse(body), ...GOODBYE };
  return Buffer.from(makeBeacon(content, { ...alice, privateKey: mallory.privateKey }, teamKey, Date.now()));
}

/** A signed body in a token that Mallory makes now. */
function sealed({ body, signature }: Opened, teamKey: Buffer): Buffer {
  const text = JSON.stringify({ body, signature: encodeBase64(signature) });
  return Buffer.from(encryptToken(teamKey, Buffer.from(text), Math.floor(Date.now() / 1000)));
}

/** Sends a datagram, and waits until Bob has dropped it for this reason. */
async function refused(mallory: Ear, bob: LanVictim, reason: string, datagram: Buffer): Promise<void> {
  const before = await bob.stats();
  await mallory.send(datagram, bob.port);
  const after = await bob.statsUntil((drops) => more([reason], before, drops) > 0);
  stopped("bob has dropped", `${reason} ${more([reason], before, after)}`);
}
