// The place of an attack on stage 06: its real nodes, messengers without a page, and Mallory's programs, as processes on this
// machine. They speak libp2p, which the course itself does not install. When the lab is closed, all of it ends.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { StagePrograms } from "../programs/stage-programs.ts";
import { AttackError } from "./report.ts";

/** What `npm run 06:setup` has installed if it has run. */
const PACKAGES = join(COURSE_FOLDER, "06-dht-chat", "node_modules", "libp2p", "package.json");

/** The programs of the stage that attacks start. */
const PLAYED = "06-dht-chat/played";

/** A messenger of the stage's without a page. */
export class DhtUser {
  readonly name: string;
  readonly #program: ChildProgram;
  #number = "";

  constructor(name: string, program: ChildProgram) {
    this.name = name;
    this.#program = program;
  }

  /** 15 digits. */
  get number(): string {
    return this.#number;
  }

  /** Joins by these nodes, and waits until its record is in the table. @returns the line that says so */
  async starts(nodes: readonly string[], seed?: Uint8Array): Promise<string> {
    this.does({
      do: "start",
      nodes,
      ...(seed === undefined ? {} : { seed: Buffer.from(seed).toString("hex") }),
    });
    const line = await this.shows(/^published [0-9]{15} at /);
    this.#number = line.split(" ")[1] ?? "";
    return line;
  }

  /** Has its user do something: 06-dht-chat/played/user.ts says what there is. */
  does(command: Readonly<Record<string, unknown>>): void {
    this.#program.enter(JSON.stringify(command));
  }

  /** Waits for the next line that matches. @throws ProgramError if none comes in time */
  shows(pattern: RegExp): Promise<string> {
    return this.#program.line(pattern);
  }
}

export class DhtLab {
  readonly folder: string;
  readonly #programs = new StagePrograms({ sharesSignals: true });
  readonly #remove = (): void => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });

  /** @throws AttackError if the packages of the stage are missing */
  constructor() {
    if (!existsSync(PACKAGES))
      throw new AttackError("stage 06 needs its own packages, once: npm run 06:setup");
    this.folder = mkdtempSync(join(tmpdir(), "attack-"));
    process.once("exit", this.#remove);
  }

  /** Starts a node of the table. @param join the address of another one @returns the address to join it by */
  async startNode(join?: string): Promise<string> {
    const words = ["--port", "0", ...(join === undefined ? [] : ["--join", join])];
    const node = this.#programs.start("06-dht-chat/node.ts", words);
    await node.line(/^listening on http:/);
    return node.line(/^\/ip4\//);
  }

  /** Starts a messenger. It joins when it is told to. */
  startUser(name: string): DhtUser {
    return new DhtUser(name, this.#programs.start(`${PLAYED}/user.ts`, []));
  }

  /** Starts a program of Mallory's. @param file in 06-dht-chat/played/ */
  startPlayed(file: string, argv: readonly string[] = []): ChildProgram {
    return this.#programs.start(`${PLAYED}/${file}`, argv);
  }

  /** Ends all programs, and removes the folder. */
  async close(): Promise<void> {
    await this.#programs.end();
    process.off("exit", this.#remove);
    this.#remove();
  }
}
