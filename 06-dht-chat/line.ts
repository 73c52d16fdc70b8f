// One session with one contact, and the direct path beside it: what goes which way, and when a way is given up (P10.10).
// A direct path that is ready outlives the stream: then all goes over its channel, until there is a new session.

import type { Bytes } from "./bytes.ts";
import type { Clock } from "./clock.ts";
import { type Content, decodeContent, encodeContent, type UnknownContent } from "./contents.ts";
import { Direct, type MakeAttempt } from "./direct.ts";
import { isOwedFor, Owed } from "./owed.ts";
import type { Session } from "./session.ts";
import type { WatchedPipe } from "./watched-pipe.ts";

/** A way that has owed an acknowledgement for so long is given up, in milliseconds (P10.10). owed.ts says since when. */
const OWED_TIME = 10_000;

/** How long the other side may take to end a session after a goodbye, in milliseconds. */
const LEAVING_TIME = 10_000;

/** So many answers may wait for room: who reads none of them loses the session, and our memory stays bounded. */
const MOST_WAITING_ANSWERS = 4096;

export type Path = "relayed" | "direct";

/** What went out: a content, and the sealed frame as who carries it sees it. */
export interface SentFrame {
  content: Content;
  frame: Bytes;
  path: Path;
}

export interface LineEvents {
  /** Something came. The next one of the same way comes when this is done. Must not reject. */
  received(content: Content | UnknownContent): Promise<void>;
  /** What is not acknowledged has to be sent again: the way it went is closed, and the session stands. */
  pathLost(): void;
  /** `path` is another one. */
  pathChanged(): void;
  /** The stream is lost, and the direct path lives on without it: a new session is wanted. */
  streamLost(): void;
  /** The session is over. @param isGoodbye the other side said so */
  over(isGoodbye: boolean): void;
  sent(sent: SentFrame): void;
}

export interface LineOptions {
  session: Session;
  /** The pipe that the session was opened on. */
  pipe: WatchedPipe;
  clock: Clock;
  /** Undefined where there are no direct connections at all. */
  makeAttempt: MakeAttempt | undefined;
  events: LineEvents;
}

export class Line {
  readonly session: Session;
  readonly #options: LineOptions;
  readonly #direct: Direct | undefined;
  readonly #owed = { relayed: new Owed(), direct: new Owed() };
  /** Who waits until the stream owes nothing: what goes direct must not overtake it. */
  #waiting: (() => void)[] = [];
  #cancelOwedTimer = (): void => {};
  #isWatching = false;
  #cancelLeaving = (): void => {};
  #answersWaiting = 0;
  /** Since when the direct path is ready. */
  #directSince = 0;
  #hasStream = true;
  #isOver = false;
  #isLeaving = false;
  #sawGoodbye = false;

