"""Known answers of stage 05: keys, tokens, beacons, sessions and letters against the vectors.

Run with: python3 -m unittest test_lan_vectors (VECTORS=directory chooses another place of the vectors)
"""

import types
import unittest

import diffie_hellman
import lan_fernet
import lan_letter
import lan_wire
from lan_beacons import REASONS, Gate, LastHeard, RateLimit, make_beacon
from lan_encoding import decode_base64, encode_base64, encode_base64url, is_fingerprint, parse_address
from lan_identity import PublicIdentity, is_public_key, read_private_key, safety_number, team_key
from messages import encode_message
from test_vectors import load

LAN = load("lan.json")
KEYS = {name: read_private_key(key["pem"].encode("ascii")) for name, key in LAN["keys"].items()}
EVERYBODY = types.SimpleNamespace(is_pinned=lambda fingerprint: False, has_place=lambda fingerprint, source: True,
                                  knows=lambda fingerprint: True)


class Keys(unittest.TestCase):
    def test_fingerprints(self):
        for name, key in LAN["keys"].items():
            self.assertEqual(encode_base64(KEYS[name].der), key["spki"])
            self.assertEqual(KEYS[name].fingerprint, key["fingerprint"])
            self.assertTrue(is_fingerprint(key["fingerprint"]))

    def test_refused_keys(self):
        for key in LAN["refusedKeys"]:
            self.assertFalse(is_public_key(decode_base64(key["spki"])), key["name"])
            if key["pem"] and key["pem"].count("RSA") == 0 and "alice's" not in key["name"]:
                self.assertIsNone(read_private_key(key["pem"].encode("ascii")), key["name"])

    def test_team_keys(self):
        for case in LAN["teamKeys"]:
            key = team_key(case["passphrase"], case["team"])
            self.assertEqual(key.hex(), case["key"], case["note"])
            self.assertEqual(encode_base64url(key), case["fernetKey"])

    def test_safety_numbers(self):
        for case in LAN["safetyNumbers"]:
            self.assertEqual(safety_number(KEYS[case["one"]].der, KEYS[case["other"]].der), case["number"])


class Fernet(unittest.TestCase):
    def test_valid(self):
        for case in LAN["fernet"]["valid"]:
            key, plaintext = bytes.fromhex(case["key"]), bytes.fromhex(case["plaintext"])
            self.assertEqual(lan_fernet.decrypt(key, case["token"]), (case["time"], plaintext), case["name"])
            iv = lan_fernet.decode_base64url(case["token"])[9:25]
            self.assertEqual(lan_fernet.encrypt(key, plaintext, case["time"], iv), case["token"], case["name"])

    def test_invalid(self):
        for case in LAN["fernet"]["invalid"]:
            self.assertIsNone(lan_fernet.decrypt(bytes.fromhex(case["key"]), case["token"]), case["name"])


