"""Stage 05: one session with one peer: the connection, the handshake, and what goes to and fro (P9.1 to P9.6)."""

import asyncio
import collections
import dataclasses
import sqlite3

import diffie_hellman
from lan_encoding import is_loopback, parse_address
from lan_identity import Identity, PublicIdentity
from lan_wire import (GROUP, LARGEST_FRAME, FrameReader, Hello, Sealer, Wrong, derive_keys, encode_frame, make_hello,
                      make_proof, read_proof, salt_of)
from lines import READ_SIZE, LineConnection

PING_SECONDS = 15
LOST_SECONDS = 45
GOODBYE_SECONDS = 2  # P3.8
UNREAD_LIMIT = 4 * 1_024 * 1_024
ACKNOWLEDGEMENTS = ("ack", "letter-ack", "chunk-ack", "refused")


@dataclasses.dataclass
class Me:
    """Who we are, for all sessions."""
    identity: Identity
    name: str
    team: str
    team_key: bytes
    address_of: object  # a function: our listening address, as the other side of a connection sees it


class FrameConnection(LineConnection):
    """One TCP connection that carries frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, me: Me):
        super().__init__(reader, writer, LARGEST_FRAME)
        self.team = me.team
        self.own_address = me.address_of(writer.get_extra_info("sockname"))
        self.frames = FrameReader(me.team)

    async def read_token(self) -> str | None:
        """The next frame's token, or None at the end of the stream."""
        await asyncio.sleep(0)  # one peer with thousands of frames in its buffer must let the others have their turn
        while not self.aborted:
            token = self.frames.next_token()
            if token is not None:
                return token
            piece = await self.reader.read(READ_SIZE)
            if not piece:
                return None
            self.frames.push(piece)
        return None

    def write_token(self, token: str) -> None:
        if not self.writer.transport.is_closing():
            self.writer.write(encode_frame(self.own_address, self.team, token))

    def close(self) -> None:
        self.aborted = True
        self.writer.close()


class Keys:
    """What both hellos give: the keys of both directions, and the salt that the proofs sign."""

    def __init__(self, role: str, own: Hello, private_key: int, theirs: Hello):
        self.role = role
        self.other_role = "responder" if role == "initiator" else "initiator"
        tokens = (own.token, theirs.token) if role == "initiator" else (theirs.token, own.token)
        self.salt = salt_of(*tokens)
        keys = derive_keys(diffie_hellman.shared_secret(GROUP, private_key, theirs.public_key), self.salt)
        self.outgoing, self.incoming = map(Sealer, keys if role == "initiator" else reversed(keys))

    def own_proof(self, identity: Identity) -> str:
        return self.outgoing.seal(make_proof(identity, self.role, self.salt))

    def read_proof(self, token: str | None) -> PublicIdentity:
        if token is None:
            raise Ended()
        message = self.incoming.open(token)
        if message["type"] == "error":
            raise Refused()
        return read_proof(message, self.other_role, self.salt)


class Ended(Exception):
    """The other side closed the connection in the middle of the handshake."""


class Refused(Exception):
    """The other side sent an error in place of a proof."""


def draw_hello(me: Me, connection: FrameConnection, to: str) -> tuple[Hello, int]:
    private_key = diffie_hellman.draw_private_key(GROUP)
    public_key = diffie_hellman.public_key_of(GROUP, private_key)
    return make_hello(me.team_key, me.name, me.team, connection.own_address, to, public_key), private_key


def usable_claim(address: str, connection: FrameConnection) -> str | None:
    """The listening address that the other side claims, if it is on the machine that we are connected to."""
    claimed = parse_address(address)[0]
    source = connection.writer.get_extra_info("peername")[0]
    return address if claimed == source or (is_loopback(claimed) and is_loopback(source)) else None


class Lost(Exception):
    """The session ended without a goodbye; the text says why."""


