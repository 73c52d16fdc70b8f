// The node's key in its data folder: with it a node keeps its peer id, and so its address (P10.5).

import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Bytes, fromHex, toHex } from "./bytes.ts";
import { KEY_BYTES, randomBytes } from "./cryptography.ts";
import { UserError } from "./program.ts";

const NAME = "node.key";

/**
 * The seed in DIR/node.key, made at the first start; without a folder a fresh one. Only the user may read the file.
 * @returns 32 bytes
 * @throws UserError if the folder cannot be used, or the file holds no key. A file that is there is never replaced
 */
export async function loadNodeSeed(folder: string | undefined): Promise<Bytes> {
  if (folder === undefined) return randomBytes(KEY_BYTES);
  const path = join(folder, NAME);
  let text: string | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    text = readIfThere(path);
    if (text === undefined) return await makeFile(path);
    chmodSync(path, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`cannot use ${folder} as the data folder (${code}): choose another one with --data`);
  }
  const seed = fromHex(text.trim());
  if (seed?.length === KEY_BYTES) return seed;
  throw new UserError(
    `${path} holds no key (64 hexadecimal digits): put the right file back, or move it away for a new key`,
  );
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").slice(0, 1000);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The key gets its name only when all of it is on the disk: no crash leaves half a key. */
async function makeFile(path: string): Promise<Bytes> {
  const seed = randomBytes(KEY_BYTES);
  const unfinished = `${path}.new`;
  const file = await open(unfinished, "w", 0o600);
  try {
    await file.writeFile(`${toHex(seed)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return seed;
}
