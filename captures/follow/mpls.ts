// Passes over MPLS labels (RFC 3032). Pure. It never throws.

import { CUT_SHORT, type Found, ofFirstByte } from "./ip-start.ts";

const LABEL_BYTES = 4;

/**
 * Each label says whether it is the last one, but not what follows. IP shows itself by its first bits: nothing else may
 * begin with them (RFC 4928, section 3).
 */
export function afterLabels(data: Buffer, firstLabel: number): Found {
  let start = firstLabel;
  let isLast = false;
  while (!isLast) {
    if (start + LABEL_BYTES > data.length) return CUT_SHORT;
    isLast = (data.readUInt8(start + 2) & 1) !== 0;
    start += LABEL_BYTES;
  }
  return ofFirstByte(data, start, "MPLS without IP");
}
