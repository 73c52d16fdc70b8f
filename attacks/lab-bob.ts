// A LAB, NOT A STAGE: the Bob that bit-flip and padding-oracle attack. Only Bob and Alice have the key. Bob accepts lines
// without a tag (lab-unauthenticated-cbc.ts). Each line is answered with ok, or with an error if its padding was wrong.
//
// node --import tsx attacks/lab-bob.ts TEXT [IV]: prints where Bob listens, and the encrypted line in which Alice sends
// TEXT, with this IV (in hexadecimal; random without it). Then it prints what Bob reads in each line that arrives.

import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { readable } from "../captures/explain/readable.ts";
import {
  decryptOnly,
  encryptOnly,
  fromLine,
  IV_BYTES,
  KEY_BYTES,
  toLine,
} from "./lab-unauthenticated-cbc.ts";
import { LineSocket } from "./line-socket.ts";

const key = randomBytes(KEY_BYTES);

const OK = JSON.stringify({ type: "ok" });
const BAD_LINE = JSON.stringify({ type: "error", code: "bad-request" });
/** This answer is the oracle: it tells an attacker that the padding was wrong, and nothing else. */
const BAD_PADDING = JSON.stringify({ type: "error", code: "bad-padding" });

const server = createServer({ allowHalfOpen: true }, (socket) => void serve(new LineSocket(socket)));
server.listen({ host: "127.0.0.1", port: 0 }, () => {
  const address = server.address();
  console.log(`listening on 127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  const iv = process.argv[3] ? Buffer.from(process.argv[3], "hex") : randomBytes(IV_BYTES);
  console.log(`alice sends ${toLine(iv, encryptOnly(key, iv, Buffer.from(process.argv[2] ?? "")))}`);
});

async function serve(wire: LineSocket): Promise<void> {
  for (;;) {
    const line = await wire.line(Infinity);
    if (line === undefined) return wire.end();
    wire.send(answer(line));
  }
}

function answer(line: string): string {
  const received = fromLine(line);
  if (received === undefined) return BAD_LINE;
  const plaintext = decryptOnly(key, received.iv, received.ciphertext);
  if (plaintext === undefined) return BAD_PADDING;
  console.log(`bob reads ${readable(plaintext)}`);
  return OK;
}
