// A lab program that frames with bare text, as many home-made protocols do: a header, the text as it is, and a line <end>. It
// takes connections, and prints who says what. No stage works like that.

import { createServer } from "node:net";
import { readable } from "../captures/explain/readable.ts";

const END = "\n<end>\n";

/** The most that is kept of a frame that has no end, in characters. */
const MOST = 100_000;

const server = createServer((socket) => {
  let text = "";
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf(END); end !== -1; end = text.indexOf(END)) {
      const [header = "", ...lines] = text.slice(0, end).split("\n");
      console.log(`${readable(Buffer.from(header))} says: ${readable(Buffer.from(lines.join(" / ")))}`);
      text = text.slice(end + END.length);
    }
    if (text.length > MOST) socket.destroy();
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`listening on 127.0.0.1:${address.port}`);
});
