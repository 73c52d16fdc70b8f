// A network of a test's own: a Linux network namespace with nothing but loopback. Stage 05 sends to a fixed port and to
// everybody in the network, so its tests must neither hear nor disturb anybody else's.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChildProgram,
  DEADLINE,
  ProgramError,
  type ProgramOptions,
  type Source,
} from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { patientTimeout } from "../../programs/patience.ts";
import { leaveOut } from "./tools.ts";

export const PEER = "05-lan-chat/peer.ts";

/** The pause between two questions for what takes time, in milliseconds. */
const ASK_PAUSE = 100;

/** The pause between two looks at the disk, in milliseconds. */
const LOOK_PAUSE = 10;

/** Loopback is down in a new namespace. cat keeps it alive, until its input ends. */
const HOLD = "{ ip link set lo up || ifconfig lo up; } && echo ready && exec cat";

export class OwnNetwork {
  readonly #holder: ChildProgram;
  readonly #others: ChildProgram[] = [];

  private constructor(holder: ChildProgram) {
    this.#holder = holder;
  }

  /** @returns a reason if there are no such namespaces here, or we may not make them */
  static async open(): Promise<OwnNetwork | string> {
    if (process.platform !== "linux") return "only Linux has network namespaces";
    const words = ["unshare", "--user", "--map-root-user", "--net", "--", "sh", "-c", HOLD];
    const holder = new ChildProgram("unshare", words);
    try {
      await holder.line("ready");
      return new OwnNetwork(holder);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      return error.message;
    }
  }

