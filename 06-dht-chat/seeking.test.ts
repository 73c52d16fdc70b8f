import { expect } from "chai";
import { type AttemptOutcome, Seeker } from "./seeking.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { quiet } from "./testing/quiet.ts";
import { Turns } from "./turns.ts";

describe("when a contact is looked for", () => {
  let clock: HandClock;
  let start: number;
  let moments: number[];
  let isMet: boolean;
  let hasCard: boolean;
  let outcome: AttemptOutcome;

  beforeEach(() => {
    clock = new HandClock();
    start = clock.now();
    moments = [];
    isMet = false;
    hasCard = false;
    outcome = "done";
  });

  function seeker(turns = new Turns(1), random = 0.5): Seeker {
    return new Seeker({
      clock,
      random: () => random,
      turns,
      attempt: async () => {
        moments.push((clock.now() - start) / 1000);
        return outcome;
      },
      isMet: () => isMet,
      hasCard: () => hasCard,
      changed: () => undefined,
    });
  }

  async function turn(seconds: number): Promise<void> {
    const end = clock.now() + 1000 * seconds;
    await quiet();
    for (let next = clock.next; next !== undefined && next <= end; next = clock.next) {
      clock.turnTo(next);
      await quiet();
    }
    clock.turnTo(end);
  }

  it("P10.8 P10.12 at once, then with pauses that grow up to 5 minutes; it says that it searches only at first", async () => {
    const one = seeker();
    one.seek();
    expect(one.isSearching).equal(true);
    await turn(20);
    expect(one.isSearching).equal(false);
    await turn(2000);
    expect(moments).deep.equal([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111, 1411, 1711, 2011]);
    one.stop();
    await turn(1000);
    expect(moments).to.have.lengthOf(15);
  });

  it("P10.2 while a card waits to be used, every ten seconds: only we can call", async () => {
    hasCard = true;
    const one = seeker();
    one.seek();
    await turn(60);
    expect(moments).deep.equal([0, 1, 3, 7, 15, 25, 35, 45, 55]);
    hasCard = false;
    await turn(60);
    expect(moments.slice(9), "then more rarely again").deep.equal([65, 85]);
    one.stop();
  });

  it("P10.8 our user writes: at once again, with short pauses", async () => {
    const one = seeker();
    one.seek();
    await turn(100);
    moments = [];
    start = clock.now();
    one.seek();
    expect(one.isSearching).equal(true);
    await turn(10);
    expect(moments).deep.equal([0, 1, 3, 7]);
    one.stop();
  });

  it("P10.6 nobody is looked for while there is a session, nor where another attempt cannot help", async () => {
    const one = seeker();
    one.seek();
    await quiet();
    isMet = true;
    one.rest();
    await turn(1000);
    expect(moments).deep.equal([0]);
    isMet = false;
    outcome = "hopeless";
    one.seek();
    await turn(1000);
    expect(moments).to.have.lengthOf(2);
  });

  it("P10.8 a loss while an attempt is under way is not forgotten", async () => {
    const one = seeker();
    isMet = true;
    one.seek();
    isMet = false;
    one.seek();
    await turn(1.5);
    expect(moments).deep.equal([0, 1]);
    one.stop();
  });

  it("P10.6 pauses differ, so that two pages do not cross for ever", async () => {
    const [one, other] = [seeker(new Turns(1), 0), seeker(new Turns(1), 1)];
    one.seek();
    other.seek();
    await turn(1.3);
    expect(moments).deep.equal([0, 0, 0.75, 1.25]);
    one.stop();
    other.stop();
  });

  it("P10.5 only so many are looked for at a time", async () => {
    const turns = new Turns(2);
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
    };
    const all = [1, 2, 3, 4, 5].map(() => turns.take(work));
    for (let left = 5; left > 0; left -= 1) {
      await quiet();
      release.shift()?.();
    }
    await Promise.all(all);
    expect(most).equal(2);
  });
});
