// A registry that the attacker runs. It works like a real one (P2), but says that every user is at Mallory's address.

import type { Lab } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import { type Members, parse } from "./played-peer.ts";

const HOST = "127.0.0.1";

interface User {
  username: string;
  port: number;
}

export class LyingRegistry {
  readonly port: number;
  /** The port that callers are sent to. */
  readonly #malloryPort: number;
  /** The registered users, each with their connection. */
  readonly #users = new Map<LineSocket, User>();

  private constructor(port: number, malloryPort: number) {
    this.port = port;
    this.#malloryPort = malloryPort;
  }

  /** @param port where to listen, 0 for any free port */
  static async start(lab: Lab, malloryPort: number, port = 0): Promise<LyingRegistry> {
    const listener = await lab.listen(port);
    const registry = new LyingRegistry(listener.port, malloryPort);
    const serveAll = async (): Promise<void> => {
      for (;;) void registry.#serve(await listener.accept()).catch(() => {});
    };
    void serveAll();
    return registry;
  }

  /** The port where the user really listens; undefined if nobody has this name. */
  portOf(username: string): number | undefined {
    return [...this.#users.values()].find((user) => user.username === username)?.port;
  }

  async #serve(wire: LineSocket): Promise<void> {
    for (;;) {
      const line = await wire.line(Infinity); // A user may be silent as long as they like.
      if (line === undefined || parse(line).type === "leave") break;
      const answer = this.#answer(wire, parse(line));
      if (answer !== undefined) wire.send(JSON.stringify(answer));
    }
    wire.end();
    const user = this.#users.get(wire);
    this.#users.delete(wire);
    if (user !== undefined) this.#tell({ type: "left", username: user.username });
  }

  #answer(wire: LineSocket, request: Members): Members | undefined {
    const username = String(request.username);
    switch (request.type) {
      case "register":
        this.#tell({ type: "joined", username, host: HOST, port: this.#malloryPort });
        this.#users.set(wire, { username, port: Number(request.port) });
        return { type: "registered", username };
      case "list":
        return { type: "users", users: this.#listFor(wire) };
      case "lookup":
        // Here is the lie.
        return { type: "user", username, host: HOST, port: this.#malloryPort };
      default:
        return undefined;
    }
  }

  #listFor(wire: LineSocket): Members[] {
    const others = [...this.#users].filter(([socket]) => socket !== wire).map(([, user]) => user);
    return others.map(({ username }) => ({ username, host: HOST, port: this.#malloryPort }));
  }

  #tell(news: Members): void {
    for (const socket of this.#users.keys()) socket.send(JSON.stringify(news));
  }
}
