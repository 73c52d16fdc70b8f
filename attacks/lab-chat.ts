// The chat that bit-flip and padding-oracle attack: starts the lab's Bob (lab-bob.ts), catches Alice's line to Bob, and
// connects to Bob. Or somebody else has started Bob, and has caught the line.

import { portIn } from "../programs/stage-programs.ts";
import type { Lab } from "./lab.ts";
import { fromLine } from "./lab-unauthenticated-cbc.ts";
import type { LineSocket } from "./line-socket.ts";
import { type AttackOption, portOption } from "./program.ts";
import { AttackError } from "./report.ts";

/** The options for a Bob who runs already. Then only Bob sees what arrives, and Alice's text need not be known. */
export const RUNNING_BOB: Readonly<Record<"bob" | "line", AttackOption>> = {
  bob: portOption("the port of a lab-bob.ts that runs already (default: starts one)", ""),
  line: {
    value: "LINE",
    help: "with --bob: Alice's line to Bob",
    usual: "",
    check: (value) => (fromLine(value) === undefined ? "this is no line of the lab" : undefined),
  },
};

export interface LabChat {
  /** The line as it was on the wire. The next two members are its contents. */
  line: string;
  iv: Buffer;
  ciphertext: Buffer;
  toBob: LineSocket;
  /** Waits for the next line that Bob accepts, and returns the text that Bob reads. Undefined if Bob's screen is not ours. */
  bobReads?: () => Promise<string>;
}

/**
 * @param text the text that Alice sends
 * @param usedIv the IV that Alice uses, in hexadecimal; a random one if it is empty
 */
export async function startLabChat(lab: Lab, text: string, usedIv = ""): Promise<LabChat> {
  const bob = lab.startProgram("attacks/lab-bob.ts", [text, usedIv]);
  const listening = await bob.line(/^listening on /);
  const line = (await bob.line(/^alice sends /)).slice("alice sends ".length);
  const chat = await joinLabChat(lab, portIn(listening), line);
  return { ...chat, bobReads: async () => (await bob.line(/^bob reads /)).slice("bob reads ".length) };
}

/** Connects to a Bob who runs already. @param line Alice's line to Bob */
export async function joinLabChat(lab: Lab, port: number, line: string): Promise<LabChat> {
  const caught = fromLine(line);
  if (caught === undefined) throw new AttackError("this is no line of the lab");
  return { line, ...caught, toBob: await lab.connect(port) };
}
