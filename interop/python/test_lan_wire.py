"""Stage 05: a peer as a program against a raw other side that keeps to the contract, and breaks it on purpose.

Run with: python3 -m unittest test_lan_wire (Linux; as root, or where users may make namespaces)
LAN_PEER='COMMAND' in the environment runs another implementation's program in place of ours.
"""

import hashlib
import os
import pathlib
import secrets
import socket
import time
import unittest

import diffie_hellman
import lan_beacons
import lan_fernet
import lan_identity
import lan_letter
import lan_rooms
import lan_wire
import test_lan_peers
from lan_encoding import encode_base64, parse_address
from messages import encode_message

TEAM_KEY = lan_identity.team_key(test_lan_peers.PASSPHRASE, "rocket")
KEYS = [lan_identity.read_private_key(lan_identity.make_private_key()) for _ in range(4)]
BAD_RECORD = {"type": "error", "code": "bad-record"}
setUpModule = test_lan_peers.setUpModule


class Ended(Exception):
    pass


class Raw:
    """One connection to a peer, with its steps in our hands."""

    def __init__(self, address: str, identity=KEYS[0], name="raw"):
        self.identity, self.name = identity, name
        self.socket = socket.create_connection(parse_address(address), timeout=test_lan_peers.PATIENCE)
        self.reader = lan_wire.FrameReader("rocket")

    def write(self, data: bytes) -> None:
        self.socket.sendall(data)

    def write_token(self, token: str) -> None:
        self.write(lan_wire.encode_frame("127.0.0.1:1", "rocket", token))

    def read_token(self) -> str:
        while (token := self.reader.next_token()) is None:
            try:
                piece = self.socket.recv(65_536)
            except ConnectionError:
                piece = b""
            if not piece:
                raise Ended()
            self.reader.push(piece)
        return token

    def hello(self, to: str = "", paced: bool = True, **changes) -> None:
        """Both hellos. `changes` stand in ours in place of what is right."""
        if paced:
            time.sleep(0.13)  # a peer answers at most eight hellos a second
        private_key = diffie_hellman.draw_private_key(lan_wire.GROUP)
        public_key = diffie_hellman.public_key_of(lan_wire.GROUP, private_key)
        self.own = lan_wire.make_hello(TEAM_KEY, self.name, "rocket", "127.0.0.1:1", to, public_key)
        if changes:
            content = lan_wire.parse_object(lan_fernet.decrypt(TEAM_KEY, self.own.token)[1])
            self.own.token = lan_fernet.encrypt(TEAM_KEY, encode_message({**content, **changes}), 0)
        self.write_token(self.own.token)
        token = self.read_token()
        self.theirs = lan_wire.read_hello(TEAM_KEY, "rocket", token, from_responder=True)
        self.salt = lan_wire.salt_of(self.own.token, token)
        secret = diffie_hellman.shared_secret(lan_wire.GROUP, private_key, self.theirs.public_key)
        self.outgoing, self.incoming = map(lan_wire.Sealer, lan_wire.derive_keys(secret, self.salt))

    def send(self, message: dict) -> None:
        self.write_token(self.outgoing.seal(message))

    def receive(self) -> dict:
        message = self.incoming.open(self.read_token())
        del message["seq"]
        return message

    def prove(self) -> lan_identity.PublicIdentity:
        self.send(lan_wire.make_proof(self.identity, "initiator", self.salt))
        return lan_wire.read_proof(self.receive(), "responder", self.salt)

    def open(self) -> "Raw":
        self.hello()
        self.peer = self.prove()
        return self

    def asks(self, message: dict, *answers: dict) -> None:
        """Exactly these answers come. One that waits for a disk may come after that to a ping."""
        self.send(message)
        self.send({"type": "ping"})
        missing = [*answers, {"type": "pong"}]
        while missing:
            found = self.receive()
            if found not in missing:
                raise AssertionError(f"{str(message)[:200]} was answered by {str(found)[:200]}, "
                                     f"which is none of {str(missing)[:200]}")
            missing.remove(found)


