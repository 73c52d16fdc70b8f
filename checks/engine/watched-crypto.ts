// Notes which functions of node:crypto are called. The results alone do not show whether code verifies the tag before
// it decrypts. Import this file before the code that is watched.

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
// Code that imports these functions by name must get the watched ones, too.
syncBuiltinESMExports();

/** Returns the calls since the last time, in order. */
export function takeCalls(): string[] {
  return calls.splice(0);
}
