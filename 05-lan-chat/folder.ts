// The data folder: who may look into it, and the identity in it (P8.2).

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Identity, identityOf, makeIdentity, pemOf } from "./identity.ts";
import { UserError } from "./program.ts";

const IDENTITY = "identity.pem";

/** The rights of others: to read, to write, to enter. */
const RIGHTS_OF_OTHERS = 0o077;

/**
 * Makes the folder with mode 0700 if it is not there, and takes away the rights of others from one that is ours already.
 * Call it before openHistory.
 * @throws UserError if that cannot be done
 */
export function prepareFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const isOurs = existsSync(join(dir, IDENTITY)) || readdirSync(dir).length === 0;
    // A folder with other things in it may be shared for a reason. What we put into it nobody else can read all the same.
    if (isOurs && (statSync(dir).mode & RIGHTS_OF_OTHERS) !== 0) chmodSync(dir, 0o700);
  } catch (error) {
    throw new UserError(
      `cannot use ${dir} as the data folder (${codeOf(error)}): choose another one with --data`,
    );
  }
}

/**
 * The identity of DIR/identity.pem, made at the first start. Call it after openHistory, which keeps other programs out.
 * @throws UserError if the file holds no such key, or cannot be read or written. A file that is there is never replaced
 */
export async function loadIdentity(dir: string): Promise<Identity> {
  const path = join(dir, IDENTITY);
  const pem = readIdentity(path);
  if (pem === undefined) return await makeFile(path);
  const identity = identityOf(pem);
  if (identity !== undefined) return identity;
  throw new UserError(
    `${path} holds no RSA key of 2048 bits in PKCS#8: put the right file back, or move it away to become somebody new`,
  );
}

function readIdentity(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new UserError(
      `cannot read ${path} (${codeOf(error)}): give yourself the right to, or choose a folder with --data`,
    );
  }
}

/** The key gets its name only when all of it is on the disk: no crash leaves half a key. */
async function makeFile(path: string): Promise<Identity> {
  const identity = await makeIdentity();
  try {
    const unfinished = `${path}.new`;
    const file = await open(unfinished, "w", 0o600);
    try {
      await file.writeFile(pemOf(identity));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    return identity;
  } catch (error) {
    throw new UserError(
      `cannot write ${path} (${codeOf(error)}): make room, or choose another folder with --data`,
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
