// A team of stage 05 that was drawn for this once: its name and passphrase, and a folder for what its peers keep. So no other
// program on this machine or in its network is found.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class TeamFolder {
  readonly #folder: string;
  readonly #name: string;
  readonly #onExit = (): void => this.remove();

  /** @param purpose how the team's and the folder's name begin: `tour` */
  constructor(purpose: string) {
    this.#folder = mkdtempSync(join(tmpdir(), `${purpose}-`));
    this.#name = `${purpose}-${randomBytes(8).toString("hex")}`;
    writeFileSync(this.#passphraseFile, randomBytes(32).toString("hex"), { mode: 0o600 });
    process.once("exit", this.#onExit);
  }

  get #passphraseFile(): string {
    return this.path("passphrase");
  }

  /** The path of a file in the folder. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** The options of a peer of the team. */
  optionsOf(name: string): string[] {
    const team = ["--team", this.#name, "--passphrase-file", this.#passphraseFile];
    return [...team, "--name", name, "--data", this.path(name)];
  }

  /** Removes all that was kept. */
  remove(): void {
    process.off("exit", this.#onExit);
    try {
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // Something went wrong before, and a peer still runs: on Windows nobody can remove what it has open.
    }
  }
}
