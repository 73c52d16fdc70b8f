// Reads a whole capture, for tests.

import { writeFileSync } from "node:fs";
import type { CaptureError, Packet } from "../read/packet.ts";
import { readCapture } from "../read/read-capture.ts";

export interface WholeCapture {
  packets: Packet[];
  /** What was wrong with the file. */
  damage: CaptureError | undefined;
}

/** Writes a file and reads it. */
export async function readBytes(path: string, bytes: Buffer): Promise<WholeCapture> {
  writeFileSync(path, bytes);
  return readAll(path);
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
