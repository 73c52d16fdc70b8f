// What a test expects of bytes, in one short text.

import { createHash } from "node:crypto";

/** SHA-256, as 64 hexadecimal digits. A text counts as its bytes in UTF-8. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
