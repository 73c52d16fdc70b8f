"""Stage 05: peers against peers, as programs, on the loopback of a network namespace of their own.

Run with: python3 -m unittest test_lan_peers (Linux; as root, or where users may make namespaces)
LAN_PEER='COMMAND' in the environment runs another implementation's program in place of ours.
"""

import ctypes
import os
import pathlib
import queue
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).parent
OURS = "LAN_PEER" not in os.environ
COMMAND = [sys.executable, "-B", str(HERE / "lan_peer.py")] if OURS else shlex.split(os.environ["LAN_PEER"])
NEW_USER, NEW_NETWORK = 0x1000_0000, 0x4000_0000
PATIENCE = 30  # seconds until a line that is expected counts as missing
PASSPHRASE = "correct horse battery staple"


def setUpModule():
    """Nothing of what these tests send may leave this process and its children."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(NEW_NETWORK | (0 if os.geteuid() == 0 else NEW_USER)) != 0:
        raise unittest.SkipTest(f"no network namespace: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


class Peer:
    """One program. `shows` waits for a line of its standard output, in their order; `notes` for one of its errors."""

    def __init__(self, folder: str, name: str, *options: str, team: str = "rocket"):
        self.name = name
        self.data = os.path.join(folder, name)
        self.seen = []
        passphrase = os.path.join(folder, "passphrase")
        pathlib.Path(passphrase).write_text(PASSPHRASE + "\n", encoding="utf-8")
        port = [] if "--port" in options else ["--port", "0"]
        self.process = subprocess.Popen(
            [*COMMAND, "--name", name, "--team", team, "--passphrase-file",
             passphrase, "--data", self.data, "--beacon", "0.5", *port, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        self.readers = []
        self.lines = self.collect(self.process.stdout)
        self.errors = self.collect(self.process.stderr)
        self.address = self.shows(r"listening on (.*)")[1]

    def collect(self, stream) -> queue.Queue:
        lines = queue.Queue()

        def read():
            try:
                for line in stream:
                    lines.put(line.decode("utf-8").removesuffix("\n"))
            except ValueError:
                pass  # closed meanwhile
            lines.put(None)
        self.readers.append(threading.Thread(target=read, daemon=True))
        self.readers[-1].start()
        return lines

    def enters(self, line: str) -> None:
        self.process.stdin.write(line.encode("utf-8") + b"\n")

    def shows(self, pattern: str, lines: queue.Queue | None = None) -> re.Match:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = (lines or self.lines).get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"{self.name} did not show {pattern!r}; it showed {self.seen}, "
                                     f"and noted {list(self.errors.queue)}")
            self.seen.append(line)
            if match := re.fullmatch(pattern, line):
                return match

    def shows_all(self, *patterns: str) -> None:
        """These lines come, in any order."""
        missing = list(patterns)
        while missing:
            line = self.shows("|".join(f"(?:{pattern})" for pattern in missing))[0]
            missing.remove(next(pattern for pattern in missing if re.fullmatch(pattern, line)))

    def notes(self, pattern: str) -> re.Match:
        return self.shows(pattern, self.errors)

    def quits(self) -> None:
        self.enters("/quit")
        self.ends_with(0)

    def ends_with(self, code: int) -> None:
        found = self.process.wait(timeout=PATIENCE)
        self.close()
        if found != code:
            raise AssertionError(f"{self.name} ended with {found}, and noted {list(self.errors.queue)}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for reader in self.readers:
            reader.join()
        self.close()

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass


class WithPeers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.peers = []

    def peer(self, name: str, *options: str, **more) -> Peer:
        peer = Peer(self.folder, name, *options, **more)
        self.peers.append(peer)
        self.addCleanup(lambda: peer.process.poll() is None and peer.kill())
        return peer

    def pair(self) -> tuple[Peer, Peer]:
        alice, bob = self.peer("alice"), self.peer("bob")
        alice.shows("found: bob")
        bob.shows("found: alice")
        return alice, bob


def drain(peer: Peer) -> list[str]:
    """What a peer that has ended showed of alice's messages."""
    while (line := peer.lines.get(timeout=PATIENCE)) is not None:
        peer.seen.append(line)
    return [line for line in peer.seen if line.startswith("alice> ")]


def kept(peer: Peer, name: str, pattern: str) -> list[str]:
    """What /history has of all messages with that name, where the pattern matches behind the time."""
    before = len(peer.seen)
    peer.enters(f"/history {name} 1000")
    peer.enters("/peers")
    peer.shows("peers: .*")
    found = (re.fullmatch(f"[0-9-]{{10}} [0-9:]{{8}} {pattern}", line) for line in peer.seen[before:])
    return [match[1] for match in found if match]