class Wire(test_lan_peers.WithPeers):
    def setUp(self):
        super().setUp()
        self.alice = self.peer("alice", "--no-discovery")
        self.address = self.alice.address

    def raw(self, *arguments, **more) -> Raw:
        raw = Raw(self.address, *arguments, **more)
        self.addCleanup(raw.socket.close)
        return raw

    def assert_ends(self, raw: Raw, *messages: dict) -> None:
        for message in messages:
            self.assertEqual(raw.receive(), message)
        self.assertRaises(Ended, raw.read_token)

    def test_strangers_hear_nothing(self):
        """P9.1 P9.2: whatever is wrong until the hellos is closed without a word."""
        token = lan_wire.make_hello(TEAM_KEY, "raw", "rocket", "127.0.0.1:1", "", 2**2_000).token
        right = lan_wire.encode_frame("127.0.0.1:1", "rocket", token)
        for data in (b"GET / HTTP/1.0\r\n\r\n", right.replace(b"rocket", b"pirates"), right.replace(b"<end>", b"end"),
                     right.replace(token.encode(), b"abc"), b"\0" * 70_000,
                     right.replace(token.encode(), lan_fernet.encrypt(TEAM_KEY, b"[]", 0).encode())):
            raw = self.raw()
            raw.write(data)
            self.assert_ends(raw)
        for change in ({"stage": "04"}, {"team": "pirates"}, {"from": "you"}, {"from": "all"}, {"group": "toy"},
                       {"to": "x"}, {"to": None}, {"nonce": "0" * 31}, {"address": "raw:1"}, {"type": "beacon"},
                       {"publicKey": "0" * 511 + "1"}, {"publicKey": "F" * 512}, {"publicKey": "00"}):
            with self.assertRaises(Ended, msg=change):
                self.raw().hello(**change)
        self.assertEqual(self.raw().open().peer.fingerprint, self.fingerprint())

    def fingerprint(self) -> str:
        return lan_identity.read_private_key(pathlib.Path(self.alice.data, "identity.pem").read_bytes()).fingerprint

    def test_hello_is_answered_once(self):
        """P9.2: a recorded hello gets no answer; nor do more than eight a second."""
        first = self.raw()
        first.hello()
        second = self.raw()
        second.write_token(first.own.token)
        self.assert_ends(second)
        answered = 0
        begun = time.monotonic()
        for _ in range(30):
            try:
                self.raw().hello(paced=False)
                answered += 1
            except Ended:
                pass
        self.assertLessEqual(answered, 8 * (1 + int(time.monotonic() - begun)))
        self.assertLess(answered, 30)

    def test_wrong_proofs(self):
        """P9.4: one error for whatever is wrong after the hellos, and the end."""
        own = KEYS[0]
        right = lambda raw: lan_wire.make_proof(own, "initiator", raw.salt)
        for wrong in (lambda raw: lan_wire.make_proof(own, "responder", raw.salt),
                      lambda raw: {**right(raw), "key": encode_base64(KEYS[1].der)},
                      lambda raw: {**right(raw), "type": "message"},
                      lambda raw: {**right(raw), "seq": 1},
                      lambda raw: {**right(raw), "seq": False},
                      lambda raw: {"type": "message", "id": "0" * 32, "to": "you", "text": "too early"}):
            raw = self.raw()
            raw.hello()
            raw.send(wrong(raw))
            self.assert_ends(raw, BAD_RECORD)
        for to in (KEYS[1].fingerprint, own.fingerprint):
            raw = self.raw()
            raw.hello(to=to)
            raw.send(right(raw))
            self.assert_ends(raw, BAD_RECORD)
        raw = self.raw()
        raw.hello()
        raw.write(b"no frame\n")
        self.assert_ends(raw, BAD_RECORD)
        raw = self.raw()
        raw.hello(to=self.fingerprint())
        self.assertEqual(raw.prove().fingerprint, self.fingerprint())
        self.assertEqual([line for line in self.alice.seen if "raw" in line], [])
        self.alice.shows("connected to raw")

    def test_messages(self):
        """P9.7: acknowledged after it is shown, an id once; P3.4 and other forms."""
        raw = self.raw().open()
        message = {"type": "message", "id": secrets.token_hex(16), "to": "you", "text": "one\x1b[2J\u202e two"}
        raw.asks(message, {"type": "ack", "id": message["id"]})
        self.alice.shows("raw> one\ufffd\\[2J\ufffd two")
        raw.asks({**message, "text": "again"}, {"type": "ack", "id": message["id"]})
        raw.asks({"type": "ack", "id": "0" * 32})
        raw.asks({"type": "message", "id": "1" * 32, "to": f"{KEYS[1].fingerprint}.{'0' * 16}", "text": "hi"},
                 {"type": "refused", "id": "1" * 32})
        raw.send({"type": "bye"})
        self.assert_ends(raw, {"type": "bye"})
        self.alice.shows("disconnected from raw")
        for wrong in ({"text": ""}, {"text": "x" * 8_193}, {"text": "\ud800"}, {"text": 1}, {"id": "A" * 32},
                      {"id": "1"}, {"to": 1}, {"type": "massage"}, {"type": None}):
            raw = self.raw().open()
            plaintext = str({"seq": 1, **message, **wrong}).replace("'", '"').replace("None", "null")
            plaintext = plaintext.replace("\\x1b", "").replace("\\u202e", "")
            raw.write_token(lan_fernet.encrypt(raw.outgoing.key, plaintext.encode("utf-8"), 0))
            self.assert_ends(raw, BAD_RECORD)
            self.alice.shows("disconnected from raw: .*bad-record.*")
        self.assertEqual(sum("raw>" in line for line in self.alice.seen), 1)

    def test_replaced(self):
        """P9.6: a new session replaces the old one, which ends without bye; what was open is sent again."""
        raw = self.raw().open()
        self.alice.shows("safety number with raw: .*")
        self.alice.enters("/msg raw hi")
        first = raw.receive()
        again = self.raw().open()
        self.assertEqual(again.receive(), first)
        self.assert_ends(raw)
        again.send({"type": "ack", "id": first["id"]})
        self.alice.shows("delivered to raw: 1")
        again.socket.close()
        self.alice.shows("disconnected from raw: .+")

    def test_silent_connections(self):
        """P9.2 P9.13: 200 connections that say nothing keep nobody out."""
        silent = [self.raw() for _ in range(200)]
        self.raw().open()
        self.alice.shows("connected to raw")
        closed = 0
        for raw in silent:
            raw.socket.settimeout(0.01)
            try:
                closed += raw.socket.recv(1) == b""
            except ConnectionError:
                closed += 1
            except TimeoutError:
                pass
        self.assertGreaterEqual(closed, 200 - 64)

    def test_letters(self):
        """P9.8: what a carrier takes, and what the recipient shows; the answer is always the same."""
        writer, recipient, own = KEYS[0], KEYS[1], lan_identity.PublicIdentity(
            lan_identity.read_private_key(pathlib.Path(self.alice.data, "identity.pem").read_bytes()).der)
        raw = self.raw().open()
        now = int(time.time() * 1_000)

        def letter(to, inside=None, at=now, by=writer):
            return lan_letter.make_letter(by, to, secrets.token_hex(16), inside or {"type": "message", "text": "hi"}, at)

        def hand_over(one, *more):
            raw.asks(one.as_message(), {"type": "letter-ack", "from": one.sender, "id": one.id}, *more)
        hour = 3_600_000
        carried = letter(recipient)
        hand_over(carried)
        hand_over(carried)
        for refused in (letter(recipient, by=KEYS[2]), letter(recipient, at=now - 169 * hour),
                        letter(recipient, at=now + 2 * hour), letter(recipient, {"type": "message", "text": "x" * 60_000})):
            hand_over(refused)
        forged = letter(recipient)
        forged.signature = carried.signature
        hand_over(forged)
        for _ in range(101):
            hand_over(letter(recipient))
        other = self.raw(recipient, "other").open()
        came = []
        while len(came) < 100:
            found = other.receive()
            came.append(lan_letter.read_letter(found))
            other.send({"type": "letter-ack", "from": came[-1].sender, "id": came[-1].id})
        other.asks({"type": "ack", "id": "0" * 32})
        self.assertEqual(len({one.id for one in came}), 100)
        self.assertIn(carried.id, {one.id for one in came})
        self.assertTrue(all(lan_letter.is_signed(one, writer) for one in came))
        self.assertEqual(lan_letter.open_letter(came[0], recipient)["text"], "hi")
        hand_over(letter(own, at=now - 193 * hour))
        hand_over(letter(own, by=KEYS[2]))
        shown = letter(own, {"type": "message", "text": "for you"})
        raw.send(shown.as_message())
        answers = [raw.receive(), raw.receive()]
        self.assertIn({"type": "letter-ack", "from": shown.sender, "id": shown.id}, answers)
        back = lan_letter.read_letter(next(answer for answer in answers if answer["type"] == "letter"))
        self.assertTrue(lan_letter.is_signed(back, own))
        self.assertEqual(lan_letter.open_letter(back, writer)["of"], shown.id)
        self.alice.shows("letter from raw> for you")
        hand_over(shown)
        raw.asks({"type": "message", "id": shown.id, "to": "you", "text": "for you"}, {"type": "ack", "id": shown.id})
        self.assertEqual(sum("raw>" in line for line in self.alice.seen), 1)

    def test_files(self):
        """P9.9: names that lead elsewhere, pieces out of turn, wrong hashes, too many offers."""
        raw = self.raw().open()
        content = os.urandom(100_000)
        right = {"type": "offer", "file": "0" * 32, "name": "../../.ssh\\..evil:*.txt. ", "size": len(content),
                 "sha256": hashlib.sha256(content).hexdigest()}
        raw.send(right)
        self.alice.shows("raw offers file 1: evil.txt, 100000 bytes")
        self.alice.enters("/take 1")
        self.assertEqual(raw.receive(), {"type": "accept", "file": "0" * 32, "offset": 0})
        raw.asks({"type": "chunk", "file": "0" * 32, "offset": 0, "data": encode_base64(content[:65_536])},
                 {"type": "chunk-ack", "file": "0" * 32, "offset": 0})
        raw.send({"type": "chunk", "file": "0" * 32, "offset": 0, "data": encode_base64(content[:65_536])})
        self.assert_ends(raw, BAD_RECORD)
        raw = self.raw().open()
        raw.send({**right, "file": "1" * 32})
        self.assertEqual(raw.receive(), {"type": "accept", "file": "1" * 32, "offset": 65_536})
        raw.send({"type": "chunk", "file": "1" * 32, "offset": 65_536, "data": encode_base64(content[65_536:])})
        self.assertEqual(raw.receive(), {"type": "chunk-ack", "file": "1" * 32, "offset": 65_536})
        received = pathlib.Path(self.alice.shows("file 1 received: (.*/files/evil.txt)")[1])
        self.assertEqual(received.read_bytes(), content)
        wrong = hashlib.sha256(b"other").hexdigest()
        raw.send({**right, "file": "2" * 32, "sha256": wrong, "size": 3})
        self.alice.shows("raw offers file 2: evil.txt, 3 bytes")
        self.alice.enters("/take 2")
        raw.receive()
        raw.send({"type": "chunk", "file": "2" * 32, "offset": 0, "data": encode_base64(b"abc")})
        self.assertEqual(raw.receive(), {"type": "cancel", "file": "2" * 32})
        self.alice.shows("file 2 failed: .*wrong.*")
        self.assertEqual(os.listdir(received.parent / ".part"), [])
        for number in range(16):
            raw.asks({**right, "file": f"{number + 256:032x}"})
        raw.asks({**right, "file": "f" * 32}, {"type": "refuse", "file": "f" * 32})
        for wrong in ({"size": -1}, {"sha256": "x"}, {"file": "A" * 32}, {"name": None}):
            raw = self.raw().open()
            raw.send({**right, "file": "e" * 32, **wrong})
            self.assert_ends(raw, BAD_RECORD)

    def test_rooms(self):
        """P9.10: only the maker's own signature, only greater versions."""
        own = self.fingerprint()
        maker, other = KEYS[0], KEYS[1]
        raw = self.raw().open()
        self.alice.shows("safety number with raw: .*")

        def room(version, members, by=maker, room_id=f"{maker.fingerprint}.{'0' * 16}", name="den"):
            body = encode_message({"room": room_id, "name": name, "members": [key if isinstance(key, str) else
                                   key.fingerprint for key in members], "version": version, "key": encode_base64(by.der)})
            return {"type": "room", "body": body.decode(), "signature": encode_base64(by.sign(lan_rooms.LABEL, body))}
        for refused in (room(1, [maker]), room(1, [maker, other]), room(1, [own, other]), room(1, [maker, own, own]),
                        room(1, [maker, own], by=other), {**room(1, [maker, own]), "body": room(2, [maker, own])["body"]}):
            raw.asks(refused)
        raw.asks(room(2, [maker, own]))
        self.alice.shows("room den: alice, raw")
        raw.asks(room(1, [maker, own, other]))
        raw.asks(room(2, [maker, own, other]))
        message = {"type": "message", "id": "2" * 32, "to": f"{maker.fingerprint}.{'0' * 16}", "text": "hi"}
        raw.asks(message, {"type": "ack", "id": "2" * 32})
        self.alice.shows("raw in den> hi")
        self.alice.enters("/in den ho")
        self.alice.shows("1 in den> ho")
        sent = raw.receive()
        self.assertEqual((sent["to"], sent["text"]), (message["to"], "ho"))
        raw.send({"type": "refused", "id": sent["id"]})
        self.alice.shows("not delivered to raw: 1")
        raw.asks(room(3, [maker, other]))
        raw.asks({**message, "id": "3" * 32}, {"type": "refused", "id": "3" * 32})
        raw.asks(room(2, [maker, own]))
        raw.asks({**message, "id": "4" * 32}, {"type": "refused", "id": "4" * 32})
        self.assertEqual(sum("room den" in line for line in self.alice.seen), 1)

    def test_flood(self):
        """P9.13: 20,000 datagrams of nonsense lose no live peer."""
        bob, carol = self.pair_with_discovery()
        host, port = parse_address(bob.address)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
            nonsense = [os.urandom(size) for size in (10, 500, 1_400)] + [b"gAAAAA" + b"A" * 1_000]
            for number in range(20_000):
                flood.sendto(nonsense[number % 4], (host, port if number % 2 else 54_545))
                if number % 100 == 0:
                    time.sleep(0.01)
        time.sleep(2)
        bob.enters("/peers")
        bob.shows("peer carol active .*")
        bob.enters("/stats")
        self.assertGreater(int(bob.shows("stats: size 0, token ([0-9]+), .*")[1]), 1_000)
        self.assertEqual([line for line in bob.seen if line.startswith("left")], [])

    def pair_with_discovery(self):
        bob, carol = self.peer("bob"), self.peer("carol")
        bob.shows("found: carol")
        carol.shows("found: bob")
        return bob, carol

    def test_goodbye_and_replays(self):
        """P8.6 P8.9: a recorded beacon brings nobody back after the goodbye; a later session does."""
        bob = self.peer("bob")
        host, port = parse_address(bob.address)
        identity, session = KEYS[3], int(time.time() * 1_000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as raw:
            raw.bind((host, 0))

            def say(kind, number, seq):
                content = {"type": kind, "name": "dave", "team": "rocket", "address": "127.0.0.1:%d" %
                           raw.getsockname()[1], "session": number, "seq": seq}
                datagram = lan_beacons.make_beacon(identity, TEAM_KEY, content, int(time.time() * 1_000))
                raw.sendto(datagram, (host, port))
                return datagram
            late = {"type": "beacon", "name": "dave", "team": "rocket", "address": "127.0.0.1:5000", "session": 1, "seq": 1}
            raw.sendto(lan_beacons.make_beacon(identity, TEAM_KEY, late, int(time.time() * 1_000) - 300_000), (host, port))
            bob.notes(r"a beacon from 127\.0\.0\.1 is 30[01] s old: is a clock wrong\?")
            first = say("beacon", session, 1)
            bob.shows("found: dave")
            raw.settimeout(test_lan_peers.PATIENCE)
            self.assertIn(b"gAAAA", raw.recv(2_000))  # P8.8: answered at once
            say("bye", session, 2)
            bob.shows("left: dave")
            raw.sendto(first, (host, port))
            say("beacon", session, 3)
            say("beacon", session + 1, 1)
            bob.shows("found: dave")
            bob.enters("/stats")
            bob.shows("stats: .* repeated 0, old 1, ended 1, .*")


if __name__ == "__main__":
    unittest.main()
