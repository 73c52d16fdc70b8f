// Says when nothing is under way any more: tests turn their clock only then, so no turn of it depends on the machine.

let underWay = 0;

/** So many turns of the event loop without anything under way are quiet. */
const QUIET_TURNS = 6;

/** Waits until no WebCrypto operation and no reading of a blob is under way, and nothing that follows from one. */
export async function quiet(): Promise<void> {
  for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (underWay > 0) turns = 0;
  }
}

/** Counts what Node.js does in other threads: WebCrypto's operations, and reading blobs. */
function countWork(): void {
  for (const name of [
    "digest",
    "importKey",
    "deriveBits",
    "encrypt",
    "decrypt",
    "generateKey",
    "exportKey",
    "sign",
    "verify",
  ])
    countMethod(SubtleCrypto.prototype, name);
  for (const name of ["arrayBuffer", "text"]) countMethod(Blob.prototype, name);
}

function countMethod(prototype: object, name: string): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== "function")
    throw new Error(`${name} is no method here: quiet.ts has to be corrected`);
  Reflect.set(prototype, name, async function counted(this: unknown, ...args: unknown[]): Promise<unknown> {
    underWay += 1;
    try {
      return await Reflect.apply(original, this, args);
    } finally {
      underWay -= 1;
    }
  });
}

// At once: what began before it was counted would not be waited for.
countWork();
