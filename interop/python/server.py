"""What the servers share: opening the port, one task per client, ending on SIGINT and SIGTERM (P0.6, P0.7)."""

import asyncio
import errno
import signal
import socket
import sys

from lines import READ_SIZE, LineConnection


class CannotListen(Exception):
    pass


def open_listening_socket(host: str, port: int, option: str) -> socket.socket:
    """A listening socket on exactly one address; `option` is how the user chooses another port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1_024)
        listener.setblocking(False)
        return listener
    except (OSError, UnicodeError) as problem:
        if getattr(problem, "errno", None) == errno.EADDRINUSE:
            raise CannotListen(f"port {port} is in use; choose another with {option} PORT") from None
        reason = getattr(problem, "strerror", None) or "not a valid address"
        raise CannotListen(f"cannot listen on {host}:{port}: {reason}") from None


def address_text(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def report_unexpected(_loop, context: dict) -> None:
    """Replaces asyncio's stack traces: one line, and the other clients are served on."""
    print(f"error: {context.get('exception') or context['message']}", file=sys.stderr, flush=True)


async def run_server(host: str, port: int, line_limit: int, serve_client) -> None:
    """Serve until SIGINT or SIGTERM; `serve_client` is called with a LineConnection for each client."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(report_unexpected)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    connections = {}  # the task of each client -> its connection

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = LineConnection(reader, writer, line_limit)
        connections[asyncio.current_task()] = connection
        try:
            await serve_client(connection)
        except OSError:
            pass  # a reset is that client's own business (P0.7)
        finally:
            connection.abort()
            connections.pop(asyncio.current_task(), None)

    listener = open_listening_socket(host, port, "--port")
    server = await asyncio.start_server(serve, sock=listener, limit=READ_SIZE, backlog=1_024)
    print(f"listening on {address_text(host, listener.getsockname()[1])}", flush=True)
    await stop.wait()
    server.close()
    for connection in connections.values():
        connection.abort()  # all of them first, so that nobody is told how the others leave
    for task in connections:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)


def main(program) -> None:
    """Run the coroutine `program`; what goes wrong at the start is one line and exit code 1."""
    try:
        asyncio.run(program)
    except CannotListen as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(1)
