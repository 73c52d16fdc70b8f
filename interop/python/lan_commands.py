"""Stage 05: the terminal: commands, the menu, what the user is told (P9.12)."""

import os
import re
import time

from lan_beacons import REASONS
from lan_discovery import GROUP, SHARED_PORT, milliseconds, steady_milliseconds
from lan_mesh import Mesh
from lan_trust import LEVELS
from messages import is_text, is_username, printable

MENU = ["1 messaging session", "2 active peers", "3 connect", "4 broadcast", "5 direct message", "6 remove a peer",
        "7 history", "8 send a file", "9 rooms", "0 quit"]
HELP = ["/peers, /connect NAME or HOST:PORT, /to NAME, /leave, /msg NAME TEXT, /all TEXT, /letter NAME TEXT",
        "/remove NAME, /history NAME [N], /send NAME FILE, /take N, /refuse N, /room [ROOM [NAME…]], /in ROOM TEXT",
        "/verify NAME, /verified NAME, /trust NAME#…, /block NAME, /allow NAME, /access team|known|verified",
        "/stats, /doctor, /menu, /help, /quit; in a messaging session every other line goes to that peer"]
HISTORY_LINES = 20
TARGET = re.compile(r"[^\s:]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}")


class UsageError(Exception):
    """One line that says what is wrong with a command."""


