// Mallory in a session of stage 05, as a member of the team with a key of Mallory's own: with the stage's own handshake, and
// with whatever is said behind it.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { encodeFrame, FrameReader } from "../05-lan-chat/frames.ts";
import { Handshake } from "../05-lan-chat/handshake.ts";
import { makeIdentity } from "../05-lan-chat/identity.ts";
import { deriveTeamKey } from "../05-lan-chat/team-key.ts";
import { type Peer, TEAM } from "./lab-team.ts";
import { AttackError } from "./report.ts";

/** Where Mallory says to listen. */
export const MALLORY = "127.0.0.1:50001";

/** How long to wait for an answer, in milliseconds. */
const PATIENCE = 30_000;

type Token = { type?: unknown } & Record<string, unknown>;

export class PlayedSession {
  readonly #socket: Socket;
  readonly #reader = new FrameReader(TEAM);
  readonly #tokens: string[] = [];
  #proven: ReturnType<Handshake["receive"]> | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk))
        if (frame.kind === "frame") this.#tokens.push(frame.token);
      socket.emit("tokens");
    });
  }

  static async with({ port }: Peer, passphrase: string): Promise<PlayedSession> {
    const session = new PlayedSession(await opened(port));
    const own = {
      identity: await makeIdentity(),
      name: "mallory",
      team: TEAM,
      teamKey: await deriveTeamKey(passphrase, TEAM),
      address: MALLORY,
    };
    const gate = { mayAnswer: () => true, mayEnter: () => true };
    const handshake = new Handshake("initiator", own, gate, "", () => Math.floor(Date.now() / 1000));
    session.#send(handshake.start());
    for (;;) {
      const next = handshake.receive(await session.#token());
      if (next.kind === "failed") throw new AttackError("alice refuses the handshake");
      if (next.kind === "going-on") session.#send(next.send);
      else {
        session.#proven = next;
        return session;
      }
    }
  }

  says(text: string): void {
    if (this.#proven?.kind !== "complete") throw new AttackError("there is no session");
    const id = randomBytes(16).toString("hex");
    this.#send(this.#proven.proven.sealer.seal({ type: "message", id, to: "you", text }));
  }

  /** What the other side says next, but for what it says of itself: pings, rooms, files. */
  async answer(): Promise<Token> {
    if (this.#proven?.kind !== "complete") throw new AttackError("there is no session");
    for (;;) {
      const object: Token | undefined = this.#proven.proven.opener.open(await this.#token());
      if (object === undefined) throw new AttackError("alice's answer cannot be read");
      if (["ack", "error", "bye"].includes(String(object.type))) return object;
    }
  }

  async #token(): Promise<string> {
    const signal = AbortSignal.timeout(PATIENCE);
    while (this.#tokens.length === 0)
      await once(this.#socket, "tokens", { signal }).catch(() => {
        throw new AttackError("alice does not answer");
      });
    return this.#tokens.shift() ?? "";
  }

  #send(token: string): void {
    this.#socket.write(encodeFrame(MALLORY, TEAM, token));
  }
}

/** A connection to a port on this machine. */
export async function opened(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}
