"""Stage 05: a letter's form. Made by its writer, checked by carriers, opened by the recipient alone (P9.8)."""

import dataclasses
import secrets

import lan_fernet
from lan_encoding import (decode_base64, encode_base64, integer_within, is_fingerprint, is_id, parse_object, utf8)
from lan_identity import Identity, PublicIdentity
from messages import encode_message, is_text

LABEL = "p2p-mesh 05 letter"
LARGEST_LETTER = 65_536  # bytes of the body
KEY_LENGTH = 32


@dataclasses.dataclass
class Letter:
    to: str
    sender: str
    id: str
    sent: int  # milliseconds
    body: bytes
    signature: bytes
    sealed_key: bytes
    token: str

    def as_message(self) -> dict:
        return {"type": "letter", "body": self.body.decode("utf-8"), "signature": encode_base64(self.signature)}


def make_letter(identity: Identity, recipient: PublicIdentity, letter_id: str, inside: dict, now: int) -> Letter:
    """`inside` is what only the recipient reads: type and text, or type and of."""
    inner = {"type": inside["type"], "from": identity.fingerprint, "to": recipient.fingerprint, "id": letter_id}
    key = secrets.token_bytes(KEY_LENGTH)
    token = lan_fernet.encrypt(key, encode_message({**inner, **inside}), now // 1_000)
    sealed_key = recipient.seal(key)
    body = encode_message({"to": recipient.fingerprint, "from": identity.fingerprint, "id": letter_id, "sent": now,
                           "key": encode_base64(sealed_key), "token": token})
    return Letter(recipient.fingerprint, identity.fingerprint, letter_id, now, body, identity.sign(LABEL, body),
                  sealed_key, token)


def read_letter(message: dict) -> Letter | None:
    """The form alone. The signature is checked by `is_signed`, which needs the writer's key."""
    body, signature = utf8(message.get("body")), decode_base64(message.get("signature"))
    content = parse_object(body) if body is not None else None
    if content is None or signature is None:
        return None
    sent, key, token = integer_within(content.get("sent"), 0), decode_base64(content.get("key")), content.get("token")
    if None in (sent, key) or not isinstance(token, str) or not is_id(content.get("id")):
        return None
    if not is_fingerprint(content.get("to")) or not is_fingerprint(content.get("from")):
        return None
    return Letter(content["to"], content["from"], content["id"], sent, body, signature, key, token)


def is_signed(letter: Letter, writer: PublicIdentity) -> bool:
    return writer.fingerprint == letter.sender and writer.has_signed(LABEL, letter.body, letter.signature)


def open_letter(letter: Letter, identity: Identity) -> dict | None:
    """What lies inside; None for whatever is wrong. The signature has to be checked before."""
    if letter.to != identity.fingerprint:
        return None
    key = identity.unseal(letter.sealed_key)
    if key is None or len(key) != KEY_LENGTH:
        return None
    opened = lan_fernet.decrypt(key, letter.token)
    inner = parse_object(opened[1]) if opened is not None else None
    # These three stand inside as well, so that nobody can sign somebody else's sealed text as their own.
    if inner is None or (inner.get("from"), inner.get("to"), inner.get("id")) != (letter.sender, letter.to, letter.id):
        return None
    right = is_text(inner.get("text")) if inner.get("type") == "message" else (
        inner.get("type") == "ack" and is_id(inner.get("of")))
    return inner if right else None
