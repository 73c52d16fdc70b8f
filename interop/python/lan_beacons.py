"""Stage 05: beacons and goodbyes, made and judged (P8.5, P8.6)."""

import collections
import dataclasses

import lan_fernet
from lan_encoding import (decode_base64, encode_base64, integer_within, is_loopback, is_peer_name, is_team,
                          parse_address, parse_object, utf8)
from lan_identity import Identity, PublicIdentity, fingerprint_of, is_public_key
from messages import encode_message

LABEL = "p2p-mesh 05 beacon"
LARGEST_DATAGRAM = 1_472
CLOCK_SECONDS = 30
REPLAY_MILLISECONDS = 61_000  # a token that is accepted now is too old for everybody after that time
NOTE_MILLISECONDS = 60_000
NOTED_SOURCES = 256
ADDRESSES_OF_A_KEY = 64
REASONS = ("size", "token", "time", "shape", "own", "repeated", "old", "ended", "key", "rate", "signature", "address",
           "team", "full")


@dataclasses.dataclass
class Beacon:
    type: str  # "beacon", or "bye" for a goodbye
    name: str
    team: str
    address: str
    session: int
    seq: int
    key: bytes  # SubjectPublicKeyInfo
    body: bytes
    signature: bytes

    @property
    def host(self) -> str:
        return parse_address(self.address)[0]


