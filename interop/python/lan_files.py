"""Stage 05: files: offered, taken, sent in pieces, taken up again after a loss (P9.9)."""

import asyncio
import collections
import hashlib
import os
import secrets
import stat

from lan_encoding import decode_base64, encode_base64, integer_within, is_id, is_sha256, utf8
from lan_file_names import link_into, open_part, part_path, safe_name
from lan_session import Session
from lan_wire import Wrong
from messages import printable

LARGEST_FILE = 2**30
PIECE = 65_536
OPEN_PIECES = 16
OPEN_OFFERS = 16
AT_ONCE = 4


def hash_of(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Transfer:
    """One file, ours or theirs, from the offer to its end. On the disk it is a row of the table of files."""

    def __init__(self, row):
        self.number = row["number"]
        self.is_own = bool(row["own"])
        self.fingerprint = row["fingerprint"]
        self.file = row["file"]
        self.name = row["name"]
        self.path = row["path"]
        self.size = row["size"]
        self.sha256 = row["sha256"]
        self.changed = row["changed"]
        self.state = row["state"]  # offered, taken; and at the end done, refused or failed
        self.session = None  # where it runs
        self.was_shown = False
        self.part = None  # theirs: the open file
        self.offset = 0
        self.open_pieces = collections.deque()  # own: the offsets that were sent and not acknowledged
        self.room = asyncio.Event()
        self.task = None


class Files:
    """`mesh` has history, sessions, reach, shown, show, note, in_background."""

    def __init__(self, mesh, folder: str):
        self.mesh = mesh
        self.history = mesh.history
        self.folder = os.path.join(folder, "files")
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self.transfers = {row["number"]: Transfer(row) for row in self.history.open_files()}

    def of(self, fingerprint: str, own: bool) -> list[Transfer]:
        return [transfer for transfer in self.transfers.values()
                if transfer.fingerprint == fingerprint and transfer.is_own == own]

    def named(self, session: Session, message: dict, own: bool) -> Transfer | None:
        """The transfer that a message is about; None for one that has ended here already."""
        if not is_id(message.get("file")):
            raise Wrong("no file")
        fitting = [one for one in self.of(session.fingerprint, own) if one.file == message["file"]]
        return fitting[0] if fitting else None

    def add(self, own: bool, fingerprint: str, file: str, name: str, path: str, size: int, sha256: str,
            changed: int) -> Transfer:
        number = self.history.add_file(own, fingerprint, file, name, path, size, sha256, changed)
        self.transfers[number] = Transfer(self.history.file(number))
        return self.transfers[number]

    def set_state(self, transfer: Transfer, state: str) -> None:
        transfer.state = state
        self.history.set_file(transfer.number, "state", state)

    def end(self, transfer: Transfer, state: str, event: str) -> None:
        self.pause(transfer)
        self.set_state(transfer, state)
        del self.transfers[transfer.number]
        self.mesh.show(f"file {transfer.number} {event}")
        self.start_waiting()

    def fail(self, transfer: Transfer, reason: str) -> None:
        if transfer.session is not None:
            transfer.session.send({"type": "cancel", "file": transfer.file})
        self.end(transfer, "failed", f"failed: {reason}")

    def pause(self, transfer: Transfer) -> None:
        """It runs no longer: the session has ended, or the transfer."""
        transfer.session = None
        transfer.open_pieces.clear()
        if transfer.task is not None and transfer.task is not asyncio.current_task():
            transfer.task.cancel()
        transfer.task = None
        if transfer.part is not None:
            os.close(transfer.part)
            transfer.part = None

    def session_opened(self, session: Session) -> None:
        for transfer in self.of(session.fingerprint, own=True):
            self.send_offer(session, transfer)

    def session_closed(self, session: Session) -> None:
        for transfer in self.transfers.values():
            if transfer.session is session:
                self.pause(transfer)
        self.start_waiting()

    def running(self, own: bool) -> int:
        return sum(transfer.task is not None if own else transfer.part is not None
                   for transfer in self.transfers.values() if transfer.is_own == own)

    def start_waiting(self) -> None:
        """Four at a time: when one has ended, the next one begins."""
        for transfer in list(self.transfers.values()):
            if transfer.session is not None and transfer.state == "taken":
                if transfer.is_own and transfer.task is None:
                    self.start_sending(transfer)
                elif not transfer.is_own and transfer.part is None:
                    self.start_receiving(transfer)

    # The offerer

    async def offer(self, fingerprint: str, path: str) -> None:
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):
                raise OSError("it is not a file")
            if status.st_size > LARGEST_FILE:
                raise OSError("it is larger than 1 GiB")
            sha256 = await asyncio.to_thread(hash_of, path)
        except (OSError, ValueError) as problem:
            self.mesh.show(f"error: {printable(path)} cannot be sent: {getattr(problem, 'strerror', None) or problem}")
            return
        name = os.path.basename(path).encode("utf-8", errors="replace").decode("utf-8")
        self.mesh.remember(fingerprint)
        transfer = self.add(True, fingerprint, secrets.token_hex(16), name, os.path.abspath(path), status.st_size,
                            sha256, status.st_mtime_ns)
        self.mesh.note(f"file {transfer.number} is offered to {self.mesh.shown(fingerprint)}")
        session = self.mesh.sessions.get(fingerprint)
        if session is not None:
            self.send_offer(session, transfer)
        elif await self.mesh.reach(fingerprint) is None:  # a session that opens makes all offers
            self.mesh.note(f"{self.mesh.shown(fingerprint)} cannot be reached: the offer waits")

    def send_offer(self, session: Session, transfer: Transfer) -> None:
        if not self.is_unchanged(transfer):
            self.end(transfer, "failed", "failed: the file has changed or is gone")
            return
        session.send({"type": "offer", "file": transfer.file, "name": transfer.name, "size": transfer.size,
                      "sha256": transfer.sha256})

    def is_unchanged(self, transfer: Transfer) -> bool:
        try:
            status = os.stat(transfer.path)
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (transfer.size, transfer.changed)

    def accepted(self, session: Session, message: dict) -> None:
        transfer = self.named(session, message, own=True)
        if transfer is None:
            return
        offset = integer_within(message.get("offset"), 0, transfer.size)
        if offset is None:
            raise Wrong("an offset beyond the file")
        self.pause(transfer)
        transfer.session, transfer.offset = session, offset
        self.set_state(transfer, "taken")
        self.start_sending(transfer)

    def start_sending(self, transfer: Transfer) -> None:
        if self.running(own=True) < AT_ONCE:
            transfer.task = self.mesh.in_background(self.send_pieces(transfer))

    async def send_pieces(self, transfer: Transfer) -> None:
        try:
            with open(transfer.path, "rb") as file:
                file.seek(transfer.offset)
                while transfer.offset < transfer.size:
                    while len(transfer.open_pieces) >= OPEN_PIECES:
                        transfer.room.clear()
                        await transfer.room.wait()
                    await transfer.session.drained()
                    piece = file.read(min(PIECE, transfer.size - transfer.offset))
                    if not piece:
                        self.fail(transfer, "the file has become shorter")
                        return
                    transfer.open_pieces.append(transfer.offset)
                    transfer.session.send({"type": "chunk", "file": transfer.file, "offset": transfer.offset,
                                           "data": encode_base64(piece)})
                    transfer.offset += len(piece)
            while transfer.open_pieces:
                transfer.room.clear()
                await transfer.room.wait()
            self.end(transfer, "done", f"sent to {self.mesh.shown(transfer.fingerprint)}")
        except OSError as problem:
            self.fail(transfer, problem.strerror or "it cannot be read")

    def piece_acknowledged(self, session: Session, message: dict) -> None:
        transfer = self.named(session, message, own=True)
        if transfer is None or transfer.session is not session:
            return
        if not transfer.open_pieces or integer_within(message.get("offset"), 0) != transfer.open_pieces[0]:
            raise Wrong("an acknowledgement of no open piece")
        transfer.open_pieces.popleft()
        transfer.room.set()

    def was_refused(self, session: Session, message: dict) -> None:
        transfer = self.named(session, message, own=True)
        if transfer is not None:
            self.end(transfer, "refused", f"failed: {self.mesh.shown(session.fingerprint)} refused it")

    def cancelled(self, session: Session, message: dict) -> None:
        transfer = self.named(session, message, own=True) or self.named(session, message, own=False)
        if transfer is not None:
            if not transfer.is_own:
                self.remove_part(transfer)
            self.end(transfer, "failed", f"failed: {self.mesh.shown(session.fingerprint)} cancelled it")

    # The receiver

    def offered(self, session: Session, message: dict) -> None:
        file, name, size, sha256 = (message.get(member) for member in ("file", "name", "size", "sha256"))
        size = integer_within(size, 0, LARGEST_FILE)
        encoded = utf8(name)
        if not is_id(file) or not is_sha256(sha256) or size is None or encoded is None or len(encoded) > 8_192:
            raise Wrong("an offer of another form")
        past = self.history.their_file(session.fingerprint, file)
        if past is not None and past["state"] in ("done", "refused", "failed"):
            self.answer_again(session, past)
            return
        transfer = self.same_file(session.fingerprint, file, sha256, size)
        if transfer is None:
            if len(self.of(session.fingerprint, own=False)) >= OPEN_OFFERS:
                session.send({"type": "refuse", "file": file})
                return
            transfer = self.add(False, session.fingerprint, file, safe_name(name), "", size, sha256, 0)
        elif transfer.file != file:
            transfer.file = file
            self.history.set_file(transfer.number, "file", file)
        self.pause(transfer)
        transfer.session = session
        if transfer.state == "taken":
            self.start_receiving(transfer)  # P9.9: unasked
        elif not transfer.was_shown:
            transfer.was_shown = True
            self.mesh.show(f"{self.mesh.shown(session.fingerprint)} offers file {transfer.number}: {transfer.name}, "
                           f"{size} bytes")

    def answer_again(self, session: Session, past) -> None:
        """The offerer does not know how it ended."""
        if past["state"] == "done":
            session.send({"type": "accept", "file": past["file"], "offset": past["size"]})
        else:
            session.send({"type": "refuse", "file": past["file"]})

    def same_file(self, fingerprint: str, file: str, sha256: str, size: int) -> Transfer | None:
        theirs = self.of(fingerprint, own=False)
        for transfer in theirs:
            if transfer.file == file and (transfer.sha256, transfer.size) != (sha256, size):
                raise Wrong("two offers of one number")
        # After a loss the offer may come under another number; one that is alive is another offer.
        fitting = [transfer for transfer in theirs if transfer.file == file] or [
            transfer for transfer in theirs
            if transfer.session is None and (transfer.sha256, transfer.size) == (sha256, size)]
        return fitting[0] if fitting else None

    def take(self, number: int) -> None:
        transfer = self.transfers.get(number)
        if transfer is None or transfer.is_own or transfer.state != "offered":
            self.mesh.show(f"error: there is no offer {number}")
            return
        self.set_state(transfer, "taken")
        if transfer.session is not None:
            self.start_receiving(transfer)
        else:
            self.mesh.note(f"{self.mesh.shown(transfer.fingerprint)} is not here: file {number} comes when they are back")
            self.mesh.in_background(self.mesh.reach(transfer.fingerprint))

    def refuse(self, number: int) -> None:
        """Refuse an offer, stop what comes, or take back what we offered."""
        transfer = self.transfers.get(number)
        if transfer is None:
            self.mesh.show(f"error: there is no file {number} on its way")
            return
        was_offered = transfer.state == "offered" and not transfer.is_own
        session = transfer.session or self.mesh.sessions.get(transfer.fingerprint)
        if session is not None:
            session.send({"type": "refuse" if was_offered else "cancel", "file": transfer.file})
        if not transfer.is_own:
            self.remove_part(transfer)
        self.end(transfer, "refused", "failed: you cancelled it" if transfer.is_own else "failed: you refused it")

    def start_receiving(self, transfer: Transfer) -> None:
        same_part = any(other.part is not None and self.part_of(other) == self.part_of(transfer)
                        for other in self.of(transfer.fingerprint, own=False))
        if same_part or self.running(own=False) >= AT_ONCE:
            return  # `start_waiting` comes back to it
        try:
            transfer.part = open_part(self.part_of(transfer))
            transfer.offset = os.fstat(transfer.part).st_size
            if transfer.offset > transfer.size:
                os.ftruncate(transfer.part, 0)
                transfer.offset = 0
            os.lseek(transfer.part, transfer.offset, os.SEEK_SET)
        except OSError as problem:
            self.fail(transfer, problem.strerror or str(problem))
            return
        transfer.session.send({"type": "accept", "file": transfer.file, "offset": transfer.offset})
        if transfer.offset == transfer.size:
            self.start_finishing(transfer, None)

    def part_of(self, transfer: Transfer) -> str:
        return part_path(self.folder, transfer.fingerprint, transfer.sha256, transfer.size)

    def remove_part(self, transfer: Transfer) -> None:
        try:
            os.unlink(self.part_of(transfer))
        except OSError:
            pass

    def piece(self, session: Session, message: dict) -> None:
        transfer = self.named(session, message, own=False)
        if transfer is None or transfer.session is not session or transfer.part is None or transfer.task is not None:
            return  # one that was cancelled while it was on its way
        data = decode_base64(message.get("data"))
        if data is None or not 1 <= len(data) <= min(PIECE, transfer.size - transfer.offset):
            raise Wrong("a piece of another size")
        offset = transfer.offset
        if integer_within(message.get("offset"), offset, offset) is None:
            raise Wrong("a piece out of turn")
        try:
            while data:
                data = data[os.write(transfer.part, data):]
        except OSError as problem:
            self.fail(transfer, problem.strerror or "it cannot be written")
            return
        transfer.offset = os.lseek(transfer.part, 0, os.SEEK_CUR)
        if transfer.offset == transfer.size:
            self.start_finishing(transfer, offset)
        else:
            session.send({"type": "chunk-ack", "file": transfer.file, "offset": offset})

    def start_finishing(self, transfer: Transfer, last_piece: int | None) -> None:
        transfer.task = self.mesh.in_background(self.finish(transfer, last_piece))

    async def finish(self, transfer: Transfer, last_piece: int | None) -> None:
        """The hash is right: the part gets its name, and the last piece its acknowledgement."""
        part = self.part_of(transfer)
        session = transfer.session
        try:
            if await asyncio.to_thread(hash_of, part) != transfer.sha256:
                self.remove_part(transfer)
                self.fail(transfer, "the hash is wrong")
                return
            path = link_into(self.folder, part, transfer.name)
        except OSError as problem:
            self.fail(transfer, problem.strerror or str(problem))
            return
        self.history.set_file(transfer.number, "path", path)
        if last_piece is not None:
            session.send({"type": "chunk-ack", "file": transfer.file, "offset": last_piece})
        self.end(transfer, "done", f"received: {path}")
