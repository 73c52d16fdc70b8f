"""Stage 05: all sessions: calls that come in and go out, their limits, and what happens when two cross (P9.2, P9.4, P9.6)."""

import asyncio
import collections
import random
import sqlite3
import time

from lan_beacons import RateLimit
from lan_encoding import fingerprint_bytes, is_loopback
from lan_identity import PublicIdentity
from lan_session import Ended, FrameConnection, Keys, Me, Refused, Session, draw_hello
from lan_wire import Hello, Wrong, read_hello
from lines import READ_SIZE

CONNECT_SECONDS = 5
CONNECT_SECONDS_OF_SEVERAL = 2  # an address of many must not use up all the time
HANDSHAKE_SECONDS = 10
CALLS_AGAIN = 3  # of a key whose side closed without a word: it may have had too many hellos at once (P9.2)
CALLS_AGAIN_SECONDS = 3
SETTLING_SECONDS = 1
KEPT_NONCES = 4_096
MOST_SESSIONS = 512
UNPROVED = 64
UNPROVED_FROM_ONE = 16
FIRST_PAUSE = 60  # seconds, P9.4
LONGEST_PAUSE = 3_600
KEPT_PAUSES = 1_024
BAD_RECORD = {"type": "error", "code": "bad-record"}


class CallError(Exception):
    """A call came to nothing; the text is one line for the user."""


class ClosedWithoutAWord(CallError):
    pass


class LastOnes(collections.OrderedDict):
    """A set that keeps only so many of the latest."""

    def __init__(self, most: int):
        super().__init__()
        self.most = most

    def add(self, item) -> None:
        self[item] = None
        if len(self) > self.most:
            self.popitem(last=False)


