"""Diffie-Hellman key exchange and the safety number (P4).

Python's integers are not made for secrets: pow() takes a time that depends on the private key. For a lesson that is
good enough; a real program uses a library written for the purpose.
"""

import dataclasses
import hashlib
import secrets

from messages import ProtocolError, decode_hexadecimal


@dataclasses.dataclass(frozen=True)
class Group:
    name: str
    prime: int
    generator: int

    @property
    def length(self) -> int:
        """Bytes of the prime, and so of every encoded number."""
        return (self.prime.bit_length() + 7) // 8

    def allows(self, public_key: int) -> bool:
        """P4.4: 0, 1 and p-1 would make the shared secret known to everybody."""
        return 2 <= public_key <= self.prime - 2

    def encode(self, number: int) -> bytes:
        """P4.1, P4.5: big-endian, as long as the prime, leading zero bytes kept."""
        return number.to_bytes(self.length, "big")


MODP2048 = Group("modp2048", int(  # RFC 3526, group 14
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF", 16), 2)
TOY = Group("toy", 23, 5)
GROUPS = {group.name: group for group in (MODP2048, TOY)}


def draw_private_key(group: Group) -> int:
    """P4.3: fresh for every chat, from the system's cryptographic source."""
    while True:
        if group is TOY:
            private_key = 2 + secrets.randbelow(group.prime - 3)  # 2 to p-2
        else:
            private_key = secrets.randbits(256)
        if group.allows(public_key_of(group, private_key)):
            return private_key


def public_key_of(group: Group, private_key: int) -> int:
    return pow(group.generator, private_key, group.prime)


def read_public_key(group: Group, value) -> int:
    """P4.4: the other side's public key, checked, from the member `publicKey`."""
    encoded = decode_hexadecimal(value)
    if encoded is None or len(encoded) != group.length or value != value.lower():
        raise ProtocolError("bad-public-key", f"a public key is {2 * group.length} hexadecimal digits in lower case")
    public_key = int.from_bytes(encoded, "big")
    if not group.allows(public_key):
        raise ProtocolError("bad-public-key", "a public key is a number from 2 to p-2")
    return public_key


def shared_secret(group: Group, private_key: int, other_public_key: int) -> bytes:
    return group.encode(pow(other_public_key, private_key, group.prime))  # P4.5


def safety_number(first: bytes, second: bytes) -> str:
    """P4.6, from the two encoded public keys; their order does not matter."""
    digest = hashlib.sha256(b"p2p-chat safety number" + min(first, second) + max(first, second)).digest()
    groups = (int.from_bytes(digest[5 * index: 5 * index + 5], "big") % 100_000 for index in range(6))
    return " ".join(f"{number:05}" for number in groups)
