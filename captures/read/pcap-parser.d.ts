// Types for pcap-parser 0.2.1, which has none. They cover only what we use.

declare module "pcap-parser" {
  import type { EventEmitter } from "node:events";

  /** The source of the parser: it listens for the events `data`, `end` and `error`. */
  interface Input extends EventEmitter {
    pause(): unknown;
    resume(): unknown;
  }

  interface ParsedPacket {
    header: {
      timestampSeconds: number;
      timestampMicroseconds: number;
      capturedLength: number;
      originalLength: number;
    };
    /** A view of the chunk that held it. */
    data: Buffer;
  }

  interface Parser extends EventEmitter {
    on(event: "packet", listener: (packet: ParsedPacket) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "end", listener: () => void): this;
  }

  export function parse(input: string | Input): Parser;
}
