import { expect } from "chai";
import { knownIdentity, LAN } from "../tests/support/lan-sessions.ts";
import { safetyNumberOfKeys } from "./safety-number-of-keys.ts";

describe("the safety number of two keys", () => {
  for (const { one, other, number } of LAN.safetyNumbers) {
    it(`P9.5 P4.6 is the known one of ${one} and ${other}`, () => {
      expect(safetyNumberOfKeys(knownIdentity(one).der, knownIdentity(other).der)).to.equal(number);
    });
  }

  for (const [i, known] of [...LAN.sessions, LAN.wrongCallee].entries()) {
    it(`P9.5 is that of known session ${i + 1}, whoever has called`, () => {
      const [one, other] = [knownIdentity(known.initiator).der, knownIdentity(known.responder).der];
      expect(safetyNumberOfKeys(one, other)).to.equal(known.safetyNumber);
      expect(safetyNumberOfKeys(other, one)).to.equal(known.safetyNumber);
    });
  }
});
