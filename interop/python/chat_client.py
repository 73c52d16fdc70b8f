"""Stages 02 to 04, client: the terminal, and all chats of one user (P7)."""

import asyncio
import os
import signal
import sys

import diffie_hellman
from arguments import OneLineParser, host_and_port, port_number, seconds
from chat import Chat, NoChat, State, check_hello
from keyboard import Keyboard
from lines import CHAT_LINE, READ_SIZE, LineConnection
from messages import (ProtocolError, decode_message, encode_error, encode_message, is_text, is_username, printable)
from registry_link import RegistryGone, RegistryLink, RegistryRefused
from server import CannotListen, address_text, open_listening_socket, report_unexpected

WAITING_REQUESTS = 16  # P3.10
LONGEST_RETRY = 30  # seconds, P7
NO_CHAT = "error: no current chat; see /chats, /chat NAME and /switch NAME"
HELP = ["/users, /chat NAME, /accept NAME, /decline NAME, /switch NAME, /chats, /end, /verify, /help, /quit",
        "any other line is sent to the current chat"]


class ChatClient:
    def __init__(self, options):
        self.stage = options.stage
        self.group = diffie_hellman.GROUPS[options.group]
        self.handshake_timeout = options.handshake_timeout
        self.request_timeout = options.request_timeout
        self.options = options
        self.name = options.name
        self.port = None  # where we listen
        self.registry = RegistryLink(*options.registry, self.show)
        self.chats = {}  # name in lower case -> Chat, from the first hello or /chat to the end (P3.6)
        self.current = None  # a key of chats
        self.tasks = set()
        self.quitting = False
        self.keyboard = None

    def show(self, line: str) -> None:
        """One event, one line of standard output."""
        try:
            print(line, flush=True)
        except OSError:  # whoever read our output has gone; go on without, so that goodbyes are still said
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    # Start and end

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(report_unexpected)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        try:
            listener = open_listening_socket(self.options.host, self.options.listen, "--listen")
        except CannotListen as problem:
            self.show(f"error: {problem}")
            return 1
        self.port = listener.getsockname()[1]
        self.keyboard = Keyboard()
        working = asyncio.create_task(self.work(listener))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            exit_code = working.result()
        else:
            working.cancel()
            await asyncio.wait({working})
            exit_code = 0
        await self.quit()
        return exit_code

    async def work(self, listener) -> int:
        if not await self.sign_in():
            return 1
        self.show_registered()
        server = await asyncio.start_server(self.receive_call, sock=listener, limit=READ_SIZE)
        keeping = asyncio.create_task(self.keep_registered())
        try:
            while (line := await self.keyboard.read_line()) is not None:
                if not await self.obey(line):
                    break
            return 0
        finally:
            self.quitting = True
            keeping.cancel()
            server.close()

    async def quit(self) -> None:
        """Goodbye to every peer and to the registry (P7)."""
        self.quitting = True
        goodbyes = [chat.say_goodbye() for chat in self.chats.values()]
        await asyncio.gather(*goodbyes, self.registry.close(), return_exceptions=True)
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=1)  # the last lines may still be on their way

    # Registry

    async def sign_in(self) -> bool:
        terminal = sys.stdin.isatty()
        while True:
            if self.name is None:
                if terminal:
                    print("name: ", end="", flush=True)
                line = await self.keyboard.read_line()
                if line is None:
                    return False
                self.name = line.decode("utf-8", errors="replace").strip()
            try:
                if not is_username(self.name):
                    raise ValueError(f"{printable(self.name)} is not allowed: a name is 1 to 32 of A-Z a-z 0-9 _ -, "
                                     "and not `you`")
                self.name = await self.registry.open(self.name, self.port)
                return True
            except RegistryGone:
                self.show(f"error: no registry at {address_text(*self.options.registry)}; start one with: "
                          f"python3 registry.py --stage {self.stage} --port {self.options.registry[1]}")
                return False
            except (RegistryRefused, ValueError) as problem:
                self.show(f"error: {problem}")
                if not terminal:
                    return False
                self.name = None

    def show_registered(self) -> None:
        self.show(f"registered as {self.name}, listening on {address_text(self.options.host, self.port)}")

    async def keep_registered(self) -> None:
        """P7: when the registry goes away, say so once and register again by ourselves."""
        while True:
            await asyncio.wait({self.registry.reading})
            self.show("error: the registry has gone; chats go on, and it is tried again")
            delay = 1
            while True:
                await asyncio.sleep(delay)
                try:
                    self.name = await self.registry.open(self.name, self.port)
                    break
                except (RegistryGone, RegistryRefused):  # refused: our old connection may still hold the name
                    delay = min(2 * delay, LONGEST_RETRY)
            self.show_registered()

    # Calls that come in

    async def receive_call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.remember_task(asyncio.current_task())
        connection = LineConnection(reader, writer, CHAT_LINE)
        deadline = asyncio.get_running_loop().time() + self.handshake_timeout
        try:
            async with asyncio.timeout_at(deadline):
                line = await connection.read_line()
            if line is not None:
                hello = decode_message(line)
                name = check_hello(hello, self.stage, self.name, called=None)
                chat = Chat(self, name, initiator=False, connection=connection)
                refusal, ask_user = self.admit(chat)
                if refusal is None:
                    await self.run_chat(chat, chat.answer_call(line, deadline, ask_user))
                    return
                connection.write_line(encode_message({"type": "bye", "reason": refusal}))
        except ProtocolError as problem:
            connection.write_line(encode_error(problem))
        except OSError:
            pass  # too slow (TimeoutError) or reset: no chat had begun, so nobody need be told
        await connection.close_gently()

    def admit(self, chat: Chat) -> tuple[str | None, bool]:
        """Decide about a call: the reason of the bye that refuses it, or None; and whether the user is asked."""
        existing = self.chats.get(chat.key)
        if self.quitting:
            return "declined", False
        if existing is not None:
            if existing.state not in (State.CALLING, State.CROSSED):
                return "declined", False  # P3.6: with one name one chat
            if existing.state is State.CALLING and self.name.lower() < chat.key:
                return "crossed", False  # P3.9: our call stands
            existing.step_aside()
            self.chats[chat.key] = chat
            return None, False  # our user called this name: nothing to ask
        if not self.options.accept and self.count_requests() >= WAITING_REQUESTS:
            return "declined", False
        self.chats[chat.key] = chat
        return None, not self.options.accept

    def count_requests(self) -> int:
        return sum(chat.state is State.ASKED for chat in self.chats.values())

    # What chats report

    async def run_chat(self, chat: Chat, opening) -> None:
        chat.task = asyncio.current_task()
        self.remember_task(chat.task)
        await chat.run(opening)

    def remember_task(self, task: asyncio.Task) -> None:
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def started(self, chat: Chat) -> None:
        if self.current is None:  # P7: one accepted by --accept becomes current only if there is none
            self.current = chat.key
        self.show(f"chat with {chat.name} started")
        self.show_safety_number(chat)

    def show_safety_number(self, chat: Chat) -> None:
        if chat.safety_number is not None:
            self.show(f"safety number with {chat.name}: {chat.safety_number}")

    def forget(self, chat: Chat) -> None:
        if self.chats.get(chat.key) is chat:  # not so when a crossing call took its place
            del self.chats[chat.key]
            if self.current == chat.key:
                self.current = None

    # Input

    async def obey(self, line: bytes) -> bool:
        """Carry out one line of input; False for /quit."""
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            self.show("error: the input is not valid UTF-8")
            return True
        text = {"EXIT": "/quit", "EOM": "/end", "Get Users": "/users"}.get(text, text)
        if not text.startswith("/"):
            await self.send_text(text)
            return True
        command, *words = text.split()
        if command == "/quit" and not words:
            return False
        with_name = {"/chat": self.chat, "/accept": self.accept, "/decline": self.decline, "/switch": self.switch}
        without_name = {"/users": self.users, "/chats": self.list_chats, "/end": self.end, "/verify": self.verify,
                        "/help": self.help}
        if command in with_name and len(words) == 1:
            await with_name[command](words[0])
        elif command in without_name and not words:
            await without_name[command]()
        elif command in with_name:
            self.show(f"error: usage: {command} NAME")
        else:
            self.show(f"error: no such command: {printable(text[:80])}; see /help")
        return True

    async def send_text(self, text: str) -> None:
        chat = self.chats.get(self.current)
        if text == "":
            return  # only the Enter key
        if chat is None:
            self.show(NO_CHAT)
        elif chat.state in (State.CALLING, State.CROSSED):
            self.show(f"error: {chat.name} has not answered yet")
        elif not is_text(text):
            self.show("error: a message is at most 8192 bytes long")
        elif not await chat.send_text(text):
            self.show("error: not sent: the chat has ended")

    async def users(self) -> None:
        try:
            names = await self.registry.names()
            self.show(f"users: {', '.join(names)}" if names else "no other users")
        except RegistryGone:
            self.show("error: there is no registry at the moment")
        except RegistryRefused as refusal:
            self.show(f"error: {refusal}")

    async def chat(self, name: str) -> None:
        key = name.lower()
        existing = self.chats.get(key)
        if existing is not None and existing.state is State.ASKED:
            await self.accept(name)  # both want it
        elif existing is not None:
            self.show(f"error: there is a chat with {existing.name} already")
        elif not is_username(name):
            self.show(f"error: there is no user {printable(name[:80])}")
        elif key == self.name.lower():
            self.show("error: that is your own name")
        else:
            chat = Chat(self, name, initiator=True)
            self.chats[key] = chat
            self.current = key
            chat.task = asyncio.create_task(self.run_chat(chat, self.look_up_and_call(chat)))

    async def look_up_and_call(self, chat: Chat) -> None:
        try:
            chat.name, host, port = await self.registry.lookup(chat.name)
        except RegistryGone:
            raise NoChat("there is no registry at the moment") from None
        except RegistryRefused as refusal:
            raise NoChat(f"there is no user {chat.name}" if refusal.code == "unknown-user" else str(refusal)) from None
        await chat.call(host, port)

    def waiting_request(self, name: str) -> Chat | None:
        chat = self.chats.get(name.lower())
        if chat is not None and chat.state is State.ASKED and not chat.user_answer.done():
            return chat
        self.show(f"error: there is no request from {printable(name[:80])}")
        return None

    async def accept(self, name: str) -> None:
        if chat := self.waiting_request(name):
            chat.set_state(State.STARTING)
            chat.user_answer.set_result(True)
            self.current = chat.key

    async def decline(self, name: str) -> None:
        if chat := self.waiting_request(name):
            chat.user_answer.set_result(False)

    async def switch(self, name: str) -> None:
        chat = self.chats.get(name.lower())
        if chat is not None and chat.state in (State.STARTING, State.OPEN):
            self.current = chat.key
        else:
            self.show(f"error: there is no chat with {printable(name[:80])}")

    async def list_chats(self) -> None:
        entries = [chat.name + (" (current)" if key == self.current else "")
                   for key, chat in sorted(self.chats.items()) if chat.state is State.OPEN]
        self.show(f"chats: {', '.join(entries)}" if entries else "no chats")

    async def end(self) -> None:
        chat = self.chats.get(self.current)
        if chat is None:
            self.show(NO_CHAT)
        else:
            self.current = None
            await chat.say_goodbye()

    async def verify(self) -> None:
        chat = self.chats.get(self.current)
        if self.stage == "02":
            self.show("error: stage 02 has no safety numbers")
        elif chat is None or chat.safety_number is None:
            self.show(NO_CHAT)
        else:
            self.show_safety_number(chat)

    async def help(self) -> None:
        for line in HELP:
            self.show(line)


