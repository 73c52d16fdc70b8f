import { expect } from "chai";
import { makeIdentity } from "./identity.ts";
import type { NetworkEvents } from "./network.ts";
import { Publisher } from "./publishing.ts";
import { checkRecord, makeRecord, recordKey } from "./record.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { quiet } from "./testing/quiet.ts";
import { type SimulatedNetwork, SimulatedWorld } from "./testing/simulated-network.ts";

const MINUTE = 60_000;

const EVENTS: NetworkEvents = {
  pipe: () => undefined,
  addresses: () => undefined,
  group: () => undefined,
  relays: () => undefined,
  problem: () => undefined,
};

describe("publishing the own record", () => {
  async function setUp(relays = 3) {
    const clock = new HandClock();
    const world = await SimulatedWorld.make(clock, relays);
    const identity = await makeIdentity();
    await world.join(EVENTS, identity);
    const network = world.pages.get(identity.peerId) as SimulatedNetwork;
    const store = new MemoryStore();
    const publisher = new Publisher({ identity, network, store, clock, changed: () => undefined });
    return { clock, world, identity, network, store, publisher, key: recordKey(identity.id) };
  }

  async function turn(clock: HandClock, milliseconds: number): Promise<void> {
    const end = clock.now() + milliseconds;
    for (let next = clock.next; next !== undefined && next <= end; next = clock.next) {
      clock.turnTo(next);
      await quiet();
    }
    clock.turnTo(end);
    await quiet();
  }

  it("P10.3 publishes a record of one hour, and a new one every 20 minutes, with a greater seq", async () => {
    const { clock, world, publisher, key } = await setUp();
    await publisher.publish();
    await turn(clock, 61 * MINUTE);
    const values = world.table.get(key) ?? [];
    expect(values).to.have.lengthOf(4);
    const records = [];
    for (const value of values) {
      const checked = await checkRecord(key, value, clock.now() - 61 * MINUTE + 1);
      records.push("record" in checked ? checked.record : undefined);
    }
    expect(records[0]?.expires).equal((records[0]?.seq ?? 0) + 60 * MINUTE);
    const start = clock.now() - 61 * MINUTE;
    expect(publisher.record?.seq).equal(start + 60 * MINUTE);
    expect(publisher.isPublished).equal(true);
    publisher.stop();
    await turn(clock, 61 * MINUTE);
    expect(world.table.get(key)).to.have.lengthOf(4);
    expect(publisher.isPublished).equal(false);
  });

  it("P10.3 the seq is greater than the last one published, also if the clock is put back", async () => {
    const { clock, world, publisher, store, identity, network, key } = await setUp();
    await publisher.publish();
    publisher.stop();
    const before = publisher.record?.seq ?? 0;
    const earlier = new HandClock(clock.now() - 5 * MINUTE);
    const again = new Publisher({ identity, network, store, clock: earlier, changed: () => undefined });
    await again.publish();
    expect(again.record?.seq).equal(before + 1);
    expect(world.table.get(key)).to.have.lengthOf(2);
    again.stop();
  });

  it("P10.3 the seq is greater than one of ours that was seen in the table", async () => {
    const { clock, world, publisher, identity, network, key } = await setUp();
    const seq = clock.now() + 5 * MINUTE;
    const addresses = [...network.addresses];
    world.table.set(key, [
      await makeRecord({ identity, seq, expires: clock.now() + 10 * MINUTE, addresses }),
    ]);
    await publisher.publish();
    expect(publisher.record?.seq).equal(seq + 1);
    publisher.stop();
  });

  it("P10.3 an identity that was made just now is published without a look at the table first", async () => {
    const { world, identity, network, store, clock, key } = await setUp();
    network.find = () => new Promise(() => undefined);
    const publisher = new Publisher({
      identity,
      network,
      store,
      clock,
      isNew: true,
      changed: () => undefined,
    });
    await publisher.publish();
    expect(world.table.get(key)).to.have.lengthOf(1);
    publisher.stop();
  });

  it("P10.3 a seq more than 10 minutes ahead is not published: the user is told to set the clock", async () => {
    const { clock, world, publisher, store, key } = await setUp();
    await store.noteRecordSequence(clock.now() + 11 * MINUTE);
    await publisher.publish();
    expect(world.table.get(key)).equal(undefined);
    expect(publisher.problem).match(/clock/);
    expect(publisher.isPublished).equal(false);
    await turn(clock, 3 * MINUTE);
    expect(publisher.isPublished).equal(true);
    expect(publisher.problem).equal(undefined);
    publisher.stop();
  });

  it("P10.3 without a relay there is nothing to publish; it is published as soon as there is one", async () => {
    const { clock, world, publisher, network, key } = await setUp(1);
    const [relay = ""] = world.relays;
    world.killRelay(relay);
    await publisher.publish();
    await turn(clock, 10_000);
    expect(publisher.problem).match(/Nobody can find you now/);
    world.relays.add(relay);
    network.reserve();
    expect(publisher.problem, "a relay was found").equal(undefined);
    await turn(clock, 10_000);
    expect(world.table.get(key)).to.have.lengthOf(1);
    expect(publisher.isPublished).equal(true);
    publisher.stop();
  });

  it("P10.3 a page that starts, or has just lost its relays, looks for others for some seconds before it complains", async () => {
    const { clock, world, publisher, network } = await setUp(1);
    const [relay = ""] = world.relays;
    const after = async (milliseconds: number) => {
      await turn(clock, milliseconds);
      return publisher.problem;
    };
    const loses = async () => {
      world.killRelay(relay);
      await publisher.publish();
    };
    const finds = async () => {
      world.relays.add(relay);
      network.reserve();
      await publisher.publish();
    };
    await loses();
    expect(publisher.problem).equal(undefined);
    expect(await after(4000)).equal(undefined);
    await finds();
    expect(publisher.isPublished).equal(true);
    await loses();
    expect(publisher.problem, "it counts from the loss").equal(undefined);
    expect(await after(4000)).equal(undefined);
    expect(await after(6000)).match(/Nobody can find you now/);
    publisher.stop();
  });

  it("P10.3 what no node takes is tried again with growing pauses, and an error never leaves", async () => {
    const { clock, network, publisher } = await setUp();
    const moments: number[] = [];
    const start = clock.now();
    network.publish = async () => {
      moments.push((clock.now() - start) / 1000);
      if (moments.length % 2 === 0) throw new Error("no connection");
      return 0;
    };
    await publisher.publish();
    await turn(clock, 10 * MINUTE);
    expect(moments.slice(0, 8)).deep.equal([0, 1, 3, 7, 15, 31, 63, 123]);
    expect(publisher.isPublished).equal(false);
    publisher.stop();
  });

  it("P10.3 what changes while a record is on its way is published after it", async () => {
    const { world, network, publisher, key } = await setUp();
    const first = publisher.publish();
    network.reserved = network.reserved.slice(0, 1);
    await publisher.publish();
    await first;
    expect(publisher.record?.body.match(/p2p-circuit/g)).to.have.lengthOf(1);
    expect(world.table.get(key)?.length).within(1, 2);
    publisher.stop();
  });
});
