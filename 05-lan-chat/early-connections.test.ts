import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { EarlyConnections } from "./early-connections.ts";

describe("connections that come while the program starts", () => {
  let server: Server;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  afterEach(() => {
    server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** Connects, and waits until the server has the connection. */
  async function arrive(text: string): Promise<Socket> {
    const arrived = once(server, "connection");
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => {});
    sockets.push(socket);
    socket.write(text);
    await arrived;
    return socket;
  }

  it("wait, and lose nothing of what they have said", async () => {
    const early = new EarlyConnections(server);
    await arrive("first");
    const accepted: Socket[] = [];
    early.handOver((socket) => accepted.push(socket));
    await arrive("second");
    expect(accepted).to.have.length(2);
    const said = accepted.map(async (socket) => String((await once(socket, "data"))[0]));
    expect(await Promise.all(said)).to.deep.equal(["first", "second"]);
    for (const socket of accepted) socket.destroy();
  });

  it("are closed if it does not start", async () => {
    const early = new EarlyConnections(server);
    const socket = await arrive("hello");
    socket.resume();
    early.close();
    await once(socket, "close");
    early.handOver(() => expect.fail("it was handed over"));
  });
});
