// npm run attack -- forged-goodbye: Mallory is a member of the team, and has its passphrase. So Mallory can make tokens; but a
// goodbye in Alice's name needs a signature with Alice's key.

import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { decryptToken, encryptToken } from "../05-lan-chat/fernet.ts";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import { awaited } from "./lab.ts";
import { droppedBy, type LabTeam, TEAM, withTeam } from "./lab-team.ts";
import { runAttack } from "./program.ts";
import { AttackError, showScreen, showWire, step, stopped } from "./report.ts";

const PASSPHRASE = "a passphrase that Mallory has, too";

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

await runAttack("forged-goodbye", {}, (lab) => withTeam(lab, PASSPHRASE, forge));

async function forge(team: LabTeam): Promise<void> {
  step("Bob's program runs. Alice's starts. Mallory is in the team, and reads Alice's beacon.");
  const bob = await team.start("bob");
  const heard = awaited(team.hears());
  await team.start("alice", [team.earPort, bob.port]);
  showScreen("bob", await bob.program.line("found: alice"));
  const teamKey = await deriveTeamKey(PASSPHRASE, TEAM);
  const opened = decryptToken(teamKey, (await heard).toString("latin1"));
  if (opened === undefined) throw new AttackError("the passphrase does not open the beacon");
  const body = JSON.parse(String(JSON.parse(opened.plaintext.toString()).body)) as Record<string, unknown>;
  showWire("in the token", JSON.stringify(body));

  step("Mallory writes a goodbye with Alice's name, key and numbers, and signs it with Mallory's own key.");
  const before = await droppedBy(bob, "signature");
  const goodbye = JSON.stringify({ ...body, type: "bye", seq: Number(body.seq) + 1000 });
  showWire("mallory -> bob", goodbye);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  team.sends(sealed(teamKey, goodbye, privateKey), bob);
  const after = await droppedBy(bob, "signature", before);
  if (bob.program.lines.includes("left: alice")) throw new AttackError("bob's program believes it");
  stopped("bob's screen", `stats: signature ${before}, then signature ${after}; alice has not left`);
}

/** A token of the team, as P8.5 has it. */
function sealed(teamKey: Buffer, body: string, key: KeyObject): string {
  const signature = sign("sha256", Buffer.from(`p2p-mesh 05 beacon\0${body}`), { key, ...PSS });
  const plaintext = JSON.stringify({ body, signature: signature.toString("base64") });
  return encryptToken(teamKey, Buffer.from(plaintext), Math.floor(Date.now() / 1000));
}
