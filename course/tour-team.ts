// The team of stage 05 in the tour. It also hears what the peers send, as an observer does.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { ChildProgram } from "../programs/child-program.ts";
import { portIn, startProgram } from "../programs/stage-programs.ts";
import { TeamFolder } from "./team-folder.ts";

const HOST = "127.0.0.1";

export interface TourPeer {
  program: ChildProgram;
  port: number;
}

export class TourTeam {
  /** The first datagram of a peer that comes to us. */
  readonly beacon: Promise<Buffer>;
  readonly #folder = new TeamFolder("tour");
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.beacon = new Promise((resolve) => socket.once("message", resolve));
  }

  static async make(): Promise<TourTeam> {
    const socket = createSocket("udp4");
    socket.bind(0, HOST);
    await once(socket, "listening");
    return new TourTeam(socket);
  }

  /**
   * Starts a peer, and waits until it listens.
   * @param other the port of a peer that it tells where it is. On some systems nobody hears the group on loopback.
   */
  async start(name: string, other = 0): Promise<TourPeer> {
    const ports = other === 0 ? [] : [other, this.#socket.address().port];
    const peers = ports.flatMap((port) => ["--peer", `${HOST}:${port}`]);
    const argv = [...this.#folder.optionsOf(name), "--port", "0", ...peers];
    const program = startProgram("05-lan-chat/peer.ts", argv);
    const line = await program.line(/^listening on /);
    return { program, port: portIn(line) };
  }

  /** Removes all that was kept. */
  close(): void {
    this.#socket.close();
    this.#folder.remove();
  }
}
