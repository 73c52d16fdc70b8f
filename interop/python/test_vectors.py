"""Known answers: diffie_hellman.py, toy_cipher.py and sealed.py against the vectors, expression.py against P1.

Run with: python3 -m unittest test_vectors (VECTORS=directory chooses another place of the vectors)
"""

import json
import os
import pathlib
import unittest

import diffie_hellman
import sealed
import toy_cipher
from expression import ExpressionError, calculate
from messages import ProtocolError, encode_message, printable

VECTORS = pathlib.Path(os.environ.get("VECTORS", pathlib.Path(__file__).parents[2] / "tests" / "vectors"))


def load(name: str) -> dict:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


class DiffieHellman(unittest.TestCase):
    def test_known_answers(self):
        for case in load("dh.json")["cases"]:
            group = diffie_hellman.GROUPS[case["group"]]
            alice, bob = int(case["alicePrivate"], 16), int(case["bobPrivate"], 16)
            alice_public = group.encode(diffie_hellman.public_key_of(group, alice))
            bob_public = group.encode(diffie_hellman.public_key_of(group, bob))
            self.assertEqual(alice_public.hex(), case["alicePublic"])
            self.assertEqual(bob_public.hex(), case["bobPublic"])
            for private, other in ((alice, case["bobPublic"]), (bob, case["alicePublic"])):
                secret = diffie_hellman.shared_secret(group, private, diffie_hellman.read_public_key(group, other))
                self.assertEqual(secret.hex(), case["sharedSecret"])
                self.assertEqual(toy_cipher.xor_key(secret).hex(), case["xorKey"])
            self.assertEqual(diffie_hellman.safety_number(alice_public, bob_public), case["safetyNumber"])
            self.assertEqual(diffie_hellman.safety_number(bob_public, alice_public), case["safetyNumber"])

    def test_bad_public_keys(self):
        for value in (None, 8, "8", "008", "0A", "zz", "00", "01", "16", "17", "", " 8", "+8"):
            with self.assertRaises(ProtocolError, msg=repr(value)) as refusal:
                diffie_hellman.read_public_key(diffie_hellman.TOY, value)
            self.assertEqual(refusal.exception.code, "bad-public-key")

    def test_private_keys(self):
        toy_keys = {diffie_hellman.draw_private_key(diffie_hellman.TOY) for _ in range(2_000)}
        self.assertEqual(toy_keys, set(range(2, 22)) - {11})
        self.assertLess(diffie_hellman.draw_private_key(diffie_hellman.MODP2048), 2**256)


class ToyCipher(unittest.TestCase):
    def test_known_answers(self):
        for case in load("xor.json")["cases"]:
            key, plaintext = bytes.fromhex(case["key"]), case["plaintext"].encode("utf-8")
            self.assertEqual(toy_cipher.xor(plaintext, key).hex(), case["ciphertext"])
            self.assertEqual(toy_cipher.xor(bytes.fromhex(case["ciphertext"]), key), plaintext)


