"""One chat with one peer: greeting, keys, messages, goodbye (P3; with the keys of P4 and the protections of P5, P6)."""

import asyncio
import enum
import os

import diffie_hellman
import sealed
from lines import CHAT_LINE, READ_SIZE, LineConnection
from messages import (PeerReportedError, ProtocolError, as_integer, decode_message, decode_peer_message, encode_error,
                      encode_message, is_text, is_username, printable, same_name)
from toy_cipher import XoredLines

CONNECT_SECONDS = 5  # P3.10
ACK_SECONDS = 30
GOODBYE_SECONDS = 2  # P3.8
OPEN_MESSAGES = 64
UNREAD_LIMIT = 1_024 * 1_024


class State(enum.Enum):
    CALLING = "our hello is on its way or waits for an answer"
    CROSSED = "we called each other; now the other's call is to arrive (P3.9)"
    ASKED = "the other's hello waits for our user's answer"
    STARTING = "both said hello, or are about to; the keys are exchanged"
    OPEN = "messages go to and fro"
    CLOSING = "we said goodbye (P3.8)"


class Declined(Exception):
    """Our call was declined."""


class Refused(Exception):
    """The other's call was declined, by our user or because our user did not answer."""


class Withdrawn(Exception):
    """The other took its call back."""


class NoChat(Exception):
    """Our call came to nothing before there was a chat."""


class Lost(Exception):
    """The chat ended without a goodbye; the text says why (P3.5)."""


class ClearLines:
    """Stage 02: no protection at all."""

    nonsense_code = "bad-request"
    nonsense_words = None  # each fault has its own

    def wrap(self, line: bytes) -> bytes:
        return line

    def unwrap(self, line: bytes) -> dict:
        return decode_peer_message(line)


def hello_line(stage: str, own_name: str, other_name: str) -> bytes:
    return encode_message({"type": "hello", "stage": stage, "from": own_name, "to": other_name})


def check_hello(hello: dict, stage: str, own_name: str, called: str | None) -> str:
    """P3.1: the name of who says hello; `called` is the name we called, if it is we who called."""
    name = hello.get("from")
    if hello["type"] != "hello" or not is_username(name) or same_name(name, own_name):
        raise ProtocolError("bad-request", "the first line is a hello, from a username other than the receiver's")
    if hello.get("stage") != stage:
        raise ProtocolError("wrong-stage", f"this is stage {stage}")
    if not same_name(hello.get("to"), own_name):
        raise ProtocolError("wrong-peer", f"this is {own_name}")
    if called is not None and not same_name(name, called):
        raise ProtocolError("wrong-peer", f"{called} was called")
    return name


