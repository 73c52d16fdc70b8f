// mitm on stage 05: all that goes between Alice and Bob passes Mallory, who is a member of the team. Alice and Bob know
// each other's keys. Mallory tries what works in stages 03 and 04, and fails at the proofs (P9.4).

import { makeIdentity } from "../05-lan-chat/identity.ts";
import type { JsonObject } from "../05-lan-chat/messages.ts";
import { withTemporaryFolder } from "../captures/record/temporary-folder.ts";
import { copyStage05 } from "./changed-copy.ts";
import { FrameRelay } from "./frame-relay.ts";
import { awaited } from "./lab.ts";
import type { FrameListener, LanLab } from "./lan-lab.ts";
import type { LanVictim } from "./lan-victim.ts";
import type { Stage } from "./list.ts";
import { raise } from "./middle.ts";
import { HalfSession, type PlayedName, readHello } from "./played-lan-peer.ts";
import type { Given } from "./program.ts";
import { AttackError, proof, say, showScreen, showWire, step, stopped } from "./report.ts";

/** What is in the place of the attack: both users, and the cable between them, which is Mallory's. */
interface Scene {
  lab: LanLab;
  alice: LanVictim;
  bob: LanVictim;
  cable: FrameListener;
  teamKey: Buffer;
}

export async function sitBetweenInLan(lab: LanLab, { option }: Given<Stage>): Promise<void> {
  const cable = await lab.listen();
  const place = { lab, cable, teamKey: await lab.teamKey() };
  step("A lab copy of stage 05: its check of signatures is taken out.");
  await withTemporaryFolder(async (copy) => {
    copyStage05(copy, "identity.ts", "isSignedBy");
    await tryOnCopy({ ...place, ...(await startUsers(lab, copy)) }, option("text"));
  });

  const scene = { ...place, ...(await startUsers(lab)) };
  await beCable(scene);
  await exchangeKeys(scene);
  await proveOwnKey(scene);
}

/** @param copy the folder of a changed copy of the stage */
async function startUsers(lab: LanLab, copy?: string): Promise<{ alice: LanVictim; bob: LanVictim }> {
  const start = (name: string): Promise<LanVictim> => {
    const changed = copy === undefined ? {} : { copy, data: lab.dataOf(`lab-${name}`) };
    return lab.startPeer(name, { argv: ["--no-discovery"], ...changed });
  };
  const [alice, bob] = await Promise.all([start("alice"), start("bob")]);
  return { alice, bob };
}

/** Mallory, under another name, at the address that Alice calls. */
function played(name: string, { lab, cable, teamKey }: Scene): PlayedName {
  return { name, team: lab.team, teamKey, address: cable.address };
}

/** Alice calls Bob, and reaches Mallory. */
function call({ alice, cable }: Scene): void {
  alice.types(`/connect ${cable.address}`);
}

/** Mallory's two sides, each with a key exchange of its own. */
interface Sides {
  toAlice: HalfSession;
  toBob: HalfSession;
}

/** Alice calls. Mallory answers in Bob's name, and calls Bob in Alice's. */
async function takeCall(scene: Scene): Promise<Sides> {
  const { lab, bob, cable } = scene;
  call(scene);
  const toAlice = await HalfSession.open(await cable.accept(), "responder", played("bob", scene));
  const toBob = await HalfSession.open(await lab.connect(bob.address), "initiator", played("alice", scene));
  say("   Mallory has agreed on one key with Alice, and on another one with Bob.");
  return { toAlice, toBob };
}

/** Opens what one of them has sealed, and seals it for the other. */
async function passOn(source: HalfSession, target: HalfSession): Promise<JsonObject> {
  const { seq: _, ...object } = await source.hear();
  target.say(object);
  return object as JsonObject;
}

