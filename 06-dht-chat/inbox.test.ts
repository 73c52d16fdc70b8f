import { expect } from "chai";
import { Inbox, type InboxStore } from "./inbox.ts";
import { StorageFull, type TheirMessage } from "./store.ts";
import { MemoryStore } from "./testing/memory-store.ts";

const ALICE = "a".repeat(64);
const NOW = 1_000_000;

function message(number: number): { type: "message"; id: string; text: string } {
  return { type: "message", id: String(number).padStart(32, "0"), text: `text ${number}` };
}

/** An inbox that writes down what it does. */
function watched(store = new MemoryStore()): { inbox: Inbox; store: MemoryStore; log: string[] } {
  const log: string[] = [];
  const watchedStore: InboxStore = {
    async addTheirMessage(received, now) {
      const kept = await store.addTheirMessage(received, now);
      log.push(`stored ${Number(received.id)}`);
      return kept;
    },
    async noteShown(chat, id, isUnread) {
      await store.noteShown(chat, id, isUnread);
      log.push(`noted ${Number(id)}`);
    },
  };
  const show = ({ id }: TheirMessage): boolean => {
    log.push(`shown ${Number(id)}`);
    return true;
  };
  return { inbox: new Inbox(watchedStore, ALICE, show), store, log };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("06 inbox (P10.8)", () => {
  it("P10.8 a message is stored, shown, noted as shown, acknowledged, in this order", async () => {
    const { inbox, log } = watched();
    log.push(JSON.stringify(await inbox.receive(message(1), NOW)));
    expect(log.slice(0, 3)).to.deep.equal(["stored 1", "shown 1", "noted 1"]);
    expect(log[3]).to.equal(`{"type":"ack","id":"${message(1).id}"}`);
  });

  it("P10.8 one that comes again is acknowledged again, and shown once", async () => {
    const { inbox, store, log } = watched();
    for (let times = 0; times < 3; times++)
      expect(await inbox.receive(message(1), NOW)).to.deep.equal({ type: "ack", id: message(1).id });
    expect(log.filter((step) => step === "shown 1")).to.have.lengthOf(1);
    const later = watched(store.reopened());
    expect(await later.inbox.receive(message(1), NOW)).to.deep.equal({ type: "ack", id: message(1).id });
    expect(later.log).to.deep.equal(["stored 1"]);
  });

  it("P10.8 the same id over two paths at once is shown once", async () => {
    const { inbox, log } = watched();
    await Promise.all([inbox.receive(message(1), NOW), inbox.receive(message(1), NOW)]);
    expect(log).to.deep.equal(["stored 1", "shown 1", "noted 1", "stored 1"]);
  });

  it("P10.8 messages that come at once keep their order, each whole before the next", async () => {
    const { inbox, log } = watched();
    await Promise.all([1, 2, 3].map((number) => inbox.receive(message(number), NOW)));
    expect(log).to.deep.equal(
      [1, 2, 3].flatMap((number) => [`stored ${number}`, `shown ${number}`, `noted ${number}`]),
    );
  });

  it("P10.8 the same id from another contact is another message", async () => {
    const store = new MemoryStore();
    const { inbox, log } = watched(store);
    await inbox.receive(message(1), NOW);
    const shown: string[] = [];
    const other = new Inbox(store, "b".repeat(64), ({ id }) => shown.push(id) > 0);
    await other.receive(message(1), NOW);
    expect([log.length, shown]).to.deep.equal([3, [message(1).id]]);
  });

  it("P10.8 what cannot be stored is not shown and not acknowledged; the next one is not held up", async () => {
    const { inbox, store, log } = watched();
    store.fault = ({ name }) => {
      if (name === "entries.put") throw new StorageFull();
    };
    expect(await failure(inbox.receive(message(1), NOW))).to.be.instanceOf(StorageFull);
    expect(log).to.deep.equal([]);
    store.fault = () => {};
    await inbox.receive(message(2), NOW);
    await inbox.receive(message(1), NOW);
    expect(log.filter((step) => step.startsWith("shown"))).to.deep.equal(["shown 2", "shown 1"]);
  });

  it("P10.8 what was shown and could not be noted is not acknowledged; when it comes again it is only noted", async () => {
    const { inbox, store, log } = watched();
    store.fault = ({ mode }) => {
      if (mode === "soon") throw new StorageFull();
    };
    expect(await failure(inbox.receive(message(1), NOW))).to.be.instanceOf(StorageFull);
    expect(log).to.deep.equal(["stored 1", "shown 1"]);
    store.fault = () => {};
    expect(await inbox.receive(message(1), NOW)).to.deep.equal({ type: "ack", id: message(1).id });
    expect(log.slice(2)).to.deep.equal(["stored 1", "noted 1"]);
  });

  it("P10.8 what is stored and not noted is shown at the next start, and noted then", async () => {
    const { inbox, store } = watched();
    store.fault = ({ mode }) => {
      if (mode === "soon") throw new StorageFull();
    };
    for (const number of [1, 2]) await failure(inbox.receive(message(number), NOW));
    const next = watched(store.reopened());
    const { notNoted } = await next.store.load();
    await next.inbox.restore(notNoted);
    expect(next.log).to.deep.equal(["shown 1", "noted 1", "shown 2", "noted 2"]);
    expect((await next.store.load()).notNoted).to.deep.equal([]);
  });
});
