// Letters, from all three sides (P9.8): written by us and handed to carriers, carried by us for others, and read by us.

import { type Surroundings, sessionWith } from "./conversation-settings.ts";
import { isFingerprint, type PublicIdentity, parsePublicKey } from "./identity.ts";
import {
  isCarriedAt,
  isReadAt,
  isSignedLetter,
  type Letter,
  MAX_LETTER_BYTES,
  makeLetter,
  openLetter,
  parseLetter,
  sizeOfLetter,
} from "./letters.ts";
import { reasonOf } from "./own-messages.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import type { Session } from "./sessions.ts";
import { isId, makeId } from "./texts.ts";

/** How many others carry a letter of ours. */
const CARRIERS = 3;

/** How many letters may be handed to one peer and not answered: of those for them, and of ours. */
const MAX_OPEN = 16;

/** How often we look for carriers, and for letters that are too old, in milliseconds. */
const ROUND = 10_000;

/** Nobody reads a letter after 8 days: nobody needs to keep it longer. */
const KEPT_FOR = 8 * 24 * 3_600_000;

/** What is passed on to one reader in one session. */
interface Delivery {
  session: Session;
  waiting: { writer: string; id: string }[];
  /** The writer and the id of what was handed over and not answered. */
  open: Set<string>;
}

export class LetterPost {
  readonly #around: Surroundings;
  /** By the id of a letter of ours: to whom it was handed in a session, and who has not answered. */
  readonly #handed = new Map<string, Set<string>>();
  /** By the reader's fingerprint. */
  readonly #deliveries = new Map<string, Delivery>();
  #nextRound = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The key that a letter is sealed for, or whose signature it has. @throws UserError if we may not write to them */
  reader(fingerprint: string): PublicIdentity {
    const key = this.#pinned(fingerprint);
    if (key !== undefined) return key;
    const name = this.#around.shown(fingerprint);
    throw new UserError(`a letter is sealed for a key that you have met: ${name} has none that is pinned`);
  }

