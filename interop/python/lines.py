"""Lines over TCP: cutting the byte stream into lines, with limits, and closing without losing the last line (P0)."""

import asyncio

from messages import ProtocolError

CALCULATOR_LINE = 4_096  # P0.3, bytes with the LF
CHAT_LINE = 262_144
USERS_LINE = 4 * 1_024 * 1_024
READ_SIZE = 65_536
CLOSING_SECONDS = 5


class LineTooLong(ProtocolError):
    def __init__(self):
        super().__init__("line-too-long", "the line is too long")


class LineConnection:
    """One TCP connection that carries lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int):
        self.reader = reader
        self.writer = writer
        self.limit = limit
        self.pending = bytearray()  # received, not yet handed out as a line
        self.searched = 0  # so many bytes of it are known to hold no LF
        self.aborted = False
        self.when_heard = lambda: None  # called for every piece that arrives
        # With a high-water mark of 0, drain() means: the system has taken every byte.
        writer.transport.set_write_buffer_limits(high=0)

    async def read_line(self) -> bytes | None:
        """The next line without LF (and without a CR before it, P0.1), or None at the end of the stream."""
        # One client with thousands of lines in its buffer must let the others have their turn (P0.7).
        await asyncio.sleep(0)
        while not self.aborted:  # lines that were waiting when we gave up are not acted on
            end = self.pending.find(b"\n", self.searched)
            if end + 1 > self.limit or (end < 0 and len(self.pending) >= self.limit):
                raise LineTooLong()
            if end >= 0:
                line = bytes(self.pending[:end])
                del self.pending[: end + 1]
                self.searched = 0
                return line.removesuffix(b"\r")
            self.searched = len(self.pending)
            piece = await self.reader.read(READ_SIZE)
            if not piece:
                return None  # P0.5: what is left without an LF is no message
            self.when_heard()
            self.pending += piece
        return None

    def write_line(self, line: bytes) -> None:
        if not self.writer.transport.is_closing():
            self.writer.write(line + b"\n")

    @property
    def unread(self) -> int:
        """Bytes that the other side has not even let into the system's buffers yet."""
        return self.writer.transport.get_write_buffer_size()

    async def drain(self) -> None:
        await self.writer.drain()

    def end_half(self) -> None:
        """Say that nothing more will come, and go on reading."""
        if not self.writer.transport.is_closing():
            self.writer.write_eof()

    async def close_gently(self) -> None:
        """Close so that the last line arrives.

        A socket closed with unread bytes in it sends a reset, which may destroy the answer on its way. So: send
        everything, end this half, throw away what still comes, and close when the other side has closed too or
        after a few seconds.
        """
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.drain()
                self.end_half()
                while await self.reader.read(READ_SIZE):
                    pass
        except OSError:  # a reset; TimeoutError is one as well
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        self.aborted = True
        self.writer.transport.abort()
