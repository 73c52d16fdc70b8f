"""Stage 05: the sockets of discovery, and the beat at which we say that we are here (P8.1, P8.7, P8.8)."""

import asyncio
import collections
import errno
import random
import socket
import sys
import time

from lan_beacons import make_beacon
from lan_encoding import parse_address
from lan_identity import PublicIdentity
from lan_interfaces import own_addresses
from server import CannotListen, address_text

GROUP = "239.255.54.45"
SHARED_PORT = 54_545
PORTS_TRIED = 10
RECEIVE_BUFFER = 1_024 * 1_024
DATAGRAMS_AT_ONCE = 64
ANSWER_MILLISECONDS = 1_000
LOOK_UP_SECONDS = 2


def milliseconds() -> int:
    """The time of day."""
    return int(time.time() * 1_000)


def steady_milliseconds() -> int:
    """A clock that nobody sets."""
    return int(time.monotonic() * 1_000)


def family_of(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def bind_ports(host: str, port: int) -> tuple[socket.socket, dict[str, socket.socket], int]:
    """TCP and UDP on one port (P8.1): a listener, a UDP socket for each own address, and the port."""
    candidates = [port + more for more in range(PORTS_TRIED) if port + more <= 65_535] if port else [0] * PORTS_TRIED
    for candidate in candidates:
        bound = []
        try:
            listener = socket.socket(family_of(host), socket.SOCK_STREAM)
            bound.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, candidate))
            listener.listen(1_024)
            listener.setblocking(False)
            chosen = listener.getsockname()[1]
            own = {}
            for address in own_addresses(host):
                own[address] = open_own_socket(address, chosen)
                bound.append(own[address])
            return listener, own, chosen
        except OSError as problem:
            for opened in bound:
                opened.close()
            if problem.errno != errno.EADDRINUSE:
                raise CannotListen(f"cannot listen on {address_text(host, candidate)}: {problem.strerror}") from None
    last = candidates[-1]
    raise CannotListen(f"the ports {port} to {last} are in use; choose another with --port PORT")


def open_own_socket(address: str, port: int) -> socket.socket:
    """Bound to one address, so that what is sent comes from there, also to the group."""
    own = socket.socket(family_of(address), socket.SOCK_DGRAM)
    try:
        own.setblocking(False)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        if own.family == socket.AF_INET:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
            own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
            own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        own.bind((address, port))
    except OSError:
        own.close()
        raise
    return own


def open_shared_socket() -> socket.socket:
    """All programs of the machine share this port: each gets what comes to the group or by broadcast."""
    shared = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        shared.setblocking(False)
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sys.platform == "darwin":
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        shared.bind(("0.0.0.0", SHARED_PORT))
    except OSError:
        shared.close()
        raise
    return shared


