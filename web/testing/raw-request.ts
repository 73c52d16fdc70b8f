// Requests as an attacker writes them: byte by byte, with headers that no browser and no library would send.

import { connect } from "node:net";
import { patientTimeout } from "../../programs/patience.ts";

export interface RawRequest {
  method: string;
  /** What follows the method. */
  target: string;
  version: string;
  /** In the order in which they are sent; a name may come twice. */
  headers: (readonly [name: string, value: string])[];
  body: string;
}

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  status: number;
  /** The names are in small letters. */
  headers: ReadonlyMap<string, string>;
  /** All that came, as text. */
  text: string;
}

/** An answer to a refused or a fine request comes at once, in milliseconds. */
const DEADLINE = 10_000;

/** Sends a request to 127.0.0.1. @returns the head of the answer, and as much of its body as came with it */
export function send(port: number, request: RawRequest): Promise<RawAnswer> {
  const { method, target, version, headers, body } = request;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return exchange(port, `${method} ${target} HTTP/${version}\r\n${lines}\r\n${body}`);
}

/** Sends text. @throws Error if there is neither an answer nor an end of the connection */
export function exchange(port: number, text: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let came = "";
    const cancel = patientTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer to ${JSON.stringify(text.slice(0, 200))}`));
    }, DEADLINE);
    const end = (): void => {
      cancel();
      socket.destroy();
      resolve(readAnswer(came));
    };
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      came += piece;
      if (came.includes("\r\n\r\n")) end();
    });
    socket.on("close", end);
    socket.on("error", () => {}); // It is followed by `close`.
    socket.write(text);
  });
}

function readAnswer(text: string): RawAnswer {
  const [head = ""] = text.split("\r\n\r\n", 1);
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line): [string, string] => {
      const [name = "", ...value] = line.split(": ");
      return [name.toLowerCase(), value.join(": ")];
    }),
  );
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers, text };
}