class Sealed(unittest.TestCase):
    def test_nist_block_cipher(self):
        case = load("nist-cbc-aes256.json")
        key, iv, plaintext, ciphertext = (bytes.fromhex(case[name])
                                          for name in ("key", "iv", "plaintext", "ciphertext"))
        self.assertEqual(sealed.aes_cbc_encrypt(key, iv, plaintext), ciphertext)
        self.assertEqual(sealed.aes_cbc_decrypt(key, iv, ciphertext), plaintext)

    def test_sessions(self):
        group = diffie_hellman.MODP2048
        for session in load("sealed.json")["sessions"]:
            handshake = [line.encode("utf-8") for line in session["handshake"]]
            transcript = sealed.transcript_hash(*handshake)
            self.assertEqual(transcript.hex(), session["transcriptSha256"])
            initiator_public, responder_public = (
                diffie_hellman.read_public_key(group, json.loads(line)["publicKey"]) for line in handshake[2:])
            secret = diffie_hellman.shared_secret(group, int(session["alicePrivate"], 16), responder_public)
            self.assertEqual(secret.hex(), session["sharedSecret"])
            keys = sealed.derive_keys(secret, transcript)
            self.assertEqual(keys[0].hex(), session["keys"]["initiatorKey"])
            self.assertEqual(keys[1].hex(), session["keys"]["responderKey"])
            self.assertEqual(diffie_hellman.safety_number(group.encode(initiator_public),
                                                          group.encode(responder_public)), session["safetyNumber"])
            expected = {"initiator": 0, "responder": 0}
            for record in session["records"]:
                key = keys[0] if record["sender"] == "initiator" else keys[1]
                seq = expected[record["sender"]]
                expected[record["sender"]] += 1
                message = json.loads(record["line"])
                plaintext = record["plaintext"].encode("utf-8")
                line = sealed.seal(key, seq, bytes.fromhex(message["iv"]), plaintext)
                self.assertEqual(line.decode("utf-8"), record["line"])
                self.assertEqual(sealed.unseal(key, seq, message), plaintext)

    def test_every_change_is_refused(self):
        key = bytes(range(64))
        sender, line = sealed.SealedLines(key, key), b'{"type":"bye"}'
        record = json.loads(sender.wrap(line))
        self.assertEqual(sealed.unseal(key, 0, record), line)
        changes = [{**record, "seq": 1}, {**record, "seq": "0"}, {**record, "seq": False}, {**record, "type": "bye"}]
        for member in ("iv", "ciphertext", "tag"):
            flipped = bytearray(bytes.fromhex(record[member]))
            flipped[-1] ^= 1
            changes += [{**record, member: value}
                        for value in (flipped.hex(), "", "zz", None, record[member][2:], record[member] + "00")]
        for change in changes:
            receiver = sealed.SealedLines(key, key)
            with self.assertRaises(ProtocolError, msg=change) as refusal:
                receiver.unwrap(encode_message(change))
            self.assertEqual(refusal.exception.code, "bad-record")


class Calculator(unittest.TestCase):
    def test_values(self):
        for expression, value in {
            "2 + 3 * 4": "20", "1 + 5 * 2 - 1 + 10": "21", "0.1 + 0.2": "0.3", "10 / 4": "2.5",
            "1e20 * 10": "1e+21", "0 * -1": "0", "-7 % 3": "-1", "5.5 % 2": "1.5", "3 - -2": "5", "-4 * 2": "-8",
            "3--2": "5", ".5": "0.5", "2.": "2", "2.e3": "2000", "1E-7": "1e-7", "0.000001": "0.000001",
            "123456789012345678": "123456789012346000", "1e20": "100000000000000000000", "5e-324": "5e-324",
            "100000000000000.5": "100000000000001", "-100000000000000.5": "-100000000000001",
            "\t1\t+\t+1 ": "2", "1.5e-10": "1.5e-10", "-0": "0", "1e-999": "0",
        }.items():
            self.assertEqual(calculate(expression), value, expression)

    def test_reasons(self):
        for expression, reason in {
            "": "empty expression", " \t": "empty expression", "1 / 0": "division by zero", "1 % 0": "division by zero",
            "1e308 * 10": "out of range", "1e": 'unexpected "e" at column 2', "5 - - 2": 'unexpected "-" at column 5',
            "1 +": "unexpected end of expression", "(1)": 'unexpected "(" at column 1', "1 2": 'unexpected "2" at column 3',
            "1 / 0 +": "unexpected end of expression", "1e999 / 0": "out of range", "1 / 0 * 1e999": "division by zero",
            "5 / 1e999": "out of range", "1.7976931348623157e308": "out of range", "\U0001f600": 'unexpected "\U0001f600" at column 1',
            "\U0001f600x": 'unexpected "\U0001f600" at column 1', '1 "': 'unexpected """ at column 3',
            "1\x1b": 'unexpected "\ufffd" at column 2', "1..5": 'unexpected "." at column 3', "-": 'unexpected "-" at column 1',
            "\u0661": 'unexpected "\u0661" at column 1', "1+\r": 'unexpected "\ufffd" at column 3', "1\u00a0+ 1": 'unexpected "\u00a0" at column 2',
            "1 / 1e-999": "division by zero", "- 5": 'unexpected "-" at column 1',
        }.items():
            with self.assertRaises(ExpressionError, msg=expression) as failure:
                calculate(expression)
            self.assertEqual(str(failure.exception), reason, expression)


class Terminal(unittest.TestCase):
    def test_control_characters(self):
        self.assertEqual(printable("a\x1b[2Jb\tc\n\x7f\x85\u202e\u2069d\u202f"), "a\ufffd[2Jb\tc\ufffd\ufffd\ufffd\ufffd\ufffdd\u202f")


if __name__ == "__main__":
    unittest.main()
