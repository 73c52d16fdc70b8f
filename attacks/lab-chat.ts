// Starts the lab's Bob (lab-bob.ts), catches Alice's line to Bob, and connects to Bob.

import type { Lab } from "./lab.ts";
import { fromLine } from "./lab-unauthenticated-cbc.ts";
import type { LineSocket } from "./line-socket.ts";
import { AttackError } from "./report.ts";

export interface LabChat {
  /** The line as it was on the wire. The next two members are its contents. */
  line: string;
  iv: Buffer;
  ciphertext: Buffer;
  toBob: LineSocket;
  /** Waits for the next line that Bob accepts, and returns the text that Bob reads. */
  bobReads(): Promise<string>;
}

/**
 * @param text the text that Alice sends
 * @param usedIv the IV that Alice uses, in hexadecimal; a random one if it is empty
 */
export async function startLabChat(lab: Lab, text: string, usedIv = ""): Promise<LabChat> {
  const bob = lab.startProgram("attacks/lab-bob.ts", [text, usedIv]);
  const listening = await bob.line(/^listening on /);
  const line = (await bob.line(/^alice sends /)).slice("alice sends ".length);
  const caught = fromLine(line);
  if (caught === undefined) throw new AttackError("this is no line of the lab");
  const toBob = await lab.connect(Number(listening.slice(listening.lastIndexOf(":") + 1)));
  return {
    line,
    ...caught,
    toBob,
    bobReads: async () => (await bob.line(/^bob reads /)).slice("bob reads ".length),
  };
}
