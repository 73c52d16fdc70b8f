import { expect } from "chai";
import { patienceWords } from "./patience.ts";

describe("the patience of programs", () => {
  it("is 30 seconds for a chat, and 45 for a session", () => {
    expect(patienceWords({ link: "chat", from: "alice" }, 0)).to.equal(
      "Alice\u2019s program gives up in 30 s",
    );
    expect(patienceWords({ link: "chat", from: "bob" }, 29_001)).to.equal(
      "Bob\u2019s program gives up in 1 s",
    );
    expect(patienceWords({ link: "session", from: "alice" }, 5000)).to.equal(
      "Alice\u2019s program gives up in 40 s",
    );
    expect(patienceWords({ link: "chat", from: "alice" }, 31_000)).to.equal(
      "Alice\u2019s program has waited too long by now",
    );
  });

  it("is not counted where nobody waits", () => {
    expect(patienceWords({ link: "datagram", from: "alice" }, 0)).to.equal(undefined);
    expect(patienceWords({ link: "registry", from: "alice" }, 0)).to.equal(undefined);
  });
});
