"""Stage 05, parts without sockets: names, the directory and its limits, file names, trust, history, passphrases.

Run with: python3 -m unittest test_lan_parts
"""

import os
import pathlib
import sqlite3
import tempfile
import types
import unittest

from lan_beacons import Beacon, Gate
from lan_directory import Directory
from lan_file_names import link_into, open_part, safe_name
from lan_history import History, HistoryError
from lan_identity import PublicIdentity
from lan_names import Names
from lan_passphrase import NoPassphrase, new_passphrase, read_passphrase
from lan_trust import Trust

OWN = "O" * 43


def key(text: str):
    return types.SimpleNamespace(fingerprint=text.ljust(43, "x"), der=text.encode())


def beacon(name: str, address: str, session: int = 1, seq: int = 1, kind: str = "beacon") -> Beacon:
    return Beacon(kind, name, "rocket", address, session, seq, b"", b"", b"")


class NamesOfPeers(unittest.TestCase):
    def test_the_first_heard_has_the_plain_name(self):
        names = Names("alice", OWN)
        first, second, third = key("aaaa").fingerprint, key("bbbb1").fingerprint, key("bbbb2").fingerprint
        names.heard |= {first: "Bob", second: "bob", third: "BOB"}
        self.assertEqual([names.shown(one) for one in (first, second, third)], ["Bob", "bob#bbbb1", "BOB#bbbb2"])
        self.assertEqual(names.find("bOB"), first)
        self.assertEqual(names.find("bob#bbbb2"), third)
        self.assertIsNone(names.find("bob#bbbb"))
        self.assertIsNone(names.find("bob#BBBB2"))
        self.assertIsNone(names.find("bob#bbb"))
        names.pinned[third] = "bob"
        self.assertEqual([names.shown(one) for one in (first, second, third)], ["Bob#aaaa", "bob#bbbb1", "bob"])
        del names.heard[third]  # away: the name stays theirs
        self.assertEqual((names.find("bob"), names.shown(first)), (third, "Bob#aaaa"))

    def test_our_own_name_is_ours(self):
        names = Names("alice", OWN)
        names.heard[key("aaaa").fingerprint] = "Alice"
        self.assertEqual(names.shown(key("aaaa").fingerprint), "Alice#aaaa")
        self.assertEqual(names.find("alice"), OWN)


