// Two sides of a session, for tests: sessions over a pipe in memory, and a side that is played by hand.

import type { Bytes } from "../bytes.ts";
import { hintOf } from "../card.ts";
import type { Identity } from "../identity.ts";
import { openSession, type Peer, type Session, SessionError, type SessionOptions } from "../session.ts";
import { type PipeFaults, type PipePair, pipePair, type TestPipe } from "./pipes.ts";

/** A wait that never ends: a test that uses it depends on no clock. */
export const never = (): Promise<void> => new Promise(() => undefined);

/** What a side did, in its order. */
export type Events = string[];

/** Two people, the secret of a card of the responder, and what both sides do. */
export interface Scene {
  readonly initiator: Identity;
  readonly responder: Identity;
  readonly secret: Bytes;
  readonly pair: PipePair;
  readonly events: { readonly initiator: Events; readonly responder: Events };
  readonly initiatorOptions: SessionOptions & { role: "initiator" };
  readonly responderOptions: SessionOptions & { role: "responder" };
}

/** Both sides of a session that would begin; a test changes what it wants otherwise. */
export function makeScene(
  initiator: Identity,
  responder: Identity,
  secret: Bytes,
  faults: PipeFaults = {},
): Scene {
  const events = { initiator: [] as Events, responder: [] as Events };
  const completeFor = (side: Events) => async (peer: Peer) => {
    side.push(`complete ${peer.id}`);
    return "stored" as const;
  };
  return {
    initiator,
    responder,
    secret,
    pair: pipePair([initiator.publicKey, responder.publicKey], faults),
    events,
    initiatorOptions: {
      role: "initiator",
      identity: initiator,
      to: { id: responder.id, secret },
      complete: completeFor(events.initiator),
      wait: never,
    },
    responderOptions: {
      role: "responder",
      identity: responder,
      secretOf: async (hint) => (hint === (await hintOf(secret)) ? { secret } : "unknown-card"),
      complete: completeFor(events.responder),
      wait: never,
    },
  };
}

/** A session, or why there is none: a code, with "said:" before it if the other side told it. */
export async function outcome(opening: Promise<Session>): Promise<Session | string> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof SessionError) return `${error.isSaidByOther ? "said:" : ""}${error.code}`;
    throw error;
  }
}

/** Opens both sides. */
export function openBoth(scene: Scene): Promise<[Session | string, Session | string]> {
  return Promise.all([
    outcome(openSession(scene.pair.ends[0], scene.initiatorOptions)),
    outcome(openSession(scene.pair.ends[1], scene.responderOptions)),
  ]);
}

/** Opens both sides. @throws Error unless both sessions begin */
export async function openBothWell(scene: Scene): Promise<[Session, Session]> {
  const [one, other] = await openBoth(scene);
  if (typeof one === "string" || typeof other === "string")
    throw new Error(`no session: ${String(one)}, ${String(other)}`);
  return [one, other];
}

/** A side that sends what the test says and keeps to no rule. */
export class HandPlayed {
  readonly pipe: TestPipe;
  readonly #frames: AsyncIterator<Bytes>;

  constructor(pipe: TestPipe) {
    this.pipe = pipe;
    this.#frames = pipe.frames[Symbol.asyncIterator]();
  }

  send(frame: Bytes): Promise<void> {
    return this.pipe.send(frame);
  }

  /** @returns undefined when the pipe is over */
  async next(): Promise<Bytes | undefined> {
    const next = await this.#frames.next();
    return next.done === true ? undefined : next.value;
  }

  /** Everything until the pipe is over. */
  async rest(): Promise<Bytes[]> {
    const frames: Bytes[] = [];
    for (let frame = await this.next(); frame !== undefined; frame = await this.next()) frames.push(frame);
    return frames;
  }
}

/** All contents, until the session ends. */
export async function contentsOf(session: Session): Promise<Bytes[]> {
  const contents: Bytes[] = [];
  for await (const content of session.contents) contents.push(content);
  return contents;
}
