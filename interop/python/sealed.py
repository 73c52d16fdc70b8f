"""Stage 04: AES-256-CBC and a MAC over the result, with keys from HKDF (P6)."""

import hashlib
import hmac
import os
import secrets

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from messages import (ProtocolError, as_integer, decode_hexadecimal, decode_message, decode_peer_message,
                      encode_message)

BLOCK = 16
TAG_LENGTH = 32


def transcript_hash(initiator_hello: bytes, responder_hello: bytes, initiator_key: bytes,
                    responder_key: bytes) -> bytes:
    """P6.1: the four handshake lines exactly as sent, each with its LF."""
    lines = (initiator_hello, responder_hello, initiator_key, responder_key)
    return hashlib.sha256(b"".join(line + b"\n" for line in lines)).digest()


def derive_keys(shared_secret: bytes, transcript: bytes) -> tuple[bytes, bytes]:
    """P6.1: 64 bytes for what the initiator sends, 64 for what the responder sends."""
    derivation = HKDF(algorithm=hashes.SHA256(), length=128, salt=transcript, info=b"p2p-chat 04 A256CBC-HS512")
    material = derivation.derive(shared_secret)
    return material[:64], material[64:]


def aes_cbc_encrypt(key: bytes, iv: bytes, padded: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def aes_cbc_decrypt(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(ciphertext) + decryptor.finalize()


def authentication_tag(key: bytes, seq: int, iv: bytes, ciphertext: bytes) -> bytes:
    """RFC 7518, 5.2.2.1: HMAC over additional data, IV, ciphertext and the additional data's length in bits."""
    additional_data = seq.to_bytes(8, "big")
    length_in_bits = (8 * len(additional_data)).to_bytes(8, "big")
    mac = hmac.new(key[:32], additional_data + iv + ciphertext + length_in_bits, hashlib.sha512)
    return mac.digest()[:TAG_LENGTH]


def seal(key: bytes, seq: int, iv: bytes, plaintext: bytes) -> bytes:
    """One line of P6.2. The IV is a parameter only so that a test can fix it."""
    padder = padding.PKCS7(8 * BLOCK).padder()
    ciphertext = aes_cbc_encrypt(key[32:], iv, padder.update(plaintext) + padder.finalize())
    tag = authentication_tag(key, seq, iv, ciphertext)
    return encode_message({"type": "sealed", "seq": seq, "iv": iv.hex(), "ciphertext": ciphertext.hex(),
                           "tag": tag.hex()})


def unseal(key: bytes, expected_seq: int, record: dict) -> bytes:
    """P6.3: seq, then the tag in constant time, and only then is anything decrypted. ValueError if anything fails."""
    if record["type"] != "sealed" or as_integer(record.get("seq")) != expected_seq:
        raise ValueError
    iv, ciphertext, tag = (decode_hexadecimal(record.get(member)) for member in ("iv", "ciphertext", "tag"))
    if None in (iv, ciphertext, tag) or len(iv) != BLOCK:
        raise ValueError
    if not hmac.compare_digest(tag, authentication_tag(key, expected_seq, iv, ciphertext)):
        raise ValueError
    unpadder = padding.PKCS7(8 * BLOCK).unpadder()
    # Both calls raise ValueError: for a ciphertext of no whole blocks, for a wrong padding.
    return unpadder.update(aes_cbc_decrypt(key[32:], iv, ciphertext)) + unpadder.finalize()


class SealedLines:
    # P6.3: the same answer whatever failed; a difference could be used to learn the plaintext.
    nonsense_code = "bad-record"
    nonsense_words = "the record is not acceptable"

    def __init__(self, sending_key: bytes, receiving_key: bytes):
        self.sending_key = sending_key
        self.receiving_key = receiving_key
        self.next_sent = 0
        self.next_received = 0

    def wrap(self, line: bytes) -> bytes:
        record = seal(self.sending_key, self.next_sent, secrets.token_bytes(BLOCK), line)
        self.next_sent += 1
        return record

    def unwrap(self, line: bytes) -> dict:
        try:
            # P6.4: an error line in clear is believed only in so far as the chat is lost.
            record = decode_peer_message(line)
            plaintext = unseal(self.receiving_key, self.next_received, record)
            self.next_received += 1
            return decode_message(plaintext)
        except (ValueError, ProtocolError):
            raise ProtocolError(self.nonsense_code, self.nonsense_words) from None


def append_to_key_log(path: str, transcript: bytes, initiator_key: bytes, responder_key: bytes) -> None:
    """P6.5: for students who decrypt their own captures. Whoever reads the file reads the chat: mode 0600."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"P2PCHAT04 {transcript.hex()} {initiator_key.hex()} {responder_key.hex()}\n".encode("ascii"))
    finally:
        os.close(file)