class WhoIsThere(unittest.TestCase):
    def setUp(self):
        self.pinned = set()
        self.directory = Directory(beat=5, inactive=600, is_pinned=self.pinned.__contains__)

    def hear(self, name: str, address: str, now: int, session: int = 1):
        return self.directory.heard(key(name), beacon(name, address, session), True, now)

    def test_active_silent_forgotten(self):
        bob = key("bob").fingerprint
        self.assertEqual(self.hear("bob", "10.0.0.2:5000", 0), ([("found", bob)], True))
        self.assertEqual(self.hear("bob", "10.0.0.3:5000", 5_000), ([], False))
        self.assertEqual(self.directory.peers[bob].newest_addresses(), ["10.0.0.3:5000", "10.0.0.2:5000"])
        self.assertEqual(self.directory.tick(20_000), [])
        self.assertEqual(self.directory.tick(20_001), [("silent", bob)])
        self.assertEqual(self.hear("bob", "10.0.0.3:5000", 30_000), ([("found", bob)], False))
        self.assertEqual(self.directory.tick(50_000), [("silent", bob)])
        self.assertEqual(self.directory.tick(630_000), [])
        self.assertEqual(self.directory.tick(630_001), [("forgotten", bob)])
        self.assertEqual(self.directory.tick(700_000), [])

    def test_an_open_session_keeps_a_peer_active(self):
        bob = key("bob").fingerprint
        self.directory.session_opened(key("bob"), "bob", "10.0.0.2:5000", 0)
        self.assertEqual(self.directory.tick(1_000_000), [])
        self.assertEqual(self.directory.active(), [bob])
        self.directory.session_closed(bob, 1_000_000)
        self.assertEqual(self.directory.tick(1_015_001), [])  # it was never shown as found
        self.assertEqual(self.directory.active(), [])

    def test_goodbye(self):
        bob = key("bob").fingerprint
        self.hear("bob", "10.0.0.2:5000", 0)
        self.assertEqual(self.directory.goodbye(bob, 1_000), [("left", bob)])
        self.assertEqual(self.directory.goodbye(bob, 1_001), [])
        self.assertEqual(self.directory.active(), [])
        self.assertEqual(self.hear("bob", "10.0.0.2:5000", 2_000, session=2), ([("found", bob)], True))

    def test_places(self):
        for number in range(32):
            self.hear(f"a{number}.", "10.0.0.9:5000", 0)
        self.assertFalse(self.directory.has_place("new", "10.0.0.9"))
        self.assertTrue(self.directory.has_place(key("a0.").fingerprint, "10.0.0.9"))
        for number in range(224):
            self.assertTrue(self.directory.has_place("new", "127.0.0.1"))
            self.hear(f"b{number}.", "127.0.0.1:5000", 10_000)
        self.assertFalse(self.directory.has_place("new", "127.0.0.1"))
        self.pinned.add("new")
        self.assertTrue(self.directory.has_place("new", "127.0.0.1"))
        self.directory.tick(16_000)  # those of 10.0.0.9 are silent now
        self.assertTrue(self.directory.has_place("other", "127.0.0.1"))
        events, _ = self.hear("other", "127.0.0.1:5000", 16_000)
        self.assertEqual(events, [("forgotten", key("a0.").fingerprint), ("found", key("other").fingerprint)])
        self.assertEqual(len(self.directory.peers), 256)

    def test_addresses(self):
        for number in range(10):
            self.hear("bob", f"10.0.0.{number}:5000", number)
        self.assertEqual(self.directory.peers[key("bob").fingerprint].newest_addresses(),
                         [f"10.0.0.{number}:5000" for number in range(9, 1, -1)])

    def test_what_was_heard_is_kept_for_61_seconds(self):
        gate = Gate(OWN, "rocket", bytes(32), self.directory)
        gate.remember(beacon("bob", "10.0.0.2:5000"))
        gate.tick(0)
        gate.tick(61_000)
        self.assertEqual(len(gate.last), 1)
        gate.tick(61_001)
        self.assertEqual(len(gate.last), 0)


class FileNames(unittest.TestCase):
    def test_names(self):
        for name, safe in {
            "photo.jpg": "photo.jpg", "../../.ssh/authorized_keys": "authorized_keys", "C:\\x\\y.txt": "y.txt", "a/b\\": "file",
            "": "file", "..": "file", " . a . ": "a", ".bashrc": "bashrc", 'a:b*c?"<>|d': "abcd", "a\x1b[2J\n": "a\ufffd[2J\ufffd",
            "CON": "_CON", "con.txt": "_con.txt", "com1": "_com1", "COM\u00b9.a.b": "_COM\u00b9.a.b", "console": "console",
            "lpt0": "_lpt0", "nul .txt": "_nul .txt", "\u202egpj.exe": "\ufffdgpj.exe", "x" * 200: "x" * 120,
            "\u00e9" * 100: "\u00e9" * 60, "x" * 119 + "\u00e9": "x" * 119, "x" * 119 + ". y": "x" * 119,
            "\u2603/": "file", "|||": "file",
        }.items():
            self.assertEqual(safe_name(name), safe, name)
            self.assertLessEqual(len(safe_name(name).encode()), 120)

    def test_nothing_is_overwritten_and_no_link_followed(self):
        with tempfile.TemporaryDirectory() as folder:
            part = os.path.join(folder, ".part", "0")
            paths = []
            os.symlink("/nowhere", os.path.join(folder, "a.b (1).txt"))
            for content in (b"first", b"second"):
                file = open_part(part)
                os.write(file, content)
                os.close(file)
                paths.append(link_into(folder, part, "a.b.txt"))
            self.assertEqual([os.path.basename(path) for path in paths], ["a.b.txt", "a.b (2).txt"])
            self.assertEqual(pathlib.Path(paths[0]).read_bytes(), b"first")
            os.symlink(paths[0], part)
            self.assertRaises(OSError, open_part, part)
            os.unlink(part)
            os.mkfifo(part)
            self.assertRaises(OSError, open_part, part)


class OnTheDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "history.db")

    def test_sessions_only_grow(self):
        history = History(self.path)
        self.assertEqual([history.next_session(now) for now in (100, 50, 100, 500)], [100, 101, 102, 500])
        history.close()
        self.assertEqual(History(self.path).next_session(1), 501)

    def test_queue(self):
        history = History(self.path)
        self.assertEqual(history.add_own_message("1" * 32, "you", "hi", ["bob"], 1), 1)
        self.assertEqual(history.add_own_message("2" * 32, "all", "hi", ["bob", "carol"], 2), 2)
        self.assertEqual(history.add_own_message("3" * 32, "you", "ho", ["bob"], 3), 3)
        self.assertEqual([row["number"] for row in history.queued("bob", 64)], [1, 2, 3])
        self.assertEqual(history.untold("bob"), [1, 3])
        history.set_state(1, "bob", "sent")
        history.close()
        history = History(self.path)
        self.assertEqual(history.after_a_crash(), [("bob", 2), ("carol", 2)])
        self.assertEqual([row["number"] for row in history.queued("bob", 64)], [1, 3])
        self.assertTrue(history.add_their_message("bob", "1" * 32, "you", False, "hi", 4))
        self.assertFalse(history.add_their_message("bob", "1" * 32, "you", True, "hi", 5))
        self.assertEqual([row["text"] for row in history.not_shown()], ["hi"])
        self.assertEqual([(row["sign"], row["state"]) for row in history.conversation("bob", 2)],
                         [(">", "queued"), ("<", "delivered")])

    def test_others_are_not_touched(self):
        for content in (b"x" * 10_000, b"SQLite format 3\0" + b"\1" * 8_000):
            pathlib.Path(self.path).write_bytes(content)
            self.assertRaises(HistoryError, History, self.path)
            self.assertEqual(pathlib.Path(self.path).read_bytes(), content)
        os.unlink(self.path)
        other = sqlite3.connect(self.path)
        other.execute("CREATE TABLE a (b)")
        other.close()
        self.assertRaises(HistoryError, History, self.path)
        os.unlink(self.path)
        newer = History(self.path)
        newer.run("PRAGMA user_version = 2")
        newer.close()
        self.assertRaises(HistoryError, History, self.path)

    def test_trust(self):
        history = History(self.path)
        trust = Trust(history, Names("alice", OWN))
        bob, other = PublicIdentity(b"bob"), PublicIdentity(b"other")
        judge = lambda one, access="team", name="bob": trust.judge(one.fingerprint, name, access)
        self.assertEqual([judge(bob), judge(bob, "known"), judge(bob, "verified")], ["first", "refused", "refused"])
        trust.pin(bob, "bob")
        self.assertEqual([judge(bob), judge(bob, "known"), judge(bob, "verified")], ["welcome", "welcome", "refused"])
        self.assertEqual([judge(other, name="BOB"), judge(other, name="carl")], ["changed", "first"])
        trust.set_standing(other, "bob", "allowed")
        self.assertEqual([judge(other), judge(other, "verified", "carl")], ["changed", "first"])
        trust.set_verified(bob.fingerprint)
        self.assertEqual(judge(bob, "verified"), "welcome")
        trust.set_standing(bob, "bob", "blocked")
        self.assertEqual(judge(bob), "refused")
        again = Trust(history, Names("alice", OWN))
        self.assertEqual([again.judge(bob.fingerprint, "bob", "team"), again.keys[bob.fingerprint].verified], ["refused", True])


class Passphrases(unittest.TestCase):
    def test_first_line(self):
        with tempfile.NamedTemporaryFile() as file:
            for content, passphrase in ((b" twenty characters long \r\nmore", " twenty characters long "),
                                        ("zw\u00f6lf H\u00e4user und mehr".encode(), "zw\u00f6lf H\u00e4user und mehr"),
                                        (b"\xef\xbb\xbftwenty characters long\r", "\ufefftwenty characters long\r")):
                pathlib.Path(file.name).write_bytes(content)
                self.assertEqual(read_passphrase(file.name), passphrase)
            for content in (b"", b"\nsecond", b"\r\n", b"\xff\n", b"x" * 70_000):
                pathlib.Path(file.name).write_bytes(content)
                self.assertRaises(NoPassphrase, read_passphrase, file.name)

    def test_new(self):
        self.assertEqual(len(new_passphrase().split()), 6)
        self.assertNotEqual(new_passphrase(), new_passphrase())


if __name__ == "__main__":
    unittest.main()
