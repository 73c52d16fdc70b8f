// Names the clause of lessons/protocol.md that describes a line. Pure.

import { frameHeaderOf, isFrameEnd } from "../../../captures/explain/frames.ts";
import { jsonOf, type Protocol } from "../../../captures/explain/protocols.ts";
import { withoutCr } from "../../../captures/explain/team-tokens.ts";
import { tokenOf } from "../../../captures/explain/tokens.ts";

export function clauseOf(line: Buffer, protocol: Protocol): string | undefined {
  return undefined;
}
