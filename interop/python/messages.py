"""JSON messages of stages 02 to 04: reading, writing and checking their members (P0.4, P2.1, P2.7, P3.4)."""

import json
import re

USERNAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})*")
LONGEST_TEXT = 8_192  # bytes of UTF-8, P3.4


class ProtocolError(Exception):
    """The other side broke a clause; `code` is what the error line to it says."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class PeerReportedError(Exception):
    """The other side sent an error line, here in words; `code` is its code alone."""

    def __init__(self, message: str, code: str):
        super().__init__(message)
        self.code = code


def encode_message(message: dict) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def encode_error(problem: ProtocolError) -> bytes:
    return encode_message({"type": "error", "code": problem.code, "message": str(problem)})


def decode_text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError("bad-encoding", "the line is not valid UTF-8") from None


def decode_message(line: bytes) -> dict:
    """P2: every line is a JSON object with a string `type`."""
    text = decode_text(line)
    try:
        message = json.loads(text, parse_int=read_json_integer, parse_constant=refuse_constant)
    except (ValueError, RecursionError):  # RecursionError: thousands of nested brackets
        raise ProtocolError("bad-request", "the line is not JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProtocolError("bad-request", "the line is not an object with a type")
    return message


def decode_peer_message(line: bytes) -> dict:
    """As decode_message; an error line (P3.1) becomes an exception that carries its text."""
    message = decode_message(line)
    if message["type"] == "error":
        raise PeerReportedError(describe_error(message), printable_code(message))
    return message


def describe_error(message: dict) -> str:
    """An error line in words. It comes from outside: cleaned for the terminal and not endless."""
    words = message.get("message")
    words = words if isinstance(words, str) else "no explanation"
    return f"{printable_code(message)}: {printable(words[:200])}"


def printable_code(message: dict) -> str:
    """The code of an error line; what has not the form of a code says nothing."""
    code = message.get("code")
    return code if isinstance(code, str) and re.fullmatch("[a-z-]{1,32}", code) else "no code"


def read_json_integer(digits: str) -> int | float:
    # Python refuses to convert integers of more than 4,300 digits; as an ignored member they are legal JSON.
    return int(digits) if len(digits) < 400 else float(digits)


def refuse_constant(name: str):
    raise ValueError(f"{name} is not JSON")  # Python's reader would take NaN and Infinity


def as_integer(value) -> int | None:
    """The integer that a JSON number means (50001 and 50001.0 are one number), or None."""
    if isinstance(value, bool):
        return None  # in Python, True is an integer
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def is_username(value) -> bool:
    """P2.1: `you` is taken by the terminal, in any case."""
    return isinstance(value, str) and USERNAME.fullmatch(value) is not None and value.lower() != "you"


def same_name(first, second) -> bool:
    """P2.1: names are compared without regard to case."""
    return is_username(first) and is_username(second) and first.lower() == second.lower()


def is_port(value) -> bool:
    number = as_integer(value)
    return number is not None and 1 <= number <= 65_535


def is_text(value) -> bool:
    """P3.4: 1 to 8,192 bytes of UTF-8 without lone surrogates."""
    if not isinstance(value, str):
        return False
    try:
        return 1 <= len(value.encode("utf-8")) <= LONGEST_TEXT
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form
        return False


def decode_hexadecimal(value) -> bytes | None:
    if isinstance(value, str) and HEXADECIMAL.fullmatch(value):
        return bytes.fromhex(value)
    return None


# P3.4: C0, DEL, C1 and the bidirectional controls could drive or deceive a terminal. Tab is harmless.
DANGEROUS = [*range(0x00, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
REPLACEMENTS = {code_point: "\ufffd" for code_point in DANGEROUS if code_point != ord("\t")}


def printable(text: str) -> str:
    return text.translate(REPLACEMENTS)
