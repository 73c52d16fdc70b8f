"""The client's connection to the registry: requests and answers in order, events in between (P2)."""

import asyncio
import collections
import re

from lines import CHAT_LINE, READ_SIZE, USERS_LINE, LineConnection, LineTooLong
from messages import (ProtocolError, as_integer, decode_message, describe_error, encode_message, is_port, is_username,
                      printable, same_name)

PATIENCE = 10  # seconds for a connection or an answer
HOST = re.compile(r"[0-9A-Za-z.:%_-]{1,255}")


class RegistryGone(Exception):
    pass


class RegistryRefused(Exception):
    """The registry answered with an error line."""

    def __init__(self, message: dict):
        super().__init__(describe_error(message))
        self.code = message.get("code")


class RegistryLink:
    def __init__(self, host: str, port: int, show):
        self.host = host
        self.port = port
        self.show = show
        self.connection = None
        self.reading = None  # the task that reads; it is done when the registry has gone
        self.waiting = collections.deque()  # (type of the answer, its future), in the order of the requests (P2.5)

    async def open(self, username: str, port: int) -> str:
        """Connect and register; returns the name as registered."""
        try:
            async with asyncio.timeout(PATIENCE):
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=READ_SIZE)
        except (OSError, UnicodeError):
            raise RegistryGone() from None
        self.connection = LineConnection(reader, writer, USERS_LINE)
        self.reading = asyncio.create_task(self.read())
        try:
            answer = await self.request({"type": "register", "username": username, "port": port}, "registered")
            if not same_name(answer.get("username"), username):
                raise RegistryGone()
            return answer["username"]
        except (RegistryRefused, RegistryGone):
            await self.close()
            raise

    async def request(self, message: dict, answer_type: str) -> dict:
        if self.reading is None or self.reading.done():
            raise RegistryGone()
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((answer_type, future))
        self.connection.write_line(encode_message(message))
        try:
            async with asyncio.timeout(PATIENCE):
                return await future
        except TimeoutError:
            # The next answer would be taken for this one's: the connection is of no use any more.
            self.connection.abort()
            raise RegistryGone() from None

    async def names(self) -> list[str]:
        answer = await self.request({"type": "list"}, "users")
        users = answer.get("users")
        if not isinstance(users, list) or not all(
                isinstance(user, dict) and is_username(user.get("username")) for user in users):
            self.connection.abort()
            raise RegistryGone()
        return [user["username"] for user in users]

    async def lookup(self, username: str) -> tuple[str, str, int]:
        user = await self.request({"type": "lookup", "username": username}, "user")
        name, host, port = user.get("username"), user.get("host"), user.get("port")
        if not (same_name(name, username) and isinstance(host, str) and HOST.fullmatch(host) and is_port(port)):
            self.connection.abort()
            raise RegistryGone()
        return name, host, as_integer(port)

    async def read(self) -> None:
        try:
            while (line := await self.connection.read_line()) is not None:
                message = decode_message(line)
                # P0.3: only `users` may be longer than the other lines.
                if len(line) >= CHAT_LINE and message["type"] != "users":
                    raise LineTooLong()
                self.receive(message)
        except (ProtocolError, OSError):
            pass  # nonsense and a reset mean the same for us: no registry
        finally:
            self.connection.abort()
            while self.waiting:
                _, future = self.waiting.popleft()
                if not future.done():
                    future.set_exception(RegistryGone())

    def receive(self, message: dict) -> None:
        kind = message["type"]
        if kind == "ping":
            self.connection.write_line(encode_message({"type": "pong"}))
            if self.connection.unread > CHAT_LINE:
                raise LineTooLong()  # it asks on and on and never reads
        elif kind in ("joined", "left"):
            if is_username(message.get("username")):
                self.show(f"{kind}: {message['username']}")
        elif not self.waiting:
            if kind == "error":
                self.show(f"error: registry: {describe_error(message)}")
        elif kind == "error":
            self.settle(RegistryRefused(message))
        elif kind == self.waiting[0][0]:
            self.settle(message)
        else:
            raise ProtocolError("bad-request", f"unexpected {printable(kind[:40])}")

    def settle(self, answer) -> None:
        _, future = self.waiting.popleft()
        if future.done():
            return  # nobody waits any more
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    async def close(self) -> None:
        """Leave (P2), and free the name by that."""
        if self.reading is not None and not self.reading.done():
            self.connection.write_line(encode_message({"type": "leave"}))
            self.connection.end_half()
            await asyncio.wait({self.reading}, timeout=1)
            self.connection.abort()
            await asyncio.wait({self.reading}, timeout=1)
