import { expect } from "chai";
import { WaitingTimes } from "./waiting-times.ts";

const MINUTE = 60_000;

describe("waiting times", () => {
  it("P9.4 are 60 s, doubling up to an hour, for each key by itself", () => {
    const times = new WaitingTimes();
    expect(times.mayCall("bob", 0)).to.equal(true);
    let now = 0;
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      times.failed("bob", now);
      expect(times.mayCall("carol", now)).to.equal(true);
      expect(times.mayCall("bob", now + minutes * MINUTE - 1), `${minutes} minutes`).to.equal(false);
      now += minutes * MINUTE;
      expect(times.mayCall("bob", now), `${minutes} minutes`).to.equal(true);
    }
  });

  it("P9.4 run on if somebody calls in spite of them, and begin anew after a session that was right", () => {
    const times = new WaitingTimes();
    times.failed("bob", 0);
    times.failed("bob", 30_000);
    expect(times.mayCall("bob", MINUTE)).to.equal(true);
    times.failed("bob", MINUTE);
    expect(times.mayCall("bob", 3 * MINUTE - 1)).to.equal(false);
    times.forgive("bob");
    expect(times.mayCall("bob", MINUTE)).to.equal(true);
    times.failed("bob", MINUTE);
    expect(times.mayCall("bob", 2 * MINUTE)).to.equal(true);
  });

  it("P9.13 remember a limited number of keys", () => {
    const times = new WaitingTimes();
    for (let i = 0; i <= 1024; i += 1) times.failed(`key ${i}`, 0);
    expect(times.mayCall("key 0", 0)).to.equal(true);
    expect(times.mayCall("key 1", 0)).to.equal(false);
    expect(times.mayCall("key 1024", 0)).to.equal(false);
  });
});
