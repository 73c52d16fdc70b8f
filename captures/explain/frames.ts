// Recognises the frames of stage 05: a header line, a token, an end line (P9.1). Pure.

/** What a header line claims. */
export interface FrameHeader {
  /** Where its sender says they listen: `10.0.0.1:5000`, `[::1]:5000`. */
  address: string;
  team: string;
}

const END = "<end>";

/** The longest header line: an IPv6 address with its port, a team's name, and what is around them. In bytes. */
const LONGEST_HEADER = 128;

/** @param line without its LF; a CR at its end is dropped */
export function frameHeaderOf(line: Buffer): FrameHeader | undefined {
  if (line[0] !== 0x3c || line.length > LONGEST_HEADER) return undefined;
  const found = /^<(\[[0-9a-fA-F:.]+\]:[0-9]{1,5}|[0-9.]+:[0-9]{1,5})> @ <([A-Za-z0-9_-]{1,32})>\r?$/.exec(
    line.toString("latin1"),
  );
  const [, address = "", team = ""] = found ?? [];
  return found === null ? undefined : { address, team };
}

/** @param line without its LF */
export function isFrameEnd(line: Buffer): boolean {
  return line.length <= END.length + 1 && line.toString("latin1").replace(/\r$/, "") === END;
}
