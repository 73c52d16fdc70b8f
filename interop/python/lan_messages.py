"""Stage 05: messages to one, to all and in rooms: numbers, acknowledgements, the queue (P9.7, P9.8)."""

import asyncio
import secrets

from lan_discovery import milliseconds
from lan_encoding import is_id
from lan_session import Session
from lan_wire import Wrong
from messages import is_text, printable

MOST_IN_FLIGHT = 64  # sent in a session and not acknowledged; the others wait on the disk
ALL_SECONDS = 30


class Messages:
    """`mesh` has history, shown, show, sessions, reach, rooms."""

    def __init__(self, mesh):
        self.mesh = mesh
        self.history = mesh.history
        self.timers = {}  # number of a message to all -> (timer, recipients)

    def start(self) -> None:
        """What is stored and was not shown is shown first (P9.7)."""
        for row in self.history.not_shown():
            self.show_theirs(row["fingerprint"], row["id"], row["kind"], bool(row["letter"]), row["text"])
        for fingerprint, number in self.history.after_a_crash():
            self.mesh.show(f"not delivered to {self.mesh.shown(fingerprint)}: {number}")

    # What we say

    def say(self, fingerprint: str, text: str) -> int:
        number = self.write("you", text, [fingerprint])
        self.mesh.show(f"{number} to {self.mesh.shown(fingerprint)}> {printable(text)}")
        self.deliver(fingerprint)
        return number

    def say_to_all(self, text: str) -> None:
        recipients = self.mesh.active_peers()
        if not recipients:
            self.mesh.show("error: nobody is active; see /peers")
            return
        number = self.write("all", text, recipients)
        self.mesh.show(f"{number} to all> {printable(text)}")
        timer = asyncio.get_running_loop().call_later(ALL_SECONDS, self.give_up, number)
        self.timers[number] = (timer, recipients)
        for fingerprint in recipients:
            self.deliver(fingerprint)

    def say_in_room(self, room, text: str) -> None:
        recipients = [member for member in room.members if member != self.mesh.me.identity.fingerprint]
        number = self.write(room.id, text, recipients)
        self.mesh.show(f"{number} in {self.mesh.rooms.shown(room.id)}> {printable(text)}")
        for fingerprint in recipients:
            self.deliver(fingerprint)

    def write(self, kind: str, text: str, recipients: list[str], message_id: str | None = None) -> int:
        """Onto the disk first: from here on a crash loses nothing."""
        message_id = message_id or secrets.token_hex(16)
        for fingerprint in recipients:
            self.mesh.remember(fingerprint)
        return self.history.add_own_message(message_id, kind, text, recipients, milliseconds())

    def deliver(self, fingerprint: str) -> None:
        session = self.mesh.sessions.get(fingerprint)
        if session is not None:
            self.flush(session)
        else:
            self.mesh.in_background(self.reach_or_queue(fingerprint))

    async def reach_or_queue(self, fingerprint: str) -> None:
        if await self.mesh.reach(fingerprint) is None:
            self.tell_queued(fingerprint)

    def tell_queued(self, fingerprint: str) -> None:
        for number in self.history.untold(fingerprint):
            self.history.set_state(number, fingerprint, "queued", told=True)
            self.mesh.show(f"queued for {self.mesh.shown(fingerprint)}: {number}")

    def flush(self, session: Session) -> None:
        """Send what is queued, in the order of writing."""
        for row in self.history.queued(session.fingerprint, MOST_IN_FLIGHT - len(session.in_flight)):
            if row["kind"] not in ("you", "all") and not self.mesh.rooms.introduce(session, row["kind"]):
                self.fail(row["number"], session.fingerprint)  # the room is gone, or they are no longer in it
                continue
            self.history.set_state(row["number"], session.fingerprint, "sent")
            session.in_flight[row["id"]] = row["number"]
            session.send({"type": "message", "id": row["id"], "to": row["kind"], "text": row["text"]})

    def session_closed(self, session: Session) -> None:
        for number in session.in_flight.values():
            if self.history.state_of(number, session.fingerprint) == "sent":
                self.history.set_state(number, session.fingerprint, "queued")
        session.in_flight.clear()

    def acknowledged(self, session: Session, message: dict) -> None:
        number = self.take_out(session, message)
        if number is not None:
            self.mesh.sessions.noted_right(session.fingerprint)
            self.delivered(number, session.fingerprint)
            self.flush(session)

    def refused(self, session: Session, message: dict) -> None:
        number = self.take_out(session, message)
        if number is not None:
            self.fail(number, session.fingerprint)
            self.flush(session)

    def take_out(self, session: Session, message: dict) -> int | None:
        """The number of the message that is meant; an unknown one is passed over."""
        if not is_id(message.get("id")):
            raise Wrong("no id")
        return session.in_flight.pop(message["id"], None)

    def delivered(self, number: int, fingerprint: str) -> None:
        """By an ack in a session, or by one that came as a letter."""
        if self.history.state_of(number, fingerprint) in ("queued", "sent"):
            self.history.set_state(number, fingerprint, "delivered")
            self.mesh.show(f"delivered to {self.mesh.shown(fingerprint)}: {number}")
        if number in self.timers and all(self.history.state_of(number, recipient) == "delivered"
                                         for recipient in self.timers[number][1]):
            self.timers.pop(number)[0].cancel()

    def fail(self, number: int, fingerprint: str) -> None:
        if self.history.state_of(number, fingerprint) in ("queued", "sent"):
            self.history.set_state(number, fingerprint, "failed")
            self.mesh.show(f"not delivered to {self.mesh.shown(fingerprint)}: {number}")

    def give_up(self, number: int) -> None:
        """P9.7: a message to all is not queued."""
        timer, recipients = self.timers.pop(number)
        timer.cancel()
        for fingerprint in recipients:
            session = self.mesh.sessions.get(fingerprint)
            if session is not None:
                session.in_flight = {key: value for key, value in session.in_flight.items() if value != number}
            self.fail(number, fingerprint)

    def stop(self) -> None:
        """At the end of the program: what becomes of everything that is open."""
        for number in list(self.timers):
            self.give_up(number)
        for fingerprint in self.history.waiting():
            self.tell_queued(fingerprint)

    # What they say

    def received(self, session: Session, message: dict) -> None:
        message_id, to, text = message.get("id"), message.get("to"), message.get("text")
        if not is_id(message_id) or not is_text(text) or not isinstance(to, str):
            raise Wrong("a message of another form")
        fingerprint = session.fingerprint
        if not self.history.has_their_message(fingerprint, message_id):
            if to not in ("you", "all") and not self.mesh.rooms.has_member(to, fingerprint):
                session.send({"type": "refused", "id": message_id})
                return
            self.history.add_their_message(fingerprint, message_id, to, False, text, milliseconds())
            self.show_theirs(fingerprint, message_id, to, False, text)
        session.send({"type": "ack", "id": message_id})

    def show_theirs(self, fingerprint: str, message_id: str, kind: str, letter: bool, text: str) -> None:
        name = self.mesh.shown(fingerprint)
        if letter:
            beginning = f"letter from {name}"
        elif kind == "you":
            beginning = name
        elif kind == "all":
            beginning = f"{name} to all"
        else:
            beginning = f"{name} in {self.mesh.rooms.shown(kind)}"
        self.mesh.show(f"{beginning}> {printable(text)}")
        self.history.note_shown(fingerprint, message_id)