def parse_arguments():
    parser = OneLineParser("Chat client of stages 02 to 04.")
    parser.add_argument("--stage", choices=["02", "03", "04"], required=True)
    parser.add_argument("--name", help="your name (without it, the first line of input is the name)")
    parser.add_argument("--registry", type=host_and_port, metavar="HOST:PORT",
                        help="default 127.0.0.1:10000, in stage 04 127.0.0.1:10001")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--listen", type=port_number, default=0, metavar="PORT",
                        help="port to listen on (default: any free one)")
    parser.add_argument("--accept", action="store_true", help="accept every chat without asking")
    parser.add_argument("--group", choices=list(diffie_hellman.GROUPS), default="modp2048",
                        help="Diffie-Hellman group (stages 03 and 04)")
    parser.add_argument("--handshake-timeout", type=seconds, default=10.0, metavar="SECONDS")
    parser.add_argument("--request-timeout", type=seconds, default=60.0, metavar="SECONDS")
    options = parser.parse_args()
    if options.registry is None:
        options.registry = ("127.0.0.1", 10_001 if options.stage == "04" else 10_000)
    return options


def warn(options) -> None:
    """Notes go to standard error; standard output holds only events (P7)."""
    if options.stage == "03":  # P5.2
        print("note: the cipher of stage 03 is weak on purpose; do not use it for secrets", file=sys.stderr)
    if options.stage != "02" and options.group == "toy":  # P4.2
        print("warning: the group toy protects nothing, and its safety numbers prove nothing", file=sys.stderr)
    if options.stage == "04" and os.environ.get("CHATKEYLOGFILE"):  # P6.5
        print(f"warning: the keys of every chat are written to {printable(os.environ['CHATKEYLOGFILE'])}",
              file=sys.stderr)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    arguments = parse_arguments()
    warn(arguments)
    sys.exit(asyncio.run(ChatClient(arguments).run()))