  /** A key whose letters we read: pinned, and not blocked. */
  #pinned(fingerprint: string): PublicIdentity | undefined {
    const key = this.#around.trusted(fingerprint);
    return key?.isPinned && key.standing !== "blocked" ? parsePublicKey(key.der) : undefined;
  }

  /** Seals one of our messages for somebody who is away, and hands it to others. It has the message's own id. */
  write(reader: PublicIdentity, id: string, text: string): void {
    const { identity, history, writes, note, show, shown, now } = this.#around;
    const letter = makeLetter(identity, reader, { type: "message", text }, id, now());
    writes.add({
      store: () => history.keepOwnLetter(letter, "message"),
      show: () => {
        const name = shown(reader.fingerprint);
        note(
          `whoever gets the private key of ${name} one day can read this letter, unlike what is said in a session`,
        );
        if (this.#candidates(id, reader.fingerprint).length === 0) {
          note("nobody is there to carry the letter: it is handed over when somebody is");
        }
      },
      answer: () => this.#hand(id, reader.fingerprint, "message"),
      failed: (error) => show(`error: the letter was not written: ${reasonOf(error)}`),
    });
  }

  /** What a letter of ours says has arrived, or is given up: nobody needs to bring it any more. Call it in a transaction. */
  delivered(id: string): void {
    this.#around.history.dropOwnLetter(id);
    this.#handed.delete(id);
  }

  /** Hands a letter of ours to as many carriers as it still needs; an acknowledgement also to its reader, if they are there. */
  #hand(id: string, reader: string, content: "message" | "ack"): void {
    const { sessionOf } = this.#around;
    // A message goes to its reader by itself, in a session. Its acknowledgement has no other way than this.
    if (content === "ack" && sessionOf(reader)?.isOpen) return this.#handTo(id, reader);
    const candidates = this.#candidates(id, reader);
    for (const carrier of candidates.slice(0, this.#missing(id))) this.#handTo(id, carrier);
  }

  /** How many more carriers a letter of ours needs. */
  #missing(id: string): number {
    const handed = this.#handed.get(id)?.size ?? 0;
    return Math.max(0, CARRIERS - handed - this.#around.history.carriersOf(id).length);
  }

  /** Who could carry a letter of ours: those who have a session first. */
  #candidates(id: string, reader: string): string[] {
    const { history, activePeers, sessionOf, trusted } = this.#around;
    const taken = new Set([reader, ...history.carriersOf(id), ...(this.#handed.get(id) ?? [])]);
    const others = activePeers().filter((peer) => !taken.has(peer) && trusted(peer)?.standing !== "blocked");
    const hasSession = (peer: string): number => Number(sessionOf(peer)?.isOpen === true);
    return others.sort((left, right) => hasSession(right) - hasSession(left));
  }

  #handTo(id: string, carrier: string): void {
    const handed = this.#handed.get(id) ?? new Set();
    if (handed.has(carrier) || this.#openWith(carrier) >= MAX_OPEN) return;
    this.#handed.set(id, handed.add(carrier));
    const session = this.#around.sessionOf(carrier);
    if (session?.isOpen) return this.#sendOwn(id, carrier, session);
    void sessionWith(this.#around, carrier).then((made) =>
      this.#around.writes.add({ answer: () => this.#sendOwn(id, carrier, made) }),
    );
  }

  /** If they cannot be reached, another one is looked for in the next round. */
  #sendOwn(id: string, carrier: string, session: Session | undefined): void {
    const letter = this.#around.history.ownLetter(this.#around.identity.fingerprint, id);
    if (session === undefined || letter === undefined || !sendLetter(session, letter))
      this.#unhand(id, carrier);
  }

  /** How many letters of ours a peer has not answered. */
  #openWith(carrier: string): number {
    return [...this.#handed.values()].filter((carriers) => carriers.has(carrier)).length;
  }

  #unhand(id: string, carrier: string): boolean {
    const handed = this.#handed.get(id);
    const wasHanded = handed?.delete(carrier) === true;
    if (handed?.size === 0) this.#handed.delete(id);
    return wasHanded;
  }

  /** A letter is handed over to us. @returns false if it has not the form of one */
  received(session: Session, body: unknown, signature: unknown): boolean {
    const letter = parseLetter(body, signature);
    if (letter === undefined) return false;
    if (letter.to === this.#around.identity.fingerprint) this.#read(session, letter);
    else this.#carry(session, letter);
    return true;
  }

  /** A letter for somebody else. Whether it is kept, refused or known, the answer is the same. */
  #carry(session: Session, letter: Letter): void {
    const { history, writes, now } = this.#around;
    const size = sizeOfLetter(letter);
    const isRight =
      size <= MAX_LETTER_BYTES &&
      letter.to !== letter.from &&
      isCarriedAt(letter, now()) &&
      isSignedLetter(letter, session.key);
    let isNew = false;
    writes.add({
      store: () => {
        isNew = isRight && history.carry(letter, size);
      },
      answer: () => {
        answer(session, letter);
        if (isNew) this.#passOn(letter);
      },
    });
  }

  /** A letter for us. Only letters of keys that we have pinned are opened. */
  #read(session: Session, letter: Letter): void {
    const { history, identity, now, writes } = this.#around;
    const writer = this.#pinned(letter.from);
    const isToOpen =
      sizeOfLetter(letter) <= MAX_LETTER_BYTES &&
      isReadAt(letter, now()) &&
      !history.hasMessage(letter.from, letter.id);
    const content = writer !== undefined && isToOpen ? openLetter(letter, identity, writer) : undefined;
    if (writer === undefined || content === undefined)
      return writes.add({ answer: () => answer(session, letter) });
    if (content.type === "message") this.#readMessage(session, letter, content.text, writer);
    else this.#readAcknowledgement(session, letter, content.of);
  }

  #readMessage(session: Session, letter: Letter, text: string, writer: PublicIdentity): void {
    const { history, identity, now, writes, show, shown } = this.#around;
    const { from: sender, id } = letter;
    const reply = makeLetter(identity, writer, { type: "ack", of: id }, makeId(), now());
    let isNew = false;
    writes.add({
      store: () => {
        isNew = history.keepMessage({ sender, id, target: "letter", text, received: now() });
        if (!isNew) return;
        history.keepOwnLetter(reply, "ack");
        for (const oldest of history.tooManyAcks(sender)) this.delivered(oldest);
      },
      show: () => {
        if (isNew) show(`letter from ${shown(sender)}> ${printable(text)}`);
      },
      note: () => {
        if (isNew) history.noteShown(sender, id);
      },
      answer: () => {
        answer(session, letter);
        if (isNew) this.#hand(reply.id, sender, "ack");
      },
    });
  }

  #readAcknowledgement(session: Session, letter: Letter, of: string): void {
    const { history, writes, show, shown } = this.#around;
    let number: number | undefined;
    writes.add({
      store: () => {
        number = history.settle(of, letter.from, "delivered");
        this.delivered(of);
      },
      show: () => {
        if (number !== undefined) show(`delivered to ${shown(letter.from)}: ${number}`);
      },
      answer: () => answer(session, letter),
    });
  }

  /** A letter that we have handed over is on the other's disk, or was refused. @returns false if it has not the form of an answer */
  answered(session: Session, from: unknown, id: unknown): boolean {
    if (!isFingerprint(from) || !isId(id)) return false;
    if (from === this.#around.identity.fingerprint) this.#ownAnswered(session.fingerprint, id);
    else this.#carriedAnswered(session, from, id);
    return true;
  }

  #ownAnswered(carrier: string, id: string): void {
    if (!this.#unhand(id, carrier)) return;
    // There is room for another one with them.
    this.#nextRound = 0;
    const { history, writes, identity } = this.#around;
    writes.add({
      store: () => {
        const isWithReader = history.ownLetter(identity.fingerprint, id)?.to === carrier;
        if (!isWithReader) history.noteCarrier(id, carrier);
        if (isWithReader || history.carriersOf(id).length >= CARRIERS) history.dropOwnLetter(id);
      },
    });
  }

  #carriedAnswered(session: Session, writer: string, id: string): void {
    const delivery = this.#deliveries.get(session.fingerprint);
    if (delivery?.session !== session || !delivery.open.delete(keyOf(writer, id))) return;
    this.#around.writes.add({
      store: () => this.#around.history.dropCarried(writer, id, session.fingerprint),
      answer: () => this.#deliver(delivery),
    });
  }

  /** A session has begun: its peer gets what we carry for them, and what else they can have. */
  opened(session: Session): void {
    const waiting = this.#around.history.carriedTo(session.fingerprint);
    const delivery = { session, waiting, open: new Set<string>() };
    this.#deliveries.set(session.fingerprint, delivery);
    this.#deliver(delivery);
    this.#handAll();
  }

  closed(session: Session): void {
    const { fingerprint } = session;
    if (this.#deliveries.get(fingerprint)?.session !== session) return;
    this.#deliveries.delete(fingerprint);
    for (const id of [...this.#handed.keys()]) this.#unhand(id, fingerprint);
  }

  #passOn({ to, from: writer, id }: Letter): void {
    const delivery = this.#deliveries.get(to);
    if (delivery === undefined) return;
    delivery.waiting.push({ writer, id });
    this.#deliver(delivery);
  }

  #deliver({ session, waiting, open }: Delivery): void {
    while (open.size < MAX_OPEN && session.isOpen) {
      const next = waiting.shift();
      if (next === undefined) return;
      const letter = this.#around.history.carriedLetter(next.writer, next.id);
      if (letter !== undefined && sendLetter(session, letter)) open.add(keyOf(next.writer, next.id));
    }
  }

  /** Looks for carriers again, and forgets what nobody reads any more. */
  tick(): void {
    const { now, elapsed, writes, history } = this.#around;
    if (elapsed() < this.#nextRound) return;
    this.#nextRound = elapsed() + ROUND;
    this.#handAll();
    if (history.hasLettersBefore(now() - KEPT_FOR)) {
      writes.add({ store: () => history.dropLettersBefore(now() - KEPT_FOR) });
    }
  }

  #handAll(): void {
    for (const { id, reader, content } of this.#around.history.ownLetters()) this.#hand(id, reader, content);
  }

  /** Whether a session with this peer would bring a letter further. */
  isWaiting(fingerprint: string): boolean {
    const { history } = this.#around;
    return (
      history.carriedTo(fingerprint).length > 0 ||
      history.ownLetters().some(({ reader, content }) => content === "ack" && reader === fingerprint)
    );
  }
}

function sendLetter(session: Session, { body, signature }: Letter): boolean {
  return session.send({ type: "letter", body, signature });
}

function answer(session: Session, { from, id }: Letter): void {
  session.send({ type: "letter-ack", from, id });
}

function keyOf(writer: string, id: string): string {
  return `${writer} ${id}`;
}