/** Where nobody checks signatures, Mallory passes the proofs on, and sits between. */
async function tryOnCopy(scene: Scene, text: string): Promise<void> {
  const { alice, bob } = scene;
  const { toAlice, toBob } = await takeCall(scene);
  await passOn(toAlice, toBob);
  await passOn(toBob, toAlice);
  await Promise.all([alice.shows(/^connected to bob$/), bob.shows(/^connected to alice$/)]);
  alice.types(`/msg bob ${text}`);
  for (;;) {
    const object = await toAlice.hear();
    if (object.type !== "message") continue;
    proof("mallory reads", `alice> ${object.text}`);
    const { seq: _, ...message } = object;
    toBob.say({ ...message, text: raise(String(object.text)) });
    break;
  }
  const shown = await bob.shows(/^alice> /);
  if (shown !== `alice> ${raise(text)}`) throw new AttackError(`bob's screen: ${shown}`);
  proof("bob's screen", shown);
  await Promise.all([alice.leaves(), bob.leaves()]);
}

/** The first day: they meet, and remember each other's keys. */
async function beCable(scene: Scene): Promise<void> {
  const { lab, alice, bob, cable } = scene;
  step("The real stage 05. Alice and Bob meet. Mallory passes on everything as it is.");
  const relayed = awaited(FrameRelay.take(lab, cable, bob.address));
  call(scene);
  const relay = await relayed;
  const numbers = await Promise.all([
    alice.shows(/^safety number with bob: /),
    bob.shows(/^safety number with alice: /),
  ]);
  showScreen("alice", numbers[0]);
  showScreen("bob", numbers[1]);
  const [one, other] = numbers.map((line) => line.slice(line.indexOf(":")));
  if (one !== other) throw new AttackError("the safety numbers differ, as they must not");
  const mallory = played("mallory", scene);
  const [first, second] = relay.tokens;
  const hello = first && readHello(first.token, mallory, "initiator");
  const answer = second && readHello(second.token, mallory, "responder");
  if (hello === undefined || answer === undefined) throw new AttackError("the hellos do not open");
  say(
    `   They are equal. In the hellos Mallory has read: ${hello.from} calls ${answer.from}. The rest is sealed.`,
  );
  relay.cut();
  await Promise.all([alice.shows(/^disconnected from bob/), bob.shows(/^disconnected from alice/)]);
}

/** What has worked on the copy: a key exchange with each of them. */
async function exchangeKeys(scene: Scene): Promise<void> {
  step("The next day. Mallory exchanges keys with each of them, as in stages 03 and 04.");
  const { toAlice, toBob } = await takeCall(scene);

  step("Alice's proof comes. Mallory opens it, and passes it on to Bob.");
  showWire("alice -> mallory -> bob", JSON.stringify(await passOn(toAlice, toBob)));
  const answer = await passOn(toBob, toAlice);
  if (answer.type !== "error") throw new AttackError("bob has accepted it");
  stopped("bob's answer", JSON.stringify(answer));
  say("   Alice has signed the hellos between Alice and Mallory. Bob has seen others.");
  toAlice.wire.end();
  stopped("alice's screen", await scene.alice.shows(/^error: /));
}

/** Mallory has an RSA key, too, and can sign whatever is asked for. But it is another key. */
async function proveOwnKey(scene: Scene): Promise<void> {
  const { lab, alice, bob, cable } = scene;
  const identity = await makeIdentity();
  step("Alice calls again. Mallory signs with a key of Mallory's, and says bob.");
  call(scene);
  const toAlice = await HalfSession.open(await cable.accept(), "responder", played("bob", scene));
  await toAlice.hear();
  toAlice.prove(identity);
  stopped("alice's screen", await alice.shows(/^error: the key of bob has changed$/));

  step("Mallory calls Bob, signs with the same key, and says alice.");
  const toBob = await HalfSession.open(await lab.connect(bob.address), "initiator", played("alice", scene));
  toBob.prove(identity);
  stopped("bob's screen", await bob.shows(/^error: the key of alice has changed$/));
  const isOpen = [alice, bob].some(
    ({ screen }) => screen.filter((line) => line.startsWith("connected to ")).length > 1,
  );
  if (isOpen) throw new AttackError("there is a second session");
}
