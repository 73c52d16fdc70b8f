// What a teacher can let somebody say with one click. Pure.

import type { Party, WireStage } from "../../shared/wire.ts";
import { nameOf } from "./words.ts";

export interface Saying {
  /** What stands on the button. */
  text: string;
  /** What is typed, without the Enter. */
  typed: string;
}

const PAYMENT = "pay 100 to carol";

/** What somebody may say, most wanted first; nothing for who does not type. */
export function sayingsOf(stage: WireStage, party: Party): Saying[] {
  if (stage === "01")
    return party === "alice" ? ["2 + 3 * 4", "100 + 1"].map((text) => ({ text, typed: text })) : [];
  const other = party === "bob" ? "alice" : "bob";
  const texts = party === "alice" ? [`hello, ${nameOf(other)}`, PAYMENT] : [`hello, ${nameOf(other)}`];
  const before = stage === "05" ? `/msg ${other} ` : "";
  return texts.map((text) => ({ text, typed: `${before}${text}` }));
}
