"""Stage 05: where what others send may stand on the disk (P9.9). Their names are not to be trusted."""

import hashlib
import os
import re

from messages import printable

LONGEST_NAME = 120  # bytes of UTF-8
NOT_IN_NAMES = str.maketrans("", "", ':*?"<>|')
DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])\s*(?:\..*)?", re.IGNORECASE | re.DOTALL)


def strip(name: str) -> str:
    """Without dots or blanks at either end."""
    return re.sub(r"^[.\s]+|[.\s]+$", "", name)


def shorten(name: str) -> str:
    return name.encode("utf-8")[:LONGEST_NAME].decode("utf-8", errors="ignore")


def safe_name(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    clean = strip(shorten(strip(printable(last).translate(NOT_IN_NAMES)))) or "file"
    return strip(shorten(f"_{clean}")) if DEVICES.fullmatch(clean) else clean


def part_path(folder: str, fingerprint: str, sha256: str, size: int) -> str:
    """The same file from the same key goes on where it stopped."""
    name = hashlib.sha256(f"{fingerprint}\n{sha256}\n{size}".encode("ascii")).hexdigest()
    return os.path.join(folder, ".part", name)


def open_part(path: str) -> int:
    """For reading and writing; OSError if something else than a file of ours is there."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    part = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    status = os.fstat(part)
    if not os.path.isfile(path) or status.st_nlink != 1:
        os.close(part)
        raise OSError("what has come of it is not a file of its own")
    return part


def link_into(folder: str, part: str, name: str) -> str:
    """Give the complete part its name, where nothing is. A link fails where something is; a rename would not."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    number = 0
    while True:
        path = os.path.join(folder, f"{stem} ({number}){dot}{ending}" if number else name)
        try:
            os.link(part, path, follow_symlinks=False)
        except FileExistsError:
            number += 1
            continue
        os.unlink(part)
        return path
