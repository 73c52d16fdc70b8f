import { readFileSync } from "node:fs";
import { expect } from "chai";
import { toTokenText } from "./base64.ts";
import { deriveTeamKey } from "./team-key.ts";

interface Case {
  team: string;
  passphraseUtf8: string;
  key: string;
  fernetKey: string;
  note: string;
}

const vectors = JSON.parse(readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"));

describe("the team's key", () => {
  for (const { team, passphraseUtf8, key, fernetKey, note } of vectors.teamKeys as Case[]) {
    it(`P8.3 team ${team}, ${note}`, async () => {
      const passphrase = Buffer.from(passphraseUtf8, "hex").toString("utf8");
      const derived = await deriveTeamKey(passphrase, team);
      expect(derived.toString("hex")).to.equal(key);
      expect(toTokenText(derived)).to.equal(fernetKey);
    });
  }
});
