// What the programs of stages 01 to 05 print, line by line (P1.10, P7, P9.12). Pure.

/** What a line says. */
export type PrintedEvent =
  /** A text that somebody else has said is shown. */
  | { kind: "shown"; from: string; text: string }
  /** An own text. */
  | { kind: "own"; to: string | undefined; text: string }
  /** Something was refused; `isEnd`: and a chat or a session has ended by it. */
  | { kind: "failed"; isEnd: boolean }
  /** What the user has typed, as the terminal shows it, and empty lines. */
  | { kind: "echo" }
  /** Who has come or gone, which the registry tells, or a beacon. */
  | { kind: "presence" }
  | { kind: "other" };

/** That a chat or a session with somebody has begun or ended. */
export interface ChatChange {
  with: string;
  isOn: boolean;
}

const NAME = "[A-Za-z0-9_-]+(?:#[A-Za-z0-9_-]+)?";
const SHOWN = new RegExp(`^(${NAME})(?: to all| in [A-Za-z0-9_-]+)?> (.*)$`);
const LETTER = new RegExp(`^letter from (${NAME})> (.*)$`);
const OWN_NUMBERED = new RegExp(`^[0-9]+ (?:to|in) (${NAME})> (.*)$`);
const OWN = /^(?:\[[^\]]+\] )?you> (.*)$/;
const ANSWER = /^= /;
const LOST = new RegExp(`^chat with ${NAME} lost|^disconnected from ${NAME}: `);
const PRESENCE = /^(?:joined|left|found|silent|forgotten): /;
const FAILED = /^error: |^not delivered to /;

/** These are typed, and are no texts (P7). */
const COMMAND = /^\/|^(?:EOM|EXIT)$|^$/;

export function eventIn(line: string): PrintedEvent {
  const [, numberedTo, numbered] = OWN_NUMBERED.exec(line) ?? [];
  if (numbered !== undefined) return { kind: "own", to: numberedTo, text: numbered };
  const own = OWN.exec(line)?.[1];
  if (own !== undefined)
    return COMMAND.test(own) ? { kind: "echo" } : { kind: "own", to: undefined, text: own };
  if (line === "" || line.startsWith("> ")) return { kind: "echo" };
  if (LOST.test(line)) return { kind: "failed", isEnd: true };
  if (FAILED.test(line)) return { kind: "failed", isEnd: false };
  if (PRESENCE.test(line)) return { kind: "presence" };
  if (ANSWER.test(line)) return { kind: "shown", from: "calculator", text: line };
  const [, from, text] = LETTER.exec(line) ?? SHOWN.exec(line) ?? [];
  return from === undefined || text === undefined ? { kind: "other" } : { kind: "shown", from, text };
}

/** @returns undefined if the line is about something else */
export function chatChangeIn(line: string): ChatChange | undefined {
  const [, begun, ended] =
    /^(?:chat with (?=\S+ started)|connected to )([A-Za-z0-9_-]+)|^(?:chat with (?=\S+ (?:lost|ended))|disconnected from )([A-Za-z0-9_-]+)/.exec(
      line,
    ) ?? [];
  const name = begun ?? ended;
  return name === undefined ? undefined : { with: name, isOn: begun !== undefined };
}
