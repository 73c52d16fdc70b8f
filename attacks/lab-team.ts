// The programs of stage 05 as victims: peers of one team on this machine, and an ear of Mallory's that they call, too.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryFolder } from "../captures/record/temporary-folder.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { portIn } from "../programs/stage-programs.ts";
import type { Lab } from "./lab.ts";
import { AttackError } from "./report.ts";

export const TEAM = "rocket";

/** How long to wait for a beacon, in milliseconds. */
const PATIENCE = 30_000;

export interface Peer {
  program: ChildProgram;
  port: number;
}

/** A team whose programs run on this machine, each with its data in a temporary folder. */
export class LabTeam {
  readonly #lab: Lab;
  readonly #folder: string;
  readonly #ear: Socket;
  readonly #passphrase: string;

  constructor(lab: Lab, folder: string, ear: Socket, passphrase: string) {
    this.#lab = lab;
    this.#folder = folder;
    this.#ear = ear;
    this.#passphrase = passphrase;
  }

  /** The port of Mallory's ear. */
  get earPort(): number {
    return this.#ear.address().port;
  }

  /**
   * Starts a peer, which sends a beacon each second.
   * @param ports other peers that it calls, besides the network
   * @param data the name of its data folder: the same name, the same key
   */
  async start(name: string, ports: readonly number[] = [], data = name): Promise<Peer> {
    const phraseFile = join(this.#folder, "passphrase");
    writeFileSync(phraseFile, `${this.#passphrase}\n`);
    const folder = join(this.#folder, data);
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    const program = this.#lab.startProgram("05-lan-chat/peer.ts", [
      ...["--name", name, "--team", TEAM, "--port", "0", "--data", folder, "--beacon", "1"],
      ...["--passphrase-file", phraseFile, ...ports.flatMap((port) => ["--peer", `127.0.0.1:${port}`])],
    ]);
    return { program, port: portIn(await program.line(/^listening on /)) };
  }

  /** Waits for the next datagram at the ear. Call it before what is to be heard begins. */
  async hears(): Promise<Buffer> {
    try {
      const [datagram] = (await once(this.#ear, "message", { signal: AbortSignal.timeout(PATIENCE) })) as [
        Buffer,
      ];
      return datagram;
    } catch {
      throw new AttackError("nobody is heard");
    }
  }

  /** Sends a datagram from the ear to a peer. */
  sends(datagram: Buffer | string, to: Peer): void {
    this.#ear.send(datagram, to.port, "127.0.0.1");
  }
}

/** Gives `use` a team, and removes its data afterwards. */
export async function withTeam(
  lab: Lab,
  passphrase: string,
  use: (team: LabTeam) => Promise<void>,
): Promise<void> {
  const ear = createSocket("udp4");
  ear.bind(0, "127.0.0.1");
  await once(ear, "listening");
  try {
    await withTemporaryFolder((folder) => use(new LabTeam(lab, folder, ear, passphrase)));
  } finally {
    ear.close();
  }
}

/**
 * How many datagrams a program has dropped for a reason.
 * @param than waits until there are more
 */
export async function droppedBy({ program }: Peer, reason: string, than = -1): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    program.enter("/stats");
    const line = await program.line(/^stats: /);
    const count = Number(new RegExp(`\\b${reason} ([0-9]+)`).exec(line)?.[1]);
    if (count > than) return count;
  }
  throw new AttackError(`the program has dropped nothing for the reason ${reason}`);
}
