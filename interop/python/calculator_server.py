"""Stage 01, server: answers each line, an expression, with its value (P1)."""

import asyncio

from arguments import OneLineParser, port_number, seconds
from expression import ExpressionError, calculate
from lines import CALCULATOR_LINE, LineConnection, LineTooLong
from messages import ProtocolError, decode_text
from server import main, run_server


def reply_to(line: bytes) -> bytes:
    try:
        reply = f"= {calculate(decode_text(line))}"
    except ProtocolError as problem:
        reply = f"error: {problem.code}"  # bad-encoding, P0.4
    except ExpressionError as problem:
        reply = f"error: {problem}"
    return reply.encode("utf-8")


async def serve_client(connection: LineConnection, idle_timeout: float) -> None:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(idle_timeout) as idle:
            while (line := await connection.read_line()) is not None:
                idle.reschedule(loop.time() + idle_timeout)  # P1.9: only a complete line counts
                if line.strip(b" \t").upper() == b"END":  # P1.8
                    break
                connection.write_line(reply_to(line))
                # P0.7: while this client leaves its replies unread, its requests are not read either.
                await connection.drain()
    except LineTooLong:
        connection.write_line(b"error: line too long")
    except TimeoutError:
        pass
    await connection.close_gently()


def parse_arguments():
    parser = OneLineParser("Calculator server (stage 01).")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=port_number, default=10_001, help="port (default 10001; 0: any free one)")
    parser.add_argument("--idle-timeout", type=seconds, default=300.0, metavar="SECONDS",
                        help="close a connection that sends no line for so long (default 300)")
    return parser.parse_args()


if __name__ == "__main__":
    options = parse_arguments()
    main(run_server(options.host, options.port, CALCULATOR_LINE,
                    lambda connection: serve_client(connection, options.idle_timeout)))