class Peers(WithPeers):
    def test_found_connected_said_left(self):
        """P8.7 P8.9 P9.5 P9.7: by discovery alone."""
        alice, bob = self.pair()
        alice.enters("/connect bob")
        alice.shows("connected to bob")
        alice.shows("new key for bob")
        number = alice.shows("safety number with bob: ([0-9 ]{35})")[1]
        bob.shows("connected to alice")
        bob.shows("new key for alice")
        bob.shows(f"safety number with alice: {number}")
        alice.enters("/msg bob naïve ☕ <end>")
        alice.shows("1 to bob> naïve ☕ <end>")
        bob.shows("alice> naïve ☕ <end>")
        alice.shows("delivered to bob: 1")
        bob.enters("/to alice")
        bob.enters("one")
        bob.enters("two")
        alice.shows("bob> one")
        alice.shows("bob> two")
        bob.shows("delivered to alice: 2")
        bob.enters("/all everybody")
        bob.shows("3 to all> everybody")
        alice.shows("bob to all> everybody")
        bob.shows("delivered to alice: 3")
        alice.enters("/peers")
        alice.shows(rf"peer bob active {re.escape(bob.address)} since [0-9:]{{8}}")
        alice.shows("peers: 1")
        alice.enters("/history bob 3")
        alice.shows(r"[0-9-]{10} [0-9:]{8} < one \[delivered\]")
        alice.enters("/verify bob")
        alice.shows(f"safety number with bob: {number}")
        bob.quits()
        alice.shows_all("left: bob", "disconnected from bob")
        alice.enters("/stats")
        alice.shows("stats: size 0, token 0, time 0, shape 0, own [0-9]+, .*, full 0")
        alice.quits()

    def test_queued_over_restarts(self):
        """P9.7 P9.8: a message waits for who is away, also when both programs were ended, one by kill -9."""
        alice, bob = self.pair()
        alice.enters("/connect bob")
        bob.shows("safety number with alice: .*")
        bob.quits()
        alice.shows("disconnected from bob")
        alice.enters("/msg bob first")
        alice.shows("queued for bob: 1")
        alice.enters("/msg bob second")
        alice.shows("2 to bob> second")
        alice.kill()
        alice, bob = self.peer("alice"), self.peer("bob")
        bob.shows("alice> first")
        bob.shows("alice> second")
        alice.shows("delivered to bob: 1")
        alice.shows("delivered to bob: 2")
        alice.enters("/msg bob third")
        alice.shows("3 to bob> third")
        bob.shows("alice> third")
        self.assertNotIn("new key for alice", bob.seen)
        alice.quits()
        bob.quits()

    def test_kill_9_loses_nothing(self):
        """P9.11: whichever side is killed at whichever moment, every message comes, and is kept once."""
        count = 120
        alice, bob = self.pair()
        alice.enters("/connect bob")
        bob.shows("safety number with alice: .*")
        alice.shows("safety number with bob: .*")
        shown = []
        entered = 0
        while entered < count:
            for _ in range(10):
                entered += 1
                alice.enters(f"/msg bob m{entered}")
            time.sleep(random.uniform(0, 0.1))
            if random.random() < 0.5:
                bob.kill()
                shown += drain(bob)
                bob = self.peer("bob")
            else:
                alice.shows(f"{entered} to bob> m{entered}")  # what was entered and not read is lost with the program
                alice.kill()
                alice = self.peer("alice")
        if f"alice> m{count}" not in shown:
            bob.shows(f"alice> m{count}")
        deadline = time.monotonic() + PATIENCE
        in_order = [f"m{number}" for number in range(1, count + 1)]
        while kept(alice, "bob", r"> (.*) \[delivered\]") != in_order:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(kept(bob, "alice", r"< (.*) \[.*\]"), in_order)
        shown += [line for line in bob.seen if line.startswith("alice> ")]
        self.assertEqual(set(shown), {f"alice> m{number}" for number in range(1, count + 1)})

    def test_silent_and_back(self):
        """P8.9: a peer that says nothing is silent after three beats, and forgotten after --inactive."""
        alice = self.peer("alice", "--inactive", "3")
        bob = self.peer("bob")
        alice.shows("found: bob")
        bob.kill()
        alice.shows(r"left: bob \(silent\)")
        alice.enters("/peers")
        alice.shows(r"peer bob silent [0-9.:]+ since [0-9:]{8}")
        alice.shows("forgotten: bob")
        bob = self.peer("bob")
        alice.shows("found: bob")
        self.assertLess(len(alice.seen), 20)

    def test_letter_is_carried(self):
        """P9.8: the writer is gone when the recipient comes; the acknowledgement comes back as a letter."""
        alice, bob = self.pair()
        carol = self.peer("carol")
        for one, other in ((alice, "bob"), (alice, "carol"), (bob, "carol")):
            one.enters(f"/connect {other}")
            one.shows(f"safety number with {other}: .*")
        bob.quits()
        alice.shows("disconnected from bob")
        alice.enters("/letter bob see you at eight")
        alice.shows("1 to bob> see you at eight")
        alice.notes(".*private key.* letter.*")
        alice.shows("queued for bob: 1")
        alice.quits()
        carol.shows("disconnected from alice")
        bob = self.peer("bob")
        bob.shows("letter from alice> see you at eight")
        bob.quits()
        carol.shows("disconnected from bob")
        alice = self.peer("alice")
        alice.shows("delivered to bob: 1")
        alice.quits()
        carol.quits()

    def test_file_both_ways(self):
        """P9.9: taken, refused, and taken up again after kill -9 in the middle."""
        alice, bob = self.pair()
        content = os.urandom(20_000_000)
        path = os.path.join(self.folder, "photo.jpg")
        pathlib.Path(path).write_bytes(content)
        alice.enters(f"/send bob {path}")
        bob.shows("alice offers file 1: photo.jpg, 20000000 bytes")
        bob.enters("/refuse 1")
        alice.shows("file 1 failed: .*bob.*refused.*")
        alice.enters(f"/send bob {path}")
        bob.shows("alice offers file 2: photo.jpg, 20000000 bytes")
        bob.enters("/take 2")
        parts = pathlib.Path(bob.data) / "files" / ".part"
        deadline = time.monotonic() + PATIENCE
        while not any(part.stat().st_size > 1_000_000 for part in parts.glob("*")):
            self.assertLess(time.monotonic(), deadline)
        bob.kill()
        came = next(parts.glob("*")).stat().st_size
        self.assertLess(came, len(content))
        bob = self.peer("bob")
        received = bob.shows("file 2 received: (.*)")[1]
        self.assertEqual(pathlib.Path(received).read_bytes(), content)
        self.assertEqual(list(parts.glob("*")), [])
        alice.shows("file 2 sent to bob")
        empty = pathlib.Path(self.folder, "other", "photo.jpg")
        empty.parent.mkdir()
        empty.write_bytes(b"")
        bob.enters(f"/send alice {empty}")
        alice.shows("bob offers file 3: photo.jpg, 0 bytes")
        alice.enters("/take 3")
        alice.shows(f"file 3 received: {re.escape(os.path.join(alice.data, 'files', 'photo.jpg'))}")
        bob.shows("file 3 sent to alice")

    def test_room(self):
        """P9.10: made, spoken in, changed; one who is out is out."""
        alice, bob = self.pair()
        carol = self.peer("carol")
        alice.shows("found: carol")
        bob.shows("found: carol")
        alice.enters("/room den bob carol")
        for peer in (alice, bob, carol):
            peer.shows("room den: alice, bob, carol")
        bob.enters("/in den hi all")
        bob.shows("1 in den> hi all")
        alice.shows("bob in den> hi all")
        carol.shows("bob in den> hi all")
        bob.shows("delivered to (alice|carol): 1")
        bob.shows("delivered to (alice|carol): 1")
        alice.enters("/room den bob")
        alice.shows("room den: alice, bob")
        bob.shows("room den: alice, bob")
        carol.notes(".*no longer in .*room den")
        carol.enters("/in den still here?")
        carol.shows("error: .*no room den.*")

    def test_key_has_changed(self):
        """P9.5: another key under a pinned name is refused until it is trusted."""
        alice, bob = self.pair()
        alice.enters("/connect bob")
        alice.shows("safety number with bob: .*")
        bob.quits()
        alice.shows("disconnected from bob")
        os.rename(bob.data, bob.data + ".old")
        bob = self.peer("bob")
        suffixed = re.escape(alice.shows("found: (bob#.{4,})")[1])
        bob.shows("found: alice")
        bob.enters("/connect alice")
        alice.shows("error: the key of bob has changed")
        number = alice.shows(f"safety number with {suffixed}: (.*)")[1]
        bob.shows("error: .*alice.*")
        alice.enters("/trust bob")
        alice.shows("error: .*")
        alice.enters("/trust " + suffixed.replace("\\", ""))
        alice.shows("new key for bob")
        alice.shows(f"safety number with bob: {number}")
        bob.enters("/connect alice")
        bob.shows("connected to alice")
        alice.shows("connected to bob")

    def test_access(self):
        """P9.5: --access and /block keep a key out, /allow lets it in."""
        alice, bob = self.peer("alice", "--access", "known"), self.peer("bob")
        alice.shows("found: bob")
        bob.shows("found: alice")
        bob.enters("/connect alice")
        bob.shows("error: .*alice.*")
        alice.enters("/allow bob")
        alice.notes(".*bob is allowed")
        bob.enters("/connect alice")
        bob.shows("connected to alice")
        alice.shows("new key for bob")
        alice.enters("/block bob")
        alice.shows("disconnected from bob")
        bob.shows("disconnected from alice")
        bob.enters("/connect alice")
        bob.shows("error: .*alice.*")

    def test_crossing(self):
        """P9.6: who call each other at once have one session, and nothing is lost."""
        alice, bob = self.pair()
        for number in range(1, 21):
            alice.enters(f"/msg bob a{number}")
            bob.enters(f"/msg alice b{number}")
        for number in range(1, 21):
            alice.shows(f"bob> b{number}")
            bob.shows(f"alice> a{number}")
        for number in range(1, 21):
            self.assertEqual(alice.seen.count(f"bob> b{number}"), 1)

    def test_another_passphrase_or_team(self):
        """P8.3 P9.2: strangers see nothing and are told nothing."""
        alice, mallory = self.peer("alice"), self.peer("mallory", team="pirates")
        mallory.enters(f"/connect {alice.address}")
        mallory.shows(f"error: .*{re.escape(alice.address)}.*closed without a word.*")
        deadline = time.monotonic() + PATIENCE
        while True:  # mallory's beacons are heard, and dropped as tokens
            alice.enters("/stats")
            if int(alice.shows("stats: size 0, token ([0-9]+), .*")[1]) > 0:
                break
            self.assertLess(time.monotonic(), deadline)
        alice.enters("/peers")
        alice.shows("peers: 0")

    def test_without_discovery(self):
        """P8.1: --no-discovery finds nobody by itself; --peer and /connect do."""
        alice, bob = self.peer("alice", "--no-discovery"), self.peer("bob", "--no-discovery")
        carol = self.peer("carol", "--no-discovery", "--peer", alice.address)
        bob.enters(f"/connect {alice.address}")
        bob.shows("connected to alice")
        bob.enters("/msg alice hi")
        alice.shows("bob> hi")
        carol.enters("/peers")
        carol.shows("peers: 0")
        bob.quits()
        alice.shows("disconnected from bob")
        self.assertNotIn("found: carol", alice.seen)

    def test_starts_that_fail(self):
        """P8.1 P8.2 P9.11: one line and an exit code."""
        alice = self.peer("alice", "--port", "6000")
        bob = self.peer("bob", "--port", "6000")
        self.assertEqual(bob.address, "127.0.0.1:6001")
        bob.notes("port 6000 is in use, took 6001")
        passphrase = os.path.join(self.folder, "passphrase")
        damaged, latin = os.path.join(self.folder, "damaged"), os.path.join(self.folder, "latin")
        os.mkdir(damaged)
        pathlib.Path(damaged, "history.db").write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
        pathlib.Path(latin).write_bytes(b"z\xfc\n")
        for code, pattern, options in (
                (1, "error: .*(use|uses) .*", ["--passphrase-file", passphrase, "--data", alice.data]),
                (1, "error: .*damaged.*", ["--passphrase-file", passphrase, "--data", damaged]),
                (1, "error: .*UTF-8.*", ["--passphrase-file", latin]),
                (1, "error: .*passphrase.*", []),
                (2, ".*all.*", ["--name", "all"]),
                (2, ".*1023.*", ["--port", "1023"]),
                (2, ".*", ["--access", "everybody"])):
            given = {"--name": "x", "--team": "rocket", "--data": os.path.join(self.folder, "x"),
                     **dict(zip(options[::2], options[1::2]))}
            ended = subprocess.run([*COMMAND, *(word for pair in given.items() for word in pair)],
                                   stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual((ended.returncode, ended.stdout), (code, ""), ended.stderr)
            self.assertRegex(ended.stderr, f"\\A{pattern}\n\\Z")


if __name__ == "__main__":
    unittest.main()