class Chat:
    """`client` is the ChatClient: it shows the lines, knows the options and all other chats."""

    def __init__(self, client, name: str, initiator: bool, connection: LineConnection | None = None):
        self.client = client
        self.name = name
        self.key = name.lower()
        self.initiator = initiator
        self.connection = connection
        self.state = State.CALLING if initiator else State.STARTING
        self.protection = ClearLines()
        self.safety_number = None
        self.user_answer = asyncio.get_running_loop().create_future()  # True: accepted, False: declined
        self.superseded = False  # P3.9: the crossing call took this one's place
        self.loss = None  # why we gave the connection up ourselves
        self.next_sent = 1  # P3.2
        self.next_received = 1
        self.open_messages = {}  # id -> the timer that waits for its ack
        self.changed = asyncio.Event()  # set when the state or open_messages changed
        self.finished = asyncio.Event()
        self.task = None

    # Course of a chat

    async def run(self, opening) -> None:
        """Carry the chat from its opening to its end, and report that end once."""
        ending = None
        try:
            await opening
            await self.converse()
            ending = f"chat with {self.name} ended"
        except Declined:
            ending = f"{self.name} declined"
        except Refused as refusal:
            ending = str(refusal) or None
        except Withdrawn:
            ending = f"{self.name} no longer wants to chat"
        except NoChat as reason:
            ending = f"error: {reason}"
        except Lost as reason:
            ending = self.lost(str(reason))
        except PeerReportedError as error:
            # Anybody on the way can send an error line (P6.4): once the chat is open, its words are not shown.
            ending = self.lost(f"the other side reports {error.code if self.state is State.OPEN else error}")
        except ProtocolError as problem:
            ending = self.lost(f"{problem.code}: {problem}")
            self.send_error(problem)
        except OSError:
            ending = self.lost("the connection broke")
        except asyncio.CancelledError:
            if self.state is not State.CLOSING and not self.superseded:
                raise  # the whole program ends
        finally:
            opening.close()
            self.finish(ending)
        if self.connection is not None:
            await self.connection.close_gently()

    def lost(self, reason: str) -> str:
        return f"chat with {self.name} lost: {self.loss or reason}"

    def finish(self, ending: str | None) -> None:
        if self.state is State.CLOSING:
            ending = f"chat with {self.name} ended"  # after our goodbye nothing else counts as an end
        if ending is not None and not self.superseded:
            self.client.show(ending)
        for message_id, timer in self.open_messages.items():  # P3.3, in the order they were sent
            timer.cancel()
            self.client.show(f"not delivered to {self.name}: {message_id}")
        self.open_messages.clear()
        self.client.forget(self)
        self.finished.set()
        self.changed.set()

    def set_state(self, state: State) -> None:
        self.state = state
        self.changed.set()

    # Opening: the initiator

    async def call(self, host: str, port: int) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(host, port, limit=READ_SIZE)
        except TimeoutError:
            raise Lost(f"no connection within {CONNECT_SECONDS} s") from None
        except (OSError, UnicodeError):
            raise NoChat(f"{self.name} cannot be reached at {host}:{port}") from None
        self.connection = LineConnection(reader, writer, CHAT_LINE)
        own_hello = hello_line(self.client.stage, self.client.name, self.name)
        self.connection.write_line(own_hello)
        patience = self.client.request_timeout + self.client.handshake_timeout  # P3.9: 60 s and 10 s make the 70 s
        try:
            async with asyncio.timeout(patience):
                line = await self.receive_line()
        except TimeoutError:
            self.connection.write_line(encode_message({"type": "bye"}))
            raise NoChat(f"{self.name} did not answer within {patience:g} s") from None
        answer = decode_peer_message(line)
        if answer["type"] == "bye":
            if answer.get("reason") == "crossed" and self.state is State.CALLING:
                await self.wait_for_crossing_call()
            raise Declined()
        check_hello(answer, self.client.stage, self.client.name, called=self.name)
        if self.state is State.CALLING:
            self.set_state(State.STARTING)
        deadline = asyncio.get_running_loop().time() + self.client.handshake_timeout
        await self.exchange_keys(own_hello, line, deadline)

    async def wait_for_crossing_call(self) -> None:
        """P3.9: the other's call stands. When it arrives, ChatClient.admit lets it take our place."""
        self.set_state(State.CROSSED)
        self.connection.abort()
        await asyncio.sleep(self.client.handshake_timeout)
        raise NoChat(f"{self.name} called at the same time, but that call did not arrive")

    def step_aside(self) -> None:
        """P3.9: the crossing call stands; this one is taken back without a word on the terminal."""
        self.superseded = True
        if self.connection is None or self.state is State.CROSSED:
            self.task.cancel()
        else:
            self.connection.write_line(encode_message({"type": "bye"}))
            self.connection.end_half()

    # Opening: the responder

    async def answer_call(self, their_hello: bytes, deadline: float, ask_user: bool) -> None:
        if ask_user:
            loop = asyncio.get_running_loop()
            asked = loop.time()
            await self.ask_user()
            deadline += loop.time() - asked  # P3.7: the user's time is not counted
        own_hello = hello_line(self.client.stage, self.client.name, self.name)
        if self.state is State.STARTING:
            self.connection.write_line(own_hello)
        await self.exchange_keys(their_hello, own_hello, deadline)

    async def ask_user(self) -> None:
        """Wait for /accept or /decline and watch the connection meanwhile: the other may take its call back."""
        self.set_state(State.ASKED)
        self.client.show(f"{self.name} wants to chat: /accept {self.name} or /decline {self.name}")
        reading = asyncio.ensure_future(self.connection.read_line())
        try:
            await asyncio.wait({reading, self.user_answer}, timeout=self.client.request_timeout,
                               return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                self.withdraw(reading)
        finally:
            reading.cancel()  # read_line loses nothing when it is cancelled
            await asyncio.wait({reading})
        if self.user_answer.done() and self.user_answer.result():
            return
        answered = self.user_answer.done()
        self.user_answer.cancel()
        self.connection.write_line(encode_message({"type": "bye", "reason": "declined"}))
        raise Refused("" if answered else f"error: the request of {self.name} was not answered in time")

    def withdraw(self, reading: asyncio.Future) -> None:
        """Whatever arrives before our answer ends the request; only a bye does so properly."""
        try:
            line = reading.result()
            kind = "bye" if line is None else decode_message(line)["type"]
            if kind == "bye":
                self.connection.write_line(encode_message({"type": "bye"}))
            elif kind != "error":
                raise ProtocolError("bad-request", "your hello is not answered yet")
        except ProtocolError as problem:
            self.send_error(problem)
        except OSError:
            pass  # a reset is a withdrawal too
        raise Withdrawn()

    # Keys (P4)

    async def exchange_keys(self, initiator_hello: bytes, responder_hello: bytes, deadline: float) -> None:
        if self.client.stage == "02":
            return
        group = self.client.group
        private_key = diffie_hellman.draw_private_key(group)
        own_public = group.encode(diffie_hellman.public_key_of(group, private_key))
        own_line = encode_message({"type": "key", "group": group.name, "publicKey": own_public.hex()})
        if self.state is State.STARTING:
            self.connection.write_line(own_line)
        try:
            async with asyncio.timeout_at(deadline):
                their_line = await self.receive_line()
        except TimeoutError:
            raise Lost("the handshake took too long") from None
        answer = decode_peer_message(their_line)
        if answer["type"] == "bye":
            # Nothing is protected yet, and nothing has begun: as good as a call that was declined or taken back.
            if self.state is State.STARTING:
                self.connection.write_line(encode_message({"type": "bye"}))
            raise Declined() if self.initiator else Withdrawn()
        if answer["type"] != "key":
            raise ProtocolError("bad-request", "after the hellos come the keys")
        if answer.get("group") != group.name:  # P4.2
            theirs = answer.get("group")
            known = isinstance(theirs, str) and theirs in diffie_hellman.GROUPS
            other = theirs if known else "one that is not known here"
            raise ProtocolError("group-mismatch", f"one side uses the group {group.name}, the other {other}")
        their_public = diffie_hellman.read_public_key(group, answer.get("publicKey"))
        secret = diffie_hellman.shared_secret(group, private_key, their_public)
        self.safety_number = diffie_hellman.safety_number(own_public, group.encode(their_public))
        if self.client.stage == "03":
            self.protection = XoredLines(secret)
            return
        keys_in_order = (own_line, their_line) if self.initiator else (their_line, own_line)
        transcript = sealed.transcript_hash(initiator_hello, responder_hello, *keys_in_order)
        initiator_key, responder_key = sealed.derive_keys(secret, transcript)
        if self.initiator:
            self.protection = sealed.SealedLines(sending_key=initiator_key, receiving_key=responder_key)
        else:
            self.protection = sealed.SealedLines(sending_key=responder_key, receiving_key=initiator_key)
        self.log_keys(transcript, initiator_key, responder_key)

    def log_keys(self, transcript: bytes, initiator_key: bytes, responder_key: bytes) -> None:
        path = os.environ.get("CHATKEYLOGFILE")
        if path:
            try:
                sealed.append_to_key_log(path, transcript, initiator_key, responder_key)
            except OSError as problem:
                self.client.show(f"error: the key log cannot be written: {problem.strerror}")

    # Messages

    async def converse(self) -> None:
        """Read until a bye. Reading never waits for writing (P3.10)."""
        if self.state is State.STARTING:
            self.set_state(State.OPEN)
            self.client.started(self)
        while True:
            message = self.protection.unwrap(await self.receive_line())
            kind = message["type"]
            if kind == "message":
                self.receive_message(message)
            elif kind == "ack":
                self.receive_ack(message)
            elif kind == "bye":
                if self.state is State.OPEN:
                    self.send({"type": "bye"})
                return
            else:
                raise self.nonsense(f"a line of type {kind[:40]!a} is not allowed here")

    def receive_message(self, message: dict) -> None:
        message_id, text = as_integer(message.get("id")), message.get("text")
        if message_id != self.next_received:
            raise self.nonsense("the message is out of turn")
        if not is_text(text):
            raise self.nonsense("a text is 1 to 8192 bytes of UTF-8")
        self.next_received += 1
        if self.state is State.OPEN:  # P3.8: after our goodbye nothing is shown any more
            self.client.show(f"{self.name}> {printable(text)}")
            self.send({"type": "ack", "id": message_id})  # P3.3: shown first, acknowledged then

    def receive_ack(self, message: dict) -> None:
        timer = self.open_messages.pop(as_integer(message.get("id")), None)
        if timer is None:
            raise self.nonsense("this message is not open")
        timer.cancel()
        self.client.show(f"delivered to {self.name}: {as_integer(message['id'])}")
        self.changed.set()

    def nonsense(self, words: str) -> ProtocolError:
        return ProtocolError(self.protection.nonsense_code, self.protection.nonsense_words or words)

    async def send_text(self, text: str) -> bool:
        """Send what the user typed; False when the chat ended before. Only this waits: for room (P3.10)."""
        while not self.finished.is_set():
            waiting = self.state is State.STARTING or len(self.open_messages) >= OPEN_MESSAGES
            if self.state is State.OPEN and not waiting:
                try:
                    await self.connection.drain()
                except OSError:
                    return False  # the reading side reports it
                if self.state is not State.OPEN or self.finished.is_set():
                    return False
                self.send_message(text)
                return True
            if self.state not in (State.STARTING, State.OPEN):
                return False
            self.changed.clear()
            await self.changed.wait()
        return False

    def send_message(self, text: str) -> None:
        message_id = self.next_sent
        self.next_sent += 1
        timer = asyncio.get_running_loop().call_later(
            ACK_SECONDS, self.give_up, f"no acknowledgement for {ACK_SECONDS} s")
        self.open_messages[message_id] = timer
        self.client.show(f"you> {printable(text)}")
        self.send({"type": "message", "id": message_id, "text": text})

    def send(self, message: dict) -> None:
        self.connection.write_line(self.protection.wrap(encode_message(message)))
        if self.connection.unread > UNREAD_LIMIT:
            self.give_up("the other side leaves too much unread")

    def send_error(self, problem: ProtocolError) -> None:
        """P5.1, P6.3: error lines are in clear in every stage. After our bye nothing is sent any more (P3.8)."""
        if self.connection is not None and self.state is not State.CLOSING and not self.superseded:
            self.connection.write_line(encode_error(problem))

    def give_up(self, reason: str) -> None:
        self.loss = self.loss or reason
        self.connection.abort()  # the reading side sees the end and reports it

    async def receive_line(self) -> bytes:
        line = await self.connection.read_line()
        if line is None:
            raise Lost("the connection ended without a goodbye")
        return line

    # Goodbye

    async def say_goodbye(self) -> None:
        """P3.8: bye, end our half, read on for up to 2 s. Also takes back a call that is not answered yet."""
        if self.state is State.ASKED:
            if not self.user_answer.done():
                self.user_answer.set_result(False)
        elif self.connection is None or self.state is State.CROSSED:
            self.set_state(State.CLOSING)
            self.task.cancel()
        elif self.state is not State.CLOSING and not self.finished.is_set():
            self.send({"type": "bye"})
            self.set_state(State.CLOSING)
            self.connection.end_half()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self.finished.wait()
        except TimeoutError:
            if self.connection is not None:
                self.connection.abort()
            await self.finished.wait()