class Beacons(unittest.TestCase):
    def setUp(self):
        self.team_key = bytes.fromhex(LAN["beacons"]["teamKey"])

    def gate(self, own: str) -> Gate:
        return Gate(KEYS[own].fingerprint, LAN["beacons"]["team"], self.team_key, EVERYBODY)

    def check(self, gate: Gate, step: dict) -> None:
        before = dict(gate.last)
        reason, beacon = gate.judge(step["datagram"].encode("utf-8"), step["source"], step["now"])
        self.assertEqual(reason, step["expect"], step["name"])
        if reason == "accept":
            self.assertEqual({"session": beacon.session, "seq": beacon.seq}, step["accepted"], step["name"])
        else:
            self.assertEqual(gate.last, before, step["name"])
            self.assertEqual(gate.counters, {reason: 1 + self.dropped.get(reason, 0)} | {
                other: count for other, count in self.dropped.items() if other != reason})
            self.dropped = dict(gate.counters)

    def test_each(self):
        for case in LAN["beacons"]["cases"]:
            gate, self.dropped = self.gate(case["own"]), {}
            if case["state"]:
                state = case["state"]
                address = f"{case['source']}:5000"
                gate.last[KEYS["alice"].fingerprint] = LastHeard(state["session"], seqs={address: state["seq"]})
            self.check(gate, case)

    def test_run(self):
        gate, self.dropped = self.gate("bob"), {}
        for step in LAN["beacons"]["run"]["steps"]:
            self.check(gate, step)

    def test_own_beacons_are_accepted_by_others(self):
        now = 1_764_360_042_500
        content = {"type": "bye", "name": "a" * 32, "team": "rocket", "address": "10.200.200.200:65535",
                   "session": now, "seq": 2**53 - 1}
        datagram = make_beacon(KEYS["alice"], self.team_key, content, now)
        self.assertLessEqual(len(datagram), 1_472)
        self.assertEqual(self.gate("bob").judge(datagram, "10.200.200.200", now)[0], "accept")

    def test_rate(self):
        limit = RateLimit(from_one=20, in_all=200, kept=50)
        self.assertEqual(sum(limit.allows("10.0.0.1", 0) for _ in range(30)), 20)
        self.assertEqual(sum(limit.allows(None, 0) for _ in range(300)), 130)
        self.assertEqual(sum(limit.allows(None, 0, privileged=True) for _ in range(300)), 50)
        self.assertFalse(limit.allows(None, 999))
        self.assertTrue(limit.allows("10.0.0.1", 1_000))

    def test_reasons_are_all_counted(self):
        expected = {case["expect"] for case in LAN["beacons"]["cases"]} - {"accept"}
        self.assertLessEqual(expected, set(REASONS))


class Addresses(unittest.TestCase):
    def test_forms(self):
        for text, parsed in {"10.0.0.1:5000": ("10.0.0.1", 5000), "[::1]:65535": ("::1", 65535), "10.0.0.1": None,
                             "10.0.0.01:5000": None, "[::0001]:5000": None, "::1:5000": None, "[10.0.0.1]:5000": None,
                             "bob:5000": None, "10.0.0.1:0": None, "10.0.0.1:65536": None, "10.0.0.1:05000": None,
                             "10.0.0.1:5000\n": None, "[fe80::1%lo]:5000": None, "10.0.0.1:5000 ": None}.items():
            self.assertEqual(parse_address(text), parsed, text)


