// Notes which functions of node:crypto are called, and where random values are taken from. The results alone do not show
// whether code verifies the tag before it decrypts, or whether an IV can be foretold. Import this file before the code
// that is watched.

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/** Less than a whole tag in constant time tells how much of it was right. */
const TAG_BYTES = 32;

/** What watched code has called. */
export interface CryptoCalls {
  /** The watched functions since the last time, in order. */
  calls: string[];
  /**
   * Whether the system's cryptographic source of random values has ever been asked, by whatever function. (Who keeps a
   * store of random bytes need not have asked it since the last time.)
   */
  hasDrawn: boolean;
}

const calls: string[] = [];
let hasDrawn = false;

/** Puts a function in place of an object's own one that says so each time it is called. */
function watch(object: object, name: string, called: (argv: unknown[]) => void): void {
  const original: unknown = Reflect.get(object, name);
  if (typeof original !== "function") return;
  const watched = new Proxy(original as (...argv: unknown[]) => unknown, {
    apply(target, self, argv) {
      called(argv);
      return Reflect.apply(target, self, argv);
    },
  });
  Reflect.set(object, name, watched);
}

const draws = (): void => {
  hasDrawn = true;
};
watch(crypto, "createDecipheriv", () => calls.push("createDecipheriv"));
watch(crypto, "timingSafeEqual", ([first]) => {
  const length = first instanceof Uint8Array ? first.length : 0;
  calls.push(length < TAG_BYTES ? `timingSafeEqual of ${length} bytes` : "timingSafeEqual");
});
for (const name of ["randomBytes", "randomFillSync", "randomInt", "randomUUID"]) watch(crypto, name, draws);
for (const name of ["getRandomValues", "randomUUID"])
  watch(Object.getPrototypeOf(globalThis.crypto), name, draws);
watch(Math, "random", () => calls.push("Math.random"));
// Code that imports these functions by name must get the watched ones, too.
syncBuiltinESMExports();

/** Returns the calls since the last time. */
export function takeCalls(): CryptoCalls {
  return { calls: calls.splice(0), hasDrawn };
}
