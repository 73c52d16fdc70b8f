"""Standard input, line by line, for an asyncio program."""

import asyncio
import os
import threading


class Keyboard:
    """Reads in a thread of its own, because a plain read would stop everything else."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.lines = asyncio.Queue()
        self.room = threading.Semaphore(100)  # so that a long piped input is read only as fast as it is used
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        # os.read instead of sys.stdin: a daemon thread inside sys.stdin would hold its lock at the program's end.
        pending = b""
        try:
            while piece := os.read(0, 65_536):
                *complete, pending = (pending + piece).split(b"\n")
                for line in complete:
                    self.hand_over(line.removesuffix(b"\r"))
            if pending:
                self.hand_over(pending)  # a user's last line counts without LF too; only on the wire it does not
            self.hand_over(None)
        except (OSError, RuntimeError):
            pass  # RuntimeError: the program has ended meanwhile

    def hand_over(self, line: bytes | None) -> None:
        self.room.acquire()
        self.loop.call_soon_threadsafe(self.lines.put_nowait, line)

    async def read_line(self) -> bytes | None:
        """The next line, or None at the end of input."""
        line = await self.lines.get()
        self.room.release()
        return line
