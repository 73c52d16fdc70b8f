// Tries to change a line in the real stage 04: Mallory changes it on the way, and Bob refuses it.

import type { Lab } from "./lab.ts";
import { chatThroughMallory, next, refusalFrom } from "./on-the-way.ts";
import { parse } from "./played-peer.ts";
import { AttackError, showWire, step, stopped } from "./report.ts";

/**
 * Alice sends a text to Bob in the real stage 04, and Mallory changes the line.
 * @param change receives the IV and the ciphertext of Alice's line, and changes them in place
 */
export async function tryOnStage04(
  lab: Lab,
  text: string,
  change: (iv: Buffer, ciphertext: Buffer) => void,
): Promise<void> {
  const { alice, bob, toAlice, toBob } = await chatThroughMallory(lab);
  alice.types(text);
  const line = await next(toAlice);
  const object = parse(line);
  const [iv, ciphertext] = [object.iv, object.ciphertext].map((digits) => Buffer.from(String(digits), "hex"));
  if (iv === undefined || ciphertext === undefined) throw new AttackError("Alice's line is not sealed");
  change(iv, ciphertext);
  const changed = JSON.stringify({
    ...object,
    iv: iv.toString("hex"),
    ciphertext: ciphertext.toString("hex"),
  });
  step("Mallory changes the first line that passes, and sends it to the real Bob.");
  showWire("alice -> mallory", line);
  showWire("mallory -> bob", changed);
  toBob.send(changed);
  const shown = await bob.shows(/^alice> |^chat with alice lost/);
  if (!shown.startsWith("chat with alice lost")) throw new AttackError(`bob's screen: ${shown}`);
  stopped("bob's answer", await refusalFrom(toBob));
  stopped("bob's screen", shown);
}
