import type { Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { expect } from "chai";
import { leaveOut } from "../tests/support/tools.ts";
import { type BoundPorts, bindPorts, bindUdp } from "./ports.ts";
import { UserError } from "./program.ts";

const HOST = "127.0.0.1";

describe("the port of a peer", () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function bound(port: number, host = HOST): Promise<BoundPorts & { server: Server }> {
    const server = createServer();
    const ports = await bindPorts(server, host, port);
    closing.push(() => server.close());
    for (const socket of ports.sockets.values()) closing.push(() => socket.close());
    return { ...ports, server };
  }

  async function udp(port: number): Promise<Socket> {
    const socket = await bindUdp(HOST, port);
    closing.push(() => socket.close());
    return socket;
  }

  async function problemOf(promise: Promise<unknown>): Promise<string> {
    try {
      await promise;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
    return "";
  }

  it("P8.1 port 0: the system chooses one, and TCP and UDP have the same", async () => {
    const { port, server, sockets, notes, host } = await bound(0);
    expect(server.address()).to.include({ address: HOST, port });
    expect([...sockets.keys()]).to.deep.equal([HOST]);
    expect(sockets.get(HOST)?.address()).to.include({ address: HOST, port });
    expect([host, notes]).to.deep.equal([HOST, []]);
  });

  it("P8.1 if TCP or UDP is in use, one of the next nine is taken, and the user is told", async () => {
    const first = await bound(0);
    const second = await bound(first.port);
    expect(second.port).to.be.within(first.port + 1, first.port + 9);
    expect(second.notes).to.deep.equal([`port ${first.port} is in use, took ${second.port}`]);
    expect(second.server.address()).to.include({ port: second.port });

    const onlyUdp = (await udp(0)).address().port;
    const third = await bound(onlyUdp);
    expect(third.port).to.be.within(onlyUdp + 1, onlyUdp + 9);
    expect(third.sockets.get(HOST)?.address()).to.include({ port: third.port });
    // TCP was given back when UDP was in use.
    const server = createServer().listen(onlyUdp, HOST);
    closing.push(() => server.close());
    await once(server, "listening");
  });

  it("P8.1 if all ten are in use, one line says so", async () => {
    // The last ten ports, of which others may have some already.
    for (let port = 65_526; port <= 65_535; port++) await udp(port).catch(() => {});
    const problem = await problemOf(bindPorts(createServer(), HOST, 65_526));
    expect(problem).to.match(/^the ports 65526 to 65535 are in use by other programs; .*--port PORT/);
    const beyond = await problemOf(bindPorts(createServer(), HOST, 65_530));
    expect(beyond).to.match(/^the ports 65530 to 65535 are in use/);
  });

  it("a host that is no address of this machine is refused with one line", async () => {
    for (const host of ["192.0.2.1", "2001:db8::1"])
      expect(await problemOf(bindPorts(createServer(), host, 0))).to.match(/^cannot listen on .*--host HOST/);
  });

  it("a host may be a name", async () => {
    expect((await bound(0, "localhost")).host).to.equal(HOST);
  });

  it("a host may be an IPv6 address", async function () {
    const has = Object.values(networkInterfaces()).some((infos) =>
      infos?.some(({ address }) => address === "::1"),
    );
    if (!has) leaveOut(this, "this machine has no IPv6");
    const { sockets, port } = await bound(0, "::1");
    expect(sockets.get("::1")?.address()).to.include({ address: "::1", port });
  });
});