  /** What stands before a command that runs in this network. */
  get before(): string[] {
    const target = String(this.#holder.pid);
    return ["nsenter", "--user", "--net", "--preserve-credentials", "--target", target, "--"];
  }

  /** Starts a program of the course in this network. */
  start(file: string, argv: readonly string[], options: ProgramOptions = {}): ChildProgram {
    const words = [...this.before, ...nodeCommand(file, options.folder), ...argv];
    const usual = { sharesSignals: true, tellsEverything: true };
    return new ChildProgram([file, ...argv].join(" "), words, { ...usual, ...options });
  }

  /** Runs any command in this network. */
  run(words: readonly string[]): ChildProgram {
    const program = new ChildProgram(words.join(" "), [...this.before, ...words], { sharesSignals: true });
    this.#others.push(program);
    return program;
  }

  async close(): Promise<void> {
    await Promise.all([this.#holder, ...this.#others].map((program) => program.kill()));
  }
}

/** A peer that runs. Its lines may come in any order, and are waited for in any order. */
export class PeerProgram {
  readonly name: string;
  readonly program: ChildProgram;
  /** What has to be looked at again when something was printed, or the program has ended. */
  readonly #looks = new Set<() => void>();

  #hasEnded = false;

  constructor(name: string, start: (onOutput: () => void) => ChildProgram) {
    this.name = name;
    const look = (): void => {
      for (const one of [...this.#looks]) one();
    };
    this.program = start(look);
    void this.program.ended.then(() => {
      this.#hasEnded = true;
      look();
    });
  }

  get lines(): readonly string[] {
    return this.program.lines;
  }

  /** The lines that match. */
  all(pattern: string | RegExp, source: Source = "stdout"): string[] {
    const lines = source === "stdout" ? this.program.lines : this.program.errorLines;
    return lines.filter((line) => (typeof pattern === "string" ? line === pattern : pattern.test(line)));
  }

  enter(...lines: string[]): void {
    for (const line of lines) this.program.enter(line);
  }

  /**
   * Waits until so many lines match, also of those that were printed before. @returns the last of these
   * @throws Error with all that was printed, if they do not come in time or the program ends first
   */
  async sees(pattern: string | RegExp, count = 1, source: Source = "stdout"): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.all(pattern, source)[count - 1];
        if (found !== undefined) finish(() => resolve(found));
        else if (this.#hasEnded) fail("ended");
      };
      const fail = (why: string): void => {
        const printed = [...this.program.lines, ...this.program.errorLines]
          .map((line) => `\n  | ${line}`)
          .join("");
        const what = count === 1 ? `${pattern}` : `${pattern} ${count} times`;
        finish(() => reject(new Error(`${this.name} ${why} and did not print ${what}${printed}`)));
      };
      const finish = (settle: () => void): void => {
        cancel();
        this.#looks.delete(look);
        settle();
      };
      const cancel = patientTimeout(() => fail("went on"), DEADLINE);
      this.#looks.add(look);
      look();
    });
  }

  /** Enters a command again and again, until the answer matches. @throws Error if it never does */
  async asksUntil(command: string, pattern: RegExp): Promise<string> {
    let isAsking = true;
    const asking = (async () => {
      while (isAsking) {
        this.program.enter(command);
        await new Promise((resolve) => setTimeout(resolve, ASK_PAUSE));
      }
    })();
    try {
      return await this.sees(pattern);
    } finally {
      isAsking = false;
      await asking;
    }
  }

  /** Ends the input, and waits for the end. @returns the exit code */
  async leave(): Promise<number | null> {
    this.program.endInput();
    return this.program.exitCode();
  }
}

/** Peers of one team, in one network, with their data in one folder that goes away with them. */
export class Team {
  readonly folder = mkdtempSync(join(tmpdir(), "team-"));
  readonly network: OwnNetwork;
  readonly #peers: PeerProgram[] = [];

  constructor(network: OwnNetwork) {
    this.network = network;
    writeFileSync(this.file("passphrase"), "open sesame, and quickly\n");
  }

  /** The path of a file in the team's folder. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** The arguments with which a peer of this team starts. Its beacons come often, so that nobody waits for them. */
  argv(name: string, more: readonly string[] = []): string[] {
    const data = more.includes("--data") ? [] : ["--data", this.file(name)];
    const own = ["--name", name, "--team", "rocket", ...data];
    const given = more.includes("--passphrase-file") ? [] : ["--passphrase-file", this.file("passphrase")];
    const pace = more.includes("--beacon") ? [] : ["--beacon", "0.5"];
    return [...own, ...given, ...pace, ...more];
  }

  /** Starts a peer, and does not wait for anything. */
  launch(name: string, ...more: string[]): PeerProgram {
    const argv = this.argv(name, more);
    const peer = new PeerProgram(name, (onOutput) => this.network.start(PEER, argv, { onOutput }));
    this.#peers.push(peer);
    return peer;
  }

  /** Starts a peer, and waits until it listens. */
  async start(name: string, ...more: string[]): Promise<PeerProgram> {
    const peer = this.launch(name, ...more);
    await peer.sees(/^listening on 127\.0\.0\.1:[0-9]+$/);
    return peer;
  }

  /** Starts several peers, and waits until each has found all others. */
  async gather(...names: string[]): Promise<PeerProgram[]> {
    const peers = await Promise.all(names.map((name) => this.start(name)));
    await Promise.all(
      peers.flatMap((peer) =>
        names.filter((name) => name !== peer.name).map((name) => peer.sees(`found: ${name}`)),
      ),
    );
    return peers;
  }

  async close(): Promise<void> {
    await Promise.all(this.#peers.map(({ program }) => program.kill()));
    await this.network.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something is so that no program prints, on the disk for instance. @throws Error if it never is */
export async function eventually(what: string, isSo: () => boolean): Promise<void> {
  let isLate = false;
  const cancel = patientTimeout(() => {
    isLate = true;
  }, DEADLINE);
  while (!isSo()) {
    if (isLate) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE));
  }
  cancel();
}

/** Defines tests, each with a team in a network of its own. They are left out where there are no such networks. */
export function withTeam(title: string, define: (team: () => Team) => void): void {
  describe(title, () => {
    let team: Team | undefined;

    beforeEach(async function () {
      const network = await OwnNetwork.open();
      if (typeof network === "string") leaveOut(this, network);
      team = new Team(network);
    });

    afterEach(async () => {
      await team?.close();
      team = undefined;
    });

    define(() => {
      if (team === undefined) throw new Error("there is no team outside of a test");
      return team;
    });
  });
}
