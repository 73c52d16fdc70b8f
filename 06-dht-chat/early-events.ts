// What the network tells before the messenger is there: callers wait, the rest is asked for later.

import type { NetworkEvents } from "./network.ts";
import type { Pipe } from "./pipe.ts";

/** So many callers wait; a further one has to call again. */
const MOST_WAITING = 32;

export class EarlyEvents {
  #target: NetworkEvents | undefined;
  readonly #pipes: Pipe[] = [];

  /** For the network, from its start on. */
  readonly events: NetworkEvents = {
    pipe: (pipe) => this.#takePipe(pipe),
    addresses: (addresses) => this.#target?.addresses(addresses),
    group: (topic, message, from) => this.#target?.group(topic, message, from),
    relays: () => this.#target?.relays(),
    problem: (sentence) => this.#target?.problem(sentence),
  };

  /** From now on all is told to the messenger; first who has called already. */
  passTo(target: NetworkEvents): void {
    this.#target = target;
    for (const pipe of this.#pipes.splice(0)) target.pipe(pipe);
  }

  #takePipe(pipe: Pipe): void {
    if (this.#target) this.#target.pipe(pipe);
    else if (this.#pipes.length < MOST_WAITING) this.#pipes.push(pipe);
    else pipe.reset();
  }
}
