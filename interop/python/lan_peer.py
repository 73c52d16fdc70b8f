"""Stage 05: the program. Options, the data folder, start and end (P8.1, P8.2, P9.12)."""

import argparse
import asyncio
import fcntl
import ipaddress
import os
import pathlib
import signal
import sqlite3
import sys

import lan_identity
from arguments import OneLineParser, host_and_port, seconds
from keyboard import Keyboard
from lan_commands import Commands
from lan_discovery import bind_ports
from lan_encoding import is_peer_name, is_team
from lan_history import History, HistoryError
from lan_mesh import Mesh
from lan_passphrase import NoPassphrase, new_passphrase, read_passphrase
from lan_trust import LEVELS
from messages import printable
from server import CannotListen, address_text, report_unexpected

PROMPT = "> "


class CannotStart(Exception):
    """One line, and exit code 1."""


class Terminal:
    """What the user sees. With a terminal there is a prompt, and events are written over it."""

    def __init__(self):
        self.is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self.question = PROMPT

    def show(self, line: str) -> None:
        try:
            if self.is_terminal:
                print(f"\r\x1b[K{line}\n{self.question}", end="", flush=True)
            else:
                print(line, flush=True)
        except OSError:  # whoever read our output has gone; go on without, so that goodbyes are still said
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def note(self, text: str) -> None:
        self.warn(f"note: {text}")

    def warn(self, line: str) -> None:
        try:
            if self.is_terminal and sys.stderr.isatty():
                print(f"\r\x1b[K{line}\n{self.question}", end="", file=sys.stderr, flush=True)
            else:
                print(line, file=sys.stderr, flush=True)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

    def prompt(self, question: str = PROMPT) -> None:
        self.question = question
        if self.is_terminal:
            print(question, end="", flush=True)


def prepare_folder(folder: str) -> int:
    """The data folder, mode 0700, for one program at a time. The result keeps the lock while it is open."""
    try:
        if not os.path.isdir(folder):
            os.makedirs(os.path.dirname(os.path.abspath(folder)), exist_ok=True)
            os.mkdir(folder, 0o700)
        lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    except BlockingIOError:
        raise CannotStart(f"another program uses {folder}; end it, or choose another folder with --data") from None
    except OSError as problem:
        raise CannotStart(f"{folder} cannot be used: {problem.strerror}; choose another with --data") from None


def load_identity(folder: str) -> lan_identity.Identity:
    path = os.path.join(folder, "identity.pem")
    try:
        identity = lan_identity.load_or_make(path)
    except OSError as problem:
        raise CannotStart(f"{path} cannot be used: {problem.strerror}") from None
    if identity is None:
        raise CannotStart(f"{path} holds no RSA key of 2,048 bits; move it away, and a new one is made")
    return identity


async def run(options, terminal: Terminal) -> int:
    asyncio.get_running_loop().set_exception_handler(report_unexpected)
    passphrase = read_passphrase(options.passphrase_file)
    lock = prepare_folder(options.data)
    identity = load_identity(options.data)
    history = History(os.path.join(options.data, "history.db"))
    team_key = lan_identity.team_key(passphrase, options.team)
    mesh = Mesh(options, identity, team_key, history, terminal)
    listener, own_sockets, port = bind_ports(options.host, options.port)
    if options.port not in (0, port):
        print(f"port {options.port} is in use, took {port}", file=sys.stderr, flush=True)
    terminal.show(f"listening on {address_text(options.host, port)}")
    await mesh.start(listener, own_sockets, port)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    working = asyncio.create_task(converse(mesh, terminal))
    await asyncio.wait({working, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        working.result()
    working.cancel()
    await mesh.stop()
    history.close()
    os.close(lock)
    return 0


async def converse(mesh: Mesh, terminal: Terminal) -> None:
    keyboard = Keyboard()

    async def ask(question: str) -> str | None:
        terminal.prompt(question)
        line = await keyboard.read_line()
        terminal.question = PROMPT
        return line.decode("utf-8", errors="replace") if line is not None else None

    commands = Commands(mesh, ask if terminal.is_terminal else None)
    if terminal.is_terminal:
        commands.menu()
    while (line := await keyboard.read_line()) is not None:
        try:
            if not await commands.obey(line):
                return
        except sqlite3.Error as problem:
            terminal.show(f"error: the history cannot be written: {problem}")
        terminal.prompt()


def port_of_peer(text: str) -> int:
    if not (text.isascii() and text.isdigit() and (int(text[:6]) == 0 or 1_024 <= int(text[:6]) <= 65_535)):
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0, or 1024 to 65535)")
    return int(text)


def host(text: str) -> str:
    try:
        address = ipaddress.ip_address("127.0.0.1" if text == "localhost" else text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no IP address") from None
    if address.version == 6 and (address.is_unspecified or "%" in text):
        raise argparse.ArgumentTypeError("an IPv6 address has to be one of this machine, without a zone")
    return str(address)


def peer_name(text: str) -> str:
    if not is_peer_name(text):
        raise argparse.ArgumentTypeError(f"{printable(text)!r} is not allowed: a name is 1 to 32 of A-Z a-z 0-9 _ -, "
                                         "and not `you` or `all`")
    return text


def team_name(text: str) -> str:
    if not is_team(text):
        raise argparse.ArgumentTypeError(f"{printable(text)!r} is not allowed: a team is 1 to 32 of A-Z a-z 0-9 _ -")
    return text


def parse_arguments():
    parser = OneLineParser("A peer of stage 05: a chat in one network, without a registry.")
    parser.add_argument("--name", type=peer_name, help="your name")
    parser.add_argument("--team", type=team_name, help="your team's name")
    parser.add_argument("--passphrase-file", metavar="FILE", help="its first line is the team's passphrase")
    parser.add_argument("--port", type=port_of_peer, default=5_000, help="for TCP and UDP (default 5000)")
    parser.add_argument("--host", type=host, default="127.0.0.1",
                        help="address to listen on (default 127.0.0.1); 0.0.0.0: all addresses of this machine")
    parser.add_argument("--peer", type=host_and_port, action="append", default=[], metavar="HOST:PORT",
                        help="somebody to send beacons to; may be given several times")
    parser.add_argument("--data", metavar="DIR", help="folder for key and history (default data/NAME-TEAM here)")
    parser.add_argument("--beacon", type=seconds, default=5.0, metavar="SECONDS", help="pause between beacons (default 5)")
    parser.add_argument("--inactive", type=seconds, default=600.0, metavar="SECONDS",
                        help="after so much silence a peer is forgotten (default 600)")
    parser.add_argument("--access", choices=LEVELS, default="team", help="who may have a session (default team)")
    parser.add_argument("--no-discovery", action="store_true",
                        help="no beacons but to each --peer; others are found by /connect HOST:PORT")
    parser.add_argument("--new-team", action="store_true", help="print a new passphrase and end")
    options = parser.parse_args()
    if not options.new_team and (options.name is None or options.team is None):
        parser.error("--name and --team are needed")
    if options.data is None:
        options.data = str(pathlib.Path(__file__).parent / "data" / f"{options.name}-{options.team}")
    return options


def main() -> int:
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    options = parse_arguments()
    if options.new_team:
        print(new_passphrase())
        return 0
    try:
        return asyncio.run(run(options, Terminal()))
    except (CannotStart, CannotListen, NoPassphrase, HistoryError) as problem:
        print(f"error: {problem}", file=sys.stderr)
    except OSError as problem:
        print(f"error: {problem.filename or options.data}: {problem.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        pass
    return 1


if __name__ == "__main__":
    sys.exit(main())
