import { expect } from "chai";
import type { Bytes } from "./bytes.ts";
import { CallError, callWanted, findRecord } from "./calls.ts";
import { type Identity, makeIdentity } from "./identity.ts";
import type { Network } from "./network.ts";
import type { Pipe } from "./pipe.ts";
import { makeRecord, recordKey } from "./record.ts";
import { pipePair } from "./testing/pipes.ts";

const NOW = Date.UTC(2026, 10, 29);

describe("finding and calling", () => {
  let bob: Identity;
  let counted: string[];

  const now = (): number => NOW;
  const count = (what: string): void => void counted.push(what);

  beforeEach(async () => {
    bob = await makeIdentity();
    counted = [];
  });

  function address(relay: string): string {
    return `/ip4/127.0.0.1/tcp/8060/ws/p2p/${relay}/p2p-circuit/p2p/${bob.peerId}`;
  }

  async function recordAt(relay: Identity, seq: number, identity = bob): Promise<Bytes> {
    const addresses = [address(relay.peerId).replace(bob.peerId, identity.peerId)];
    return makeRecord({ identity, seq, expires: NOW + 1000, addresses });
  }

  /** A network that answers lookups one after the other, and calls at these addresses only. */
  function network(answers: (Bytes | undefined)[], reachable: string[], calls: string[] = []): Network {
    const find = async () => (answers.length > 1 ? answers.shift() : answers[0]);
    const call = async (peerId: string, addresses: readonly string[]): Promise<Pipe> => {
      calls.push(...addresses);
      if (peerId !== bob.peerId || !addresses.some((one) => reachable.includes(one)))
        throw new Error("nobody");
      return pipePair([bob.publicKey, bob.publicKey]).ends[0];
    };
    return { find, call } as unknown as Network;
  }

  it("P10.4 of a contact only a record of the pinned key counts", async () => {
    const relay = await makeIdentity();
    const other = await makeIdentity();
    const value = await recordAt(relay, NOW);
    const found = network([value], []);
    expect((await findRecord(found, { id: bob.id }, now, count))?.seq).equal(NOW);
    expect((await findRecord(found, { id: bob.id, key: bob.publicKey }, now, count))?.seq).equal(NOW);
    // As if somebody had made a second key for this id.
    expect(await findRecord(found, { id: bob.id, key: other.publicKey }, now, count)).equal(undefined);
    expect(counted).deep.equal(["records refused: another key"]);
  });

  it("P10.4 a reader checks too: another id, another form, another signature and what has expired count for nothing", async () => {
    const relay = await makeIdentity();
    const mallory = await makeIdentity();
    const value = await recordAt(relay, NOW);
    const changed = value.map((byte, index) => (index === value.length - 20 ? byte ^ 1 : byte));
    const values: [Bytes, number][] = [
      [await recordAt(relay, NOW, mallory), NOW],
      [new Uint8Array(10), NOW],
      [new Uint8Array(5000), NOW],
      [changed, NOW],
      [value, NOW + 1000],
    ];
    for (const [lie, at] of values)
      expect(await findRecord(network([lie], []), { id: bob.id }, () => at, count)).equal(undefined);
    expect(counted).to.have.lengthOf(5);
  });

  it("P10.6 where no address answers, the newest record is looked up once more and called", async () => {
    const [old, newer] = [await makeIdentity(), await makeIdentity()];
    const calls: string[] = [];
    const answers = [await recordAt(old, NOW), await recordAt(newer, NOW + 1)];
    const abort = new AbortController();
    const wanted = { id: bob.id, key: bob.publicKey };
    await callWanted(network(answers, [address(newer.peerId)], calls), wanted, now, count, abort.signal);
    expect(calls).deep.equal([address(old.peerId), address(newer.peerId)]);
  });

  it("P10.6 a record that is not newer is not called a second time", async () => {
    const relay = await makeIdentity();
    const calls: string[] = [];
    const value = await recordAt(relay, NOW);
    const abort = new AbortController();
    const error = await callWanted(
      network([value], [], calls),
      { id: bob.id },
      now,
      count,
      abort.signal,
    ).catch((reason: unknown) => reason);
    expect(error).instanceOf(CallError).property("reason", "not-reached");
    expect(calls).to.have.lengthOf(1);
  });

  it("P10.12 without a record that counts they are offline", async () => {
    const abort = new AbortController();
    for (const answer of [undefined, new Uint8Array(3)]) {
      const error = await callWanted(network([answer], []), { id: bob.id }, now, count, abort.signal).catch(
        (reason: unknown) => reason,
      );
      expect(error).instanceOf(CallError).property("reason", "not-found");
    }
    expect(recordKey(bob.id)).equal(`/u/${bob.id}`);
  });
});
