import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Watcher, watchingWorks } from "./watcher.ts";

describe("the watcher", () => {
  let folder = "";
  let watcher: Watcher | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "watcher-"));
    writeFileSync(join(folder, "a.ts"), "1");
  });
  afterEach(() => {
    watcher?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const told of [true, false]) {
    it(`notices a saved file ${told ? "when the system tells" : "by looking"}, and only what was changed`, async () => {
      let count = 0;
      const saved = new Promise<void>((resolve) => {
        watcher = new Watcher(folder, told, () => {
          count += 1;
          resolve();
        });
      });
      writeFileSync(join(folder, "note.txt"), "not TypeScript");
      writeFileSync(join(folder, "a.ts"), "22");
      await saved;
      expect(count).to.equal(1);
    });
  }

  for (const told of [true, false]) {
    it(`notices a save with the size and the time of the one before ${told ? "when the system tells" : "by looking"}`, async () => {
      const path = join(folder, "a.ts");
      mkdirSync(join(folder, "no-file.ts")); // A folder with such a name hides no save.
      const { atime, mtime } = statSync(path);
      const saved = new Promise<void>((resolve) => {
        watcher = new Watcher(folder, told, resolve);
      });
      writeFileSync(path, "2");
      utimesSync(path, atime, mtime); // A clock that is coarse: FAT has steps of two seconds.
      await saved;
    });
  }

  it("leaves nothing behind when it finds out whether the system tells", async () => {
    expect(await watchingWorks(join(folder, "new"))).to.be.a("boolean");
    expect(readdirSync(join(folder, "new"))).to.deep.equal([]);
  });
});
