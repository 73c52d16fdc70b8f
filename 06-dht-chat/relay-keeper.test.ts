import { expect } from "chai";
import type { RelayAddress } from "./relay-addresses.ts";
import { RelayKeeper } from "./relay-keeper.ts";

/** Relays that a test switches on and off, and a clock that it turns. */
class World {
  now = 1_000_000;
  alive = new Set<string>();
  known: string[] = [];
  asked: string[] = [];
  looks = 0;
  asking = 0;
  mostAsking = 0;
  reserved = new Set<string>();
  doubted = new Set<string>();
  /** How long it takes to find out that a relay is dead, in milliseconds. */
  dialTime = 0;
  #timers: { at: number; action: () => void }[] = [];
  readonly keeper = new RelayKeeper({
    candidates: async () => {
      this.looks += 1;
      return this.known.map(address);
    },
    reach: async ({ peerId }) => {
      this.asked.push(peerId);
      if (this.alive.has(peerId)) return;
      if (this.dialTime > 0) await new Promise<void>((resolve) => this.#later(resolve, this.dialTime));
      throw new Error("nobody is there");
    },
    reserve: async ({ peerId }) => {
      this.asking += 1;
      this.mostAsking = Math.max(this.mostAsking, this.asking);
      await Promise.resolve();
      this.asking -= 1;
      if (!this.alive.has(peerId)) throw new Error("it is gone again");
      this.reserved.add(peerId);
    },
    isReserved: (peerId) => this.reserved.has(peerId),
    isDoubted: (peerId) => this.doubted.has(peerId),
    changed: () => {},
    now: () => this.now,
    later: (action, milliseconds) => this.#later(action, milliseconds),
  });

  constructor(...known: string[]) {
    this.known = known;
    this.alive = new Set(known);
  }

  #later(action: () => void, milliseconds: number): () => void {
    const timer = { at: this.now + milliseconds, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async pass(milliseconds: number): Promise<void> {
    await settled();
    for (const end = this.now + milliseconds; this.now < end; ) {
      this.now = Math.min(end, Math.max(this.now + 1, Math.min(...this.#timers.map(({ at }) => at))));
      const due = this.#timers.filter(({ at }) => at <= this.now);
      this.#timers = this.#timers.filter(({ at }) => at > this.now);
      for (const { action } of due) action();
      await settled();
    }
  }

  die(peerId: string): void {
    this.alive.delete(peerId);
    this.reserved.delete(peerId);
    this.keeper.lost(peerId);
  }

  names(): string[] {
    return this.keeper.reserved().map(({ peerId }) => peerId);
  }
}

function address(peerId: string): RelayAddress {
  return { peerId, address: `/ip4/127.0.0.1/tcp/8060/ws/p2p/${peerId}` };
}

/** All that needs no time has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await Promise.resolve();
}

describe("the keeper of relays", () => {
  it("P10.5 reserves circuits on three relays, one after the other, in the order in which they are given", async () => {
    const world = new World("a", "b", "c", "d");
    world.keeper.look();
    await world.pass(10);
    expect(world.names()).to.deep.equal(["a", "b", "c"]);
    expect(world.mostAsking).to.equal(1);
  });

  it("P10.5 takes another one at once when one is lost", async () => {
    const world = new World("a", "b", "c", "d");
    world.keeper.look();
    await world.pass(10);
    world.die("a");
    await world.pass(10);
    expect(world.names()).to.deep.equal(["b", "c", "d"]);
    expect(world.keeper.views().find(({ peerId }) => peerId === "a")?.state).to.equal("lost");
  });

  it("P10.5 a lost one is replaced within 5 s, also where others that are dead are tried first, and take 3 s each", async () => {
    const world = new World("a", "b", "c");
    world.dialTime = 3000;
    world.keeper.look();
    await world.pass(10);
    for (const dead of ["dead 1", "dead 2"]) world.known.push(dead);
    world.known.push("d");
    world.alive.add("d");
    const lost = world.now;
    world.die("a");
    await world.pass(4990);
    expect(world.names()).to.deep.equal(["b", "c", "d"]);
    expect(world.now - lost).to.be.lessThan(5000);
    expect(world.mostAsking).to.equal(1);
  });

  it("P10.5 where fewer than two still answer, another one is reserved at once, and none is cut", async () => {
    const world = new World("a", "b", "c", "d", "e", "f");
    world.keeper.look();
    await world.pass(10);
    world.doubted.add("a");
    world.keeper.look();
    await world.pass(10);
    expect(world.names(), "two answer").to.deep.equal(["a", "b", "c"]);
    world.doubted.add("b");
    world.keeper.look();
    await world.pass(10);
    expect(world.names()).to.deep.equal(["a", "b", "c", "d"]);
    world.doubted.clear();
    world.keeper.look();
    await world.pass(60_000);
    expect(world.names(), "nothing more is needed").to.deep.equal(["a", "b", "c", "d"]);
  });

  it("P10.5 with fewer than two it looks often, at last every four seconds, so that a new relay is in use within five", async () => {
    const world = new World("a");
    world.keeper.look();
    await world.pass(10);
    const before = world.looks;
    await world.pass(60_000);
    expect(world.looks - before).to.be.within(14, 18);
    world.known.push("late");
    world.alive.add("late");
    await world.pass(4500);
    expect(world.names()).to.deep.equal(["a", "late"]);
  });

  it("P10.5 without any relay it asks its own node within five seconds, however long that was away", async () => {
    const world = new World("own");
    world.alive.clear();
    world.keeper.look();
    await world.pass(10 * 60_000);
    world.alive.add("own");
    await world.pass(4500);
    expect(world.names()).to.deep.equal(["own"]);
  });

  it("P10.5 finds a loss that nobody has told of", async () => {
    const world = new World("a", "b", "c");
    world.keeper.look();
    await world.pass(10);
    world.reserved.delete("b");
    world.alive.delete("b");
    await world.pass(10_100);
    expect(world.names()).to.deep.equal(["a", "c"]);
  });

  it("P10.5 asks a relay that fails more and more rarely, up to once a minute, and takes it when it is back", async () => {
    const world = new World("a", "dead");
    world.alive.delete("dead");
    world.keeper.look();
    await world.pass(120_000);
    const often = world.asked.filter((name) => name === "dead").length;
    expect(often).to.be.within(5, 10);
    world.alive.add("dead");
    await world.pass(61_000);
    expect(world.names()).to.include("dead");
  });

  it("P10.5 a lost relay is shown for half a minute, and looks end when it is stopped", async () => {
    const world = new World("a", "b", "c");
    world.keeper.look();
    await world.pass(10);
    world.die("c");
    await world.pass(15_000);
    expect(world.asked.filter((name) => name === "c").length, "it was asked again").to.be.greaterThan(1);
    expect(world.keeper.views().map(({ state }) => state)).to.deep.equal(["reserved", "reserved", "lost"]);
    await world.pass(45_000);
    expect(world.keeper.views().map(({ state }) => state)).to.deep.equal(["reserved", "reserved"]);
    world.keeper.stop();
    const before = world.asked.length;
    world.keeper.look();
    await world.pass(100_000);
    expect(world.asked.length).to.equal(before);
  });
});
