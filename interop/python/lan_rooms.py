"""Stage 05: rooms: a signed list of members that its maker alone can change (P9.10)."""

import dataclasses
import json
import re
import secrets

from lan_encoding import (decode_base64, encode_base64, integer_within, is_fingerprint, parse_object, utf8)
from lan_identity import read_public_key
from lan_session import Session
from lan_wire import Wrong
from messages import encode_message, is_username

LABEL = "p2p-mesh 05 room"
ROOM = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9a-f]{16})")
FEWEST_MEMBERS, MOST_MEMBERS = 2, 16
ROOMS_OF_ONE_MAKER, ROOMS_IN_ALL = 64, 1_024
SHORTEST_SUFFIX = 4


@dataclasses.dataclass
class Room:
    id: str
    name: str
    version: int
    members: list
    body: bytes
    signature: bytes
    dropped: bool = False  # we are no longer in it; kept so that no old version brings it back

    @property
    def maker(self) -> str:
        return self.id.partition(".")[0]

    def as_message(self) -> dict:
        return {"type": "room", "body": self.body.decode("utf-8"), "signature": encode_base64(self.signature)}


def is_room_id(value) -> bool:
    return isinstance(value, str) and ROOM.fullmatch(value) is not None and is_fingerprint(value[:43])


def read_room(message: dict) -> tuple[Room, dict]:
    """The form alone. Wrong if it has another."""
    body, signature = utf8(message.get("body")), decode_base64(message.get("signature"))
    content = parse_object(body) if body is not None else None
    if content is None or signature is None:
        raise Wrong("no room")
    members, version = content.get("members"), integer_within(content.get("version"), 1)
    if not is_room_id(content.get("room")) or not is_username(content.get("name")) or version is None:
        raise Wrong("a room of another form")
    if not isinstance(members, list) or not all(map(is_fingerprint, members)):
        raise Wrong("a room without members")
    return Room(content["room"], content["name"], version, members, body, signature), content


def is_right(room: Room, content: dict) -> bool:
    """Made by its maker, who is one of its members."""
    key = read_public_key(decode_base64(content.get("key")))
    different = len(set(room.members)) == len(room.members)
    return (key is not None and key.fingerprint == room.maker and room.maker in room.members and different
            and FEWEST_MEMBERS <= len(room.members) <= MOST_MEMBERS
            and key.has_signed(LABEL, room.body, room.signature))


