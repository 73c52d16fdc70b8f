"""Stage 05: Fernet tokens, as in their specification, in one spelling only (P8.4).

The package `cryptography` has a Fernet of its own. It is not used: it takes more than one spelling of a token.
"""

import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives import padding

from lan_encoding import decode_base64url, encode_base64url
from sealed import aes_cbc_decrypt, aes_cbc_encrypt

VERSION = b"\x80"
BLOCK = 16
MAC_LENGTH = 32
SHORTEST = 1 + 8 + BLOCK + BLOCK + MAC_LENGTH  # version, time, IV, one block, MAC


def mac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key[:16], data, hashlib.sha256).digest()  # the first half is the MAC's, the second the cipher's


def encrypt(key: bytes, plaintext: bytes, seconds: int, iv: bytes | None = None) -> str:
    """The IV is a parameter only so that a test can fix it."""
    iv = secrets.token_bytes(BLOCK) if iv is None else iv
    padder = padding.PKCS7(8 * BLOCK).padder()
    ciphertext = aes_cbc_encrypt(key[16:], iv, padder.update(plaintext) + padder.finalize())
    signed = VERSION + seconds.to_bytes(8, "big") + iv + ciphertext
    return encode_base64url(signed + mac(key, signed))


def decrypt(key: bytes, token: str) -> tuple[int, bytes] | None:
    """The token's time in seconds and its plaintext; None is the one error, bad-token."""
    data = decode_base64url(token)
    if data is None or len(data) < SHORTEST:
        return None
    signed, tag = data[:-MAC_LENGTH], data[-MAC_LENGTH:]
    if not hmac.compare_digest(tag, mac(key, signed)) or signed[:1] != VERSION:
        return None
    unpadder = padding.PKCS7(8 * BLOCK).unpadder()
    try:
        padded = aes_cbc_decrypt(key[16:], signed[9:25], signed[25:])
        return int.from_bytes(signed[1:9], "big"), unpadder.update(padded) + unpadder.finalize()
    except ValueError:  # no whole blocks, or a wrong padding
        return None
