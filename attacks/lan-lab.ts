// The place of an attack on stage 05: a team of its own, its real peers as processes, and the attacker's sockets, all on
// this machine. When the lab is closed, or our process ends, all of it ends, and the peers' folders are removed.

import { randomBytes } from "node:crypto";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { StagePrograms } from "../programs/stage-programs.ts";
import { Ear } from "./ear.ts";
import { FrameSocket } from "./frame-socket.ts";
import { LanVictim } from "./lan-victim.ts";

const HOST = "127.0.0.1";

/** Where the stage is, in the course's folder. */
export const LAN_FOLDER = "05-lan-chat";

/** What a peer is started with beside its name and team. Each may be left out. */
export interface LanStart {
  /** More arguments. */
  argv?: readonly string[];
  /** Its data folder. Default: one for each name, in the lab's folder. */
  data?: string;
  /** The folder of another copy of the stage. */
  copy?: string;
}

/** A TCP port that the attacker listens on. */
export interface FrameListener {
  /** HOST:PORT */
  address: string;
  /** Waits for the next connection, and returns it. */
  accept(): Promise<FrameSocket>;
}

export class LanLab {
  /** A team of this lab alone: other peers on this machine are not disturbed. */
  readonly team = `team-${randomBytes(3).toString("hex")}`;
  readonly folder = mkdtempSync(join(tmpdir(), "attack-"));
  #passphrase = randomBytes(16).toString("hex");
  readonly #programs = new StagePrograms({ sharesSignals: true });
  readonly #wires = new Set<FrameSocket>();
  readonly #servers: Server[] = [];
  readonly #ears: UdpSocket[] = [];
  readonly #remove = (): void => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });

  constructor() {
    process.once("exit", this.#remove);
  }

  /** The team's passphrase is random, unless the attack is about another one. To be set before peers start. */
  set passphrase(passphrase: string) {
    this.#passphrase = passphrase;
  }

  /** What every member of the team has. For attacks by one of them. */
  teamKey(): Promise<Buffer> {
    return deriveTeamKey(this.#passphrase, this.team);
  }

  /** The data folder of a peer. */
  dataOf(name: string): string {
    return join(this.folder, name);
  }

  /** Starts a peer of the team, on any free port, and waits until it listens. */
  async startPeer(
    name: string,
    { argv = [], data = this.dataOf(name), copy }: LanStart = {},
  ): Promise<LanVictim> {
    const secret = join(this.folder, "passphrase");
    writeFileSync(secret, `${this.#passphrase}\n`, { mode: 0o600 });
    const own = ["--name", name, "--team", this.team, "--passphrase-file", secret];
    const words = [...own, "--data", data, "--port", "0", ...argv];
    const file = copy === undefined ? `${LAN_FOLDER}/peer.ts` : "peer.ts";
    const folder = copy === undefined ? {} : { folder: copy };
    const victim = new LanVictim(name, data, (onOutput) =>
      this.#programs.start(file, words, { ...folder, onOutput }),
    );
    await victim.listens();
    return victim;
  }

  /** Starts any other program of the course. */
  startProgram(file: string, argv: readonly string[]): ChildProgram {
    return this.#programs.start(file, argv);
  }

  /** Opens a UDP socket of the attacker's. */
  async listenToDatagrams(): Promise<Ear> {
    const socket = createSocket("udp4");
    this.#ears.push(socket);
    socket.bind(0, HOST);
    await once(socket, "listening");
    return new Ear(socket);
  }

  /** Connects to a peer. @param address HOST:PORT */
  async connect(address: string): Promise<FrameSocket> {
    const wire = await FrameSocket.connect(address, this.team);
    this.#wires.add(wire);
    return wire;
  }

  /** Listens for peers that are led to the attacker. */
  async listen(): Promise<FrameListener> {
    const arrived: FrameSocket[] = [];
    const waiting: ((wire: FrameSocket) => void)[] = [];
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const wire = new FrameSocket(socket, this.team);
      this.#wires.add(wire);
      const first = waiting.shift();
      if (first === undefined) arrived.push(wire);
      else first(wire);
    });
    this.#servers.push(server);
    server.listen({ host: HOST, port: 0 });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const accept = async (): Promise<FrameSocket> =>
      arrived.shift() ?? new Promise((accepted) => waiting.push(accepted));
    return { address: `${HOST}:${port}`, accept };
  }

  /** Ends all programs, closes all sockets, and removes the folder. */
  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const wire of this.#wires) wire.close();
    for (const socket of this.#ears) socket.close();
    await this.#programs.end();
    process.off("exit", this.#remove);
    this.#remove();
  }
}
