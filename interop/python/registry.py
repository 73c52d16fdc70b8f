"""Stages 02 to 04, server: who is there, and where. It never sees a chat message (P2, P2.8)."""

import asyncio
import ipaddress
import sys

from arguments import OneLineParser, port_number, seconds
from lines import CHAT_LINE, LineConnection, LineTooLong
from messages import ProtocolError, as_integer, decode_message, encode_error, encode_message, is_port, is_username
from server import main, run_server

UNREAD_LIMIT = 1_024 * 1_024  # P0.7


class Member:
    """One connection; it has a name from `registered` on."""

    def __init__(self, connection: LineConnection, host: str):
        self.connection = connection
        self.host = host
        self.username = None
        self.port = None

    def send(self, line: bytes) -> None:
        # The limit is asked for before the line is added, because one `users` answer alone may be longer.
        if self.connection.unread > UNREAD_LIMIT:
            self.connection.abort()
        else:
            self.connection.write_line(line)

    def entry(self) -> dict:
        return {"username": self.username, "host": self.host, "port": self.port}


class Registry:
    def __init__(self, heartbeat: float, register_timeout: float):
        self.heartbeat = heartbeat
        self.register_timeout = register_timeout
        self.members = {}  # name in lower case -> Member

    async def serve_client(self, connection: LineConnection) -> None:
        peer = connection.writer.get_extra_info("peername")
        if peer is None:
            return  # gone before it was served
        member = Member(connection, plain_address(peer[0]))
        loop = asyncio.get_running_loop()
        try:
            # P2.6: one deadline: until `registered` to register, from then on to be heard of.
            async with asyncio.timeout(self.register_timeout) as deadline:

                def heard() -> None:
                    if member.username is not None:
                        deadline.reschedule(loop.time() + 3 * self.heartbeat)

                connection.when_heard = heard
                while (line := await connection.read_line()) is not None:
                    if not self.answer(member, line):
                        break
                    if member.username is not None:
                        deadline.reschedule(loop.time() + 3 * self.heartbeat)
        except LineTooLong as problem:
            member.send(encode_error(problem))
        except TimeoutError:
            pass
        finally:
            self.remove(member)  # P2.2: the name is free at once, however the connection ends
        await connection.close_gently()

    def answer(self, member: Member, line: bytes) -> bool:
        """Answer one line; False when the client leaves."""
        try:
            request = decode_message(line)
            kind = request["type"]
            if kind == "leave":
                return False
            if kind == "register":
                self.register(member, request)
            elif kind == "list":
                self.list(member)
            elif kind == "lookup":
                self.lookup(member, request)
            elif kind != "pong":  # a pong needs no answer: that it was heard is enough
                raise ProtocolError("bad-request", "unknown type")
        except ProtocolError as problem:
            member.send(encode_error(problem))
        return True

    def register(self, member: Member, request: dict) -> None:
        username, port = request.get("username"), request.get("port")
        if member.username is not None:
            raise ProtocolError("already-registered", f"you are registered as {member.username}")
        if not is_username(username):
            raise ProtocolError("bad-username", "a username is 1 to 32 of A-Z a-z 0-9 _ -, and not `you`")
        if not is_port(port):
            raise ProtocolError("bad-port", "a port is an integer from 1 to 65535")
        if username.lower() in self.members:
            raise ProtocolError("username-taken", f"the name {username} is taken")
        member.username, member.port = username, as_integer(port)
        self.members[username.lower()] = member
        member.send(encode_message({"type": "registered", "username": username}))
        self.tell_others(member, {"type": "joined", **member.entry()})

    def list(self, member: Member) -> None:
        self.require_registered(member)
        others = [other.entry() for _, other in sorted(self.members.items()) if other is not member]  # P2.4
        member.send(encode_message({"type": "users", "users": others}))

    def lookup(self, member: Member, request: dict) -> None:
        self.require_registered(member)
        username = request.get("username")
        found = self.members.get(username.lower()) if is_username(username) else None
        if found is None:
            raise ProtocolError("unknown-user", "there is no user of this name")
        member.send(encode_message({"type": "user", **found.entry()}))

    def require_registered(self, member: Member) -> None:
        if member.username is None:
            raise ProtocolError("not-registered", "register first")

    def remove(self, member: Member) -> None:
        if member.username is None:
            return
        del self.members[member.username.lower()]
        self.tell_others(member, {"type": "left", "username": member.username})
        member.username = None

    def tell_others(self, member: Member, event: dict) -> None:
        line = encode_message(event)
        for other in self.members.values():
            if other is not member:
                other.send(line)

    async def ping_members(self) -> None:
        while True:
            await asyncio.sleep(self.heartbeat)
            for member in self.members.values():
                member.send(encode_message({"type": "ping"}))


def plain_address(host: str) -> str:
    """P2.3: an IPv4 address mapped into IPv6 is written as IPv4."""
    address = ipaddress.ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def parse_arguments():
    parser = OneLineParser("Registry for the chat clients of stages 02 to 04.")
    parser.add_argument("--stage", choices=["02", "03", "04"], required=True, help="whose registry it is")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=port_number,
                        help="port (default 10000, in stage 04 10001; 0: any free one)")
    parser.add_argument("--heartbeat", type=seconds, default=15.0, metavar="SECONDS",
                        help="time between two pings (default 15)")
    parser.add_argument("--register-timeout", type=seconds, default=10.0, metavar="SECONDS",
                        help="time a client has to register (default 10)")
    options = parser.parse_args()
    if options.port is None:
        options.port = 10_001 if options.stage == "04" else 10_000
    return options


async def run(options) -> None:
    if options.stage == "03":  # P5.2
        print("note: the cipher of stage 03 is weak on purpose; do not use it for secrets", file=sys.stderr, flush=True)
    registry = Registry(options.heartbeat, options.register_timeout)
    pinging = asyncio.create_task(registry.ping_members())
    await run_server(options.host, options.port, CHAT_LINE, registry.serve_client)
    pinging.cancel()


if __name__ == "__main__":
    main(run(parse_arguments()))
