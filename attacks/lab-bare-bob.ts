// A LAB, NOT A STAGE: the Bob that end-marker attacks. Bob frames with bare text (lab-bare-frames.ts).
//
// node --import tsx attacks/lab-bare-bob.ts: prints where Bob listens, and then each message: `HOST:PORT> TEXT`.

import { type AddressInfo, createServer } from "node:net";
import { readable } from "../captures/explain/readable.ts";
import { readBareFrames } from "./lab-bare-frames.ts";

/** Whoever sends more than this without an end is not listened to any more. In characters. */
const MOST_WAITING = 65_536;

const server = createServer((socket) => {
  let received = "";
  socket.setEncoding("utf8").on("data", (text) => {
    const { frames, rest } = readBareFrames(received + text);
    received = rest;
    if (received.length > MOST_WAITING) socket.destroy();
    for (const { address, text: said } of frames) console.log(readable(Buffer.from(`${address}> ${said}`)));
  });
  socket.on("error", () => {});
});
server.listen({ host: "127.0.0.1", port: 0 }, () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});
