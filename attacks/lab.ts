// The place of an attack: the real programs of a stage as processes, and the attacker's sockets, all on this machine.
// When the lab is closed, or our process ends, all of them end.

import { createServer, type Server, type Socket } from "node:net";
import type { ChildProgram } from "../programs/child-program.ts";
import { portIn, StagePrograms } from "../programs/stage-programs.ts";
import { LineSocket } from "./line-socket.ts";
import type { ChatStage } from "./list.ts";
import { AttackError } from "./report.ts";

export const FOLDERS: Readonly<Record<ChatStage, string>> = {
  "02": "02-basic-p2p",
  "03": "03-dh-chat",
  "04": "04-aes-chat",
};

/** A stage's chat program, unchanged, with its keyboard and screen. */
export interface Victim {
  name: string;
  /** The port where the program listens for peers. */
  port: number;
  /** All lines that the program has printed so far. */
  readonly screen: readonly string[];
  /** Types a line. */
  types(line: string): void;
  /** Waits for the next printed line that matches, and returns it. */
  shows(pattern: RegExp): Promise<string>;
}

/** A port that the attacker listens on. */
export interface Listener {
  port: number;
  /** Waits for the next connection, and returns it. */
  accept(): Promise<LineSocket>;
}

export class Lab {
  readonly stage: ChatStage;
  /** The programs stay in our process group: a signal to the group, such as Ctrl-C, ends them, too. */
  readonly #programs = new StagePrograms({ sharesSignals: true });
  readonly #sockets = new Set<LineSocket>();
  readonly #servers: Server[] = [];

  constructor(stage: ChatStage) {
    this.stage = stage;
  }

  /** Starts the stage's own registry. @returns its port */
  async startRegistry(): Promise<number> {
    const program = this.#programs.start(`${FOLDERS[this.stage]}/server.ts`, ["--port", "0"]);
    return portIn(await program.line(/^listening on /));
  }

  /** Starts the stage's own chat program. */
  async startClient(name: string, registryPort: number): Promise<Victim> {
    return this.#meet(
      name,
      this.#programs.start(`${FOLDERS[this.stage]}/client.ts`, clientOptions(name, registryPort)),
    );
  }

  /** Starts a chat program from another folder: a changed copy of a stage. */
  async startChangedClient(folder: string, name: string, registryPort: number): Promise<Victim> {
    return this.#meet(name, this.startProgram("client.ts", clientOptions(name, registryPort), folder));
  }

  /** Starts any other program, in the given folder or else in the course's. */
  startProgram(file: string, argv: readonly string[], folder?: string): ChildProgram {
    return this.#programs.start(file, argv, folder === undefined ? {} : { folder });
  }

  async connect(port: number): Promise<LineSocket> {
    return this.#keep(await LineSocket.connect(port));
  }

  /** Listens on 127.0.0.1. @param port 0 for any free port */
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

  /** Ends all programs, and closes all sockets. */
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

/** Lets a promise fail unnoticed: when another part of the attack fails first, nobody waits for it any more. */
export function awaited<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

function clientOptions(name: string, registryPort: number): string[] {
  return ["--name", name, "--registry", `127.0.0.1:${registryPort}`];
}