class Commands:
    """`ask` asks the user of a terminal a question; it is None without one."""

    def __init__(self, mesh: Mesh, ask=None):
        self.mesh = mesh
        self.show = mesh.show
        self.ask = ask
        self.partner = None  # whose messaging session is open
        self.with_nothing = {"/peers": self.peers, "/leave": self.leave, "/stats": self.stats, "/doctor": self.doctor,
                             "/help": self.help, "/menu": self.menu, "/room": self.list_rooms}
        self.with_name = {"/to": self.to, "/remove": self.remove, "/verify": self.verify, "/verified": self.verified,
                          "/trust": self.trust, "/block": self.block, "/allow": self.allow}
        self.with_text = {"/msg": self.say, "/letter": self.letter, "/send": self.send_file}

    # One line of input

    async def obey(self, line: bytes) -> bool:
        """False for the end of the program."""
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            self.show("error: the input is not valid UTF-8")
            return True
        try:
            return await self.obey_text(text)
        except UsageError as problem:
            self.show(f"error: {problem}")
            return True

    async def obey_text(self, text: str) -> bool:
        if text.strip() == "exit":
            if self.partner is None:
                return False
            self.leave()
        elif text.startswith("/"):
            return await self.command(*split(text))
        elif text == "":
            pass
        elif self.partner is not None:
            self.say(self.partner, text)
        elif self.ask is not None and re.fullmatch(r"\s*[0-9]\s*", text):
            return await self.choose(int(text))
        else:
            raise UsageError("no messaging session is open; see /to NAME, /msg NAME TEXT and /help")
        return True

    async def command(self, command: str, rest: str) -> bool:
        if command == "/quit" and not rest:
            return False
        if command in self.with_nothing and not rest:
            self.with_nothing[command]()
        elif command in self.with_name:
            self.with_name[command](self.peer(only_word(command, "NAME", rest)))
        elif command in self.with_text:
            name, text = split(rest)
            if not name or not text:
                raise UsageError(f"usage: {command} NAME {'FILE' if command == '/send' else 'TEXT'}")
            self.with_text[command](self.peer(name), text)
        elif command == "/connect":
            await self.connect(only_word(command, "NAME or HOST:PORT", rest))
        elif command == "/all":
            self.mesh.messages.say_to_all(checked_text(rest))
        elif command == "/history":
            self.history(*rest.split())
        elif command in ("/take", "/refuse"):
            self.answer_offer(command, only_word(command, "N", rest))
        elif command == "/room":
            self.make_room(*rest.split())
        elif command == "/in":
            self.say_in_room(*split(rest))
        elif command == "/access":
            self.set_access(only_word(command, "team, known or verified", rest))
        else:
            raise UsageError(f"no such command: {printable(command[:80])}; see /help")
        return True

    def peer(self, name: str) -> str:
        """The fingerprint that a name means."""
        fingerprint = self.mesh.names.find(name)
        if fingerprint is None:
            raise UsageError(f"nobody is called {printable(name[:80])}; see /peers")
        if fingerprint == self.mesh.me.identity.fingerprint:
            raise UsageError("that is you")
        return fingerprint

    # The menu

    def menu(self) -> None:
        for entry in MENU:
            self.show(entry)

    async def choose(self, number: int) -> bool:
        if number == 0:
            return False
        words = {1: ("/to", "name"), 2: ("/peers",), 3: ("/connect", "name or HOST:PORT"), 4: ("/all", "text"),
                 5: ("/msg", "name", "text"), 6: ("/remove", "name"), 7: ("/history", "name"),
                 8: ("/send", "name", "file"), 9: ("/room",)}[number]
        answers = []
        for question in words[1:]:
            answer = await self.ask(f"{question}: ")
            if answer is None:
                return False
            if not answer.strip():
                return True
            answers.append(answer.strip())
        return await self.obey(" ".join([words[0], *answers]).encode("utf-8", errors="replace"))

    # Who is there

    def peers(self) -> None:
        known = sorted(self.mesh.directory.peers.items(), key=lambda entry: self.mesh.shown(entry[0]).lower())
        for fingerprint, peer in known:
            state = "active" if peer.active else "silent"
            since = time.localtime((milliseconds() - steady_milliseconds() + peer.since) / 1_000)
            address = next(iter(self.mesh.addresses_of(fingerprint)), "-")
            self.show(f"peer {self.mesh.shown(fingerprint)} {state} {address} since {time.strftime('%H:%M:%S', since)}")
        self.show(f"peers: {len(known)}")
        if not known:
            self.mesh.note("nobody found yet: the same --team and passphrase? see /doctor, or try /connect HOST:PORT")

    async def connect(self, target: str) -> None:
        await self.mesh.connect(target if TARGET.fullmatch(target) else self.peer(target))

    def remove(self, fingerprint: str) -> None:
        if fingerprint == self.partner:
            self.partner = None
        self.mesh.in_background(self.forget(fingerprint))

    async def forget(self, fingerprint: str) -> None:
        await self.mesh.end_session(fingerprint)
        name = self.mesh.shown(fingerprint)
        if fingerprint in self.mesh.trust.keys:
            self.mesh.trust.unpin(fingerprint)
        self.mesh.directory.forget(fingerprint)
        self.mesh.names.heard.pop(fingerprint, None)
        if not self.mesh.history.has_queued(fingerprint):
            self.mesh.names.remembered.pop(fingerprint, None)
        self.show(f"forgotten: {name}")

    # What is said

    def to(self, fingerprint: str) -> None:
        self.partner = fingerprint
        self.mesh.note(f"every line goes to {self.mesh.shown(fingerprint)} now; /leave ends that")
        self.mesh.in_background(self.mesh.reach(fingerprint))

    def leave(self) -> None:
        if self.partner is None:
            raise UsageError("no messaging session is open")
        self.partner = None

    def say(self, fingerprint: str, text: str) -> None:
        self.mesh.messages.say(fingerprint, checked_text(text))

    def letter(self, fingerprint: str, text: str) -> None:
        seen = self.mesh.key_of(fingerprint)
        if seen is None:
            raise UsageError("their key is not known yet")
        self.mesh.post.write(seen[0], checked_text(text))

    def history(self, name: str = "", count: str = str(HISTORY_LINES), *more: str) -> None:
        if not name or more or not re.fullmatch("[0-9]{1,6}", count):
            raise UsageError("usage: /history NAME [N]")
        for row in self.mesh.history.conversation(self.peer(name), int(count)):
            at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["at"] / 1_000))
            self.show(f"{at} {row['sign']} {printable(row['text'])} [{row['state']}]")

    # Files and rooms

    def send_file(self, fingerprint: str, path: str) -> None:
        self.mesh.in_background(self.mesh.files.offer(fingerprint, os.path.expanduser(path)))

    def answer_offer(self, command: str, number: str) -> None:
        if not re.fullmatch("[0-9]{1,9}", number):
            raise UsageError(f"usage: {command} N")
        answer = self.mesh.files.take if command == "/take" else self.mesh.files.refuse
        answer(int(number))

    def list_rooms(self) -> None:
        rooms = [room for room in self.mesh.rooms.rooms.values() if not room.dropped]
        for room in rooms:
            self.show(self.mesh.rooms.describe(room))
        if not rooms:
            self.mesh.note("no rooms yet: /room ROOM NAME… makes one")

    def make_room(self, room: str, *names: str) -> None:
        if not names:
            known = self.mesh.rooms.find(room)
            if known is None:
                raise UsageError(f"there is no room {printable(room[:80])}")
            self.show(self.mesh.rooms.describe(known))
            return
        if not is_username(room):
            raise UsageError("a room's name is 1 to 32 of A-Z a-z 0-9 _ -, and not `you`")
        others = [self.mesh.names.find(name) for name in names]
        if None in others:
            raise UsageError(f"nobody is called {printable(names[others.index(None)][:80])}; see /peers")
        self.mesh.rooms.make(room, others)

    def say_in_room(self, name: str, text: str) -> None:
        room = self.mesh.rooms.find(name)
        if room is None:
            raise UsageError(f"there is no room {printable(name[:80])}" if name else "usage: /in ROOM TEXT")
        self.mesh.messages.say_in_room(room, checked_text(text))

    # Trust

    def verify(self, fingerprint: str) -> None:
        seen = self.mesh.key_of(fingerprint)
        if seen is None:
            raise UsageError("their key is not known yet")
        self.mesh.show_safety_number(seen[0])

    def verified(self, fingerprint: str) -> None:
        if not self.mesh.trust.is_pinned(fingerprint):
            raise UsageError("only a pinned key can be verified; see /connect")
        self.mesh.trust.set_verified(fingerprint)
        self.mesh.note(f"the key of {self.mesh.shown(fingerprint)} is verified")

    def trust(self, fingerprint: str) -> None:
        key, name = self.mesh.key_of(fingerprint)
        name = self.mesh.changed.get(fingerprint, (key, self.mesh.name_said(fingerprint, name)))[1]
        old = self.mesh.names.pinned_to(name)
        if self.mesh.trust.is_pinned(fingerprint):
            raise UsageError("that key is pinned already")
        if old is not None:
            self.mesh.in_background(self.mesh.end_session(old))
            self.mesh.trust.unpin(old)
        self.mesh.pin(key, name)

    def block(self, fingerprint: str) -> None:
        self.mesh.trust.set_standing(*self.mesh.key_of(fingerprint), "blocked")
        self.mesh.note(f"{self.mesh.shown(fingerprint)} is blocked")
        self.mesh.in_background(self.mesh.end_session(fingerprint))

    def allow(self, fingerprint: str) -> None:
        self.mesh.trust.set_standing(*self.mesh.key_of(fingerprint), "allowed")
        self.mesh.note(f"{self.mesh.shown(fingerprint)} is allowed")

    def set_access(self, level: str) -> None:
        if level not in LEVELS:
            raise UsageError("usage: /access team, /access known or /access verified")
        self.mesh.access = level
        for session in self.mesh.sessions.all():
            if not self.mesh.may_meet(session.fingerprint):
                self.mesh.in_background(session.say_goodbye())

    # Help

    def help(self) -> None:
        for line in HELP:
            self.show(line)

    def stats(self) -> None:
        counters = self.mesh.gate.counters
        self.show("stats: " + ", ".join(f"{reason} {counters[reason]}" for reason in REASONS))

    def doctor(self) -> None:
        discovery = self.mesh.discovery
        if not discovery.listens:
            self.show("doctor: discovery is off (--no-discovery): only /connect HOST:PORT finds somebody")
            return
        for own in discovery.own_sockets:
            sent = ", ".join(f"{discovery.sent[own, kind]} {words}" for kind, words in
                             (("group", f"to {GROUP}"), ("broadcast", f"to {discovery.broadcasts.get(own)}"),
                              ("direct", "to single peers"))
                             if kind == "direct" or discovery.broadcasts.get(own) is not None)
            self.show(f"doctor: {own}: sent {sent}; heard {heard(discovery, own)}")
        self.show(f"doctor: port {SHARED_PORT}: heard {heard(discovery, 'shared')}")
        for (place, what), problem in discovery.problems.items():
            self.show(f"doctor: {place}: {what}: {problem}")
        for advice in self.advice(discovery):
            self.show(f"doctor: {advice}")

    def advice(self, discovery) -> list[str]:
        counters = self.mesh.gate.counters
        if not discovery.own_sockets:
            return ["this machine has no address in a network: connect it, and try again"]
        if self.mesh.directory.active():
            return ["somebody is found: all is well"]
        advice = []
        if counters["token"]:
            advice.append("beacons of another team or passphrase were heard: compare --team and the passphrase")
        if counters["time"]:
            advice.append("beacons came whose time is off: compare the clocks")
        if not discovery.received["shared", "own"] and not self.mesh.options.no_discovery:
            advice.append(f"not even our own beacons come back: does a firewall stop UDP port {SHARED_PORT}?")
        advice.append("a network may keep its members apart: try --peer HOST:PORT, or /connect HOST:PORT")
        return advice


def heard(discovery, place: str) -> str:
    counts = discovery.received
    return f"{counts[place, 'accepted']} of others, {counts[place, 'own']} of our own, {counts[place, 'dropped']} dropped"


def split(text: str) -> tuple[str, str]:
    """The first word, and the rest without the blank between them."""
    word, _, rest = text.partition(" ")
    return word, rest


def only_word(command: str, what: str, text: str) -> str:
    words = text.split()
    if len(words) != 1:
        raise UsageError(f"usage: {command} {what}")
    return words[0]


def checked_text(text: str) -> str:
    if not is_text(text):
        raise UsageError("a text is 1 to 8192 bytes long")
    return text
