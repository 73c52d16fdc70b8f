// What differs from stage to stage, as shared files see it. Each stage's stage.ts and channel.ts fill it in.

import type { Option } from "./arguments.ts";
import type { ErrorCode, JsonObject } from "./messages.ts";
import type { Role } from "./peer-messages.ts";

export interface Stage {
  /** What a hello says, e.g. "02". */
  number: string;
  /** Where the registry listens if nobody says otherwise. */
  registryPort: number;
  /** What server and client say on standard error when they start. */
  notices: readonly string[];
  /** The client's options beyond those that all stages have. */
  options: Readonly<Record<string, Option>>;
  /** Gets ready to open channels as options and environment ask. @throws UserError if that is not possible */
  prepare(options: ReadonlyMap<string, string>, environment: NodeJS.ProcessEnv): ChannelMaker;
}

export interface ChannelMaker {
  /** What the client says on standard error at start, because of its options. */
  notices: readonly string[];
  /** What to do with a safety number, in a line; stage 02 has none. */
  readonly advice?: string;
  open(role: Role, hellos: Hellos): Channel;
}

/** The two hellos of a chat, exactly as sent, without the LF. */
export interface Hellos {
  initiator: string;
  responder: string;
}

/** How the lines of one chat are carried, from the hellos on. */
export interface Channel {
  /** The lines to send directly after the hellos, without waiting for the other side's. */
  readonly opening: readonly string[];
  /** Whether everything is agreed on, so that lines can be carried. */
  readonly ready: boolean;
  /** The number that both users can compare, once the channel is ready; stage 02 has none. */
  readonly safetyNumber: string | undefined;
  /**
   * Takes the other side's next line while the channel is not ready.
   * @param object the line, parsed
   * @param line the line exactly as received, without its LF
   * @throws ProtocolError
   */
  agree(object: JsonObject, line: string): void;
  /** Turns a line of the chat into the line that stands on the wire. */
  wrap(line: string): string;
  /** Turns an object from the wire into the object that the other side meant. @throws ProtocolError */
  unwrap(object: JsonObject): JsonObject;
  /** The code to answer with when a line from the channel was wrong. */
  errorCode(code: ErrorCode): ErrorCode;
}
