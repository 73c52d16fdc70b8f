// The ways to one contact: the session that stands, those that end, and which of two crossing ones stands (P10.6).

import type { Clock } from "./clock.ts";
import type { Content, UnknownContent } from "./contents.ts";
import { FIRST_PAUSE, type MakeAttempt } from "./direct.ts";
import { Line, type Path, type SentFrame } from "./line.ts";
import type { Session } from "./session.ts";
import type { WatchedPipe } from "./watched-pipe.ts";

export interface LinkEvents {
  /** There is a way to the contact, or another one: what is not acknowledged is to be sent again. */
  up(): void;
  /** The way is lost. @param isGoodbye they said so */
  down(isGoodbye: boolean): void;
  /** There is still a way, the direct one, but its stream is lost: a new session is wanted. */
  streamLost(): void;
  /** The session stands and its path has changed: what is not acknowledged is to be sent again. */
  pathLost(): void;
  /** Something came, one thing after the other. Must not reject. */
  received(content: Content | UnknownContent): Promise<void>;
  /** `path` is a new one. */
  changed(): void;
  sent(sent: SentFrame): void;
}

export interface LinkOptions {
  /** Our own id, 15 digits. */
  ownId: string;
  clock: Clock;
  makeAttempt: MakeAttempt | undefined;
  events: LinkEvents;
}

export class Link {
  readonly #options: LinkOptions;
  #standing: Line | undefined;
  /** Sessions that we have said goodbye to, or that are still read. */
  readonly #others = new Set<Line>();
  /** Another session has lost to the one that stands, and nothing came over that since: it may be dead. */
  #isDoubted = false;
  #isDirectOn: boolean;
  /** Before this moment there is no further attempt of a direct path, whatever session it belongs to. */
  #noDirectBefore = 0;
  #isStopped = false;
  #receiving: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions, isDirectOn: boolean) {
    this.#options = options;
    this.#isDirectOn = isDirectOn;
  }

  /** Whether there is a way to the contact. */
  get isUp(): boolean {
    return this.#standing !== undefined;
  }

  /** Whether there is a session with its stream. Without one the contact is to be called, even if there is a direct path. */
  get hasStream(): boolean {
    return this.#standing?.hasStream === true;
  }

  /** Undefined while there is no session. */
  get path(): Path | undefined {
    return this.#standing?.path;
  }

  /** Takes a session that is ready. One of two stays: what they have said over the other one is received all the same. */
  add(session: Session, pipe: WatchedPipe): void {
    const line = this.#makeLine(session, pipe);
    this.#others.add(line);
    void line.run();
    const standing = this.#standing;
    if (this.#isStopped || (standing && !this.#takesThePlaceOf(standing, line))) {
      this.#isDoubted = true;
      void line.leave();
      return;
    }
    this.#others.delete(line);
    this.#standing = line;
    this.#isDoubted = false;
    if (standing) {
      this.#notePause(standing);
      this.#others.add(standing);
      void standing.leave();
    }
    this.#options.events.up();
    this.#options.events.changed();
    line.allowDirect(this.#isDirectOn, this.#noDirectBefore);
  }

  /**
   * @param isWanted asked when its turn comes
   * @returns when there is room for the next one
   * @throws Error if there is no way, or it is lost
   */
  async send(content: Content, isWanted?: () => boolean): Promise<void> {
    if (!this.#standing) throw new Error("there is no session now");
    await this.#standing.send(content, isWanted);
  }

  /** Sends an answer, if there is a way: nobody waits for it. */
  answer(content: Content): void {
    this.#standing?.answer(content);
  }

  allowDirect(isOn: boolean): void {
    this.#isDirectOn = isOn;
    this.#standing?.allowDirect(isOn, this.#noDirectBefore);
  }

  /** Says goodbye to all. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const lines = [...this.#others, ...(this.#standing ? [this.#standing] : [])];
    await Promise.all(lines.map((line) => line.leave()));
  }

  /** Ends all at once, without a word. */
  reset(): void {
    this.#isStopped = true;
    for (const line of [...this.#others, ...(this.#standing ? [this.#standing] : [])]) line.reset();
  }

  #makeLine(session: Session, pipe: WatchedPipe): Line {
    const { clock, makeAttempt, events } = this.#options;
    const line: Line = new Line({
      session,
      pipe,
      clock,
      makeAttempt,
      events: {
        received: (content) => this.#receive(line, content),
        pathLost: () => this.#ifStanding(line, () => events.pathLost()),
        pathChanged: () => this.#ifStanding(line, () => events.changed()),
        streamLost: () => this.#ifStanding(line, () => events.streamLost()),
        over: (isGoodbye) => this.#over(line, isGoodbye),
        sent: (sent) => events.sent(sent),
      },
    });
    return line;
  }

  /**
   * Of two streams the one whose initiator's id is smaller stands (P10.6). Of two by the same initiator the later one does:
   * they would not have called again in a session. Nor would they call a second time, so what stands is dead then.
   * One whose stream is lost, and that goes on by its direct path only, gives way to each.
   */
  #takesThePlaceOf(standing: Line, line: Line): boolean {
    if (!standing.hasStream) return true;
    const [theirs, ours] = [this.#initiatorOf(line), this.#initiatorOf(standing)];
    return theirs === ours ? true : theirs < ours || this.#isDoubted;
  }

  #initiatorOf({ session }: Line): string {
    return session.role === "initiator" ? this.#options.ownId : session.peer.id;
  }

  /** A direct path ends with this line: the next attempt comes after the pause. */
  #notePause(line: Line): void {
    if (!line.hasStream || line.path === "direct")
      this.#noDirectBefore = this.#options.clock.now() + FIRST_PAUSE;
  }

  #ifStanding(line: Line, action: () => void): void {
    if (this.#standing === line) action();
  }

  /** Contents of all ways are taken one after the other. */
  #receive(line: Line, content: Content | UnknownContent): Promise<void> {
    if (this.#standing === line) this.#isDoubted = false;
    this.#receiving = this.#receiving.then(() => this.#options.events.received(content));
    return this.#receiving;
  }

  #over(line: Line, isGoodbye: boolean): void {
    this.#others.delete(line);
    if (this.#standing !== line) return;
    this.#standing = undefined;
    this.#notePause(line);
    if (this.#isStopped) return;
    this.#options.events.down(isGoodbye);
    this.#options.events.changed();
  }
}
