// A LAB, NOT A STAGE: stage 05's frames, with the text itself in the place of the token. Pure.

/** Ends a frame, wherever it stands. This is the mistake: a text can hold it, too. */
const END = "\n<end>\n";

export interface BareFrame {
  /** Who says that they send it, HOST:PORT. */
  address: string;
  text: string;
}

export function encodeBareFrame(address: string, team: string, text: string): string {
  return `<${address}> @ <${team}>\n${text}${END}`;
}

/** Takes apart what a connection has brought. @returns the frames, and what is left of a frame that has not ended */
export function readBareFrames(received: string): { frames: BareFrame[]; rest: string } {
  const pieces = received.split(END);
  const rest = pieces.pop() ?? "";
  const frames = pieces.map((piece) => {
    const [header = "", ...lines] = piece.split("\n");
    return { address: /^<([^<>]*)>/.exec(header)?.[1] ?? "?", text: lines.join(" / ") };
  });
  return { frames, rest };
}
