// npm run attack -- stolen-identity: somebody has recorded everything, and gets Bob's identity.pem much later. What can they
// read? Letters to Bob; no session, because there Bob's key has only signed.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { letterIn, openLetter, readerOf } from "../captures/explain/letters.ts";
import { jsonOf } from "../captures/explain/protocols.ts";
import { linesOf } from "../captures/explain/stream-lines.ts";
import { openToken, teamKeyFrom } from "../captures/explain/team-tokens.ts";
import { tokenOf } from "../captures/explain/tokens.ts";
import { loadCapture } from "../captures/follow/load.ts";
import { committedCapture } from "./capture-lines.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, say, showWire, step, stopped } from "./report.ts";

const TEAM = "rocket";

/** An RSA-OAEP sealed key, or an RSA signature, of 256 bytes in base64. */
const RSA_VALUE = /[A-Za-z0-9+/]{342}==/;

await runAttack("stolen-identity", {}, async () => {
  step(
    "A year ago somebody has recorded a team, and kept a letter that lay at Carol's. Today they get Bob's identity.pem.",
  );
  const bob = readerOf((await committed("05-lan-chat-bob.pem")).toString());
  const letter = letterIn(await committed("05-lan-chat.letter"));
  if (bob === undefined || letter === undefined) throw new AttackError("the recording is damaged");

  step("The letter to Bob: its key lies in it, sealed for Bob's key.");
  showWire("the letter", letter.line.toString());
  const opened = openLetter(letter, bob);
  if ("problem" in opened) throw new AttackError(opened.problem);
  proof("a letter of a year ago", String(jsonOf(opened.plaintext)?.text));

  step("The sessions of Bob. They even know the team's passphrase.");
  const teamKey = await teamKeyFrom((await committed("05-lan-chat.passphrase")).toString(), TEAM);
  if (teamKey === undefined) throw new AttackError("there is no passphrase");
  const tokens = await tokensOf(committedCapture("05-lan-chat"));
  const hellos = tokens.flatMap((token) => openToken(token, teamKey) ?? []);
  say(`   ${tokens.length} tokens; the passphrase opens ${hellos.length} of them, the hellos`);
  const sealed = hellos.filter((hello) => RSA_VALUE.test(hello.toString()));
  say(
    `   in the hellos, ${sealed.length} values are sealed for an RSA key: the secret came from Diffie-Hellman`,
  );
  const closed = tokens.filter((token) => openToken(token, teamKey) === undefined);
  if (sealed.length > 0 || closed.length === 0) throw new AttackError("a session has come open");
  stopped("the sessions", `${closed.length} tokens stay closed: their keys exist no more`);
});

function committed(name: string): Promise<Buffer> {
  return readFile(fileURLToPath(new URL(`../captures/${name}`, import.meta.url)));
}

/** All tokens of all sessions in a capture. */
async function tokensOf(path: string): Promise<Buffer[]> {
  const { streams } = await loadCapture(path, false);
  return streams.flatMap((stream) =>
    linesOf(stream).flatMap((line) =>
      line.kind === "line" && tokenOf(line.bytes) !== undefined ? [line.bytes] : [],
    ),
  );
}