class Rooms:
    """`mesh` has me, history, sessions, shown, show, note."""

    def __init__(self, mesh):
        self.mesh = mesh
        self.history = mesh.history
        self.own = mesh.me.identity.fingerprint
        self.rooms = {row["room"]: Room(row["room"], row["name"], row["version"], json.loads(row["members"]),
                                        row["body"], row["signature"], bool(row["dropped"]))
                      for row in self.history.rooms()}

    # Names

    def of_that_name(self, name: str) -> list[str]:
        return [room.id for room in self.rooms.values() if room.name.lower() == name.lower() and not room.dropped]

    def shown(self, room_id: str) -> str:
        """Two rooms of one name are told apart by the beginning of their ids."""
        room = self.rooms.get(room_id)
        if room is None:
            return f"unknown#{room_id[:SHORTEST_SUFFIX]}"
        others = self.of_that_name(room.name)
        if not others or others[0] == room_id:
            return room.name
        length = SHORTEST_SUFFIX
        while any(other.startswith(room_id[:length]) for other in others if other != room_id):
            length += 1
        return f"{room.name}#{room_id[:length]}"

    def find(self, text: str) -> Room | None:
        name, sign, suffix = text.partition("#")
        candidates = self.of_that_name(name)
        if sign:
            candidates = [room for room in candidates if room.startswith(suffix)]
            if len(candidates) != 1 or len(suffix) < SHORTEST_SUFFIX:
                return None
        return self.rooms[candidates[0]] if candidates else None

    def describe(self, room: Room) -> str:
        names = sorted((self.mesh.shown(member) for member in room.members), key=str.lower)
        return f"room {self.shown(room.id)}: {', '.join(names)}"

    # The maker

    def make(self, name: str, others: list[str]) -> None:
        """A new room, or a new version of our own room of that name."""
        members = list(dict.fromkeys([self.own, *others]))
        if not FEWEST_MEMBERS <= len(members) <= MOST_MEMBERS:
            self.mesh.show("error: a room has 2 to 16 members, you among them")
            return
        mine = [room for room in self.of_that_name(name) if self.rooms[room].maker == self.own]
        old = self.rooms[mine[0]] if mine else None
        room_id = old.id if old else f"{self.own}.{secrets.token_hex(8)}"
        version = old.version + 1 if old else 1
        identity = self.mesh.me.identity
        body = encode_message({"room": room_id, "name": old.name if old else name, "members": members,
                               "version": version, "key": encode_base64(identity.der)})
        room = Room(room_id, old.name if old else name, version, members, body, identity.sign(LABEL, body))
        for member in {*members, *(old.members if old else [])} - {self.own}:
            self.history.note_told(room_id, member, self.history.told_version(room_id, member))  # they are to be told
        self.keep(room)
        for member in self.history.told(room_id):
            session = self.mesh.sessions.get(member)
            if session is not None:
                self.session_opened(session)
            else:
                self.mesh.call_if_wanted(member)

    def keep(self, room: Room) -> None:
        self.rooms[room.id] = room
        self.history.save_room(room.id, room.name, room.version, json.dumps(room.members), room.body, room.signature,
                               room.dropped)
        if not room.dropped:
            self.mesh.show(self.describe(room))

    def untold(self, fingerprint: str) -> list[Room]:
        """Our own rooms whose latest version this key has not been told, as a member or as one that is out."""
        return [room for room in self.rooms.values() if room.maker == self.own
                and fingerprint in self.history.told(room.id)
                and self.history.told_version(room.id, fingerprint) < room.version]

    def session_opened(self, session: Session) -> None:
        for room in self.untold(session.fingerprint):
            self.tell(session, room)

    def tell(self, session: Session, room: Room) -> None:
        """There is no acknowledgement for a room; the answer to a ping that is sent behind it does as well."""
        if (room.id, room.version) not in session.rooms_sent:
            session.rooms_sent.add((room.id, room.version))
            session.send(room.as_message())
            session.ping(lambda: self.history.note_told(room.id, session.fingerprint, room.version))

    # Every member

    def has_member(self, room_id: str, fingerprint: str) -> bool:
        room = self.rooms.get(room_id)
        return room is not None and not room.dropped and fingerprint in room.members

    def introduce(self, session: Session, room_id: str) -> bool:
        """Before a message to a room: a member that may not know it gets it. False if they are not in it."""
        if not self.has_member(room_id, session.fingerprint):
            return False
        room = self.rooms[room_id]
        if room.maker != session.fingerprint and self.history.told_version(room_id, session.fingerprint) < room.version:
            self.tell(session, room)
        return True

    def received(self, session: Session, message: dict) -> None:
        room, content = read_room(message)
        stored = self.rooms.get(room.id)
        if (stored is not None and room.version <= stored.version) or not is_right(room, content):
            return
        if stored is None and (self.own not in room.members or len(self.rooms) >= ROOMS_IN_ALL
                               or self.count(room.maker) >= ROOMS_OF_ONE_MAKER):
            return
        room.dropped = self.own not in room.members
        if room.maker == self.own:
            return  # nobody else has our key; an older self might
        self.keep(room)
        self.history.note_told(room.id, session.fingerprint, room.version)
        if room.dropped:
            self.mesh.note(f"you are no longer in room {room.name}")

    def count(self, maker: str) -> int:
        return sum(room.maker == maker for room in self.rooms.values())
