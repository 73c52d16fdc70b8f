// What a test has taken, told to the reporter: its own time, its share of what happened in `before`, or what it says itself.

import Mocha from "mocha";

/** How long the `before` of a suite took, in milliseconds. */
const beforeTimes = new WeakMap<Mocha.Suite, number>();
/** What tests have said of themselves, in milliseconds. */
const said = new WeakMap<Mocha.Runnable, number>();

/** For a test whose work was done together with that of others: says what its own part took, in milliseconds. */
export function took({ test }: Mocha.Context, milliseconds: number): void {
  if (test !== undefined) said.set(test, Math.round(milliseconds));
}

/** Every `before` is timed from here on. */
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

/** From here on the duration of a test is what it took in all. */
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

/** Its share of what happened before it in its suite and in those around. */
function shareOf(test: Mocha.Test): number {
  let share = 0;
  for (let suite = test.parent; suite !== undefined; suite = suite.parent)
    share += (beforeTimes.get(suite) ?? 0) / Math.max(1, suite.total());
  return Math.round(share);
}
