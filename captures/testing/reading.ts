// Reads a whole capture, for tests.

import type { CaptureError, Packet } from "../read/packet.ts";
import { readCapture } from "../read/read-capture.ts";

export interface WholeCapture {
  packets: Packet[];
  /** What was wrong with the file. */
  damage: CaptureError | undefined;
}

/** Reads what stands before a damage, if there is one. */
export async function readAll(path: string): Promise<WholeCapture> {
  const whole: WholeCapture = { packets: [], damage: undefined };
  const onDamage = (damage: CaptureError): void => {
    whole.damage = damage;
  };
  for await (const packet of readCapture(path, { onDamage })) whole.packets.push(packet);
  return whole;
}
