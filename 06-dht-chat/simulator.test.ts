// The simulated table does what Kademlia says, and its parts know no more than they could.

import { expect } from "chai";
import type { Bytes } from "./bytes.ts";
import {
  BUCKET_SIZE,
  byDistance,
  byPrefix,
  type Contact,
  compareDistances,
  idOfKey,
  idOfPeer,
  idsFromSeed,
  PARALLEL_QUESTIONS,
  RoutingTable,
  randomFromSeed,
  SimulatedNetwork,
  sharedBits,
} from "./simulator.ts";

async function networkOf(count: number, seed = "network"): Promise<SimulatedNetwork> {
  const network = new SimulatedNetwork({ random: randomFromSeed(6) });
  for (const id of await idsFromSeed(seed, count)) network.join(id);
  return network;
}

const numbersOf = (contacts: readonly Contact[]): number[] => contacts.map(({ number }) => number);
const toBigInt = (bytes: Bytes): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

/** An id that begins with these bytes, and has zeros behind them. */
function idOf(...bytes: number[]): Bytes {
  const id = new Uint8Array(32);
  id.set(bytes);
  return id;
}

/** An id that differs from another in its last bytes only. */
function nearTo(id: Bytes, last: number): Bytes {
  const near = id.slice();
  near[31] = (near[31] ?? 0) ^ last;
  return near;
}

describe("distances in the table", () => {
  it("are the XOR of two ids, as one number of 256 bits", async () => {
    const ids = await idsFromSeed("distances", 60);
    for (const [index, target] of ids.entries()) {
      const one = ids[(index + 1) % ids.length] ?? target;
      for (const other of [...ids.slice(0, 20), nearTo(one, 1), one]) {
        const difference = (toBigInt(one) ^ toBigInt(target)) - (toBigInt(other) ^ toBigInt(target));
        const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0;
        expect(Math.sign(compareDistances(target, one, other))).to.equal(expected);
      }
    }
  });

  it("shrink by half with each bit that two ids share at their beginning", async () => {
    const ids = await idsFromSeed("bits", 300);
    const first = ids[0] ?? idOf();
    for (const id of [...ids.slice(1), nearTo(first, 1), nearTo(first, 0x80)]) {
      const distance = toBigInt(id) ^ toBigInt(first);
      expect(sharedBits(id, first)).to.equal(256 - distance.toString(2).length);
    }
    expect(sharedBits(first, first)).to.equal(256);
  });

  it("are those of a key's SHA-256", async () => {
    // FIPS 180-2, appendix B.1.
    const id = await idOfKey(new TextEncoder().encode("abc"));
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(Buffer.from(id).toString("hex")).to.equal(expected);
  });
});

describe("a node's position", () => {
  it("is refused for what is no peer id", async () => {
    for (const text of ["12D3KooW0", "1".repeat(129)]) {
      const error = await idOfPeer(text).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(RangeError);
    }
  });
});

