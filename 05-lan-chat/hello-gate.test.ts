import { expect } from "chai";
import type { Hello } from "./hello.ts";
import { HelloGate } from "./hello-gate.ts";

let drawn = 0;

function hello(change: Partial<Hello> = {}): Hello {
  drawn += 1;
  const nonce = drawn.toString(16).padStart(32, "0");
  const rest = { from: "bob", team: "rocket", address: "10.0.0.2:5000", to: "" };
  return { ...rest, nonce, publicKey: BigInt(drawn), ...change };
}

describe("the gate for hellos", () => {
  it("P9.2 answers a nonce once, among the last 4,096", () => {
    const gate = new HelloGate();
    const first = hello();
    let now = 0;
    const answers = (one: Hello): boolean => {
      now += 1000;
      return gate.mayAnswer(one, "10.0.0.2", now);
    };
    expect(answers(first)).to.equal(true);
    expect(answers(first)).to.equal(false);
    for (let i = 1; i < 4096; i += 1) expect(answers(hello())).to.equal(true);
    expect(answers(first), "the 4,096th back").to.equal(false);
    expect(answers(hello())).to.equal(true);
    expect(answers(first), "forgotten").to.equal(true);
  });

  it("P9.2 answers 8 hellos a second from one address, and 32 in all", () => {
    const gate = new HelloGate();
    const count = (host: string, now: number): number =>
      Array.from({ length: 50 }, () => gate.mayAnswer(hello(), host, now)).filter(Boolean).length;
    expect(count("10.0.0.1", 0)).to.equal(8);
    expect(count("127.0.0.1", 500), "loopback is an address like any other").to.equal(8);
    expect(count("10.0.0.1", 999)).to.equal(0);
    expect(["a", "b", "c"].map((host) => count(host, 999))).to.deep.equal([8, 8, 0]);
    expect(count("c", 1000), "the first eight are a second old").to.equal(8);
    expect(count("10.0.0.1", 1500)).to.equal(8);
  });

  it("P9.2 keeps the nonce of a hello that came too early for a later time", () => {
    const gate = new HelloGate();
    const early = hello();
    for (let i = 0; i < 8; i += 1) gate.mayAnswer(hello(), "10.0.0.1", 0);
    expect(gate.mayAnswer(early, "10.0.0.1", 0)).to.equal(false);
    expect(gate.mayAnswer(early, "10.0.0.1", 1000)).to.equal(true);
  });

  it("P9.2 knows our own nonces and our own public keys", () => {
    const gate = new HelloGate();
    const own = hello();
    gate.sent(own);
    expect(gate.isOwn(own)).to.equal(true);
    expect(gate.isOwn(hello({ nonce: own.nonce }))).to.equal(true);
    expect(gate.isOwn(hello({ publicKey: own.publicKey }))).to.equal(true);
    expect(gate.isOwn(hello())).to.equal(false);
  });
});
