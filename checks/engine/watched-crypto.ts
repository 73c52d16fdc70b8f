// Notes which functions of node:crypto are called. That nothing is decrypted before its tag was checked cannot be seen
// from what comes out. To be imported before the code that is watched.

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

const calls: string[] = [];

for (const name of ["createDecipheriv", "timingSafeEqual"] as const) {
  const watched = new Proxy<(...argv: never[]) => unknown>(crypto[name], {
    apply(original, self, argv) {
      calls.push(name);
      return Reflect.apply(original, self, argv);
    },
  });
  Object.assign(crypto, { [name]: watched });
}
// What others have imported by name shall be the watched functions, too.
syncBuiltinESMExports();

/** The calls since the last time that somebody asked, in their order. */
export function takeCalls(): string[] {
  return calls.splice(0);
}
