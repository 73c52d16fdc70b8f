// The team of stage 05 in the tour: a name and a passphrase drawn for this once, so that no other program on this machine
// or in its network is found. It also hears what the peers send, as an observer does.

import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProgram } from "../programs/child-program.ts";
import { portIn, startProgram } from "../programs/stage-programs.ts";

const HOST = "127.0.0.1";

export interface TourPeer {
  program: ChildProgram;
  port: number;
}

export class TourTeam {
  /** The first datagram of a peer that comes to us. */
  readonly beacon: Promise<Buffer>;
  readonly #folder = mkdtempSync(join(tmpdir(), "tour-"));
  readonly #name = `tour-${randomBytes(8).toString("hex")}`;
  readonly #socket: Socket;
  readonly #onExit = (): void => this.close();

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.beacon = new Promise((resolve) => socket.once("message", resolve));
    writeFileSync(this.#passphraseFile, randomBytes(32).toString("hex"), { mode: 0o600 });
    process.once("exit", this.#onExit);
  }

  static async make(): Promise<TourTeam> {
    const socket = createSocket("udp4");
    socket.bind(0, HOST);
    await once(socket, "listening");
    return new TourTeam(socket);
  }

  get #passphraseFile(): string {
    return join(this.#folder, "passphrase");
  }

  /**
   * Starts a peer, and waits until it listens.
   * @param other the port of a peer that it tells where it is. On some systems nobody hears the group on loopback.
   */
  async start(name: string, other = 0): Promise<TourPeer> {
    const team = ["--team", this.#name, "--passphrase-file", this.#passphraseFile];
    const own = ["--name", name, "--data", join(this.#folder, name), "--port", "0"];
    const ports = other === 0 ? [] : [other, this.#socket.address().port];
    const peers = ports.flatMap((port) => ["--peer", `${HOST}:${port}`]);
    const program = startProgram("05-lan-chat/peer.ts", [...team, ...own, ...peers]);
    const line = await program.line(/^listening on /);
    return { program, port: portIn(line) };
  }

  /** Removes all that was kept. */
  close(): void {
    process.off("exit", this.#onExit);
    this.#socket.close();
    try {
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // Something went wrong before, and a peer still runs: on Windows nobody can remove what it has open.
    }
  }
}