def make_beacon(identity: Identity, team_key: bytes, content: dict, now: int) -> bytes:
    """One datagram. `content` has type, name, team, address, session and seq; `now` is in milliseconds."""
    body = encode_message({**content, "key": encode_base64(identity.der)})
    signature = encode_base64(identity.sign(LABEL, body))
    plaintext = encode_message({"body": body.decode("utf-8"), "signature": signature})
    return lan_fernet.encrypt(team_key, plaintext, now // 1_000).encode("ascii")


def read_beacon(plaintext: bytes, token_seconds: int) -> Beacon | None:
    """P8.6, `shape`: every member has its form."""
    outer = parse_object(plaintext) or {}
    body = utf8(outer.get("body"))
    signature = decode_base64(outer.get("signature"))
    content = parse_object(body) if body is not None else None
    if content is None or signature is None or content.get("type") not in ("beacon", "bye"):
        return None
    session, seq = integer_within(content.get("session"), 0), integer_within(content.get("seq"), 1)
    key = decode_base64(content.get("key"))
    if None in (session, seq, key, parse_address(content.get("address"))):
        return None
    if not is_peer_name(content.get("name")) or not is_team(content.get("team")):
        return None
    if session > (token_seconds + CLOCK_SECONDS) * 1_000:
        return None
    return Beacon(content["type"], content["name"], content["team"], content["address"], session, seq, key, body,
                  signature)


class RateLimit:
    """So many in any second: from one source, in all, and some kept for the privileged (P8.10, P9.2)."""

    def __init__(self, from_one: int, in_all: int, kept: int = 0):
        self.from_one, self.in_all, self.kept = from_one, in_all, kept
        self.recent = collections.deque()  # (time, source, privileged)
        self.counts = collections.Counter()
        self.ordinary = 0

    def allows(self, source: str | None, now: int, privileged: bool = False) -> bool:
        """Counts it if it is allowed. A source of None has no limit of its own."""
        while self.recent and self.recent[0][0] <= now - 1_000:
            _, past, was_privileged = self.recent.popleft()
            self.ordinary -= not was_privileged
            self.counts[past] -= 1
            if not self.counts[past]:
                del self.counts[past]
        if len(self.recent) >= self.in_all or (source is not None and self.counts[source] >= self.from_one):
            return False
        if not privileged and self.ordinary >= self.in_all - self.kept:
            return False
        self.recent.append((now, source, privileged))
        self.counts[source] += 1
        self.ordinary += not privileged
        return True


@dataclasses.dataclass
class LastHeard:
    """What a replay of a key's datagrams is recognised by."""
    session: int
    ended: bool = False
    seqs: dict = dataclasses.field(default_factory=dict)  # address -> the last seq from there
    gone: int | None = None  # since when the directory does not know the key any more


class Gate:
    """Judges datagrams in the order of P8.6. What is dropped changes nothing but the counters."""

    def __init__(self, own_fingerprint: str, team: str, team_key: bytes, directory, note=lambda text: None):
        self.own_fingerprint = own_fingerprint
        self.team = team
        self.team_key = team_key
        self.directory = directory  # is_pinned, knows, has_place
        self.note = note
        self.counters = collections.Counter()
        self.accepted = 0
        self.last = {}  # fingerprint -> LastHeard
        self.rate = RateLimit(from_one=20, in_all=200, kept=50)
        self.noted = {}  # source -> when its clock was last noted

    def judge(self, datagram: bytes, source: str, now: int, steady: int | None = None) -> tuple[str, Beacon | None]:
        """`accept` and the beacon, or the reason why it was dropped.

        `now` is the time of day, `steady` that of a clock that nobody sets; both in milliseconds.
        """
        reason, beacon = self.examine(datagram, source, now, now if steady is None else steady)
        if reason != "accept":
            self.counters[reason] += 1
            return reason, None
        self.accepted += 1
        self.remember(beacon)
        return reason, beacon

    def examine(self, datagram: bytes, source: str, now: int, steady: int) -> tuple[str, Beacon | None]:
        if len(datagram) > LARGEST_DATAGRAM:
            return "size", None
        opened = lan_fernet.decrypt(self.team_key, datagram.decode("ascii")) if datagram.isascii() else None
        if opened is None:
            return "token", None
        seconds, plaintext = opened
        age = now // 1_000 - seconds
        if not -CLOCK_SECONDS <= age <= CLOCK_SECONDS:
            self.note_clock(source, age, steady)
            return "time", None
        beacon = read_beacon(plaintext, seconds)
        if beacon is None:
            return "shape", None
        fingerprint = fingerprint_of(beacon.key)
        if fingerprint == self.own_fingerprint:
            return "own", None
        replay = self.replay(fingerprint, beacon)
        if replay is not None:
            return replay, None
        if not is_public_key(beacon.key):
            return "key", None
        limited_source = None if is_loopback(source) else source
        if not self.rate.allows(limited_source, steady, privileged=self.directory.is_pinned(fingerprint)):
            return "rate", None
        if not PublicIdentity(beacon.key).has_signed(LABEL, beacon.body, beacon.signature):
            return "signature", None
        if beacon.host != source:
            return "address", None
        if beacon.team != self.team:
            return "team", None
        if beacon.type == "beacon" and not self.directory.has_place(fingerprint, source):
            return "full", None
        return "accept", beacon

    def replay(self, fingerprint: str, beacon: Beacon) -> str | None:
        last = self.last.get(fingerprint)
        if last is None or beacon.session > last.session:
            return None
        if beacon.session < last.session:
            return "old"
        seq = last.seqs.get(beacon.address, 0)
        if beacon.seq <= seq:
            return "repeated" if beacon.seq == seq else "old"
        return "ended" if last.ended else None

    def remember(self, beacon: Beacon) -> None:
        fingerprint = fingerprint_of(beacon.key)
        last = self.last.get(fingerprint)
        if last is None or last.session != beacon.session:
            last = self.last[fingerprint] = LastHeard(beacon.session)
        last.seqs.pop(beacon.address, None)  # so that the dictionary is in the order of hearing
        last.seqs[beacon.address] = beacon.seq
        if len(last.seqs) > ADDRESSES_OF_A_KEY:
            del last.seqs[next(iter(last.seqs))]
        last.ended = last.ended or beacon.type == "bye"
        last.gone = None

    def note_clock(self, source: str, age: int, steady: int) -> None:
        """P8.6: once a minute and source."""
        if source in self.noted or len(self.noted) >= NOTED_SOURCES:  # `tick` removes them after a minute
            return
        self.noted[source] = steady
        lateness = f"{age} s old" if age > 0 else f"{-age} s ahead"
        self.note(f"a beacon from {source} is {lateness}: is a clock wrong?")

    def tick(self, steady: int) -> None:
        """Forget what can no longer be replayed: 61 s after the directory has forgotten the key."""
        for fingerprint, last in list(self.last.items()):
            if self.directory.knows(fingerprint):
                last.gone = None
            elif last.gone is None:
                last.gone = steady
            elif steady - last.gone > REPLAY_MILLISECONDS:
                del self.last[fingerprint]
        self.noted = {source: at for source, at in self.noted.items() if steady - at < NOTE_MILLISECONDS}
