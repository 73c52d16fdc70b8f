"""Stage 05: who is known in the network, where, and who of them is active (P8.9, P8.10)."""

import dataclasses

from lan_beacons import Beacon
from lan_encoding import is_loopback, parse_address
from lan_identity import PublicIdentity

MOST_PEERS = 256  # that are not pinned
MOST_FROM_ONE_ADDRESS = 32
MOST_ADDRESSES = 8
BEATS = 3


@dataclasses.dataclass
class KnownPeer:
    key: PublicIdentity
    name: str
    since: int  # when its present state began, in milliseconds
    heard: int  # when anything was last heard of it
    heard_shared: int | None = None  # the same, on the shared port
    active: bool = True
    announced: bool = False  # its beacon was shown as `found`
    has_session: bool = False
    session: int = -1  # the number of its last session of beacons
    left: bool = False  # it has said goodbye in that session
    addresses: dict = dataclasses.field(default_factory=dict)  # address -> when it was last heard there
    answered: int = -1_000  # when its beacon was last answered

    @property
    def hosts(self) -> set[str]:
        return {parse_address(address)[0] for address in self.addresses}

    def newest_addresses(self) -> list[str]:
        return sorted(self.addresses, key=self.addresses.get, reverse=True)

    def add_address(self, address: str, now: int) -> None:
        self.addresses[address] = now
        if len(self.addresses) > MOST_ADDRESSES:
            del self.addresses[min(self.addresses, key=self.addresses.get)]


class Directory:
    """Times are in milliseconds. What the user is to be told is returned as events: (word, fingerprint)."""

    def __init__(self, beat: float, inactive: float, is_pinned):
        self.silent_after = int(BEATS * beat * 1_000)
        self.forgotten_after = int(inactive * 1_000)
        self.is_pinned = is_pinned
        self.peers = {}  # fingerprint -> KnownPeer

    def knows(self, fingerprint: str) -> bool:
        return fingerprint in self.peers

    def has_place(self, fingerprint: str, host: str) -> bool:
        return self.knows(fingerprint) or self.is_pinned(fingerprint) or self.places(host) is not None

    def places(self, host: str) -> list[str] | None:
        """Whom a new peer from this host pushes out: nobody, somebody silent, or None if there is no place."""
        unpinned = {key: peer for key, peer in self.peers.items() if not self.is_pinned(key)}
        neighbours = [key for key, peer in unpinned.items() if host in peer.hosts]
        if not is_loopback(host) and len(neighbours) >= MOST_FROM_ONE_ADDRESS:
            candidates = neighbours
        elif len(unpinned) >= MOST_PEERS:
            candidates = list(unpinned)
        else:
            return []
        silent = [key for key in candidates if not unpinned[key].active]
        return [min(silent, key=lambda key: unpinned[key].heard)] if silent else None

    def make_place(self, fingerprint: str, host: str) -> list[tuple[str, str]]:
        pushed_out = [] if self.is_pinned(fingerprint) else self.places(host) or []
        return [event for key in pushed_out for event in self.forget(key)]

    def heard(self, key: PublicIdentity, beacon: Beacon, shared: bool, now: int) -> tuple[list, bool]:
        """An accepted beacon. The second value: an unknown key or a new session, which wants an answer (P8.8)."""
        events = []
        peer = self.peers.get(key.fingerprint)
        is_new = peer is None or peer.session != beacon.session
        if peer is None:
            events = self.make_place(key.fingerprint, beacon.host)
            peer = self.peers[key.fingerprint] = KnownPeer(key, beacon.name, now, now)
        if beacon.session != peer.session:
            peer.left = False
        peer.name, peer.session, peer.heard = beacon.name, beacon.session, now
        if shared:
            peer.heard_shared = now
        peer.add_address(beacon.address, now)
        self.set_active(peer, True, now)
        if not peer.announced:
            peer.announced = True
            events.append(("found", key.fingerprint))
        return events, is_new

    def goodbye(self, fingerprint: str, now: int) -> list[tuple[str, str]]:
        """P8.9: it is silent at once, and comes back only with a later session."""
        peer = self.peers.get(fingerprint)
        if peer is None or peer.left:
            return []
        peer.left, peer.heard = True, now
        if not peer.has_session:
            self.set_active(peer, False, now)
        was_announced, peer.announced = peer.announced, False
        return [("left", fingerprint)] if was_announced else []

    def session_opened(self, key: PublicIdentity, name: str, address: str | None, now: int) -> None:
        """Active from now on. `found` is only said of whose beacon was heard."""
        peer = self.peers.get(key.fingerprint)
        if peer is None:
            peer = self.peers[key.fingerprint] = KnownPeer(key, name, now, now)
        peer.has_session, peer.heard, peer.name = True, now, name
        if address is not None:
            peer.add_address(address, now)
        self.set_active(peer, True, now)

    def session_closed(self, fingerprint: str, now: int) -> None:
        peer = self.peers.get(fingerprint)
        if peer is not None:
            peer.has_session, peer.heard = False, now
            if peer.left:
                self.set_active(peer, False, now)

    def set_active(self, peer: KnownPeer, active: bool, now: int) -> None:
        if peer.active != active:
            peer.active, peer.since = active, now

    def forget(self, fingerprint: str) -> list[tuple[str, str]]:
        return [("forgotten", fingerprint)] if self.peers.pop(fingerprint, None) is not None else []

    def tick(self, now: int) -> list[tuple[str, str]]:
        events = []
        for fingerprint, peer in list(self.peers.items()):
            silence = 0 if peer.has_session else now - peer.heard
            if peer.active and silence > self.silent_after:
                self.set_active(peer, False, now)
                if peer.announced:
                    events.append(("silent", fingerprint))
                peer.announced = False
            if not peer.active and silence > self.forgotten_after:
                events += self.forget(fingerprint)
        return events

    def active(self) -> list[str]:
        return [fingerprint for fingerprint, peer in self.peers.items() if peer.active]
