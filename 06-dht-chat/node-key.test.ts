import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { toHex } from "./bytes.ts";
import { loadNodeSeed } from "./node-key.ts";
import { UserError } from "./program.ts";

describe("the node's key", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "node-key-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const problem = (path: string): Promise<unknown> => loadNodeSeed(path).catch((error: unknown) => error);

  it("P10.5 stays the same in a folder, and only its user can read it; without one it is another each time", async () => {
    const path = join(folder, "deep", "er");
    const seed = await loadNodeSeed(path);
    expect(toHex(await loadNodeSeed(path))).to.equal(toHex(seed));
    expect(readFileSync(join(path, "node.key"), "utf8")).to.equal(`${toHex(seed)}\n`);
    if (process.platform !== "win32") expect(statSync(join(path, "node.key")).mode & 0o777).to.equal(0o600);
    expect(toHex(await loadNodeSeed(undefined))).not.to.equal(toHex(await loadNodeSeed(undefined)));
  });

  it("P10.5 a file that holds no key is never replaced; a folder that is none gives one clear line", async () => {
    for (const text of ["", "no key", "ab".repeat(31), "AB".repeat(32)]) {
      writeFileSync(join(folder, "node.key"), text);
      const error = await problem(folder);
      expect(error, text).to.be.instanceOf(UserError);
      expect((error as Error).message)
        .to.match(/holds no key/)
        .and.not.match(/\n/);
      expect(readFileSync(join(folder, "node.key"), "utf8")).to.equal(text);
    }
    const error = await problem(join(folder, "node.key"));
    expect((error as Error).message).to.match(/cannot use .* as the data folder \((?:EEXIST|ENOTDIR)\)/);
  });
});
