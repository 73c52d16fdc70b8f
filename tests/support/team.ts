// Whole programs of stage 05 in a network of a test's own: they send to a fixed port and to everybody in the network, so
// they must neither hear nor disturb those of others.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildProgram, DEADLINE, type Source } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { patientTimeout } from "../../programs/patience.ts";
import { Host, needsLan } from "./lan.ts";

export const PEER = "05-lan-chat/peer.ts";

/** The pause between two questions for what takes time, in milliseconds. */
const ASK_PAUSE = 100;

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

/** Peers of one team, with their data in one folder that goes away with them. */
export class Team {
  readonly folder = mkdtempSync(join(tmpdir(), "team-"));
  /** Where its peers run unless told otherwise. */
  readonly host: Host;
  readonly #peers: PeerProgram[] = [];

  constructor(host: Host) {
    this.host = host;
    writeFileSync(this.file("passphrase"), "open sesame, and quickly\n");
  }

  /** The path of a file in the team's folder. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** The arguments with which a peer of this team starts. Its beacons come often, so that nobody waits for them. */
  argv(name: string, more: readonly string[] = []): string[] {
    const given = (option: string, value: string): string[] => (more.includes(option) ? [] : [option, value]);
    return [
      ...["--name", name, "--team", "rocket", ...given("--data", this.file(name))],
      ...given("--passphrase-file", this.file("passphrase")),
      ...given("--beacon", "0.5"),
      ...more,
    ];
  }

  /**
   * Starts a peer, and does not wait for anything.
   * @param loads URLs of modules that it loads first
   */
  launch(
    name: string,
    more: readonly string[] = [],
    host: Host = this.host,
    loads: readonly string[] = [],
  ): PeerProgram {
    return this.launchWith(nodeCommand(PEER, undefined, loads), name, more, host);
  }

  /** The same with another program. @param command its words, without arguments */
  launchWith(
    command: readonly string[],
    name: string,
    more: readonly string[] = [],
    host: Host = this.host,
  ): PeerProgram {
    const words = [...command, ...this.argv(name, more)];
    const peer = new PeerProgram(name, (onOutput) =>
      host.program(name, words, { onOutput, sharesSignals: true }),
    );
    this.#peers.push(peer);
    return peer;
  }

  /** Starts a peer, and waits until it listens. */
  async start(name: string, ...more: string[]): Promise<PeerProgram> {
    return this.startOn(this.host, name, ...more);
  }

  async startOn(host: Host, name: string, ...more: string[]): Promise<PeerProgram> {
    const peer = this.launch(name, more, host);
    await peer.sees(/^listening on [0-9.]+:[0-9]+$/);
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
    await this.host.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Defines tests, each with a team in a network of its own. They are left out where there are no such networks. */
export function withTeam(title: string, define: (team: () => Team) => void): void {
  describe(title, () => {
    let team: Team | undefined;

    before(function () {
      needsLan(this);
    });

    beforeEach(async () => {
      team = new Team(await Host.start());
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
