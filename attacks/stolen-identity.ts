// npm run attack -- stolen-identity: yesterday Mallory has recorded a session of Alice and Bob, and has carried a letter
// for Bob. Today Mallory steals Bob's RSA key. The letter's key was sealed with it; the session's keys never were.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBase64, fromTokenText } from "../05-lan-chat/base64.ts";
import { decryptToken } from "../05-lan-chat/fernet.ts";
import {
  type Identity,
  identityOf,
  makeIdentity,
  openSealedKey,
  parsePublicKey,
} from "../05-lan-chat/identity.ts";
import { openLetter, parseLetter } from "../05-lan-chat/letters.ts";
import { FrameRelay, type RecordedToken } from "./frame-relay.ts";
import { awaited } from "./lab.ts";
import { HalfSession, type PlayedName, readHello } from "./played-lan-peer.ts";
import { runLanAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

const OPTIONS = {
  text: textOption("the meeting is at nine", "what Alice writes in the letter"),
  said: textOption("the door code is 7351", "what Alice says in the session"),
};

/** What RSA seals is as long as the modulus. */
const RSA_BYTES = 256;

await runLanAttack("stolen-identity", OPTIONS, async (lab, { option }) => {
  const cable = await lab.listen();
  const quiet = ["--no-discovery"];
  const [alice, bob] = await Promise.all([
    lab.startPeer("alice", { argv: quiet }),
    lab.startPeer("bob", { argv: quiet }),
  ]);

  step("Yesterday. Alice and Bob have a session. Mallory, on the way, records it.");
  const relayed = awaited(FrameRelay.take(lab, cable, bob.address));
  alice.types(`/connect ${cable.address}`);
  const relay = await relayed;
  await alice.shows(/^connected to bob$/);
  alice.types(`/msg bob ${option("said")}`);
  showScreen("bob", await bob.shows(/^alice> /));
  await alice.shows(/^delivered to bob: 1$/);
  await bob.leaves();
  await alice.shows(/^disconnected from bob$/);

  step("Bob is away. Alice writes Bob a letter. Mallory, as carol, carries it, and keeps a copy.");
  const carol = { name: "carol", team: lab.team, teamKey: await lab.teamKey(), address: cable.address };
  const session = await HalfSession.open(await lab.connect(alice.address), "initiator", carol);
  session.prove(await makeIdentity());
  const { key } = await session.hear();
  await alice.shows(/^connected to carol$/);
  alice.types(`/letter bob ${option("text")}`);
  showScreen("alice", await alice.shows(/^queued for bob: 2$/));
  const letter = await letterFor(session);

  step("Today. Mallory steals Bob's identity.pem.");
  const stolen = identityOf(readFileSync(join(bob.data, "identity.pem"), "utf8"));
  const writer = parsePublicKey(decodeBase64(key) ?? Buffer.alloc(0));
  if (stolen === undefined || writer === undefined) throw new AttackError("a key cannot be read");

  step("The letter: its key lies in an envelope that Bob's key opens.");
  const content = openLetter(letter, stolen, writer);
  if (content?.type !== "message") throw new AttackError("the letter does not open");
  proof("read from the letter", `alice> ${content.text}`);

  step("The session: Mallory has the team's key, and reads the hellos.");
  readSession(relay.tokens, carol, stolen);
});

/** Waits for the letter that Alice hands over. */
async function letterFor(session: HalfSession): Promise<NonNullable<ReturnType<typeof parseLetter>>> {
  for (;;) {
    const object = await session.hear();
    if (object.type !== "letter") continue;
    const letter = parseLetter(object.body, object.signature);
    if (letter === undefined) throw new AttackError("Alice has handed over something else");
    session.say({ type: "letter-ack", from: letter.from, id: letter.id });
    return letter;
  }
}

/** Tries on each token of the session all that Mallory has. */
function readSession(tokens: readonly RecordedToken[], mallory: PlayedName, stolen: Identity): void {
  const [first, second, ...rest] = tokens;
  if (first === undefined || second === undefined) throw new AttackError("no session was recorded");
  const hello = readHello(first.token, mallory, "initiator");
  const answer = readHello(second.token, mallory, "responder");
  if (hello === undefined || answer === undefined) throw new AttackError("the hellos do not open");
  say(`   ${hello.from} calls ${answer.from}. Their keys come from two Diffie-Hellman keys that are gone.`);

  step(`Mallory tries the team's key and Bob's on the other ${rest.length} tokens.`);
  const opened = rest.filter(({ token }) => {
    return decryptToken(mallory.teamKey, token) !== undefined || holdsSealedKey(token, stolen);
  });
  if (opened.length > 0) throw new AttackError(`${opened.length} of them open`);
  stopped("read from the session", "nothing: Bob's key has only signed there");
}

/** Says if anything in a token was sealed for this key, at whatever place. */
function holdsSealedKey(token: string, identity: Identity): boolean {
  const bytes = fromTokenText(token) ?? Buffer.alloc(0);
  for (let start = 0; start + RSA_BYTES <= bytes.length; start += 1) {
    if (openSealedKey(identity, bytes.subarray(start, start + RSA_BYTES)) !== undefined) return true;
  }
  return false;
}
