import { expect } from "chai";
import type { Direction } from "../shared/wire.ts";
import { FakePage } from "../testing/fake-page.ts";
import { Listener } from "./listener.ts";
import type { Caught } from "./mallory.ts";
import { Table } from "./table.ts";

const THERE: Direction = { link: "chat", from: "alice", to: "bob" };

/** A line of Alice's that Mallory has dropped. */
function dropped(bytes: string): Caught {
  return {
    number: 1,
    direction: THERE,
    connection: 1,
    at: 0,
    bytes: Buffer.from(bytes),
    setUp: undefined,
    changed: undefined,
    state: "dropped",
    passedAt: undefined,
    acts: ["dropped"],
    note: undefined,
    copyOf: undefined,
  };
}

describe("what is known of a line that was dropped", () => {
  for (const [isRead, bytes] of [
    [false, '{"ciphertext":"00ff00ff"}\n'],
    [true, '{"text":"hello, Bob"}\n'],
  ] as const)
    for (const order of ["typed first", "dropped first"])
      it(`is whether its text could be read: ${isRead} (${order})`, () => {
        const table = new Table();
        const line = dropped(bytes);
        const listener = new Listener({
          scene: 1,
          plan: { stage: "04", directions: [THERE], build: () => Promise.reject(new Error("not built")) },
          page: new FakePage(1),
          table,
          said: [],
          lines: () => [line],
          onTable: () => {},
          onTyped: () => {},
        });
        listener.knows("alice", "Alice");
        listener.knows("bob", "Bob");
        // On a busy machine, what was typed is read off the terminal later than its line comes by.
        const steps = [() => listener.printed("alice", "you> hello, Bob"), () => listener.lookAfter(line)];
        for (const step of order === "typed first" ? steps : steps.reverse()) step();
        listener.close();
        expect(table.rows[0]?.readable).to.equal(isRead);
      });
});
