import { join } from "node:path";
import { expect } from "chai";
import { ArgumentError } from "./arguments.ts";
import { type PeerOptions, readPeerCall } from "./peer-options.ts";

const WHO = ["--name", "alice", "--team", "rocket"];

function options(...argv: string[]): PeerOptions {
  const call = readPeerCall([...WHO, ...argv], "stage");
  if (call.kind !== "run") throw new Error(`it is ${call.kind}`);
  return call.options;
}

function problem(...argv: string[]): string {
  try {
    readPeerCall(argv, "stage");
  } catch (error) {
    if (error instanceof ArgumentError && error.exitCode === 2) return error.message;
  }
  return "none";
}

describe("the options of the peer (P8.1)", () => {
  it("have the defaults of the contract", () => {
    expect(options()).to.deep.equal({
      name: "alice",
      team: "rocket",
      passphraseFile: undefined,
      host: "127.0.0.1",
      port: 5000,
      peers: [],
      data: join("stage", "data", "alice-rocket"),
      beacon: 5000,
      inactive: 600_000,
      access: "team",
      discovers: true,
    });
  });

  it("are read as they are given", () => {
    const argv =
      "--passphrase-file f --port 0 --host 0.0.0.0 --data d --beacon 0.5 --inactive 20 --access known";
    expect(options(...argv.split(" "), "--no-discovery")).to.deep.include({
      passphraseFile: "f",
      port: 0,
      host: "0.0.0.0",
      data: "d",
      beacon: 500,
      inactive: 20_000,
      access: "known",
      discovers: false,
    });
    expect(options("--host", "[::1]").host).to.equal("::1");
    // Others take no other spelling for an address.
    expect(options("--host", "2001:DB8:0:0::1").host).to.equal("2001:db8::1");
  });

  it("take --peer several times, each address once", () => {
    const argv = [
      "--peer",
      "10.0.0.1:5000",
      "--port",
      "5001",
      "--peer=[::1]:5000",
      "--peer",
      "10.0.0.1:5000",
    ];
    expect(options(...argv, "--peer", "laptop.local:1")).to.deep.include({
      peers: ["10.0.0.1:5000", "[::1]:5000", "laptop.local:1"],
      port: 5001,
    });
    expect(options("--data", "--peer").data).to.equal("--peer");
    expect(problem(...WHO, "--peer")).to.match(/^--peer needs a value: --peer HOST:PORT/);
    const many = Array.from({ length: 65 }, (_, index) => `--peer=10.0.0.1:${index + 1}`);
    expect(problem(...WHO, ...many)).to.match(/^--peer may be given 64 times/);
  });

  it("need a name and a team of their forms", () => {
    expect(problem("--team", "rocket")).to.match(/^--name is missing/);
    expect(problem("--name", "alice")).to.match(/^--team is missing/);
    for (const name of ["", "you", "ALL", "all", "a b", "ann#F3kQ", "x".repeat(33)])
      expect(problem("--name", name, "--team", "t"), name).to.match(/^--name .*: a name is/);
    for (const team of ["", "a b", "é", "x".repeat(33)])
      expect(problem("--name", "a", "--team", team), team).to.match(/^--team .*: a team is/);
    expect(readPeerCall(["--name", "allan", "--team", "you"], "s").kind).to.equal("run");
  });

  it("refuse everything else with one sentence and exit code 2", () => {
    const wrong: string[][] = [
      ["--port", "80"],
      ["--port", "1023"],
      ["--port", "65536"],
      ["--port", "-1"],
      ["--port", "5e3"],
      ["--port", ""],
      ["--host", "localhost"],
      ["--host", ""],
      ["--host", "1.2.3"],
      ["--host", "fe80::1%eth0"],
      ["--peer", "10.0.0.1"],
      ["--peer", "10.0.0.1:0"],
      ["--peer", "10.0.0.1:05000"],
      ["--peer", "::1:5000"],
      ["--peer", "[1.2.3.4]:5000"],
      ["--beacon", "0"],
      ["--beacon", "soon"],
      ["--inactive", "-1"],
      ["--access", "everybody"],
      ["--access", "Team"],
      ["--passphrase-file", ""],
      ["--data", ""],
      ["--no-discovery=yes"],
      ["--unknown"],
      ["--port", "5000", "--port", "5001"],
      ["word"],
    ];
    for (const argv of wrong) expect(problem(...WHO, ...argv), argv.join(" ")).to.match(/^[^\n]{10,200}$/);
    for (const port of ["1024", "65535", "0"]) expect(problem(...WHO, "--port", port)).to.equal("none");
  });

  it("need no name for --help and --new-team", () => {
    expect(readPeerCall(["--help"], "s")).to.deep.equal({ kind: "help" });
    expect(readPeerCall(["--new-team"], "s")).to.deep.equal({ kind: "new-team" });
  });
});
