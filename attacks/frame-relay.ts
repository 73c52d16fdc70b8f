// Mallory as a cable: what passes between two peers is passed on unchanged, and kept.

import type { FrameSocket } from "./frame-socket.ts";
import type { FrameListener, LanLab } from "./lan-lab.ts";

export interface RecordedToken {
  from: "caller" | "called";
  token: string;
}

/** Takes the next connection that comes, connects to the peer that was meant, and passes on what both say. */
export class FrameRelay {
  readonly tokens: RecordedToken[] = [];
  readonly #caller: FrameSocket;
  readonly #called: FrameSocket;

  private constructor(caller: FrameSocket, called: FrameSocket) {
    this.#caller = caller;
    this.#called = called;
    void this.#pass(caller, called, "caller");
    void this.#pass(called, caller, "called");
  }

  /** @param address where the peer really listens, HOST:PORT */
  static async take(lab: LanLab, listener: FrameListener, address: string): Promise<FrameRelay> {
    const caller = await listener.accept();
    return new FrameRelay(caller, await lab.connect(address));
  }

  /** Cuts the cable. */
  cut(): void {
    this.#caller.close();
    this.#called.close();
  }

  async #pass(source: FrameSocket, target: FrameSocket, from: RecordedToken["from"]): Promise<void> {
    for (;;) {
      const frame = await source.frame(true);
      if (frame === undefined) return target.end();
      this.tokens.push({ from, token: frame.token });
      target.send(frame.token, frame.address);
    }
  }
}
