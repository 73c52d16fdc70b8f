// The attacker's side of a connection of stage 05: sends frames, and receives frames one after the other (P9.1).

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { encodeFrame, FrameReader } from "../05-lan-chat/frames.ts";
import { DEADLINE } from "../programs/child-program.ts";
import { patientTimeout } from "../programs/patience.ts";
import { AttackError } from "./report.ts";

export interface ReceivedFrame {
  /** What its header says where its sender listens. */
  address: string;
  token: string;
}

export class FrameSocket {
  readonly #socket: Socket;
  readonly #team: string;
  readonly #frames: ReceivedFrame[] = [];
  #hasEnded = false;
  #wake: () => void = () => {};

  /** The socket must have been made with `allowHalfOpen`. */
  constructor(socket: Socket, team: string) {
    this.#socket = socket;
    this.#team = team;
    const reader = new FrameReader(team);
    socket.on("data", (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        if (frame.kind === "frame") this.#frames.push(frame);
        else socket.destroy();
      }
      this.#wake();
    });
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#hasEnded = true;
        this.#wake();
      });
    }
    socket.on("error", () => {}); // The event "close" follows, and says enough.
  }

  /** @param address HOST:PORT, on this machine. @throws AttackError if nobody listens there */
  static async connect(address: string, team: string): Promise<FrameSocket> {
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true, noDelay: true });
    try {
      await once(socket, "connect");
    } catch {
      throw new AttackError(`nobody listens on ${address}`);
    }
    return new FrameSocket(socket, team);
  }

  /** @param address what the header says where we listen */
  send(token: string, address: string): void {
    this.write(encodeFrame(address, this.#team, token));
  }

  /** Sends bytes as they are. */
  write(bytes: string): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /**
   * Waits for the next frame, as long as it takes or for the usual time.
   * @returns undefined if the other side has ended its half
   * @throws AttackError if nothing comes in time
   */
  async frame(isPatient = false): Promise<ReceivedFrame | undefined> {
    while (this.#frames.length === 0 && !this.#hasEnded) await this.#news(isPatient);
    return this.#frames.shift();
  }

  /** The token of the next frame. @throws AttackError if the other side hangs up before */
  async token(): Promise<string> {
    const frame = await this.frame();
    if (frame === undefined) throw new AttackError("the other side has hung up");
    return frame.token;
  }

  /** Ends our half of the connection. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  #news(isPatient: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new AttackError("the other side did nothing for too long"));
      const cancel = isPatient ? () => {} : patientTimeout(late, DEADLINE);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
