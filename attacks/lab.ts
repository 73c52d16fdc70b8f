// Where an attack takes place: the real programs of a stage as processes, and the attacker's sockets, all on this machine.
// When the lab is closed, or we are ended, nothing of it is left.

import { createServer, type Server, type Socket } from "node:net";
import type { ChildProgram } from "../programs/child-program.ts";
import { StagePrograms } from "../programs/stage-programs.ts";
import { LineSocket } from "./line-socket.ts";
import type { Stage } from "./list.ts";
import { AttackError } from "./report.ts";

export const FOLDERS: Readonly<Record<Stage, string>> = {
  "02": "02-basic-p2p",
  "03": "03-dh-chat",
  "04": "04-aes-chat",
};

/** A chat program of a stage, run as it is, with somebody in front of it. */
export interface Victim {
  name: string;
  /** Where it listens for peers. */
  port: number;
  /** Everything on its screen so far. */
  readonly screen: readonly string[];
  /** Types a line. */
  types(line: string): void;
  /** Waits for the next line on its screen that matches, and returns it. */
  shows(pattern: RegExp): Promise<string>;
}

/** A port of the attacker's. */
export interface Listener {
  port: number;
  /** The next connection that somebody makes. */
  accept(): Promise<LineSocket>;
}

export class Lab {
  readonly stage: Stage;
  /** They share our signals: whoever ends us as a group, ends them. */
  readonly #programs = new StagePrograms({ sharesSignals: true });
  readonly #sockets = new Set<LineSocket>();
  readonly #servers: Server[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** The stage's own registry. @returns its port */
  async startRegistry(): Promise<number> {
    const program = this.#programs.start(`${FOLDERS[this.stage]}/server.ts`, ["--port", "0"]);
    return portIn(await program.line(/^listening on /));
  }

  /** The stage's own chat program. */
  async startClient(name: string, registryPort: number): Promise<Victim> {
    return this.#meet(
      name,
      this.#programs.start(`${FOLDERS[this.stage]}/client.ts`, clientOptions(name, registryPort)),
    );
  }

  /** A chat program from another folder: a copy of a stage in which something was changed. */
  async startChangedClient(folder: string, name: string, registryPort: number): Promise<Victim> {
    return this.#meet(name, this.startProgram("client.ts", clientOptions(name, registryPort), folder));
  }

  /** Any other program: it runs in the folder given, or in that of the course. */
  startProgram(file: string, argv: readonly string[], folder?: string): ChildProgram {
    return this.#programs.start(file, argv, folder === undefined ? {} : { folder });
  }

  async connect(port: number): Promise<LineSocket> {
    return this.#keep(await LineSocket.connect(port));
  }

  /** Listens on 127.0.0.1. @param port 0 for any */
  listen(port = 0): Promise<Listener> {
    const arrived: LineSocket[] = [];
    const waiting: ((socket: LineSocket) => void)[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      const wire = this.#keep(new LineSocket(socket));
      const first = waiting.shift();
      if (first === undefined) arrived.push(wire);
      else first(wire);
    });
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", () =>
        reject(new AttackError(`port ${port} is in use; choose another, or 0 for any`)),
      );
      server.listen({ host: "127.0.0.1", port }, () => {
        const address = server.address();
        resolve({
          port: typeof address === "object" && address !== null ? address.port : 0,
          accept: async () => arrived.shift() ?? new Promise((accepted) => waiting.push(accepted)),
        });
      });
    });
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.close();
    await this.#programs.end();
  }

  async #meet(name: string, program: ChildProgram): Promise<Victim> {
    const port = portIn(await program.line(/^registered as /));
    return {
      name,
      port,
      screen: program.lines,
      types: (line) => program.enter(line),
      shows: (pattern) => awaited(program.line(pattern)),
    };
  }

  #keep(socket: LineSocket): LineSocket {
    this.#sockets.add(socket);
    return socket;
  }
}

/** A promise that may be given up: if the attack has failed elsewhere by then, nobody waits for it any more. */
export function awaited<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

function clientOptions(name: string, registryPort: number): string[] {
  return ["--name", name, "--registry", `127.0.0.1:${registryPort}`];
}

/** The port at the end of a line such as `listening on 127.0.0.1:10000`. */
function portIn(line: string): number {
  return Number(line.slice(line.lastIndexOf(":") + 1));
}
