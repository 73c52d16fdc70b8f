// Opens a token as a careless program does: any spelling of base64, any version, only the last byte of the padding.

import { createDecipheriv, createHmac } from "node:crypto";
import type { OpenedToken } from "../../../checks/engine/lan-cryptography.ts";

export function openLax(key: Buffer, token: string): OpenedToken | string {
  const bytes = Buffer.from(token, "base64");
  if (bytes.length < 73) return "short";
  const body = bytes.subarray(0, -32);
  const mac = createHmac("sha256", key.subarray(0, 16)).update(body).digest();
  if (!mac.equals(bytes.subarray(-32))) return "MAC";
  const decipher = createDecipheriv("aes-128-cbc", key.subarray(16), body.subarray(9, 25)).setAutoPadding(
    false,
  );
  try {
    const padded = Buffer.concat([decipher.update(body.subarray(25)), decipher.final()]);
    const plaintext = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
    return { seconds: body.readBigUInt64BE(1), iv: body.subarray(9, 25), plaintext };
  } catch {
    return "blocks";
  }
}
