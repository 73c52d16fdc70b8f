import { expect } from "chai";
import type { Bytes } from "./bytes.ts";
import { type Identity, makeIdentity } from "./identity.ts";
import { makeRecord, recordKey } from "./record.ts";
import { RecordTable } from "./record-table.ts";
import { circuitAddress } from "./relay-addresses.ts";

const NOW = 1_764_360_000_000;
const HOUR = 3_600_000;

describe("the records that a node holds", () => {
  let relay: Identity;
  let alice: Identity;

  before(async () => {
    relay = await makeIdentity();
    alice = await makeIdentity();
  });

  const record = (identity: Identity, seq: number, tcp = 8060): Promise<Bytes> =>
    makeRecord({
      identity,
      seq,
      expires: NOW + HOUR,
      addresses: [circuitAddress(`/ip4/127.0.0.1/tcp/${tcp}/ws/p2p/${relay.peerId}`, identity.peerId)],
    });

  it("P10.4 are right ones: the same refusals as for a reader, and nothing is held", async () => {
    const table = new RecordTable();
    const value = await record(alice, NOW);
    const key = recordKey(alice.id);
    expect(await table.put(recordKey("000000000000000"), value, NOW)).to.equal("id");
    expect(await table.put("/v/x", value, NOW)).to.equal("form");
    expect(await table.put(key, value, NOW + HOUR)).to.equal("expired");
    expect(await table.put(key, value.with(20, 0x41), NOW)).to.be.a("string");
    expect(table.size).to.equal(0);
    expect(await table.put(key, value, NOW)).to.equal(undefined);
    expect(table.get(key, NOW)?.value).to.deep.equal(value);
  });

  it("P10.4 the greatest seq stays, of equal ones the greater body; the same one may come again", async () => {
    const table = new RecordTable();
    const key = recordKey(alice.id);
    const [older, low, high] = [
      await record(alice, NOW - 1),
      await record(alice, NOW, 8060),
      await record(alice, NOW, 8061),
    ];
    expect(await table.put(key, low, NOW)).to.equal(undefined);
    expect(await table.put(key, older, NOW)).to.equal("older");
    expect(await table.put(key, low, NOW)).to.equal(undefined);
    expect(await table.put(key, high, NOW)).to.equal(undefined);
    expect(await table.put(key, low, NOW)).to.equal("older");
    expect(table.get(key, NOW)?.value).to.deep.equal(high);
  });

  it("P10.12 an expired one is there no more, and does not stand above a new one", async () => {
    const table = new RecordTable();
    const key = recordKey(alice.id);
    await table.put(key, await record(alice, NOW), NOW);
    expect(table.get(key, NOW + HOUR - 1)).not.to.equal(undefined);
    expect(table.get(key, NOW + HOUR)).to.equal(undefined);
    expect(table.size).to.equal(0);
  });

  it("P10.5 are a bounded number: who has not published for longest has to go", async () => {
    const table = new RecordTable(2);
    const all = await Promise.all([1, 2, 3].map(() => makeIdentity()));
    const [first, second, third] = all;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("three were made");
    for (const identity of [first, second, first, third])
      await table.put(recordKey(identity.id), await record(identity, NOW), NOW);
    expect(table.size).to.equal(2);
    expect(table.get(recordKey(second.id), NOW)).to.equal(undefined);
    expect(table.get(recordKey(first.id), NOW)).not.to.equal(undefined);
  });
});
