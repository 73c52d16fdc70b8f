"""Stage 03: lines XORed with one repeated key (P5). Weak on purpose: lesson 03 breaks it."""

import hashlib
import itertools

from messages import ProtocolError, decode_hexadecimal, decode_message, decode_peer_message, encode_message


def xor_key(shared_secret: bytes) -> bytes:
    return hashlib.sha256(shared_secret).digest()


def xor(data: bytes, key: bytes) -> bytes:
    """P5.1: the key starts again at its byte 0 in every line. The same function encrypts and decrypts."""
    return bytes(byte ^ key_byte for byte, key_byte in zip(data, itertools.cycle(key)))


class XoredLines:
    nonsense_code = "bad-request"
    nonsense_words = None

    def __init__(self, shared_secret: bytes):
        self.key = xor_key(shared_secret)

    def wrap(self, line: bytes) -> bytes:
        return encode_message({"type": "xored", "ciphertext": xor(line, self.key).hex()})

    def unwrap(self, line: bytes) -> dict:
        outer = decode_peer_message(line)  # error lines come in clear
        ciphertext = decode_hexadecimal(outer.get("ciphertext"))
        if outer["type"] != "xored" or ciphertext is None:
            raise ProtocolError("bad-request", "after the keys every line is xored")
        return decode_message(xor(ciphertext, self.key))
