// The nodes of stage 06's table, as Mallory's program reaches them: one by one, in bare messages.

import { type Bytes, toBase64 } from "../06-dht-chat/bytes.ts";
import type { Identity } from "../06-dht-chat/identity.ts";
import { checkRecord, type PeerRecord, recordKey } from "../06-dht-chat/record.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { bytesField, readFields, readPrefixed } from "./protobuf-fields.ts";
import { AttackError } from "./report.ts";

/** A record, and the bytes that it was read from. */
export type ReadRecord = PeerRecord & { value: Bytes };

/** The nodes, as Mallory's program reaches them. */
export class DhtTable {
  readonly #mallory: ChildProgram;
  readonly #nodes: readonly string[];
  readonly #bob: Identity;

  constructor(mallory: ChildProgram, nodes: readonly string[], bob: Identity) {
    this.#mallory = mallory;
    this.#nodes = nodes;
    this.#bob = bob;
  }

  /** Puts a value for Bob's number into every node. @returns their answers: "stored" or "reset" */
  async put(value: Bytes): Promise<string[]> {
    const answers: string[] = [];
    for (const node of this.#nodes) {
      this.#mallory.enter(
        JSON.stringify({ do: "put", node, key: recordKey(this.#bob.id), value: toBase64(value) }),
      );
      answers.push((await this.#mallory.line(/^put /)).slice("put ".length));
    }
    return answers;
  }

  /** Bob's own record, which every node must hold. @throws AttackError if one holds another, or none */
  async own(): Promise<ReadRecord> {
    const key = recordKey(this.#bob.id);
    let best: ReadRecord | undefined;
    for (const [index, node] of this.#nodes.entries()) {
      this.#mallory.enter(JSON.stringify({ do: "get", node, key }));
      const value = valueIn((await this.#mallory.line(/^got /)).slice("got ".length));
      const checked = value === undefined ? undefined : await checkRecord(key, value, Date.now());
      const isBobs = checked !== undefined && "record" in checked;
      if (value === undefined || !isBobs || toBase64(checked.record.key) !== toBase64(this.#bob.publicKey))
        throw new AttackError(`node ${index + 1} has not Bob's own record`);
      if (best === undefined || checked.record.seq > best.seq) best = { ...checked.record, value };
    }
    if (best === undefined) throw new AttackError("there are no nodes");
    return best;
  }
}

/** The record's value in a node's answer: its field 3 is a record, whose field 2 is the value. */
function valueIn(answer: string): Bytes | undefined {
  const message = readPrefixed(Buffer.from(answer, "base64"))?.message;
  const record = message && bytesField(readFields(message), 3);
  const value = record && bytesField(readFields(record), 2);
  return value && Uint8Array.from(value);
}
