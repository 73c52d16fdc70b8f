// The identities of the known answers, for tests that need a key and have no time to draw one.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Identity, identityOf } from "../../05-lan-chat/identity.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

let pems: Record<string, { pem: string }> | undefined;

/** @param name alice, bob, carol or mallory */
export function knownIdentity(name: string): Identity {
  pems ??= JSON.parse(readFileSync(join(COURSE_FOLDER, "tests/vectors/lan.json"), "utf8"))
    .keys as typeof pems;
  const identity = identityOf(pems?.[name]?.pem ?? "");
  if (identity === undefined) throw new Error(`no key of ${name}`);
  return identity;
}
