"""Stage 05: what is kept on the disk. The one module that knows SQL (P9.11)."""

import contextlib
import os
import sqlite3

APPLICATION = 0x4D455348  # tells our databases from those of other programs
VERSION = 1
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE peers (fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL, key BLOB NOT NULL, pinned INTEGER NOT NULL,
    verified INTEGER NOT NULL, standing TEXT NOT NULL, address TEXT);
CREATE TABLE own_messages (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    text TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE deliveries (number INTEGER NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL,
    told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (number, fingerprint));
CREATE INDEX open_deliveries ON deliveries (fingerprint, state, number);
CREATE TABLE their_messages (row INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    letter INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, shown INTEGER NOT NULL,
    UNIQUE (fingerprint, id));
CREATE TABLE letters (sender TEXT NOT NULL, id TEXT NOT NULL, recipient TEXT NOT NULL, body BLOB NOT NULL,
    signature BLOB NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (sender, id));
CREATE INDEX letters_to ON letters (recipient);
CREATE TABLE rooms (room TEXT PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, members TEXT NOT NULL,
    body BLOB NOT NULL, signature BLOB NOT NULL, dropped INTEGER NOT NULL);
CREATE TABLE rooms_told (room TEXT NOT NULL, fingerprint TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (room, fingerprint));
CREATE TABLE files (number INTEGER PRIMARY KEY AUTOINCREMENT, own INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    file TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    changed INTEGER NOT NULL, state TEXT NOT NULL, UNIQUE (fingerprint, file, own));
"""


class HistoryError(Exception):
    """One line that says what is wrong and what to do."""


class History:
    def __init__(self, path: str):
        self.path = path
        try:
            self.database = self.open(path)
        except sqlite3.DatabaseError as problem:
            kind = type(problem)
            if kind is sqlite3.DatabaseError or "malformed" in str(problem):
                raise HistoryError(f"{path} is damaged or no history; move it away to start a new one") from None
            raise HistoryError(f"{path} cannot be used: {problem}") from None

    def open(self, path: str) -> sqlite3.Connection:
        is_new = not os.path.exists(path) or os.path.getsize(path) == 0
        if is_new:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        database = sqlite3.connect(path, isolation_level=None)
        database.row_factory = sqlite3.Row
        if not is_new:
            application = database.execute("PRAGMA application_id").fetchone()[0]
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if application == 0 and version == 0 and not database.execute("SELECT * FROM sqlite_schema").fetchone():
                is_new = True  # a first start that ended before the tables stood
            elif (application, version) != (APPLICATION, VERSION):
                raise HistoryError(f"{path} was made by another program or version; use that one, or another --data")
            elif database.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise HistoryError(f"{path} is damaged; move it away to start a new one")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        if is_new:
            database.executescript(f"BEGIN; {SCHEMA} PRAGMA application_id = {APPLICATION};"
                                   f"PRAGMA user_version = {VERSION}; COMMIT;")
        return database

    def close(self) -> None:
        self.database.close()

    @contextlib.contextmanager
    def transaction(self):
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def run(self, sql: str, *values) -> int:
        """The number of rows that were changed."""
        return self.database.execute(sql, values).rowcount

    def rows(self, sql: str, *values) -> list[sqlite3.Row]:
        return self.database.execute(sql, values).fetchall()

    def value(self, sql: str, *values):
        """The first column of the first row, or None."""
        row = self.database.execute(sql, values).fetchone()
        return row[0] if row is not None else None

    # The session number (P8.6)

    def next_session(self, now: int) -> int:
        """Greater than any that this folder has used, and the time if that is greater still."""
        last = self.value("SELECT value FROM meta WHERE name = 'session'") or 0
        session = max(now, last + 1)
        self.run("INSERT OR REPLACE INTO meta VALUES ('session', ?)", session)
        return session

    # Keys

    def peers(self) -> list[sqlite3.Row]:
        return self.rows("SELECT * FROM peers ORDER BY rowid")

    def save_peer(self, fingerprint: str, name: str, key: bytes, pinned: bool, verified: bool, standing: str) -> None:
        self.run("INSERT INTO peers VALUES (?, ?, ?, ?, ?, ?, NULL) ON CONFLICT (fingerprint) DO UPDATE SET "
                 "name = excluded.name, pinned = excluded.pinned, verified = excluded.verified, "
                 "standing = excluded.standing", fingerprint, name, key, pinned, verified, standing)

    def save_address(self, fingerprint: str, address: str) -> None:
        self.run("UPDATE peers SET address = ? WHERE fingerprint = ? AND address IS NOT ?", address, fingerprint, address)

    def saved_address(self, fingerprint: str) -> str | None:
        return self.value("SELECT address FROM peers WHERE fingerprint = ?", fingerprint)

    # Own messages

    def add_own_message(self, message_id: str, kind: str, text: str, recipients: list[str], now: int) -> int:
        with self.transaction():
            number = self.database.execute("INSERT INTO own_messages (id, kind, text, at) VALUES (?, ?, ?, ?)",
                                           (message_id, kind, text, now)).lastrowid
            for fingerprint in recipients:
                self.run("INSERT INTO deliveries (number, fingerprint, state) VALUES (?, ?, 'queued')", number, fingerprint)
        return number

    def queued(self, fingerprint: str, most: int) -> list[sqlite3.Row]:
        """What waits for this key, in the order of writing."""
        return self.rows("SELECT number, id, kind, text, told FROM deliveries JOIN own_messages USING (number) "
                         "WHERE fingerprint = ? AND state = 'queued' ORDER BY number LIMIT ?", fingerprint, most)

    def waiting(self) -> set[str]:
        """The keys for which something is queued."""
        return {row[0] for row in self.rows("SELECT DISTINCT fingerprint FROM deliveries WHERE state = 'queued'")}

    def has_queued(self, fingerprint: str) -> bool:
        return self.value("SELECT 1 FROM deliveries WHERE fingerprint = ? AND state = 'queued' LIMIT 1",
                          fingerprint) is not None

    def untold(self, fingerprint: str) -> list[int]:
        """Queued messages, not those to all, of which the user has not been told that they are queued."""
        return [row[0] for row in self.rows(
            "SELECT number FROM deliveries JOIN own_messages USING (number) WHERE fingerprint = ? AND "
            "state = 'queued' AND told = 0 AND kind <> 'all' ORDER BY number", fingerprint)]

    def set_state(self, number: int, fingerprint: str, state: str, told: bool = False) -> None:
        self.run("UPDATE deliveries SET state = ?, told = ? WHERE number = ? AND fingerprint = ?",
                 state, told, number, fingerprint)

    def state_of(self, number: int, fingerprint: str) -> str | None:
        return self.value("SELECT state FROM deliveries WHERE number = ? AND fingerprint = ?", number, fingerprint)

    def number_of(self, message_id: str, fingerprint: str) -> int | None:
        return self.value("SELECT number FROM deliveries JOIN own_messages USING (number) WHERE id = ? AND "
                          "fingerprint = ?", message_id, fingerprint)

    def after_a_crash(self) -> list[tuple[str, int]]:
        """At the start: what was on its way is queued again. Messages to all are not queued; they have failed."""
        with self.transaction():
            self.run("UPDATE deliveries SET state = 'queued', told = 0 WHERE state = 'sent'")
            failed = self.rows("SELECT fingerprint, number FROM deliveries JOIN own_messages USING (number) "
                               "WHERE kind = 'all' AND state = 'queued' ORDER BY number")
            self.run("UPDATE deliveries SET state = 'failed' WHERE state = 'queued' AND number IN "
                     "(SELECT number FROM own_messages WHERE kind = 'all')")
        return [(row[0], row[1]) for row in failed]

    # Their messages

    def add_their_message(self, fingerprint: str, message_id: str, kind: str, letter: bool, text: str, now: int) -> bool:
        """False if this id was seen before from that key (P9.7)."""
        return self.run("INSERT OR IGNORE INTO their_messages (fingerprint, id, kind, letter, text, at, shown) "
                        "VALUES (?, ?, ?, ?, ?, ?, 0)", fingerprint, message_id, kind, letter, text, now) == 1

    def has_their_message(self, fingerprint: str, message_id: str) -> bool:
        return self.value("SELECT 1 FROM their_messages WHERE fingerprint = ? AND id = ?",
                          fingerprint, message_id) is not None

    def note_shown(self, fingerprint: str, message_id: str) -> None:
        self.run("UPDATE their_messages SET shown = 1 WHERE fingerprint = ? AND id = ?", fingerprint, message_id)

    def not_shown(self) -> list[sqlite3.Row]:
        return self.rows("SELECT * FROM their_messages WHERE shown = 0 ORDER BY row")

    def conversation(self, fingerprint: str, most: int) -> sqlite3.Cursor:
        """The last messages to and from this key: at, sign, text, state; the oldest first, read one by one."""
        return self.database.execute(
            "SELECT * FROM (SELECT at, '>' AS sign, text, state, number AS place FROM deliveries "
            "JOIN own_messages USING (number) WHERE fingerprint = ? UNION ALL "
            "SELECT at, '<', text, 'delivered', row FROM their_messages WHERE fingerprint = ? "
            "ORDER BY at DESC, place DESC LIMIT ?) ORDER BY at, place", (fingerprint, fingerprint, most))

    # Letters, one's own and carried

    def letters_of(self, sender: str) -> tuple[int, int]:
        """How many letters of one writer are kept, and how many bytes they have."""
        return tuple(self.rows("SELECT count(*), coalesce(sum(length(body)), 0) FROM letters WHERE sender = ?",
                               sender)[0])

    def letters_carried(self, own_fingerprint: str) -> tuple[int, int]:
        """The same for all letters of others."""
        return tuple(self.rows("SELECT count(*), coalesce(sum(length(body)), 0) FROM letters WHERE sender <> ?",
                               own_fingerprint)[0])

    def has_letter(self, sender: str, letter_id: str) -> bool:
        return self.value("SELECT 1 FROM letters WHERE sender = ? AND id = ?", sender, letter_id) is not None

    def add_letter(self, sender: str, letter_id: str, recipient: str, body: bytes, signature: bytes, sent: int) -> None:
        self.run("INSERT OR IGNORE INTO letters VALUES (?, ?, ?, ?, ?, ?)",
                 sender, letter_id, recipient, body, signature, sent)

    def letters_to(self, recipient: str) -> list[sqlite3.Row]:
        return self.rows("SELECT sender, id FROM letters WHERE recipient = ? ORDER BY sent", recipient)

    def letter(self, sender: str, letter_id: str) -> list[sqlite3.Row]:
        return self.rows("SELECT * FROM letters WHERE sender = ? AND id = ?", sender, letter_id)

    def letter_recipients(self) -> set[str]:
        return {row[0] for row in self.rows("SELECT DISTINCT recipient FROM letters")}

    def remove_letter(self, sender: str, letter_id: str, recipient: str) -> None:
        self.run("DELETE FROM letters WHERE sender = ? AND id = ? AND recipient = ?", sender, letter_id, recipient)

    def remove_old_letters(self, sent_before: int) -> None:
        self.run("DELETE FROM letters WHERE sent < ?", sent_before)

    # Rooms

    def rooms(self) -> list[sqlite3.Row]:
        return self.rows("SELECT * FROM rooms ORDER BY rowid")

    def save_room(self, room: str, name: str, version: int, members: str, body: bytes, signature: bytes,
                  dropped: bool) -> None:
        self.run("INSERT INTO rooms VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room) DO UPDATE SET name = excluded.name, "
                 "version = excluded.version, members = excluded.members, body = excluded.body, "
                 "signature = excluded.signature, dropped = excluded.dropped",
                 room, name, version, members, body, signature, dropped)

    def told_version(self, room: str, fingerprint: str) -> int:
        return self.value("SELECT version FROM rooms_told WHERE room = ? AND fingerprint = ?", room, fingerprint) or 0

    def note_told(self, room: str, fingerprint: str, version: int) -> None:
        self.run("INSERT OR REPLACE INTO rooms_told VALUES (?, ?, ?)", room, fingerprint, version)

    def told(self, room: str) -> set[str]:
        return {row[0] for row in self.rows("SELECT fingerprint FROM rooms_told WHERE room = ?", room)}

    # Files

    def add_file(self, own: bool, fingerprint: str, file: str, name: str, path: str, size: int, sha256: str,
                 changed: int) -> int:
        return self.database.execute(
            "INSERT INTO files (own, fingerprint, file, name, path, size, sha256, changed, state) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'offered')",
            (own, fingerprint, file, name, path, size, sha256, changed)).lastrowid

    def set_file(self, number: int, column: str, value: str) -> None:
        assert column in ("state", "file", "path")
        self.run(f"UPDATE files SET {column} = ? WHERE number = ?", value, number)

    def file(self, number: int) -> sqlite3.Row:
        return self.rows("SELECT * FROM files WHERE number = ?", number)[0]

    def their_file(self, fingerprint: str, file: str) -> sqlite3.Row | None:
        rows = self.rows("SELECT * FROM files WHERE fingerprint = ? AND file = ? AND own = 0", fingerprint, file)
        return rows[0] if rows else None

    def open_files(self) -> list[sqlite3.Row]:
        return self.rows("SELECT * FROM files WHERE state IN ('offered', 'taken') ORDER BY number")
