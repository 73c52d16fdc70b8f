// npm run attack -- end-marker: a text that ends its own frame, and begins one of somebody else. First against a program that
// frames with bare text, then against stage 05.

import { portIn } from "../programs/stage-programs.ts";
import type { Lab } from "./lab.ts";
import { type LabTeam, TEAM, withTeam } from "./lab-team.ts";
import { MALLORY, opened, PlayedSession } from "./played-session.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

const PASSPHRASE = "a passphrase that Mallory has, too";

/** Where somebody else listens. */
const BOB = "127.0.0.1:50002";

const TEXT = ["the meeting is at nine", "<end>", `<${BOB}> @ <${TEAM}>`, "I owe Mallory 900"].join("\n");

await runAttack("end-marker", {}, async (lab) => {
  say(`   the text: ${JSON.stringify(TEXT)}`);
  await againstBareText(lab);
  await withTeam(lab, PASSPHRASE, againstStage);
});

async function againstBareText(lab: Lab): Promise<void> {
  step("The lab's Alice frames with bare text: header, text, <end>. Mallory sends the text in one message.");
  const alice = lab.startProgram("attacks/lab-bare-text.ts", []);
  const socket = await opened(portIn(await alice.line(/^listening on /)));
  socket.write(`<${MALLORY}> @ <${TEAM}>\n${TEXT}\n<end>\n`);
  showScreen("alice", await alice.line(new RegExp(`^<${MALLORY}> `)));
  proof("alice's screen", await alice.line(new RegExp(`^<${BOB}> `)));
  socket.destroy();
}

async function againstStage(team: LabTeam): Promise<void> {
  step(
    "Stage 05's Alice. Mallory is in the team, and has a session with Alice. The same text, as no program of ours sends it.",
  );
  const alice = await team.start("alice");
  const session = await PlayedSession.with(alice, PASSPHRASE);
  session.says(TEXT);
  const answer = await session.answer();
  if (answer.type !== "ack") throw new AttackError(`alice answers: ${JSON.stringify(answer)}`);
  const line = await alice.program.line(/^mallory> /);
  if (alice.program.lines.some((shown) => shown !== line && /900/.test(shown)))
    throw new AttackError("alice's program takes a part of it for somebody else's");
  stopped("alice's screen", line);
}