class Sessions(unittest.TestCase):
    def test_each(self):
        for session in [*LAN["sessions"], LAN["wrongCallee"]]:
            self.check(session)

    def check(self, session: dict) -> None:
        key = bytes.fromhex(LAN["beacons"]["teamKey"])
        tokens = session["helloTokens"]
        for index, frame in enumerate(session["frames"]):
            reader = lan_wire.FrameReader("rocket")
            for byte in frame.encode("ascii"):
                self.assertIsNone(reader.next_token())
                reader.push(bytes([byte]))
            self.assertEqual(reader.next_token(), tokens[index])
            self.assertEqual(lan_wire.encode_frame(frame[1:frame.index(">")], "rocket", tokens[index]).decode(), frame)
        hellos = [lan_wire.read_hello(key, "rocket", token, index == 1) for index, token in enumerate(tokens)]
        secret = diffie_hellman.shared_secret(lan_wire.GROUP, int(session["initiatorPrivate"], 16), hellos[1].public_key)
        self.assertEqual(secret.hex(), session["sharedSecret"])
        salt = lan_wire.salt_of(*tokens)
        self.assertEqual(salt.hex(), session["salt"])
        keys = dict(zip(("initiator", "responder"), lan_wire.derive_keys(secret, salt)))
        self.assertEqual({role: value.hex() for role, value in keys.items()}, session["keys"])
        readers = {role: lan_wire.Sealer(value) for role, value in keys.items()}
        for proof in session["proofs"]:
            role = proof["sender"]
            identity = lan_wire.read_proof(readers[role].open(proof["token"]), role, salt)
            self.assertEqual(identity.fingerprint, KEYS[session[role]].fingerprint)
            own = lan_wire.make_proof(KEYS[session[role]], role, salt)
            self.assertEqual(lan_wire.read_proof(own, role, salt).der, KEYS[session[role]].der)
        for record in session.get("records", []):
            message = readers[record["sender"]].open(record["token"])
            self.assertEqual(encode_message(message).decode("utf-8"), record["plaintext"])
        numbers = safety_number(KEYS[session["initiator"]].der, KEYS[session["responder"]].der)
        self.assertEqual(numbers, session["safetyNumber"])
        for proof in session.get("refusedProofs", []):
            role = proof["sender"]
            with self.assertRaises(lan_wire.Wrong, msg=proof["name"]):
                identity = lan_wire.read_proof(lan_wire.Sealer(keys[role]).open(proof["token"]), role, salt)
                if identity.fingerprint != KEYS[session[role]].fingerprint:  # checked by who knows whom they called
                    raise lan_wire.Wrong(proof["name"])

    def test_frames_of_another_form(self):
        right = b"<10.0.0.1:5000> @ <rocket>\ntoken\n<end>\n"
        changed = [right.replace(*change) for change in (
            (b"rocket", b"rocket2"), (b"> @", b">  @"), (b"<10", b"10"), (b"<end>", b"<end> "), (b":5000", b""),
            (b"token", b""), (b"token", "tok\u00e9n".encode()), (b"10.0.0.1", b"bob"), (b"token\n", b"token\ntoken\n"))]
        for frame in [*changed, b"a" * 70_000 + right, b"<10.0.0.1:5000> @ <rocket>\n" + b"A" * 262_144]:
            reader = lan_wire.FrameReader("rocket")
            reader.push(frame)
            with self.assertRaises(lan_wire.Wrong, msg=frame[:60]):
                reader.next_token()

    def test_largest_frame(self):
        space = lan_wire.LARGEST_FRAME - len(lan_wire.encode_frame("10.0.0.1:5000", "rocket", ""))
        reader = lan_wire.FrameReader("rocket")
        reader.push(lan_wire.encode_frame("10.0.0.1:5000", "rocket", "A" * space).replace(b"\n", b"\n") * 2)
        self.assertEqual(len(reader.next_token()), space)
        self.assertEqual(len(reader.next_token()), space)
        self.assertIsNone(reader.next_token())
        reader.push(lan_wire.encode_frame("10.0.0.1:5000", "rocket", "A" * (space + 1)))
        self.assertRaises(lan_wire.Wrong, reader.next_token)
        reader = lan_wire.FrameReader("rocket")
        reader.push(b"<10.0.0.1:5000> @ <rocket>\r\ntoken\r\n<end>\r\n")
        self.assertEqual(reader.next_token(), "token")


class Letters(unittest.TestCase):
    def test_each(self):
        for case in LAN["letters"]["cases"]:
            letter = lan_letter.read_letter(
                {"type": "letter", "body": case["body"], "signature": case["signature"]})
            opened = None
            if letter is not None and lan_letter.is_signed(letter, PublicIdentity(KEYS[case["sender"]].der)):
                opened = lan_letter.open_letter(letter, KEYS[case["reader"]])
            self.assertEqual(opened is not None, case["expect"] == "accept", case["name"])
            if opened is not None:
                self.assertEqual(opened["text"], case["text"])

    def test_there_and_back(self):
        for inside in ({"type": "message", "text": "hi"}, {"type": "ack", "of": "0" * 32}):
            made = lan_letter.make_letter(KEYS["alice"], KEYS["bob"], "1" * 32, inside, 1_764_360_000_123)
            letter = lan_letter.read_letter(made.as_message())
            self.assertTrue(lan_letter.is_signed(letter, KEYS["alice"]))
            self.assertLessEqual(inside.items(), lan_letter.open_letter(letter, KEYS["bob"]).items())
            self.assertIsNone(lan_letter.open_letter(letter, KEYS["carol"]))


if __name__ == "__main__":
    unittest.main()
