import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { until } from "../tests/support/until.ts";
import { LineRelay, type Passage, type Side } from "./line-relay.ts";

describe("a relay for lines", () => {
  let target: Server;
  let accepted: Socket[];
  let relay: LineRelay;
  let seen: string[];
  let passages: Passage[];
  const sockets: Socket[] = [];

  const handler = {
    opened: (passage: Passage) => passages.push(passage),
    line: (passage: Passage, from: Side, bytes: Buffer) => {
      seen.push(`${from} ${bytes.length > 100 ? bytes.length : JSON.stringify(String(bytes))}`);
      passage.send(from, bytes);
    },
    ended: (passage: Passage, from: Side, rest: Buffer) => {
      seen.push(`${from} ended ${JSON.stringify(String(rest))}`);
      passage.end(from);
    },
    closed: (_: Passage, from: Side) => seen.push(`${from} closed`),
  };

  beforeEach(async () => {
    [accepted, seen, passages] = [[], [], []];
    target = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket);
      sockets.push(socket);
    });
    target.listen(0, "127.0.0.1");
    await once(target, "listening");
    relay = await LineRelay.start((target.address() as AddressInfo).port, handler);
  });
  afterEach(() => {
    relay.close();
    target.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  function call(): Socket {
    const socket = connect({ host: "127.0.0.1", port: relay.port, allowHalfOpen: true });
    socket.on("error", () => {});
    sockets.push(socket);
    return socket;
  }

  it("takes what comes apart into lines, whatever pieces it comes in", async () => {
    const caller = call();
    caller.write("one\ntw");
    await until(() => seen.length === 1, "the first line");
    caller.write("o\r\n\nthree\nrest");
    caller.end();
    await until(() => accepted.length === 1 && seen.length === 5, "all lines");
    expect(seen).to.deep.equal([
      'caller "one\\n"',
      'caller "two\\r\\n"',
      'caller "\\n"',
      'caller "three\\n"',
      'caller ended "rest"',
    ]);
    // The other half goes on.
    accepted[0]?.end("answer\n");
    const [answer] = await once(caller, "data");
    expect(String(answer)).to.equal("answer\n");
  });

  it("passes a line without an end on in pieces, before it takes too much room", async () => {
    const caller = call();
    for (let i = 0; i < 9; i += 1) caller.write("x".repeat(1_000_000));
    await until(() => seen.length > 0, "a piece");
    expect(Number(seen[0]?.split(" ")[1])).to.be.within(4_194_304, 5_300_000);
  });

  it("lets callers wait until it is known where to call, and hangs up if there is nobody", async () => {
    const port = relay.targetPort;
    let found = (_: number): void => {};
    relay.targetPort = new Promise((resolve) => {
      found = resolve;
    });
    call().write("early\n");
    const other = call();
    await once(other, "connect");
    expect(accepted).to.deep.equal([]);
    found(await port);
    await until(() => seen.length === 1, "the line");
    relay.targetPort = Promise.reject(new Error("it has ended"));
    relay.targetPort.catch(() => {});
    await once(call().resume(), "end");
  });

  it("knows all four ports", async () => {
    const caller = call();
    await until(() => passages.length === 1 && accepted.length === 1, "the connection");
    expect(passages[0]?.ports).to.deep.equal({
      caller: caller.localPort,
      relayIn: relay.port,
      relayOut: accepted[0]?.remotePort,
      called: accepted[0]?.localPort,
    });
  });

  it("reads nothing from a side that is held, and sends nothing to one that has gone", async () => {
    const caller = call();
    await until(() => passages.length === 1 && accepted.length === 1, "the connection");
    const [passage] = passages;
    passage?.hold("caller", true);
    caller.write("held\n");
    accepted[0]?.write("back\n");
    await until(() => seen.length === 1, "the other direction");
    expect(seen).to.deep.equal(['called "back\\n"']);
    passage?.hold("caller", false);
    await until(() => seen.length === 2, "what was held");
    accepted[0]?.destroy();
    caller.destroy();
    await until(() => seen.includes("caller closed") && seen.includes("called closed"), "the end");
    expect(passage?.send("caller", Buffer.from("late\n"))).to.equal(false);
  });
});
