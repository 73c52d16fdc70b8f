"""Stage 05: letters on their way: written, carried for others, received, acknowledged by a letter back (P9.8)."""

import asyncio
import collections
import secrets

from lan_discovery import milliseconds
from lan_encoding import encode_base64, is_fingerprint, is_id
from lan_identity import PublicIdentity
from lan_letter import LARGEST_LETTER, Letter, is_signed, make_letter, open_letter, read_letter
from lan_session import Session
from lan_wire import Wrong
from messages import printable

CARRIERS = 3
HOUR = 3_600 * 1_000
CARRIED_MILLISECONDS = 7 * 24 * HOUR
OPENED_MILLISECONDS = 8 * 24 * HOUR
OF_ONE_WRITER = (100, 1_024 * 1_024)  # letters, bytes
IN_ALL = (1_000, 16 * 1_024 * 1_024)
HANDED_OVER_AT_ONCE = 8


class Post:
    """`mesh` has me, history, trust, messages, sessions, reach, active_peers, show, shown, note, in_background."""

    def __init__(self, mesh):
        self.mesh = mesh
        self.history = mesh.history
        self.waiting = {}  # Session -> letters for its peer that have not been handed over yet

    # The writer

    def write(self, recipient: PublicIdentity, text: str) -> None:
        """The message is queued for the recipient as any other, and carried as a letter under the same id."""
        letter_id = secrets.token_hex(16)
        letter = make_letter(self.mesh.me.identity, recipient, letter_id, {"type": "message", "text": text}, milliseconds())
        if len(letter.body) > LARGEST_LETTER:
            self.mesh.show("error: this text is too long for a letter")
            return
        number = self.mesh.messages.write("you", text, [recipient.fingerprint], letter_id)
        self.mesh.show(f"{number} to {self.mesh.shown(recipient.fingerprint)}> {printable(text)}")
        self.mesh.note("whoever gets the recipient's private key later can read this letter; a session they cannot")
        self.mesh.in_background(self.give_to_carriers(letter))
        self.mesh.messages.deliver(recipient.fingerprint)

    async def give_to_carriers(self, letter: Letter) -> None:
        candidates = [peer for peer in self.mesh.active_peers() if peer != letter.to]
        candidates.sort(key=lambda peer: self.mesh.sessions.get(peer) is None)  # those with a session first
        found = 0
        for start in range(0, min(len(candidates), 4 * CARRIERS), CARRIERS):
            reached = await asyncio.gather(*map(self.mesh.reach, candidates[start:start + CARRIERS]))
            for session in reached:
                if session is not None and found < CARRIERS and session.send(letter.as_message()):
                    found += 1
            if found >= CARRIERS:
                return
        if found == 0:
            self.mesh.note("nobody is here who could carry the letter")

    # Everybody who gets one

    def received(self, session: Session, message: dict) -> None:
        letter = read_letter(message)
        if letter is None:
            raise Wrong("no letter")
        if letter.to == self.mesh.me.identity.fingerprint:
            self.take(session, letter)
        else:
            self.carry(session, letter)
        # The same answer for one that was taken, refused or known: it tells nobody anything.
        session.send({"type": "letter-ack", "from": letter.sender, "id": letter.id})

    # The carrier

    def carry(self, session: Session, letter: Letter) -> None:
        now = milliseconds()
        in_time = now - CARRIED_MILLISECONDS <= letter.sent <= now + HOUR
        if letter.sender != session.fingerprint or not in_time or len(letter.body) > LARGEST_LETTER:
            return
        if self.history.has_letter(letter.sender, letter.id) or not is_signed(letter, session.peer):
            return
        totals = ((self.history.letters_of(letter.sender), OF_ONE_WRITER),
                  (self.history.letters_carried(self.mesh.me.identity.fingerprint), IN_ALL))
        for (letters, size), (most_letters, most_bytes) in totals:
            if letters >= most_letters or size + len(letter.body) > most_bytes:
                return
        self.keep(letter)
        self.pass_on(letter)

    def keep(self, letter: Letter) -> None:
        self.history.add_letter(letter.sender, letter.id, letter.to, letter.body, letter.signature, letter.sent)

    def pass_on(self, letter: Letter) -> None:
        session = self.mesh.sessions.get(letter.to)
        if session is not None:
            self.waiting.setdefault(session, collections.deque()).append((letter.sender, letter.id))
            self.hand_over(session)
        else:
            self.mesh.call_if_wanted(letter.to)

    def session_opened(self, session: Session) -> None:
        """Whom letters are kept for gets them, a few at a time."""
        keys = [(row["sender"], row["id"]) for row in self.history.letters_to(session.fingerprint)]
        self.waiting[session] = collections.deque(keys)
        self.hand_over(session)

    def session_closed(self, session: Session) -> None:
        self.waiting.pop(session, None)

    def hand_over(self, session: Session) -> None:
        queue = self.waiting.get(session)
        while queue and len(session.letters_open) < HANDED_OVER_AT_ONCE:
            sender, letter_id = queue.popleft()
            rows = self.history.letter(sender, letter_id)
            for row in rows:
                session.letters_open.add((sender, letter_id))
                session.send({"type": "letter", "body": row["body"].decode("utf-8"),
                              "signature": encode_base64(row["signature"])})

    def acknowledged(self, session: Session, message: dict) -> None:
        sender, letter_id = message.get("from"), message.get("id")
        if not is_fingerprint(sender) or not is_id(letter_id):
            raise Wrong("a letter-ack of another form")
        self.history.remove_letter(sender, letter_id, session.fingerprint)  # only if they are its recipient
        session.letters_open.discard((sender, letter_id))
        self.hand_over(session)

    # The recipient

    def take(self, session: Session, letter: Letter) -> None:
        writer = self.mesh.trust.keys.get(letter.sender)
        if writer is None or not writer.pinned or writer.standing == "blocked" or not is_signed(letter, writer.key):
            return
        if letter.sent < milliseconds() - OPENED_MILLISECONDS:
            return
        inner = open_letter(letter, self.mesh.me.identity)
        if inner is None:
            return
        if inner["type"] == "ack":
            number = self.history.number_of(inner["of"], letter.sender)
            if number is not None:
                self.mesh.messages.delivered(number, letter.sender)
        elif self.history.add_their_message(letter.sender, letter.id, "you", True, inner["text"], milliseconds()):
            self.mesh.messages.show_theirs(letter.sender, letter.id, "you", True, inner["text"])
            self.acknowledge(session, letter, writer.key)

    def acknowledge(self, session: Session, letter: Letter, writer: PublicIdentity) -> None:
        """An acknowledgement is a letter back. It is kept until the writer has it from us, or grows old."""
        own = self.mesh.me.identity
        if self.history.letters_of(own.fingerprint)[0] >= IN_ALL[0]:
            return
        answer = make_letter(own, writer, secrets.token_hex(16), {"type": "ack", "of": letter.id}, milliseconds())
        self.keep(answer)
        self.pass_on(answer)
        if self.mesh.sessions.get(writer.fingerprint) is None:
            self.mesh.in_background(self.give_to_carriers(answer))

    def tick(self) -> None:
        self.history.remove_old_letters(milliseconds() - OPENED_MILLISECONDS)
