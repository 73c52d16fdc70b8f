"""Stage 05: how things are spelled on the wire: base64, JSON objects, names, teams, addresses, ids (P8.1, P8.2, P8.5)."""

import base64
import binascii
import ipaddress
import json
import re

from messages import as_integer, is_username, read_json_integer, refuse_constant

GREATEST_INTEGER = 2**53 - 1
TEAM = re.compile(r"[A-Za-z0-9_-]{1,32}")
ADDRESS = re.compile(r"(?:\[([0-9a-f:.]{2,45})\]|([0-9.]{7,15})):([1-9][0-9]{0,4})")
ID = re.compile(r"[0-9a-f]{32}")
SHA256 = re.compile(r"[0-9a-f]{64}")


def encode_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def decode_base64(value) -> bytes | None:
    """RFC 4648 section 4 with padding; only the one spelling that encoding gives (P8.2)."""
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None
    return data if data is not None and encode_base64(data) == value else None


def encode_base64url(data: bytes) -> str:
    """With padding, as in a Fernet token."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def decode_base64url(value) -> bytes | None:
    try:
        data = base64.b64decode(value, altchars=b"-_", validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None
    return data if data is not None and encode_base64url(data) == value else None


def is_fingerprint(value) -> bool:
    """32 bytes in base64url without padding: 43 characters (P8.2)."""
    return isinstance(value, str) and len(value) == 43 and decode_base64url(value + "=") is not None


def fingerprint_bytes(fingerprint: str) -> bytes:
    return base64.urlsafe_b64decode(fingerprint + "=")


def parse_object(data: bytes | str) -> dict | None:
    """A JSON object, or None. Numbers are read as in the stages before."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(text, parse_int=read_json_integer, parse_constant=refuse_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return None
    return value if isinstance(value, dict) else None


def utf8(text) -> bytes | None:
    """The bytes of a text; None for what is no text or holds a lone surrogate."""
    try:
        return text.encode("utf-8") if isinstance(text, str) else None
    except UnicodeEncodeError:
        return None


def integer_within(value, lowest: int, highest: int = GREATEST_INTEGER) -> int | None:
    number = as_integer(value)
    return number if number is not None and lowest <= number <= highest else None


def is_peer_name(value) -> bool:
    """P8.1: a username (P2.1), and not `all` either."""
    return is_username(value) and value.lower() != "all"


def is_team(value) -> bool:
    return isinstance(value, str) and TEAM.fullmatch(value) is not None


def is_id(value) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None


def is_sha256(value) -> bool:
    return isinstance(value, str) and SHA256.fullmatch(value) is not None


def parse_address(value) -> tuple[str, int] | None:
    """`10.0.0.1:5000` or `[::1]:5000`: no host names, and each address in one spelling only."""
    match = ADDRESS.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[3]) > 65_535:
        return None
    host = match[1] or match[2]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    if str(address) != host or (address.version == 6) != (match[1] is not None):
        return None
    return host, int(match[3])


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
