"""Stage 05: who somebody is. RSA keys, fingerprints, signatures, sealed keys; the team's key (P8.2, P8.3, P9.5)."""

import functools
import hashlib
import os
import unicodedata

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lan_encoding import encode_base64url

EXPONENT = 65_537
BITS = 2_048
DER_BEFORE_MODULUS = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
DER_AFTER_MODULUS = bytes.fromhex("0203010001")
DER_LENGTH = 294
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


class PublicIdentity:
    """A public key. `der` is its SubjectPublicKeyInfo; the form is checked by `read_public_key`."""

    def __init__(self, der: bytes):
        self.der = der
        self.fingerprint = fingerprint_of(der)

    @functools.cached_property
    def key(self):
        modulus = int.from_bytes(self.der[len(DER_BEFORE_MODULUS):-len(DER_AFTER_MODULUS)], "big")
        return rsa.RSAPublicNumbers(EXPONENT, modulus).public_key()  # ValueError for an even modulus

    def has_signed(self, label: str, message: bytes, signature: bytes) -> bool:
        """RSA-PSS with SHA-256 and a salt of 32 bytes over the label, a NUL and the message (P8.5)."""
        try:
            self.key.verify(signature, labelled(label, message), PSS, hashes.SHA256())
            return True
        except (InvalidSignature, ValueError):
            return False

    def seal(self, key: bytes) -> bytes:
        """RSA-OAEP (P9.8): only the owner of the private key gets it out again."""
        return self.key.encrypt(key, OAEP)


class Identity(PublicIdentity):
    def __init__(self, private_key: rsa.RSAPrivateKey):
        super().__init__(private_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
        self.private_key = private_key

    def sign(self, label: str, message: bytes) -> bytes:
        return self.private_key.sign(labelled(label, message), PSS, hashes.SHA256())

    def unseal(self, sealed: bytes) -> bytes | None:
        try:
            return self.private_key.decrypt(sealed, OAEP)
        except ValueError:
            return None


def labelled(label: str, message: bytes) -> bytes:
    """What is signed names its purpose, so that no signature can be used for another one."""
    return label.encode("ascii") + b"\0" + message


def fingerprint_of(der: bytes) -> str:
    return encode_base64url(hashlib.sha256(der).digest()).rstrip("=")


def is_public_key(der: bytes | None) -> bool:
    """P8.2: exactly these 294 bytes, the top bit of the modulus set; anything else is no key."""
    return (der is not None and len(der) == DER_LENGTH and der.startswith(DER_BEFORE_MODULUS)
            and der.endswith(DER_AFTER_MODULUS) and der[len(DER_BEFORE_MODULUS)] >= 0x80)


def read_public_key(der: bytes | None) -> PublicIdentity | None:
    return PublicIdentity(der) if is_public_key(der) else None


def read_private_key(pem: bytes) -> Identity | None:
    try:
        identity = Identity(serialization.load_pem_private_key(pem, password=None))
    except (ValueError, TypeError, AttributeError):  # no PEM; with a passphrase; another kind of key
        return None
    return identity if is_public_key(identity.der) else None


def make_private_key() -> bytes:
    """A new identity as PEM (PKCS#8)."""
    key = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def load_or_make(path: str) -> Identity | None:
    """The identity in the file, made at the first start; None if the file holds no such key. OSError if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return read_private_key(file.read(65_536))
    except FileNotFoundError:
        pass
    unfinished = f"{path}.new"  # a crash must not leave half a key behind
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        pem = make_private_key()
        os.write(file, pem)
        os.fsync(file)
    finally:
        os.close(file)
    os.rename(unfinished, path)
    return read_private_key(pem)


def team_key(passphrase: str, team: str) -> bytes:
    """P8.3: scrypt makes every guess of the passphrase slow."""
    password = unicodedata.normalize("NFC", passphrase).encode("utf-8")
    return hashlib.scrypt(password, salt=f"p2p-mesh 05 {team}".encode("ascii"), n=2**15, r=8, p=1, dklen=32,
                          maxmem=64 * 1_024 * 1_024)


def safety_number(first: bytes, second: bytes) -> str:
    """P9.5: P4.6's formula over two keys that stay."""
    digest = hashlib.sha256(b"p2p-mesh safety number" + min(first, second) + max(first, second)).digest()
    groups = (int.from_bytes(digest[5 * index: 5 * index + 5], "big") % 100_000 for index in range(6))
    return " ".join(f"{number:05}" for number in groups)
