import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openHistory } from "./history.ts";
import type { TrustedKey } from "./trust.ts";

describe("the keys in the history", () => {
  it("P9.11 are the same bytes after a restart: without them, no letter of a pinned key is opened", () => {
    const dir = mkdtempSync(join(tmpdir(), "history-keys-"));
    try {
      const key: TrustedKey = {
        name: "alice",
        fingerprint: "A".repeat(43),
        der: Buffer.from(Array.from({ length: 294 }, (_, index) => index % 256)),
        isVerified: true,
        isPinned: true,
        standing: "usual",
      };
      const first = openHistory(dir);
      first.saveTrustedKey(key);
      first.close();
      const second = openHistory(dir);
      expect(second.trustedKeys()).to.deep.equal([key]);
      second.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
