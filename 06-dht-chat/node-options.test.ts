import { expect } from "chai";
import { ArgumentError } from "./arguments.ts";
import { peerIdOf } from "./identity.ts";
import { readNodeCall } from "./node-options.ts";

const RELAY = peerIdOf(new Uint8Array(32).fill(1));
const ADDRESS = `/ip4/127.0.0.1/tcp/8060/ws/p2p/${RELAY}`;
const OTHER = `/ip6/::1/tcp/8061/ws/p2p/${RELAY}`;

describe("the command line of the node", () => {
  it("P10.5 nothing on it: 127.0.0.1, port 8060, alone, no folder", () => {
    const usual = { kind: "run", host: "127.0.0.1", port: 8060, joins: [], data: undefined };
    expect(readNodeCall([])).to.deep.equal(usual);
  });

  it("P10.5 --join may stand there several times, and counts once", () => {
    const call = readNodeCall([
      "--join",
      ADDRESS,
      `--join=${OTHER}`,
      "--join",
      ADDRESS,
      "--port",
      "0",
      "--host",
      "::1",
    ]);
    expect(call).to.deep.include({ joins: [ADDRESS, OTHER], port: 0, host: "::1" });
    expect(readNodeCall(["--data", "--join"])).to.deep.include({ joins: [], data: "--join" });
    expect(readNodeCall(["--help"])).to.deep.equal({ kind: "help" });
  });

  it("P10.5 one line says what is wrong with each wrong one", () => {
    for (const [argv, problem] of [
      [["--join", "foo"], /--join foo: an address to join by is \/ip4/],
      [["--join", "http://127.0.0.1:8060"], /an address to join by/],
      [["--join", ADDRESS.replace("/ws", "")], /an address to join by/],
      [["--join"], /--join needs a value/],
      [["--join="], /an address to join by/],
      [["--port", "70000"], /a port is a number from 0 to 65535/],
      [["--port", "1", "--port", "2"], /--port is given twice/],
      [["--host", "localhost"], /a host is an address of this machine/],
      [["--host", ""], /a host is an address of this machine/],
      [["--data", ""], /a path is not empty/],
      [["--joined"], /unknown option --joined/],
      [["more"], /options only/],
      [
        Array(17)
          .fill(0)
          .flatMap((_, index) => ["--join", ADDRESS.replace("8060", `${8060 + index}`)]),
        /16 times at most/,
      ],
    ] as [string[], RegExp][])
      expect(() => readNodeCall(argv), argv.join(" ")).to.throw(ArgumentError, problem);
  });
});