class Session:
    """`owner` is the Sessions that it belongs to. Times are those of the event loop, in seconds."""

    def __init__(self, owner, connection: FrameConnection, keys: Keys, peer: PublicIdentity, hello: Hello, begun: float):
        self.owner = owner
        self.connection = connection
        self.keys = keys
        self.peer = peer
        self.fingerprint = peer.fingerprint
        self.name = hello.name  # as the peer says
        self.address = usable_claim(hello.address, connection)
        self.is_initiator = keys.role == "initiator"
        self.begun = begun
        self.completed = self.heard = self.pinged = asyncio.get_running_loop().time()
        self.state = "open"  # then closing (we said bye) or closed
        self.loss = None  # why we gave the connection up ourselves
        self.replaced = False  # P9.6: another session took its place
        self.pings = collections.deque(maxlen=64)  # what to do when the pong comes
        self.in_flight = {}  # id of a message -> its number; sent here and not acknowledged
        self.letters_open = set()  # (writer, id) of letters that were handed over here and not answered
        self.rooms_sent = set()  # (room, version) that were sent here
        self.finished = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    def send(self, message: dict) -> bool:
        """False when the session has ended."""
        if self.state != "open":
            return False
        self.connection.write_token(self.keys.outgoing.seal(message))
        if self.connection.unread > UNREAD_LIMIT:
            self.give_up("the other side leaves too much unread")
        return True

    async def drained(self) -> None:
        """Wait until the system has taken what was sent."""
        try:
            await self.connection.drain()
        except OSError:
            pass  # the reading side reports it

    def ping(self, when_answered=lambda: None) -> None:
        """What was sent before has been dealt with when the answer comes."""
        self.pinged = asyncio.get_running_loop().time()
        if self.send({"type": "ping"}):
            self.pings.append(when_answered)

    def tick(self, now: float) -> None:
        if now - self.heard >= LOST_SECONDS:
            self.give_up(f"nothing was heard for {LOST_SECONDS} s")
        elif now - self.heard >= PING_SECONDS and now - self.pinged >= PING_SECONDS:
            self.ping()

    def give_up(self, reason: str) -> None:
        self.loss = self.loss or reason
        self.connection.abort()  # the reading side sees the end and reports it

    def replace(self) -> None:
        """P9.6: closed without bye."""
        self.replaced = True
        self.state = "closed"
        self.connection.close()

    async def run(self) -> None:
        """Carry the session to its end, and report that end once."""
        reason = None
        try:
            await self.converse()
        except Wrong:
            reason = "bad-record"
            self.owner.noted_wrong(self.fingerprint)
            self.send({"type": "error", "code": "bad-record"})
        except Lost as loss:
            reason = str(loss)
        except sqlite3.Error as problem:
            reason = f"the history cannot be written: {problem}"
        except OSError:
            reason = "the connection broke"
        finally:
            said_bye = self.state == "closing"
            self.state = "closed"
            self.owner.ended(self, None if said_bye else self.loss or reason)
            self.finished.set()
        await self.connection.close_gently()

    async def converse(self) -> None:
        while True:
            token = await self.connection.read_token()
            if token is None:
                await self.owner.own_call_settled(self.fingerprint)
                raise Lost("the connection ended without a goodbye")
            message = self.keys.incoming.open(token)
            if self.replaced:
                raise Lost("replaced")
            self.heard = asyncio.get_running_loop().time()
            kind = message["type"]
            if kind == "ping":
                self.send({"type": "pong"})
            elif kind == "pong":
                if self.pings:
                    self.pings.popleft()()
            elif kind == "bye":
                self.send({"type": "bye"})
                return
            elif kind == "error":
                self.owner.noted_wrong(self.fingerprint)
                raise Lost("the other side reports bad-record")
            elif self.state == "open" or kind in ACKNOWLEDGEMENTS:  # P3.8: after our bye nothing is shown any more
                self.owner.received(self, message)

    async def say_goodbye(self) -> None:
        """P3.8: bye, end our half, read on for up to 2 s."""
        if self.state == "open":
            self.send({"type": "bye"})
            self.state = "closing"
            self.connection.end_half()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self.finished.wait()
        except TimeoutError:
            self.connection.abort()
            await self.finished.wait()
