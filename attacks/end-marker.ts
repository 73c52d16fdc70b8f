// npm run attack -- end-marker: Mallory writes a message in which a frame ends and another one begins, with Alice's
// address. A program that frames bare text reads two messages. Ours reads one, because every text lies in a token.

import { makeIdentity } from "../05-lan-chat/identity.ts";
import { makeId } from "../05-lan-chat/texts.ts";
import { awaited } from "./lab.ts";
import { encodeBareFrame } from "./lab-bare-frames.ts";
import type { LanLab } from "./lan-lab.ts";
import { joinAs } from "./played-lan-peer.ts";
import { runLanAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

const TEXT = textOption("I owe mallory 900", "what Mallory puts into Alice's mouth", 40);

const ALICE = "127.0.0.1:5001";
const MALLORY = "127.0.0.1:5002";

await runLanAttack("end-marker", { text: TEXT }, async (lab, { option }) => {
  const message = `look:\n<end>\n<${ALICE}> @ <${lab.team}>\n${option("text")}`;
  step(`The lab: frames with bare text. Alice is at ${ALICE}, Mallory at ${MALLORY}.`);
  const bob = lab.startProgram("attacks/lab-bare-bob.ts", []);
  const address = (await bob.line(/^listening on /)).slice("listening on ".length);

  step("Mallory writes one message to Bob. It has four lines.");
  for (const line of message.split("\n")) say(`   | ${line}`);
  const wire = await lab.connect(address);
  wire.write(encodeBareFrame(MALLORY, lab.team, message));
  showScreen("bob", await bob.line(/> look:$/));
  proof("bob's screen", await awaited(bob.line(`${ALICE}> ${option("text")}`)));

  await tryOnStage05(lab, message);
});

/** The same message, and then the same bytes, to the real Bob. Mallory has a session with Bob. */
async function tryOnStage05(lab: LanLab, text: string): Promise<void> {
  step("The real stage 05. Mallory, of the team, has a session with Bob, and writes it again.");
  const bob = await lab.startPeer("bob", { argv: ["--no-discovery"] });
  const mallory = { name: "mallory", team: lab.team, teamKey: await lab.teamKey(), address: MALLORY };
  const session = await joinAs(mallory, await makeIdentity(), await lab.connect(bob.address));
  await bob.shows(/^connected to mallory$/);
  session.say({ type: "message", id: makeId(), to: "you", text });
  stopped("bob's screen", await bob.shows(/> look:/));

  step("Mallory writes the frame without a token around the text.");
  session.wire.write(encodeBareFrame(MALLORY, lab.team, text));
  stopped("bob's screen", await bob.shows(/^disconnected from mallory/));
  const others = bob.screen.filter((line) => line.includes("> ") && !line.startsWith("mallory> "));
  if (others.length > 0) throw new AttackError(`bob's screen: ${others.join(", ")}`);
}
