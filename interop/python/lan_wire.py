"""Stage 05: what goes over a session's connection: frames, hellos, keys, proofs, sealed objects (P9.1 to P9.4)."""

import dataclasses
import hashlib
import re
import secrets
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import diffie_hellman
import lan_fernet
from lan_encoding import (decode_base64, encode_base64, integer_within, is_fingerprint, is_peer_name, parse_address,
                          parse_object)
from lan_identity import Identity, PublicIdentity, read_public_key
from messages import ProtocolError, encode_message

LARGEST_FRAME = 262_144
HEADER = re.compile(r"<([^<>]{1,64})> @ <([^<>]{1,32})>")
END = b"<end>"
NONCE = re.compile(r"[0-9A-Fa-f]{32}")
GROUP = diffie_hellman.MODP2048
PROOF_LABELS = {"initiator": "p2p-mesh 05 proof initiator", "responder": "p2p-mesh 05 proof responder"}


class Wrong(Exception):
    """The other side broke a clause. Before both hellos that is answered by silence, then by bad-record."""


def encode_frame(address: str, team: str, token: str) -> bytes:
    return f"<{address}> @ <{team}>\n{token}\n<end>\n".encode("ascii")


class FrameReader:
    """Cuts a byte stream into frames. It never holds more than a frame and one read."""

    def __init__(self, team: str):
        self.team = team
        self.pending = bytearray()
        self.lines = []  # the lines of the frame that is not complete yet
        self.start = 0  # where the next line begins in `pending`
        self.searched = 0

    def push(self, piece: bytes) -> None:
        self.pending += piece

    def next_token(self) -> str | None:
        """The token of the next frame, or None if it is not complete. Wrong if the frame has another form."""
        while len(self.lines) < 3:
            end = self.pending.find(b"\n", self.searched)
            if end >= LARGEST_FRAME or (end < 0 and len(self.pending) >= LARGEST_FRAME):
                raise Wrong("the frame is too long")
            if end < 0:
                self.searched = len(self.pending)
                return None
            self.lines.append(bytes(self.pending[self.start:end]).removesuffix(b"\r"))
            self.start = self.searched = end + 1
            self.check_line()
        token = self.lines[1].decode("ascii")
        del self.pending[:self.start]
        self.lines, self.start, self.searched = [], 0, 0
        return token

    def check_line(self) -> None:
        line = self.lines[-1]
        if len(self.lines) == 1:
            header = HEADER.fullmatch(line.decode("ascii")) if line.isascii() else None
            # The address is a claim; it has to be one, and is compared with nothing.
            if header is None or parse_address(header[1]) is None or header[2] != self.team:
                raise Wrong("the frame has another header")
        elif len(self.lines) == 2:
            if not line.isascii() or not line:
                raise Wrong("the frame has no token")
        elif line != END:
            raise Wrong("the frame has another end")


@dataclasses.dataclass
class Hello:
    name: str
    address: str
    to: str  # a fingerprint, or empty
    nonce: str
    public_key: int
    token: str  # as it was sent


def make_hello(team_key: bytes, name: str, team: str, address: str, to: str, public_key: int) -> Hello:
    nonce = secrets.token_hex(16)
    content = {"type": "hello", "stage": "05", "from": name, "team": team, "address": address, "to": to,
               "nonce": nonce, "group": GROUP.name, "publicKey": GROUP.encode(public_key).hex()}
    token = lan_fernet.encrypt(team_key, encode_message(content), int(time.time()))
    return Hello(name, address, to, nonce, public_key, token)


def read_hello(team_key: bytes, team: str, token: str, from_responder: bool) -> Hello:
    """P9.2. The time of the token is not looked at."""
    opened = lan_fernet.decrypt(team_key, token)
    content = parse_object(opened[1]) if opened is not None else None
    if content is None:
        raise Wrong("no hello")
    right = (content.get("type") == "hello" and content.get("stage") == "05" and content.get("team") == team
             and content.get("group") == GROUP.name and is_peer_name(content.get("from"))
             and parse_address(content.get("address")) is not None
             and isinstance(content.get("nonce"), str) and NONCE.fullmatch(content["nonce"]) is not None)
    to = content.get("to")
    if not right or not (to == "" or (is_fingerprint(to) and not from_responder)):
        raise Wrong("a hello of another form")
    try:
        public_key = diffie_hellman.read_public_key(GROUP, content.get("publicKey"))
    except ProtocolError:
        raise Wrong("a hello with a bad public key") from None
    return Hello(content["from"], content["address"], to, content["nonce"].lower(), public_key, token)


def salt_of(initiator_token: str, responder_token: str) -> bytes:
    """P9.3: both hellos as they were sent."""
    return hashlib.sha256(f"{initiator_token}\n{responder_token}\n".encode("ascii")).digest()


def derive_keys(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """A Fernet key for what the initiator sends, and one for what the responder sends."""
    material = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=b"p2p-mesh 05 fernet").derive(secret)
    return material[:32], material[32:]


def make_proof(identity: Identity, role: str, salt: bytes) -> dict:
    signature = identity.sign(PROOF_LABELS[role], salt + identity.der)
    return {"type": "proof", "key": encode_base64(identity.der), "signature": encode_base64(signature)}


def read_proof(proof: dict, role: str, salt: bytes) -> PublicIdentity:
    """P9.4: the key's form and the signature. Whether this key may have a session is for others to say."""
    identity = read_public_key(decode_base64(proof.get("key")))
    signature = decode_base64(proof.get("signature"))
    if proof.get("type") != "proof" or identity is None or signature is None:
        raise Wrong("no proof")
    if not identity.has_signed(PROOF_LABELS[role], salt + identity.der, signature):
        raise Wrong("a proof that is not right")
    return identity


class Sealer:
    """One direction's tokens, counted by `seq` from 0."""

    def __init__(self, key: bytes):
        self.key = key
        self.next_seq = 0

    def seal(self, message: dict) -> str:
        plaintext = encode_message({"seq": self.next_seq, **message})
        self.next_seq += 1
        return lan_fernet.encrypt(self.key, plaintext, int(time.time()))

    def open(self, token: str) -> dict:
        opened = lan_fernet.decrypt(self.key, token)
        message = parse_object(opened[1]) if opened is not None else None
        if message is None or integer_within(message.get("seq"), self.next_seq, self.next_seq) is None:
            raise Wrong("a token that is not the next one")
        if not isinstance(message.get("type"), str):
            raise Wrong("an object without a type")
        self.next_seq += 1
        return message
