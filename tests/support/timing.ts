// Tells the reporter how long a test took: its own time and its share of `before`, or a time that the test gives.

import Mocha from "mocha";

/** How long the `before` hooks of a suite took, in milliseconds. */
const beforeTimes = new WeakMap<Mocha.Suite, number>();
/** The times that tests have given, in milliseconds. */
const said = new WeakMap<Mocha.Runnable, number>();

/**
 * A test whose work was done together with that of others calls this with its own part, in milliseconds. That work had
 * limits of its own, so Mocha's does not hold for it.
 */
export function took(context: Mocha.Context, milliseconds: number): void {
  if (context.test !== undefined) said.set(context.test, Math.round(milliseconds));
  context.timeout(0);
}

/** Measures every `before` hook from now on. */
export function timeBefores(): void {
  const beforeAll = Mocha.Suite.prototype.beforeAll as (
    this: Mocha.Suite,
    title: string,
    define: unknown,
  ) => Mocha.Suite;
  Mocha.Suite.prototype.beforeAll = function (
    this: Mocha.Suite,
    first: unknown,
    second?: unknown,
  ): Mocha.Suite {
    const [title, define] = typeof first === "string" ? [first, second] : ["", first];
    if (!isFunction(define) || define.length > 0) return beforeAll.call(this, title, define);
    const timed = async function (this: Mocha.Context): Promise<void> {
      const started = performance.now();
      try {
        await define.call(this);
      } finally {
        const { parent } = this.test ?? {};
        if (parent !== undefined)
          beforeTimes.set(parent, (beforeTimes.get(parent) ?? 0) + performance.now() - started);
      }
    };
    return beforeAll.call(this, title, timed);
  };
}

function isFunction(value: unknown): value is (this: Mocha.Context) => unknown {
  return typeof value === "function";
}

/** Makes the duration of a test include these times from now on. */
export function countAll(test: Mocha.Test): void {
  let own = 0;
  Object.defineProperty(test, "duration", {
    configurable: true,
    enumerable: true,
    get: () => said.get(test) ?? own + shareOf(test),
    set: (milliseconds: number) => {
      own = milliseconds;
    },
  });
}

/** The test's share of the `before` hooks in its suite and in the suites around it. */
function shareOf(test: Mocha.Test): number {
  let share = 0;
  for (let suite = test.parent; suite !== undefined; suite = suite.parent)
    share += (beforeTimes.get(suite) ?? 0) / Math.max(1, suite.total());
  return Math.round(share);
}