describe("a node's table", () => {
  const own = idOf(0);
  const contact = (number: number, ...bytes: number[]): Contact => ({ number, id: idOf(...bytes) });
  const sameBucket = Array.from({ length: 9 }, (_, number) => contact(number, 0x80 | number));

  it("P10.5 has buckets of k = 8, one for each number of shared bits", () => {
    const table = new RoutingTable(own);
    for (const each of sameBucket) table.add(each, () => true);
    table.add(contact(20, 0x40), () => true);
    table.add(contact(21, 0x01), () => true);
    const buckets = table.buckets().map(({ bucket, contacts }) => [bucket, contacts.length]);
    expect(buckets).to.deep.equal([
      [0, BUCKET_SIZE],
      [1, 1],
      [7, 1],
    ]);
    expect(BUCKET_SIZE).to.equal(8);
    expect(table.size).to.equal(10);
  });

  it("keeps old contacts that live when a bucket is full", () => {
    const table = new RoutingTable(own);
    for (const each of sameBucket) table.add(each, () => true);
    expect(numbersOf(table.closest(own)).sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("gives the place of the one not heard of for the longest time to a newcomer when that one is dead", () => {
    const table = new RoutingTable(own);
    for (const each of sameBucket.slice(0, 8)) table.add(each, () => true);
    table.add(contact(0, 0x80), () => true); // Heard of again: now number 1 is the oldest.
    table.add(contact(8, 0x88), ({ number }) => number !== 1);
    expect(numbersOf(table.closest(own)).sort()).to.deep.equal([0, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("has a contact once, forgets it when told to, and gives the nearest first", () => {
    const table = new RoutingTable(own);
    for (const each of [contact(1, 0x30), contact(2, 0x20), contact(3, 0x81), contact(2, 0x20)]) {
      table.add(each, () => true);
    }
    expect(numbersOf(table.closest(own))).to.deep.equal([2, 1, 3]);
    expect(numbersOf(table.closest(idOf(0x30)))).to.deep.equal([1, 2, 3]);
    expect(numbersOf(table.closest(own, 2))).to.deep.equal([2, 1]);
    table.remove(contact(2, 0x20));
    expect(numbersOf(table.closest(own))).to.deep.equal([1, 3]);
  });

  it("can have its buckets by the beginnings of ids, as the engine has", () => {
    const table = new RoutingTable(own, byPrefix(6));
    for (const each of [contact(1, 0b00000100), contact(2, 0b00000111), contact(3, 0xff)]) {
      table.add(each, () => true);
    }
    expect(table.buckets().map(({ bucket }) => bucket)).to.deep.equal([1, 63]);
    expect(byPrefix(12)(own, idOf(0xab, 0xcd))).to.equal(0xabc);
    expect(byDistance(own, idOf(0x10))).to.equal(3);
  });
});

describe("a simulated network", () => {
  it("is the same for the same seed, and another one for another seed", async () => {
    const tables = (network: SimulatedNetwork) =>
      network.nodes.map(({ table }) => numbersOf(table.closest(idOf())));
    expect(tables(await networkOf(100))).to.deep.equal(tables(await networkOf(100)));
    expect(tables(await networkOf(100))).to.not.deep.equal(tables(await networkOf(100, "another")));
  });

  it("is joined through one node that is known, and no table holds what its node cannot have met", async () => {
    const ids = await idsFromSeed("join", 3);
    const network = new SimulatedNetwork({ random: () => 0 });
    for (const id of ids) network.join(id);
    // All join through node 0. Node 1 was told of nobody; node 2 hears of node 1 from node 0.
    expect(network.nodes.map(({ table }) => numbersOf(table.closest(idOf())).sort())).to.deep.equal([
      [1, 2],
      [0, 2],
      [0, 1],
    ]);
    const large = await networkOf(1000);
    const most = Math.max(...large.nodes.map(({ table }) => table.size));
    expect(most).to.be.lessThan(150);
  });

  it("answers from the table of the node that is asked, never with more than k, never with who asks", async () => {
    const network = await networkOf(200);
    const [target = idOf()] = await idsFromSeed("target", 1);
    for (const asked of network.nodes.slice(1, 40)) {
      const asking = network.nodes[0] ?? asked;
      const known = new Set(asked.table.buckets().flatMap(({ contacts }) => numbersOf(contacts)));
      const told = numbersOf(network.ask(asking, asked, target) ?? []);
      expect(told).to.have.lengthOf.within(1, 8).and.not.include(0);
      expect(told.every((number) => known.has(number))).to.equal(true);
    }
  });

  it("lets a node meet whom it asks, and who asks it", async () => {
    const network = new SimulatedNetwork({ random: () => 0 });
    for (const id of await idsFromSeed("meet", 2)) network.join(id);
    const tables = network.nodes.map(({ table }) => numbersOf(table.closest(idOf())));
    expect(tables).to.deep.equal([[1], [0]]);
  });

  it("draws victims among the living, and spares whom it is told to", async () => {
    const network = await networkOf(50);
    const spared = new Set([3, 4]);
    const victims = network.drawVictims(0.5, spared);
    expect(new Set(victims).size).to.equal(24);
    network.kill(victims);
    expect(network.alive()).to.have.length(26);
    expect(network.drawVictims(0.0001, spared)).to.have.length(1);
    network.kill([...network.drawVictims(1, spared), 1000]);
    expect(numbersOf(network.alive())).to.deep.equal([3, 4]);
    expect(network.drawVictims(1, spared)).to.deep.equal([]);
  });
});

describe("a simulated lookup", () => {
  for (const count of [20, 200, 1000]) {
    it(`finds the k nearest of ${count.toLocaleString("en-US")} nodes, as somebody who sees all would`, async () => {
      const network = await networkOf(count);
      for (const [index, target] of (await idsFromSeed("keys", 40)).entries()) {
        const from = (index * 7) % count;
        const lookup = network.lookup(from, target).run();
        expect(numbersOf(lookup.found)).to.deep.equal(numbersOf(network.trueClosest(target, 8, from)));
      }
    });
  }

  it("P10.5 asks alpha = 3 nodes at once, the nearest first, each one once, and ends when k = 8 have answered", async () => {
    const network = await networkOf(500);
    expect(PARALLEL_QUESTIONS).to.equal(3);
    const sizes = new Set<number>();
    for (const target of await idsFromSeed("alpha", 20)) {
      const lookup = network.lookup(0, target);
      const asked: number[] = [];
      while (!lookup.isOver) {
        const open = lookup.shortlist.filter(({ state }) => state === "not asked");
        const expected = numbersOf(open.slice(0, 3));
        const round = lookup.step();
        expect(round?.questions.map((question) => question.asked)).to.deep.equal(expected);
        sizes.add(expected.length);
        asked.push(...expected);
      }
      expect(new Set(asked).size).to.equal(asked.length);
      expect(lookup.found).to.have.length(8);
      expect(lookup.shortlist).to.deep.equal(lookup.found);
      expect(lookup.step()).to.equal(undefined);
    }
    expect(Math.max(...sizes)).to.equal(3);
  });

  it("tells of each question who answered with whom, and who was new", async () => {
    const network = await networkOf(300);
    const [target = idOf()] = await idsFromSeed("told", 1);
    const lookup = network.lookup(5, target);
    const heardOf = new Set([5, ...numbersOf(lookup.shortlist)]);
    while (!lookup.isOver) {
      for (const { asked, told, news } of lookup.step()?.questions ?? []) {
        expect(told).to.not.equal(undefined);
        const expected = (told ?? []).filter((number) => !heardOf.has(number));
        expect(news).to.deep.equal(expected);
        for (const number of news) {
          heardOf.add(number);
          expect(lookup.candidate(number)?.toldBy).to.equal(asked);
          expect(lookup.candidate(number)?.hops).to.equal((lookup.candidate(asked)?.hops ?? 0) + 1);
        }
      }
    }
    expect(lookup.hops).to.equal(lookup.found[0]?.hops);
    expect(lookup.rounds.at(-1)?.closest?.number).to.equal(lookup.found[0]?.number);
  });

  it("goes around nodes that are killed meanwhile, and says what that has cost", async () => {
    let [timeOuts, right] = [0, 0];
    for (const [index, target] of (await idsFromSeed("killed", 20)).entries()) {
      const network = await networkOf(300, `killed ${index}`);
      const lookup = network.lookup(0, target);
      lookup.step();
      const victims = [...numbersOf(lookup.next), ...network.drawVictims(0.3, new Set([0]))];
      network.kill(victims);
      lookup.run();
      const silent = lookup.rounds.flatMap(({ questions }) =>
        questions.filter(({ told }) => told === undefined),
      );
      const asked = lookup.rounds.flatMap(({ questions }) => questions);
      expect(silent.every((question) => victims.includes(question.asked))).to.equal(true);
      expect(silent).to.have.length.at.least(3);
      expect(lookup.cost).to.deep.equal({
        rounds: lookup.rounds.length,
        questions: asked.length,
        timeOuts: silent.length,
      });
      const truth = numbersOf(network.trueClosest(target, 8, 0));
      right += numbersOf(lookup.found).filter((number) => truth.includes(number)).length;
      timeOuts += silent.length;
      // Who did not answer is forgotten, so the next lookup does not ask them again.
      expect(
        network.nodes[0]?.table.closest(target).some(({ number }) => number === silent[0]?.asked),
      ).to.equal(false);
    }
    expect(timeOuts).to.be.greaterThan(60);
    // Of 20 times the 8 nearest: somebody near may be known to none but the dead.
    expect(right).to.be.at.least(130);
  });

  it("ends with nothing when everybody else is dead, and needs nobody when there is nobody", async () => {
    const network = await networkOf(30);
    network.kill(network.drawVictims(1, new Set([2])));
    const lookup = network.lookup(2, idOf(1)).run();
    expect(lookup.found).to.deep.equal([]);
    expect(lookup.hops).to.equal(0);
    expect(lookup.cost.timeOuts).to.equal(lookup.cost.questions).and.to.be.greaterThan(7);
    const alone = await networkOf(1);
    expect(alone.lookup(0, idOf(1)).run().cost).to.deep.equal({ rounds: 0, questions: 0, timeOuts: 0 });
    expect(() => alone.lookup(1, idOf(1))).to.throw(RangeError, "none has the number 1");
  });

  it("needs fewer rounds than log2 of the nodes, and few more of them when there are ten times as many", async () => {
    const meanRounds = async (count: number): Promise<number> => {
      const network = await networkOf(count);
      const lookups = (await idsFromSeed("growth", 50)).map((target, from) =>
        network.lookup(from % count, target),
      );
      return lookups.reduce((sum, lookup) => sum + lookup.run().cost.rounds, 0) / lookups.length;
    };
    const [hundred, thousand] = [await meanRounds(100), await meanRounds(1000)];
    expect(thousand).to.be.lessThan(Math.log2(1000));
    expect(thousand - hundred).to.be.within(0.3, Math.log2(10));
  });
});
