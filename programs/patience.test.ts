import { expect } from "chai";
import { Allowance, patientTimeout } from "./patience.ts";

describe("the patience", () => {
  it("stays as it is while timers are on time", () => {
    const allowance = new Allowance(1000);
    for (const late of [0, 2, 5, -1]) allowance.wasLate(late);
    expect(allowance.granted).to.equal(1000);
  });

  it("grows with how late timers are, up to four times", () => {
    const allowance = new Allowance(1000);
    allowance.wasLate(25);
    expect(allowance.granted).to.equal(1100);
    for (let i = 0; i < 1000; i += 1) allowance.wasLate(50);
    expect(allowance.granted).to.equal(4000);
  });

  it("ends, unless it is cancelled", async () => {
    const called: string[] = [];
    const cancel = patientTimeout(() => called.push("cancelled"), 5);
    cancel();
    await new Promise<void>((resolve) => {
      patientTimeout(() => {
        called.push("first");
        resolve();
      }, 20);
    });
    expect(called).to.deep.equal(["first"]);
  });

  it("calls at once where there is no time at all", () => {
    let called = false;
    patientTimeout(() => {
      called = true;
    }, 0);
    expect(called).to.equal(true);
  });
});