class Discovery:
    """`mesh` has me, gate, directory, directory_events, beacon_heard and note."""

    def __init__(self, mesh, options, port: int, own_sockets: dict[str, socket.socket], session: int):
        self.mesh = mesh
        self.options = options
        self.port = port
        self.own_sockets = own_sockets
        self.session = session
        self.seq = 0
        self.shared = None
        self.joined = set()
        self.broadcasts = own_addresses(options.host)
        self.stopped = False
        self.task = None
        self.sent = collections.Counter()  # (own address, kind) -> datagrams, for /doctor
        self.received = collections.Counter()  # (own address or `shared`, `own`, `accepted` or `dropped`) -> datagrams
        self.problems = {}  # (own address, kind) -> what the system said last
        # --no-discovery sends nothing but to each --peer, and hears nothing if there is none.
        self.listens = not options.no_discovery or bool(options.peer)

    def start(self) -> None:
        if not self.listens:
            return
        for address, own in self.own_sockets.items():
            self.listen(own, address)
        self.task = asyncio.create_task(self.beat())

    def listen(self, opened: socket.socket, place: str) -> None:
        asyncio.get_running_loop().add_reader(opened, self.readable, opened, place)

    # Hearing

    def readable(self, opened: socket.socket, place: str) -> None:
        for _ in range(DATAGRAMS_AT_ONCE):  # then others have their turn
            try:
                datagram, source = opened.recvfrom(65_535)
            except OSError:  # nothing more, or an ICMP message
                return
            self.receive(datagram, source[0], place)

    def receive(self, datagram: bytes, source: str, place: str) -> None:
        reason, beacon = self.mesh.gate.judge(datagram, source, milliseconds(), steady_milliseconds())
        kind = {"accept": "accepted", "own": "own"}.get(reason, "dropped")
        self.received[place, kind] += 1
        if beacon is not None:
            self.accept(beacon, place == "shared")

    def accept(self, beacon, shared: bool) -> None:
        key = PublicIdentity(beacon.key)
        now = steady_milliseconds()
        if beacon.type == "bye":
            self.mesh.directory_events(self.mesh.directory.goodbye(key.fingerprint, now))
            return
        events, is_new = self.mesh.directory.heard(key, beacon, shared, now)
        self.mesh.beacon_heard(key.fingerprint, beacon.name, events, is_new)
        peer = self.mesh.directory.peers[key.fingerprint]
        if is_new and now - peer.answered >= ANSWER_MILLISECONDS:
            peer.answered = now
            self.answer(beacon.address)

    # Saying

    def answer(self, address: str) -> None:
        """P8.8: at once, from the own address that is the nearest."""
        host, port = parse_address(address)
        own = self.nearest(host)
        if own is not None and not self.stopped:
            self.send(own, self.token(own, "beacon"), (host, port), "direct")

    def nearest(self, host: str) -> str | None:
        """The own address from which the system would send to this host."""
        for own in self.own_sockets:
            if own == host:
                return own
        try:
            with socket.socket(family_of(host), socket.SOCK_DGRAM) as probe:
                probe.connect((host, SHARED_PORT))  # nothing is sent by that
                chosen = probe.getsockname()[0]
        except OSError:
            chosen = None
        if chosen in self.own_sockets:
            return chosen
        return next((own for own in self.own_sockets if family_of(own) == family_of(host)), None)

    def token(self, own: str, kind: str) -> bytes:
        self.seq += 1
        me = self.mesh.me
        content = {"type": kind, "name": me.name, "team": me.team, "address": address_text(own, self.port),
                   "session": self.session, "seq": self.seq}
        return make_beacon(me.identity, me.team_key, content, milliseconds())

    def send(self, own: str, token: bytes, destination: tuple[str, int], kind: str) -> None:
        try:
            self.own_sockets[own].sendto(token, destination)
            self.sent[own, kind] += 1
            self.problems.pop((own, kind), None)
        except OSError as problem:
            self.problems[own, kind] = problem.strerror or str(problem)

    async def beat(self) -> None:
        while True:
            self.refresh()
            peers = await self.named_peers()
            self.say("beacon", peers)
            await asyncio.sleep(self.options.beacon * random.uniform(0.9, 1.1))

    def say(self, kind: str, peers: list[tuple[str, int]]) -> None:
        for own in list(self.own_sockets):
            token = self.token(own, kind)
            for destination, way in self.destinations(own, peers):
                if family_of(destination[0]) == family_of(own):
                    self.send(own, token, destination, way)

    def destinations(self, own: str, peers: list[tuple[str, int]]) -> list[tuple[tuple[str, int], str]]:
        """P8.7: the group, the network's broadcast address, each --peer, and who is not heard on the shared port."""
        places = {}
        if not self.options.no_discovery:
            places[GROUP, SHARED_PORT] = "group"
            if self.broadcasts.get(own) is not None:
                places[self.broadcasts[own], SHARED_PORT] = "broadcast"
        for peer in peers:
            places.setdefault(peer, "direct")
        now = steady_milliseconds()
        for peer in self.mesh.directory.peers.values():
            unheard = peer.heard_shared is None or now - peer.heard_shared > self.mesh.directory.silent_after
            if unheard and not peer.left and peer.addresses:
                places.setdefault(parse_address(peer.newest_addresses()[0]), "direct")
        return list(places.items())

    async def named_peers(self) -> list[tuple[str, int]]:
        """The addresses of each --peer; a name is looked up anew at every beat."""
        found = []
        for host, port in self.options.peer:
            try:
                async with asyncio.timeout(LOOK_UP_SECONDS):
                    entries = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
                found.append(entries[0][4][:2])
                self.problems.pop(("--peer", host), None)
            except (OSError, UnicodeError) as problem:
                self.problems["--peer", host] = getattr(problem, "strerror", None) or "it is not found"
        return found

    def refresh(self) -> None:
        """Addresses come and go: sockets follow them."""
        try:
            self.broadcasts = own_addresses(self.options.host)
        except OSError:
            return
        for address in set(self.own_sockets) - set(self.broadcasts):
            asyncio.get_running_loop().remove_reader(self.own_sockets[address])
            self.own_sockets.pop(address).close()
            self.joined.discard(address)
        for address in set(self.broadcasts) - set(self.own_sockets):
            try:
                self.own_sockets[address] = open_own_socket(address, self.port)
                self.listen(self.own_sockets[address], address)
            except OSError as problem:
                self.problems[address, "socket"] = problem.strerror or str(problem)
        if not self.options.no_discovery:
            self.share()

    def share(self) -> None:
        try:
            if self.shared is None:
                self.shared = open_shared_socket()
                self.listen(self.shared, "shared")
        except OSError as problem:
            if ("shared", "socket") not in self.problems:
                self.mesh.note(f"port {SHARED_PORT} cannot be shared, so nobody is found by it: {problem.strerror}")
            self.problems["shared", "socket"] = problem.strerror or str(problem)
            return
        self.problems.pop(("shared", "socket"), None)
        for address in set(self.own_sockets) - self.joined:
            if family_of(address) == socket.AF_INET:
                self.join(address)

    def join(self, address: str) -> None:
        try:
            self.shared.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                                   socket.inet_aton(GROUP) + socket.inet_aton(address))
            self.joined.add(address)
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:  # joined already on that interface
                self.joined.add(address)
            else:
                self.problems[address, "join"] = problem.strerror or str(problem)

    async def stop(self) -> None:
        """P8.9: the goodbyes, and nothing after them."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})
            try:
                async with asyncio.timeout(1):
                    peers = await self.named_peers()
            except TimeoutError:
                peers = []
            self.stopped = True
            self.say("bye", peers)
        loop = asyncio.get_running_loop()
        for opened in [*self.own_sockets.values(), *([self.shared] if self.shared else [])]:
            loop.remove_reader(opened)
            opened.close()
