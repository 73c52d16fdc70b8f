import { expect } from "chai";
import { isAtLeast } from "./doctor.ts";

describe("the doctor", () => {
  it("compares versions number by number", () => {
    expect(isAtLeast("20.19.0", "20.19")).to.equal(true);
    expect(isAtLeast("20.9.0", "20.19")).to.equal(false);
    expect(isAtLeast("24.0.0", "20.19")).to.equal(true);
    expect(isAtLeast("18.20.8", "20.19")).to.equal(false);
  });
});
