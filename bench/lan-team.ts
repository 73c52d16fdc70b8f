// A team of stage 05 to be measured: its folder, and its peers, which are real programs.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { patientTimeout } from "../programs/patience.ts";
import { portIn, startProgram } from "../programs/stage-programs.ts";

export const TEAM = "bench";
const PASSPHRASE = "six words that nobody else has drawn";

/** Where a user's peers keep their data, which is a disk on every machine. (The folder for temporary files often is none.) */
const ON_DISK = join(COURSE_FOLDER, "05-lan-chat/data");
/** A folder in memory. */
const IN_MEMORY = "/dev/shm";

/** How long to wait for what peers print, in milliseconds. */
const PATIENCE = 60_000;

export const teamKey = (): Promise<Buffer> => deriveTeamKey(PASSPHRASE, TEAM);

/** A peer that runs. Its lines may come in any order. */
export class LanPeer {
  readonly name: string;
  readonly program: ChildProgram;
  readonly #looks = new Set<() => void>();
  port = 0;

  constructor(name: string, argv: readonly string[]) {
    this.name = name;
    const onOutput = (): void => {
      for (const look of [...this.#looks]) look();
    };
    this.program = startProgram("05-lan-chat/peer.ts", argv, { onOutput });
  }

  get pid(): number {
    return this.program.pid;
  }

  count(pattern: RegExp): number {
    return this.program.lines.filter((line) => pattern.test(line)).length;
  }

  /** Waits until so many lines match, also of those before. @throws Error if they do not come */
  async sees(pattern: RegExp, count = 1): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.count(pattern) < count) return;
        cancel();
        this.#looks.delete(look);
        resolve();
      };
      const fail = (): void => {
        const last = [...this.program.lines.slice(-5), this.program.errors].join(" | ");
        reject(new Error(`${this.name} saw ${pattern} ${this.count(pattern)} times, not ${count}: ${last}`));
      };
      const cancel = patientTimeout(fail, PATIENCE);
      void this.program.ended.then(fail);
      this.#looks.add(look);
      look();
    });
  }

  /** Enters a line, and waits until one more line than before matches. @returns how long that took, in milliseconds */
  async asks(line: string, pattern: RegExp): Promise<number> {
    const before = this.count(pattern);
    const start = performance.now();
    this.program.enter(line);
    await this.sees(pattern, before + 1);
    return performance.now() - start;
  }

  /** Says goodbye. */
  async leave(): Promise<void> {
    this.program.endInput();
    await this.program.exitCode();
  }
}

/** Why a team cannot keep its data in memory here; undefined if it can. */
export function noMemoryFolder(): string | undefined {
  return existsSync(IN_MEMORY) ? undefined : `there is no ${IN_MEMORY} here`;
}

export class LanTeam {
  readonly folder: string;
  /** Two teams may run at a time. They share the network, and must not find each other. */
  readonly #name: string;
  readonly #peers: LanPeer[] = [];
  readonly #remove = (): void => rmSync(this.folder, { recursive: true, force: true });

  constructor(where: "on disk" | "in memory" = "on disk") {
    const parent = where === "on disk" ? ON_DISK : IN_MEMORY;
    this.#name = where === "on disk" ? TEAM : `${TEAM}-in-memory`;
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    this.folder = mkdtempSync(join(parent, "bench-"));
    // A signal, or an error elsewhere, must leave nothing behind.
    process.once("exit", this.#remove);
    writeFileSync(join(this.folder, "passphrase"), `${PASSPHRASE}\n`);
  }

  /** Starts a peer, and waits until it listens. @param pem its identity; without it, it makes one */
  async start(name: string, more: readonly string[] = [], pem?: string): Promise<LanPeer> {
    const data = join(this.folder, name);
    mkdirSync(data, { mode: 0o700 });
    if (pem !== undefined) writeFileSync(join(data, "identity.pem"), pem, { mode: 0o600 });
    const team = ["--team", this.#name, "--passphrase-file", join(this.folder, "passphrase")];
    const peer = new LanPeer(name, ["--name", name, ...team, "--data", data, "--port", "0", ...more]);
    this.#peers.push(peer);
    await peer.sees(/^listening on /);
    const [first = ""] = peer.program.lines;
    peer.port = portIn(first);
    return peer;
  }

  async end(): Promise<void> {
    await Promise.all(this.#peers.map(({ program }) => program.kill()));
    process.off("exit", this.#remove);
    this.#remove();
  }
}

/** Does something with a team, and ends it. */
export async function withTeam<Result>(
  action: (team: LanTeam) => Promise<Result>,
  where?: "on disk" | "in memory",
): Promise<Result> {
  const team = new LanTeam(where);
  try {
    return await action(team);
  } finally {
    await team.end();
  }
}
