"""Command line arguments: one line and exit code 2 when they are wrong."""

import argparse
import math
import sys


class OneLineParser(argparse.ArgumentParser):
    def __init__(self, description: str):
        super().__init__(description=description, allow_abbrev=False)

    def error(self, message: str):
        print(f"{self.prog}: {' '.join(message.split())} (see --help)", file=sys.stderr)
        sys.exit(2)


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def seconds(text: str) -> float:
    """P1.9: every SECONDS option may be a fraction."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return value


def host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")  # [::1]:10000
    if not colon or not host or port_number(port) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, port_number(port)
