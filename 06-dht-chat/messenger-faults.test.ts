// Messengers under faults that are drawn: whatever happens, each text is shown once, in its order, and files arrive whole.

import { expect } from "chai";
import fc from "fast-check";
import { FakeDirect } from "./testing/fake-direct.ts";
import { Scene, type User } from "./testing/messengers.ts";

type Step =
  | { do: "say"; who: 0 | 1 }
  | { do: "cut" }
  | { do: "crash"; who: 0 | 1 }
  | { do: "reload"; who: 0 | 1 }
  | { do: "relay" }
  | { do: "direct" }
  | { do: "switch"; who: 0 | 1; isOn: boolean }
  | { do: "pass"; seconds: number };

const who = fc.constantFrom<0 | 1>(0, 1);
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant("say" as const), who }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reload" as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("relay" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("direct" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("switch" as const), who, isOn: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), seconds: fc.nat(15) }) },
  ) as fc.Arbitrary<Step>,
  { minLength: 5, maxLength: 25 },
);

/** Cuts pipes after so many frames, the first of them early. */
const cuts = fc.array(
  fc.record({ cutAfter: fc.nat(60), isHarsh: fc.boolean(), room: fc.integer({ min: 1, max: 16 }) }),
  {
    maxLength: 6,
  },
);

describe("a messenger: faults", () => {
  it("P10.8 P10.6 P10.10 whatever is cut, closed or crashes, each text is shown once, and none is delivered unseen", async () => {
    await fc.assert(
      fc.asyncProperty(steps, cuts, async (what, faults) => {
        const scene = await Scene.make(5);
        const direct = new FakeDirect();
        scene.makeAttempt = () => direct.make;
        try {
          const users = await scene.friends();
          const first = scene.world.routes.length;
          scene.world.faultsOf = (pipe) => faults[pipe - first] ?? {};
          const said = [0, 0];
          for (const step of what) await take(step, scene, direct, users, said);
          await scene.until(
            () => users.every((user, index) => !user.states(other(users, index)).includes("sending")),
            "nothing is on its way",
          );
          for (const index of [0, 1] as const) check(users[index], other(users, index), said[index] ?? 0);
        } finally {
          await scene.end();
        }
      }),
      { numRuns: 25 },
    );
  });

  it("P10.8 P10.6 whichever steps of either store fail, nothing is delivered unseen, and said again all is shown once", async () => {
    const failing = fc.array(fc.nat(60), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(failing, failing, fc.boolean(), async (ofAlice, ofBob, isReloaded) => {
        const scene = await Scene.make();
        try {
          const [alice, bob] = await scene.friends();
          failAt(alice, ofAlice);
          failAt(bob, ofBob);
          for (let number = 0; number < 6; number += 1) {
            await alice.messenger.say(alice.chat(bob), `a${number}`);
            await bob.messenger.say(bob.chat(alice), `b${number}`);
          }
          await scene.pass(40_000);
          for (const user of [alice, bob])
            user.store.fault = () => {
              // From here on nothing fails.
            };
          if (isReloaded) await bob.reload();
          for (const [user, whom] of [
            [alice, bob],
            [bob, alice],
          ] as const) {
            for (const { entry, state } of user.entries(whom))
              if (state === "dropped") await user.messenger.again(user.chat(whom), entry);
            await scene.until(
              () => user.states(whom).every((state) => state === "delivered"),
              "all are delivered",
            );
            const mine = user.entries(whom).flatMap(({ from, text }) => (from === "me" ? [text] : []));
            expect([...whom.heard(user)].sort(), "each once").deep.equal([...mine].sort());
          }
        } finally {
          await scene.end();
        }
      }),
      { numRuns: 20 },
    );
  });

  it("P10.9 P10.10 whatever is cut or closed, a file arrives once and whole", async () => {
    const bytes = Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
    await fc.assert(
      fc.asyncProperty(cuts, fc.array(fc.nat(40), { maxLength: 3 }), async (faults, closings) => {
        const scene = await Scene.make(5);
        const direct = new FakeDirect();
        scene.makeAttempt = () => direct.make;
        try {
          const [alice, bob] = await scene.friends();
          const first = scene.world.routes.length;
          scene.world.faultsOf = (pipe) => faults[pipe - first] ?? {};
          scene.world.cutAll();
          direct.alter = (message) => {
            if (direct.arrived === closings[0]) {
              closings.shift();
              direct.closeAll();
            }
            return message;
          };
          await alice.messenger.offer(alice.chat(bob), new Blob([bytes]), "file");
          const fileOf = (user: User, whom: User) => user.entries(whom).find(({ file }) => file);
          await scene.until(() => fileOf(bob, alice)?.file?.state === "offered", "it is offered");
          await bob.messenger.accept(bob.chat(alice), fileOf(bob, alice)?.entry ?? "");
          const isDone = () =>
            [fileOf(bob, alice), fileOf(alice, bob)].every((entry) => entry?.file?.state === "done");
          await scene.until(isDone, "it is done", 10 * 60_000);
          const blob = fileOf(bob, alice)?.file?.blob;
          const arrived = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
          expect(Buffer.from(arrived).equals(bytes)).equal(true);
          expect(bob.entries(alice)).to.have.lengthOf(1);
        } finally {
          await scene.end();
        }
      }),
      { numRuns: 15 },
    );
  });
});

function other(users: readonly [User, User], index: number): User {
  return index === 0 ? users[1] : users[0];
}

async function take(
  step: Step,
  scene: Scene,
  direct: FakeDirect,
  users: readonly [User, User],
  said: number[],
): Promise<void> {
  if (step.do === "say") {
    const user = users[step.who];
    const number = said[step.who] ?? 0;
    said[step.who] = number + 1;
    await user.messenger.say(user.chat(other(users, step.who)), String(number));
  } else if (step.do === "cut") scene.world.cutAll();
  else if (step.do === "direct") direct.closeAll();
  else if (step.do === "crash") await users[step.who].crash();
  else if (step.do === "reload") await users[step.who].reload();
  else if (step.do === "switch") await users[step.who].messenger.setDirect(step.isOn);
  else if (step.do === "pass") await scene.pass(step.seconds * 1000);
  else killOneRelay(scene);
}

/** One stays: without any relay nothing would be delivered, and nothing be tested. */
function killOneRelay(scene: Scene): void {
  const [relay, second] = scene.world.relays;
  if (relay !== undefined && second !== undefined) scene.world.killRelay(relay);
}

/** What one said, as the other one heard it. */
function check(one: User, other: User, said: number): void {
  const heard = other.heard(one);
  expect(new Set(heard).size, "nothing twice").equal(heard.length);
  const numbers = heard.map(Number);
  expect(numbers, "in their order").deep.equal([...numbers].sort((a, b) => a - b));
  const states = one.states(other);
  expect(states).to.have.lengthOf(said);
  for (const [index, state] of states.entries())
    if (state === "delivered")
      expect(heard, "nothing is delivered that nobody saw").to.include(String(index));
}

/** The store fails at these of its next operations that write. */
function failAt(user: User, numbers: readonly number[]): void {
  let count = 0;
  user.store.fault = ({ mode }) => {
    if (mode === "read") return;
    count += 1;
    if (numbers.includes(count)) throw new Error("the disk is full");
  };
}
