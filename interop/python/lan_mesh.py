"""Stage 05: one peer with all its parts: who is found, who is trusted, what is said (P8, P9)."""

import asyncio
import collections

from lan_beacons import Gate
from lan_directory import Directory
from lan_discovery import Discovery, milliseconds, steady_milliseconds
from lan_encoding import parse_address
from lan_files import Files
from lan_history import History
from lan_identity import Identity, PublicIdentity, safety_number
from lan_messages import Messages
from lan_names import Names
from lan_post import Post
from lan_rooms import Rooms
from lan_session import Me, Session
from lan_sessions import CallError, Sessions
from lan_trust import Trust
from lan_wire import Wrong
from lines import READ_SIZE
from server import address_text

REACH_SECONDS = 5  # P9.8
RETRY_SECONDS = 10  # for who is active; who is not is tried at their last address once a minute
RETRY_ABSENT_SECONDS = 60
CHANGED_KEYS = 64  # remembered for /trust
REFUSAL_SECONDS = 60  # what an insider can repeat is said once a minute
MOST_SAID = 1_024


class Mesh:
    def __init__(self, options, identity: Identity, team_key: bytes, history: History, terminal):
        self.options = options
        self.access = options.access
        self.history = history
        self.show = terminal.show  # one event, one line
        self.note = terminal.note  # what is worth knowing goes to standard error (P8.1)
        self.warn = terminal.warn  # the same, in just these words
        self.port = None
        self.me = Me(identity, options.name, options.team, team_key, self.own_address)
        self.names = Names(options.name, identity.fingerprint)
        self.trust = Trust(history, self.names)
        self.directory = Directory(options.beacon, options.inactive, self.trust.is_pinned)
        self.gate = Gate(identity.fingerprint, options.team, team_key, self.directory, self.warn)
        self.sessions = Sessions(self.me, self)
        self.rooms = Rooms(self)
        self.messages = Messages(self)
        self.post = Post(self)
        self.files = Files(self, options.data)
        self.discovery = None
        self.calls = {}  # fingerprint -> the task that calls it
        self.next_try = {}  # fingerprint -> when it may be called by itself again after nobody answered
        self.changed = collections.OrderedDict()  # fingerprint -> (key, name): refused, for /trust
        self.said = {}  # what was said once and is not repeated for a while -> when
        self.ticking = None
        self.server = None

    # Small things that all parts need

    def is_repeated(self, text: str) -> bool:
        """Whether this was said within the last minute; if not, it counts as said now."""
        if text in self.said or len(self.said) >= MOST_SAID:
            return True
        self.said[text] = asyncio.get_running_loop().time()
        return False

    def shown(self, fingerprint: str) -> str:
        return self.names.shown(fingerprint)

    def in_background(self, work) -> asyncio.Task:
        return self.sessions.in_background(work)

    def own_address(self, socket_name) -> str:
        """What stands in our frames: --host, or the address that the connection has on this machine."""
        host = self.options.host if self.options.host != "0.0.0.0" else socket_name[0]
        return address_text(host, self.port)

    def key_of(self, fingerprint: str) -> tuple[PublicIdentity, str] | None:
        """A key that we have seen, and the name that goes with it."""
        known, peer = self.trust.keys.get(fingerprint), self.directory.peers.get(fingerprint)
        if known is not None:
            return known.key, known.name
        if peer is not None:
            return peer.key, peer.name
        return self.changed.get(fingerprint)

    def remember(self, fingerprint: str) -> None:
        """The user has to do with this key: it is kept, pinned or not."""
        seen = self.key_of(fingerprint)
        if seen is not None and fingerprint not in self.trust.keys:
            self.trust.note(*seen)
            addresses = self.directory.peers[fingerprint].newest_addresses() if fingerprint in self.directory.peers else []
            for address in addresses[:1]:
                self.history.save_address(fingerprint, address)

    def active_peers(self) -> list[str]:
        """Who is active and may have a session with us."""
        return [fingerprint for fingerprint in self.directory.active() if self.may_meet(fingerprint)]

    def may_meet(self, fingerprint: str) -> bool:
        seen = self.key_of(fingerprint)
        return seen is None or self.trust.judge(fingerprint, self.name_said(fingerprint, seen[1]), self.access) in (
            "welcome", "first")

    def name_said(self, fingerprint: str, otherwise: str) -> str:
        peer = self.directory.peers.get(fingerprint)
        return peer.name if peer is not None else otherwise

    # Start and end

    async def start(self, listener, own_sockets: dict, port: int) -> None:
        self.port = port
        self.messages.start()
        session = self.history.next_session(milliseconds())
        if session > milliseconds() + 30_000:
            self.note("the clock was later when this folder was last used: others drop our beacons until it is again")
        self.discovery = Discovery(self, self.options, port, own_sockets, session)
        self.server = await asyncio.start_server(self.sessions.receive_call, sock=listener, limit=READ_SIZE,
                                                 backlog=1_024)
        self.discovery.start()
        self.ticking = asyncio.create_task(self.tick_forever())

    async def tick_forever(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(1)
            ticks += 1
            now = steady_milliseconds()
            self.directory_events(self.directory.tick(now))
            self.gate.tick(now)
            self.sessions.tick()
            self.said = {text: at for text, at in self.said.items()
                         if asyncio.get_running_loop().time() - at < REFUSAL_SECONDS}
            if ticks % 5 == 0:
                self.call_who_is_wanted()
            if ticks % 3_600 == 1:
                self.post.tick()

    async def stop(self) -> None:
        self.ticking.cancel()
        self.server.close()
        await self.discovery.stop()
        await self.sessions.close()
        self.messages.stop()

    # Discovery

    def beacon_heard(self, fingerprint: str, name: str, events: list, is_new: bool) -> None:
        self.names.heard[fingerprint] = name
        self.directory_events(events)
        if is_new or any(kind == "found" for kind, _ in events):
            self.next_try.pop(fingerprint, None)  # back: whatever failed before counts no more
        shown = self.shown(fingerprint)
        if "#" in shown and not self.trust.is_pinned(fingerprint) and not self.is_repeated(f"warning {fingerprint}"):
            if any(kind == "found" for kind, _ in events):
                self.warn(f"warning: another key says that it is {name}; it is shown as {shown}")
        self.call_if_wanted(fingerprint)

    def directory_events(self, events: list) -> None:
        for kind, fingerprint in events:
            name = self.shown(fingerprint)
            if kind == "silent":
                self.show(f"left: {name} (silent)")
            else:
                self.show(f"{kind}: {name}")
            if kind == "forgotten":
                self.names.heard.pop(fingerprint, None)

    # Trust

    def judge(self, peer: PublicIdentity, name: str, called: bool) -> bool:
        """P9.4, P9.5: may this key, which was proved, have a session under this name?"""
        verdict = self.trust.judge(peer.fingerprint, name, self.access)
        if verdict == "changed":
            self.note_changed(peer, name, called)
        elif verdict == "refused" and (called or not self.is_repeated(f"refused {peer.fingerprint}")):
            self.note(f"a session with {name}#{peer.fingerprint[:4]} was refused: see /access, /block and /allow")
        return verdict in ("welcome", "first")

    def note_changed(self, peer: PublicIdentity, name: str, called: bool) -> None:
        self.changed[peer.fingerprint] = (peer, name)
        self.changed.move_to_end(peer.fingerprint)
        if peer.fingerprint not in self.trust.keys:
            self.names.remembered[peer.fingerprint] = name
        if len(self.changed) > CHANGED_KEYS:
            oldest, _ = self.changed.popitem(last=False)
            if oldest not in self.trust.keys:
                self.names.remembered.pop(oldest, None)
        if called or not self.is_repeated(f"changed {peer.fingerprint}"):
            self.show(f"error: the key of {self.shown(self.names.pinned_to(name))} has changed")
            self.show_safety_number(peer)

    def show_safety_number(self, peer: PublicIdentity) -> None:
        number = safety_number(self.me.identity.der, peer.der)
        self.show(f"safety number with {self.shown(peer.fingerprint)}: {number}")

    def pin(self, peer: PublicIdentity, name: str) -> None:
        self.trust.pin(peer, name)
        self.changed.pop(peer.fingerprint, None)
        self.show(f"new key for {self.shown(peer.fingerprint)}")
        self.show_safety_number(peer)

    # Sessions

    def reached(self, peer: PublicIdentity, address: str) -> None:
        """A call to this address came to this key."""
        known = self.directory.peers.get(peer.fingerprint)
        if known is not None and parse_address(address) is not None:
            known.add_address(address, steady_milliseconds())
            self.history.save_address(peer.fingerprint, address)

    def session_opened(self, session: Session, quietly: bool) -> None:
        fingerprint = session.fingerprint
        is_first = not self.trust.is_pinned(fingerprint)
        if is_first and self.trust.judge(fingerprint, session.name, self.access) != "first":
            session.give_up("another key has just been pinned to that name")
            return
        if is_first:
            self.names.pinned[fingerprint] = session.name  # so that it is shown under its name from the first line on
        self.directory.session_opened(session.peer, session.name, session.address, steady_milliseconds())
        if not quietly:
            self.show(f"connected to {self.shown(fingerprint)}")
        if is_first:
            self.pin(session.peer, session.name)
        elif session.name.lower() != self.trust.keys[fingerprint].name.lower():
            if not self.is_repeated(f"renamed {fingerprint} {session.name}"):
                self.show(f"{self.shown(fingerprint)} is now called {session.name}")
        if session.address is not None:
            self.history.save_address(fingerprint, session.address)
        self.rooms.session_opened(session)
        self.messages.flush(session)
        self.post.session_opened(session)
        self.files.session_opened(session)

    def session_closed(self, session: Session, reason: str | None, quietly: bool) -> None:
        self.messages.session_closed(session)
        self.post.session_closed(session)
        self.files.session_closed(session)
        followed = session.replaced or self.sessions.get(session.fingerprint) is not None
        if not followed:
            self.directory.session_closed(session.fingerprint, steady_milliseconds())
        if not quietly:
            self.show(f"disconnected from {self.shown(session.fingerprint)}" + (f": {reason}" if reason else ""))
        if not followed:
            self.messages.tell_queued(session.fingerprint)
        elif self.sessions.get(session.fingerprint) is not None:
            self.messages.flush(self.sessions.get(session.fingerprint))

    def received(self, session: Session, message: dict) -> None:
        handlers = {"message": self.messages.received, "ack": self.messages.acknowledged,
                    "refused": self.messages.refused, "letter": self.post.received,
                    "letter-ack": self.post.acknowledged, "room": self.rooms.received, "offer": self.files.offered,
                    "accept": self.files.accepted, "refuse": self.files.was_refused, "chunk": self.files.piece,
                    "chunk-ack": self.files.piece_acknowledged, "cancel": self.files.cancelled}
        handler = handlers.get(message["type"])
        if handler is None:
            raise Wrong("an object of a type that does not exist")
        handler(session, message)

    # Calls

    def addresses_of(self, fingerprint: str) -> list[str]:
        peer = self.directory.peers.get(fingerprint)
        addresses = peer.newest_addresses() if peer is not None else []
        saved = self.history.saved_address(fingerprint)
        return [*addresses, saved] if saved is not None and saved not in addresses else addresses

    async def reach(self, fingerprint: str) -> Session | None:
        """The session with this key, opened if need be, within 5 s; None if there is none then."""
        session = self.sessions.get(fingerprint)
        if session is not None or fingerprint == self.me.identity.fingerprint:
            return session
        if not self.sessions.may_call(fingerprint) or not self.may_meet(fingerprint):
            return None
        await asyncio.wait({self.call_in_background(fingerprint)}, timeout=REACH_SECONDS)
        return self.sessions.get(fingerprint)

    def call_in_background(self, fingerprint: str) -> asyncio.Task:
        if fingerprint not in self.calls:
            self.calls[fingerprint] = self.in_background(self.call_peer(fingerprint))
        return self.calls[fingerprint]

    async def call_peer(self, fingerprint: str) -> str | None:
        """None if it succeeded, else why not."""
        try:
            await self.sessions.call(self.addresses_of(fingerprint), fingerprint)
            return None
        except CallError as problem:
            return str(problem)
        finally:
            self.calls.pop(fingerprint, None)

    def wants(self, fingerprint: str) -> bool:
        """Whether something waits for this key."""
        return (self.history.has_queued(fingerprint) or bool(self.history.letters_to(fingerprint))
                or bool(self.rooms.untold(fingerprint)) or bool(self.files.of(fingerprint, own=True)))

    def call_if_wanted(self, fingerprint: str) -> None:
        """P9.8: what waits is sent when the peer is back."""
        now = asyncio.get_running_loop().time()
        if (self.sessions.closing or self.sessions.get(fingerprint) is not None or fingerprint in self.calls
                or now < self.next_try.get(fingerprint, 0) or not self.addresses_of(fingerprint)
                or not self.wants(fingerprint)):
            return
        peer = self.directory.peers.get(fingerprint)
        is_active = peer is not None and peer.active
        self.next_try[fingerprint] = now + (RETRY_SECONDS if is_active else RETRY_ABSENT_SECONDS)
        self.in_background(self.reach(fingerprint))

    def call_who_is_wanted(self) -> None:
        waiting = {*self.history.waiting(), *self.history.letter_recipients(),
                   *(transfer.fingerprint for transfer in self.files.transfers.values() if transfer.is_own),
                   *(member for room in self.rooms.rooms.values() if room.maker == self.me.identity.fingerprint
                     for member in room.members)}
        for fingerprint in waiting - {self.me.identity.fingerprint}:
            self.call_if_wanted(fingerprint)
        self.next_try = {key: at for key, at in self.next_try.items() if key in waiting}

    async def connect(self, called: str) -> None:
        """/connect: who is to be called is a fingerprint or an address. It does not wait for P9.4's pauses."""
        if ":" in called:
            try:
                await self.sessions.call([called], None)
            except CallError as problem:
                self.show(f"error: {problem}")
            return
        if self.sessions.get(called) is not None:
            self.show(f"connected to {self.shown(called)}")
            return
        problem = await self.call_in_background(called)
        if problem is not None:
            self.show(f"error: {self.shown(called)} cannot be reached: {problem}")

    async def end_session(self, fingerprint: str) -> None:
        session = self.sessions.get(fingerprint)
        if session is not None:
            await session.say_goodbye()
