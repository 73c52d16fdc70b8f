"""Stage 01, client: sends expressions and prints their values (P1.10). One thing at a time: plain blocking sockets."""

import argparse
import os
import socket
import sys

from arguments import port_number
from lines import CALCULATOR_LINE
from messages import printable

USAGE = "usage: calculator_client.py [--host HOST] [--port PORT] [--help] EXPRESSION..."


class Failure(Exception):
    def __init__(self, message: str, exit_code: int = 1):
        super().__init__(message)
        self.exit_code = exit_code


def parse_arguments(arguments: list[str]) -> tuple[str, int, list[str]]:
    """P1.10: options are read only before the expression; so `-4 * 2` is an expression. argparse cannot do that."""
    host, port, rest = "127.0.0.1", 10_001, list(arguments)
    while rest and rest[0].startswith("--") and (rest[0] == "--" or rest[0][2].isalpha()):
        option, equals, value = rest.pop(0).partition("=")
        if option == "--":
            break
        if option == "--help" and not equals:
            print(f"{USAGE}\nWithout an expression, expressions are read line by line from standard input.")
            sys.exit(0)
        if option not in ("--host", "--port"):
            raise Failure(f"unknown option {printable(option)}; {USAGE}", 2)
        if not equals:
            if not rest:
                raise Failure(f"{option} needs a value; {USAGE}", 2)
            value = rest.pop(0)
        if option == "--host":
            host = value
        else:
            try:
                port = port_number(value)
            except argparse.ArgumentTypeError as problem:
                raise Failure(f"{problem}; {USAGE}", 2) from None
            if port == 0:
                raise Failure(f"a client needs a port from 1 to 65535; {USAGE}", 2)
    if any("\n" in argument for argument in rest):
        raise Failure("an expression is one line", 2)
    return host, port, rest


def connect(host: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout=10)
    except (OSError, UnicodeError):
        raise Failure(f"no server at {host}:{port}; start one with: python3 calculator_server.py --port {port}") from None


def ask(connection: socket.socket, replies, expression: bytes) -> str | None:
    """One request and its reply; None when the server closed the connection instead."""
    try:
        connection.sendall(expression + b"\n")
    except OSError:
        pass  # the server may have closed already; its last line can still be there to read
    try:
        reply = replies.readline(CALCULATOR_LINE + 1)
    except OSError:
        return None
    if not reply.endswith(b"\n"):
        return None  # P0.5: bytes without an LF are not a message
    text = reply[:-1].removesuffix(b"\r").decode("utf-8", errors="replace")
    if not text.startswith(("= ", "error: ")):
        raise Failure("the answer is not a calculator's; is this the right port?")
    return printable(text)


def calculate_once(connection: socket.socket, replies, words: list[str]) -> int:
    reply = ask(connection, replies, os.fsencode(" ".join(words)))
    if reply is None:
        raise Failure("the server closed the connection without a reply")
    if reply.startswith("= "):
        print(reply.removeprefix("= "))
        return 0
    print(reply, file=sys.stderr)
    return 1


def calculate_lines(connection: socket.socket, replies) -> int:
    terminal = sys.stdin.isatty()
    while True:
        if terminal:
            print("> ", end="", flush=True)
        line = sys.stdin.buffer.readline()
        if not line:
            return 0
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        reply = ask(connection, replies, line)
        if reply is None:
            if line.strip(b" \t").upper() == b"END":  # P1.8: closed because the user said so
                return 0
            raise Failure("the server closed the connection")
        print(reply, flush=True)


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        host, port, words = parse_arguments(sys.argv[1:])
        with connect(host, port) as connection, connection.makefile("rb") as replies:
            connection.settimeout(None)
            if words:
                return calculate_once(connection, replies, words)
            return calculate_lines(connection, replies)
    except Failure as problem:
        print(f"error: {problem}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
