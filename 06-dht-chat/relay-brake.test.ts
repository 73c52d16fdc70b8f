import { expect } from "chai";
import { brake, type CircuitStream } from "./relay-brake.ts";

/** One half of a circuit: it counts what it was told. */
class Half implements CircuitStream {
  readStatus = "readable";
  sent = 0;
  #listeners: ((event: { data: Uint8Array }) => void)[] = [];

  pause(): void {
    this.readStatus = "paused";
  }

  resume(): void {
    this.readStatus = "readable";
  }

  send(bytes: { readonly byteLength: number }): boolean {
    this.sent += bytes.byteLength;
    return true;
  }

  addEventListener(_type: "message", listener: (event: { data: Uint8Array }) => void): void {
    this.#listeners.push(listener);
  }

  comes(length: number): void {
    for (const listener of this.#listeners) listener({ data: new Uint8Array(length) });
  }
}

describe("the brake of a circuit", () => {
  it("P10.5 pauses one side when the other does not take what it sends, and resumes it when it does", () => {
    const [one, other] = [new Half(), new Half()];
    brake(one, other);
    one.comes(262_144);
    expect(one.readStatus).to.equal("readable");
    one.comes(1);
    expect(one.readStatus).to.equal("paused");
    expect(other.readStatus, "the other direction goes on").to.equal("readable");
    other.send(new Uint8Array(131_000));
    expect(one.readStatus).to.equal("paused");
    other.send(new Uint8Array(131_145));
    expect(one.readStatus).to.equal("readable");
    expect(other.sent, "nothing is lost").to.equal(262_145);
  });

  it("P10.5 leaves a stream that is over as it is", () => {
    const [one, other] = [new Half(), new Half()];
    brake(one, other);
    one.readStatus = "closed";
    one.comes(1_000_000);
    other.send(new Uint8Array(1_000_000));
    expect(one.readStatus).to.equal("closed");
  });
});
