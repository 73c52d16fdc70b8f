// Reads answers that are the number of a packet.

/** The reply to an answer that is no number. */
export const NO_PACKET_NUMBER = "Answer with the number of a packet, as it stands in the first column.";

/** Only the number: some students write "packet 7" or "#7". */
export function withoutPacket(answer: string): string {
  return answer
    .trim()
    .toLowerCase()
    .replace(/^(?:packet|frame|no\.?|number|#) ?/, "");
}