  constructor(options: LineOptions) {
    this.#options = options;
    this.session = options.session;
    const { makeAttempt, clock, session } = options;
    if (!makeAttempt) return;
    this.#direct = new Direct({
      session,
      clock,
      makeAttempt,
      sayOnStream: (n, sdp) => this.#sendOnStream({ type: "rtc", n, sdp }),
      events: {
        ready: () => {
          this.#directSince = clock.now();
          this.#options.events.pathChanged();
        },
        received: (bytes) => this.#receiveDirect(bytes),
        closed: () => this.#directClosed(),
      },
    });
  }

  get path(): Path {
    return this.#direct?.isReady === true ? "direct" : "relayed";
  }

  /** Whether the stream is there: without it only the direct path carries what is said. */
  get hasStream(): boolean {
    return this.#hasStream;
  }

  /** Reads the stream to its end. Never rejects. */
  async run(): Promise<void> {
    if (await this.#readStream()) this.#loseStream();
    else this.#end();
  }

  /** @returns true if the stream was lost; false if one of both sides has ended the session */
  async #readStream(): Promise<boolean> {
    try {
      for await (const bytes of this.session.contents) {
        if (!(await this.#receive(bytes))) return false;
      }
    } catch {
      // A stream that breaks is one that is lost.
    }
    return this.session.problem === undefined;
  }

  /** @param notBefore when the first attempt of a direct path may come at the earliest, in milliseconds */
  allowDirect(isOn: boolean, notBefore = 0): void {
    if (this.#isOver || this.#isLeaving) return;
    if (isOn) this.#direct?.turnOn(notBefore);
    else this.#direct?.turnOff();
  }

  /**
   * Sends a content, by the best way there is.
   * @param isWanted asked when its turn comes: a chunk of a file that was cancelled meanwhile would be owed for, and never be paid
   * @returns when there is room for the next one
   * @throws Error if the session or the way is lost: what was not acknowledged is sent again then
   */
  async send(content: Content, isWanted: () => boolean = () => true): Promise<void> {
    const hadStream = this.#hasStream;
    while (isOwedFor(content) && this.path === "direct" && !this.#owed.relayed.isEmpty)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#isOver || this.#isLeaving) throw new Error("the session is over");
    // What was lost with the stream is sent again first: this must not overtake it.
    if (hadStream !== this.#hasStream) throw new Error("the stream is lost");
    if (!isWanted()) return;
    if (this.path === "direct") await this.#sendDirect(content);
    else await this.#sendOnStream(content);
  }

  /** Sends what answers something: nobody waits for it, so that two pages that are full of data cannot wait for each other. */
  answer(content: Content): void {
    this.#answersWaiting += 1;
    if (this.#answersWaiting > MOST_WAITING_ANSWERS) this.reset();
    void this.send(content)
      .catch(() => undefined)
      .finally(() => {
        this.#answersWaiting -= 1;
      });
  }

  /** Says goodbye. What the other side has sent until then is still received. Never rejects. */
  async leave(): Promise<void> {
    if (this.#isOver || this.#isLeaving) return;
    this.#isLeaving = true;
    this.#cancelOwedTimer();
    this.#cancelLeaving = this.#options.clock.after(LEAVING_TIME, () => this.reset());
    if (this.#hasStream) {
      this.#direct?.turnOff();
      await this.session.bye().catch(() => undefined);
      return;
    }
    // The other side closes the channel once it has read the goodbye, and with it all that we sent before.
    await this.#direct?.send(encodeContent({ type: "bye" })).catch(() => undefined);
  }

  /** Ends it at once. */
  reset(): void {
    this.session.reset();
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelOwedTimer();
    this.#cancelLeaving();
    this.#direct?.turnOff();
    this.#wakeWaiting();
    if (this.#sawGoodbye && !this.#isLeaving) void this.session.bye().catch(() => undefined);
    else if (!this.#sawGoodbye) this.session.reset();
    this.#options.events.over(this.#sawGoodbye);
  }

  /** The stream is lost. A direct path that is ready goes on without it: its keys and counters are its own. */
  #loseStream(): void {
    if (this.#isOver || !this.#hasStream) return;
    if (this.path !== "direct" || this.#isLeaving) {
      this.#end();
      return;
    }
    this.#hasStream = false;
    this.session.reset();
    this.#owed.relayed.clear();
    this.#wakeWaiting();
    this.#options.events.streamLost();
    // What was under way on the stream goes direct now.
    this.#options.events.pathLost();
  }

  // --- what goes out

  async #sendOnStream(content: Content): Promise<void> {
    const { pipe, session, events } = this.#options;
    this.#noteOwed("relayed", content);
    pipe.expect((frame) => events.sent({ content, frame, path: "relayed" }));
    await session.send(encodeContent(content));
  }

  async #sendDirect(content: Content): Promise<void> {
    this.#noteOwed("direct", content);
    const frame = await this.#direct?.send(encodeContent(content));
    if (frame) this.#options.events.sent({ content, frame, path: "direct" });
  }

  // --- what comes in

  /** @returns false at the end */
  async #receive(bytes: Bytes): Promise<boolean> {
    const content = decodeContent(bytes);
    if (content === undefined) {
      // bad-record (P10.6): the stream is reset, and nothing is shown.
      this.session.reset();
      return false;
    }
    if (content.type === "bye") this.#sawGoodbye = true;
    else if (content.type === "rtc") await this.#direct?.receive(content.n, content.sdp);
    else {
      this.#closeIfTheyHave(content);
      await this.#pass(content);
    }
    return !this.#sawGoodbye && !this.#isOver;
  }

  /**
   * What is owed an acknowledgement goes direct as long as they hold the path for open: on the stream it says that they have
   * given it up, unless it was under way when the path began. Then our acknowledgements must not go there either.
   */
  #closeIfTheyHave(content: Content | UnknownContent): void {
    const isOld = this.#options.clock.now() - this.#directSince >= OWED_TIME;
    if (content.type !== "unknown" && isOwedFor(content) && this.path === "direct" && isOld)
      this.#direct?.close();
  }

  async #receiveDirect(bytes: Bytes): Promise<void> {
    const content = decodeContent(bytes);
    if (content === undefined) this.#direct?.close();
    else if (content.type === "bye") {
      this.#sawGoodbye = true;
      this.#end();
    } else await this.#pass(content);
  }

  async #pass(content: Content | UnknownContent): Promise<void> {
    if (content.type === "ready" || content.type === "unknown" || this.#isOver) return;
    this.#noteReceived(content);
    await this.#options.events.received(content);
  }

  // --- what is owed

  #noteOwed(path: Path, content: Content): void {
    this.#owed[path].sent(content, this.#options.clock.now());
    if (content.type === "cancel") this.#forget(content.file);
    if (isOwedFor(content)) this.#watch();
  }

  #noteReceived(content: Content): void {
    if (content.type === "bye") return;
    const now = this.#options.clock.now();
    this.#owed.relayed.received(content, now);
    this.#owed.direct.received(content, now);
    if (this.#owed.relayed.isEmpty) this.#wakeWaiting();
  }

  #forget(file: number): void {
    this.#owed.relayed.forget(file);
    this.#owed.direct.forget(file);
    if (this.#owed.relayed.isEmpty) this.#wakeWaiting();
  }

  /** Looks again when the oldest debt is too old: one timer at a time, which finds out whether it was paid meanwhile. */
  #watch(): void {
    if (this.#isWatching || this.#isOver || this.#isLeaving) return;
    const since = Object.values(this.#owed).flatMap((owed) => owed.since ?? []);
    if (since.length === 0) return;
    this.#isWatching = true;
    const wait = Math.min(...since) + OWED_TIME - this.#options.clock.now();
    this.#cancelOwedTimer = this.#options.clock.after(Math.max(0, wait), () => {
      this.#isWatching = false;
      this.#giveUpWhatOwes();
    });
  }

  #giveUpWhatOwes(): void {
    const due = this.#options.clock.now() - OWED_TIME;
    const { relayed, direct } = this.#owed;
    if (direct.since !== undefined && direct.since <= due) {
      this.#direct?.close();
      // What was noted while the path closed is owed by nobody.
      direct.clear();
    }
    if (relayed.since !== undefined && relayed.since <= due) this.#giveUpStream();
    this.#watch();
  }

  #giveUpStream(): void {
    this.#options.pipe.giveUp();
    if (this.path === "direct") this.#loseStream();
    else this.reset();
  }

  #directClosed(): void {
    if (this.#isOver) return;
    if (!this.#hasStream) {
      this.#end();
      return;
    }
    this.#owed.direct.clear();
    this.#owed.relayed.clear();
    this.#wakeWaiting();
    this.#options.events.pathChanged();
    this.#options.events.pathLost();
  }

  #wakeWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