class Sessions:
    """`mesh` has judge, session_opened, session_closed and received."""

    def __init__(self, me: Me, mesh):
        self.me = me
        self.mesh = mesh
        self.sessions = {}  # fingerprint -> Session, the open ones
        self.tasks = set()
        self.unproved = {}  # connection that came in -> its host, the oldest first
        self.answered = LastOnes(KEPT_NONCES)
        self.own_hellos = LastOnes(2 * KEPT_NONCES)  # our nonces and public keys
        self.hellos = RateLimit(from_one=8, in_all=32)
        self.pauses = LastOnes(KEPT_PAUSES)  # fingerprint -> (seconds, until when it is not called by itself)
        self.closing = False

    def get(self, fingerprint: str) -> Session | None:
        session = self.sessions.get(fingerprint)
        return session if session is not None and session.is_open else None

    def all(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.is_open]

    def in_background(self, work) -> asyncio.Task:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    # Calls that come in

    async def receive_call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.in_background(asyncio.current_task())
        begun = asyncio.get_running_loop().time()
        try:
            host = writer.get_extra_info("peername")[0]
            connection = FrameConnection(reader, writer, self.me)
        except (TypeError, OSError):  # it has gone already
            writer.close()
            return
        self.admit(connection, host)
        session = None
        keys = None
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                hello, keys = await self.answer_hello(connection, host)
                peer = keys.read_proof(await connection.read_token())
                self.check_peer(peer, hello, None, outgoing=False)
                if hello.to not in ("", self.me.identity.fingerprint):
                    raise Wrong("the call was meant for another key")
                connection.write_token(keys.own_proof(self.me.identity))
                session = Session(self, connection, keys, peer, hello, begun)
        except (Wrong, sqlite3.Error):
            if keys is not None:  # before the hellos not a word
                connection.write_token(keys.outgoing.seal(BAD_RECORD))
                await connection.close_gently()
        except (Ended, Refused, OSError):  # TimeoutError is an OSError
            pass
        finally:
            self.unproved.pop(connection, None)
            if session is None:
                connection.close()
        if session is not None:
            self.begin(session)

    def admit(self, connection: FrameConnection, host: str) -> None:
        """P9.2: so many without a proof; a new one pushes out the oldest."""
        neighbours = [other for other, their_host in self.unproved.items() if their_host == host]
        if not is_loopback(host) and len(neighbours) >= UNPROVED_FROM_ONE:
            self.push_out(neighbours[0])
        elif len(self.unproved) >= UNPROVED:
            self.push_out(next(iter(self.unproved)))
        self.unproved[connection] = host

    def push_out(self, connection: FrameConnection) -> None:
        del self.unproved[connection]
        connection.abort()

    async def answer_hello(self, connection: FrameConnection, host: str) -> tuple[Hello, Keys]:
        token = await connection.read_token()
        if token is None or self.closing or len(self.sessions) >= MOST_SESSIONS:
            raise Ended()
        hello = read_hello(self.me.team_key, self.me.team, token, from_responder=False)
        if hello.nonce in self.answered or hello.nonce in self.own_hellos or hello.public_key in self.own_hellos:
            raise Wrong("a hello that was answered, or our own")
        if not self.hellos.allows(host, int(1_000 * time.monotonic())):
            raise Wrong("too many hellos")
        self.answered.add(hello.nonce)
        own, private_key = self.draw_hello(connection, "")
        connection.write_token(own.token)
        return hello, Keys("responder", own, private_key, hello)

    def draw_hello(self, connection: FrameConnection, to: str) -> tuple[Hello, int]:
        own, private_key = draw_hello(self.me, connection, to)
        self.own_hellos.add(own.nonce)
        self.own_hellos.add(own.public_key)
        return own, private_key

    def check_peer(self, peer: PublicIdentity, hello: Hello, called: str | None, outgoing: bool) -> None:
        """P9.4: the proof was right; may this key have a session?"""
        if peer.fingerprint == self.me.identity.fingerprint:
            raise Wrong("our own key")
        if called is not None and peer.fingerprint != called:
            raise Wrong("another key than the one called")
        if not self.mesh.judge(peer, hello.name, outgoing):
            raise Wrong("this key may not have a session")

    # Calls that go out

    async def call(self, addresses: list[str], called: str | None) -> Session:
        """Call a key at its addresses, or whoever is at one address. CallError if it comes to nothing."""
        begun = asyncio.get_running_loop().time()
        again = 0
        while True:
            try:
                return await self.call_each(addresses, called)
            except ClosedWithoutAWord:
                again += 1
                if called is None or again > CALLS_AGAIN:
                    raise
                if asyncio.get_running_loop().time() - begun > CALLS_AGAIN_SECONDS:
                    raise
            await asyncio.sleep(random.uniform(0.5, 1.5))
            if self.get(called) is not None:
                return self.get(called)

    async def call_each(self, addresses: list[str], called: str | None) -> Session:
        problem = CallError("no address is known")
        patience = CONNECT_SECONDS if len(addresses) == 1 else CONNECT_SECONDS_OF_SEVERAL
        for address in addresses:
            try:
                return await self.call_address(address, called, patience)
            except CallError as error:
                problem = error
            if called is not None and self.get(called) is not None:
                return self.get(called)  # the other side called at the same time, and its call stands
        raise problem

    async def call_address(self, address: str, called: str | None, patience: float) -> Session:
        begun = asyncio.get_running_loop().time()
        host, _, port = address.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        try:
            async with asyncio.timeout(patience):
                reader, writer = await asyncio.open_connection(host, int(port), limit=READ_SIZE)
        except (OSError, ValueError):  # UnicodeError is a ValueError
            raise CallError(f"nobody answers at {address}") from None
        connection = FrameConnection(reader, writer, self.me)
        keys = None
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                hello, keys = await self.say_hello(connection, called)
                standing = self.standing_instead(called, address)
                if standing is not None:
                    connection.close()
                    return standing
                connection.write_token(keys.own_proof(self.me.identity))
                peer = keys.read_proof(await connection.read_token())
                self.check_peer(peer, hello, called, outgoing=True)
        except Wrong:
            if keys is not None:
                connection.write_token(keys.outgoing.seal(BAD_RECORD))
                self.noted_wrong(called)
                self.in_background(connection.close_gently())
                raise CallError(f"who answers at {address} may not have a session") from None
            connection.close()
            raise CallError(f"who answers at {address} is no peer of this team") from None
        except Refused:
            self.noted_wrong(called)
            connection.close()
            raise CallError(f"who answers at {address} refused the session") from None
        except Ended:
            connection.close()
            if keys is None:
                words = "closed without a word: another team or passphrase?"
                raise ClosedWithoutAWord(f"who answers at {address} {words}") from None
            raise CallError(f"who answers at {address} broke off") from None
        except TimeoutError:
            connection.abort()
            raise CallError(f"who answers at {address} took too long for the handshake") from None
        except OSError:
            connection.abort()
            raise CallError(f"the connection to {address} broke") from None
        session = Session(self, connection, keys, peer, hello, begun)
        self.begin(session)
        self.mesh.reached(peer, address)
        return self.get(peer.fingerprint) or session

    def standing_instead(self, called: str | None, address: str) -> Session | None:
        """The session that was opened by the other side meanwhile, and stands although ours crosses it: a proof of ours
        that comes to them now would look like a new session."""
        theirs = (self.get(called) if called is not None
                  else next((one for one in self.all() if one.address == address), None))
        if theirs is None or (not theirs.is_initiator and self.is_smaller_than(theirs.fingerprint)):
            return None
        return theirs

    async def say_hello(self, connection: FrameConnection, called: str | None) -> tuple[Hello, Keys]:
        own, private_key = self.draw_hello(connection, called or "")
        connection.write_token(own.token)
        token = await connection.read_token()
        if token is None:
            raise Ended()
        hello = read_hello(self.me.team_key, self.me.team, token, from_responder=True)
        if hello.nonce in self.own_hellos or hello.public_key in self.own_hellos:
            raise Wrong("our own hello came back")
        return hello, Keys("initiator", own, private_key, hello)

    # Two sessions with one peer (P9.6)

    def begin(self, session: Session) -> None:
        """Both proofs were right: the session begins, or gives way to the one that there is."""
        try:
            stays = self.install(session)
        except sqlite3.Error as problem:
            self.sessions.pop(session.fingerprint, None)
            session.give_up(f"the history cannot be written: {problem}")
            self.mesh.show(f"error: {session.loss}")
            return
        if stays:
            self.in_background(session.run())
        else:
            session.state = "closed"
            self.in_background(session.connection.close_gently())

    def install(self, session: Session) -> bool:
        """False if the session that there is stays."""
        existing = self.sessions.get(session.fingerprint)
        crossing = False
        if existing is not None and existing.is_open:
            crossing = session.begun < existing.completed and session.is_initiator != existing.is_initiator
            if crossing and session.is_initiator != self.is_smaller_than(session.fingerprint):
                return False
            existing.replace()
        if self.closing:
            return False
        self.sessions[session.fingerprint] = session
        if existing is not None and existing.replaced:
            self.mesh.session_closed(existing, "replaced by a new session", quietly=crossing)
        self.mesh.session_opened(session, quietly=crossing)
        return True

    def is_smaller_than(self, fingerprint: str) -> bool:
        return fingerprint_bytes(self.me.identity.fingerprint) < fingerprint_bytes(fingerprint)

    # What sessions report

    def received(self, session: Session, message: dict) -> None:
        self.mesh.received(session, message)

    async def own_call_settled(self, fingerprint: str) -> None:
        """If calls cross, the end of one may be seen before the other is complete: that is no loss."""
        call = self.mesh.calls.get(fingerprint)
        if call is not None:
            await asyncio.wait({call}, timeout=SETTLING_SECONDS)

    def ended(self, session: Session, reason: str | None) -> None:
        if self.sessions.get(session.fingerprint) is session:
            del self.sessions[session.fingerprint]
        if not session.replaced:
            self.mesh.session_closed(session, reason, quietly=False)

    def noted_wrong(self, fingerprint: str | None) -> None:
        """P9.4: this key is called by itself again only after 60 s, and twice as long each time."""
        if fingerprint is not None:
            pause = min(2 * self.pauses[fingerprint][0], LONGEST_PAUSE) if fingerprint in self.pauses else FIRST_PAUSE
            self.pauses.add(fingerprint)
            self.pauses[fingerprint] = (pause, asyncio.get_running_loop().time() + pause)

    def noted_right(self, fingerprint: str) -> None:
        self.pauses.pop(fingerprint, None)

    def may_call(self, fingerprint: str) -> bool:
        pause = self.pauses.get(fingerprint)
        return pause is None or asyncio.get_running_loop().time() >= pause[1]

    def tick(self) -> None:
        now = asyncio.get_running_loop().time()
        for session in self.all():
            session.tick(now)

    async def close(self) -> None:
        """Goodbye to everybody."""
        self.closing = True
        for connection in list(self.unproved):
            connection.abort()
        await asyncio.gather(*(session.say_goodbye() for session in self.all()), return_exceptions=True)
        if self.tasks:
            await asyncio.wait(set(self.tasks) - {asyncio.current_task()}, timeout=1)
