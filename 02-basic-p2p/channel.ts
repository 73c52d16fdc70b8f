// Stage 02's channel: nothing is agreed on, and a line travels as it is. Anybody on the way can read and change it.

import type { ErrorCode, JsonObject } from "./messages.ts";
import type { Channel } from "./stage-interface.ts";

export class PlainChannel implements Channel {
  readonly opening = [];
  readonly ready = true;
  readonly safetyNumber = undefined;

  agree(): void {}

  wrap(line: string): string {
    return line;
  }

  unwrap(object: JsonObject): JsonObject {
    return object;
  }

  errorCode(code: ErrorCode): ErrorCode {
    return code;
  }
}
