// Stage 04's channel: keys are agreed on by Diffie-Hellman, and every line travels sealed: encrypted, authenticated,
// numbered (P4, P6).

import { isUtf8 } from "node:buffer";
import type { Group } from "./groups.ts";
import { KeyExchange } from "./key-exchange.ts";
import { type ChatKeys, deriveKeys, transcriptHash } from "./key-schedule.ts";
import { type ErrorCode, type JsonObject, ProtocolError, parseObject } from "./messages.ts";
import type { Role } from "./peer-messages.ts";
import { Opener, Sealer } from "./sealed-lines.ts";
import type { Channel, Hellos } from "./stage-interface.ts";

export class SealedChannel implements Channel {
  readonly opening: readonly string[];
  safetyNumber: string | undefined;
  readonly #role: Role;
  readonly #hellos: Hellos;
  readonly #exchange: KeyExchange;
  readonly #logKeys: (transcriptHash: Buffer, keys: ChatKeys) => void;
  #sealer: Sealer | undefined;
  #opener: Opener | undefined;

  /** @param logKeys is told the keys, for the key log */
  constructor(
    group: Group,
    role: Role,
    hellos: Hellos,
    logKeys: (transcriptHash: Buffer, keys: ChatKeys) => void,
  ) {
    this.#role = role;
    this.#hellos = hellos;
    this.#logKeys = logKeys;
    this.#exchange = new KeyExchange(group);
    this.opening = [this.#exchange.line];
  }

  get ready(): boolean {
    return this.#sealer !== undefined;
  }

  agree(object: JsonObject, line: string): void {
    const { secret, safetyNumber } = this.#exchange.agree(object);
    const own = this.#exchange.line;
    const [initiatorKey, responderKey] = this.#role === "initiator" ? [own, line] : [line, own];
    const hash = transcriptHash({
      initiatorHello: this.#hellos.initiator,
      responderHello: this.#hellos.responder,
      initiatorKey,
      responderKey,
    });
    const keys = deriveKeys(secret, hash);
    this.#logKeys(hash, keys);
    const [sending, receiving] =
      this.#role === "initiator" ? [keys.initiator, keys.responder] : [keys.responder, keys.initiator];
    this.#sealer = new Sealer(sending);
    this.#opener = new Opener(receiving);
    this.safetyNumber = safetyNumber;
  }

  wrap(line: string): string {
    if (this.#sealer === undefined) throw new Error("the channel is not ready");
    return this.#sealer.seal(line);
  }

  // BEGIN SOLUTION 04-one-error
  unwrap(object: JsonObject): JsonObject {
    const line = this.#opener?.open(object);
    if (line === undefined || !isUtf8(line)) throw new ProtocolError("bad-record", "refused");
    return parseObject(line.toString());
  }

  /** P6.3: the same for all that can be wrong with a line, so that the answer tells an attacker nothing. */
  errorCode(code: ErrorCode): ErrorCode {
    return code === "line-too-long" ? code : "bad-record";
  }
  // END SOLUTION 04-one-error
}
