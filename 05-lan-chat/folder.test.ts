import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { leaveOut } from "../tests/support/tools.ts";
import { loadIdentity, prepareFolder } from "./folder.ts";
import { UserError } from "./program.ts";

describe("05 data folder (P8.2)", () => {
  let parent: string;
  let dir: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "lan-folder-"));
    dir = join(parent, "data", "alice-rocket");
  });

  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  function mode(path: string): number {
    return statSync(path).mode & 0o777;
  }

  it("is made with its key, and both are for their owner alone", async function () {
    this.timeout(20_000);
    prepareFolder(dir);
    const identity = await loadIdentity(dir);
    expect(readdirSync(dir)).to.deep.equal(["identity.pem"]);
    expect(readFileSync(join(dir, "identity.pem"), "utf8")).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
    if (process.platform !== "win32") {
      expect(mode(dir)).to.equal(0o700);
      expect(mode(join(dir, "identity.pem"))).to.equal(0o600);
    }
    prepareFolder(dir);
    expect((await loadIdentity(dir)).fingerprint, "the same at the next start").to.equal(
      identity.fingerprint,
    );
  });

  it("loses the rights of others if it is ours or empty, and keeps them if other things are in it", function () {
    if (process.platform === "win32") leaveOut(this, "Windows has no such rights");
    mkdirSync(dir, { recursive: true });
    for (const [file, expected] of [
      [undefined, 0o700],
      ["photo.jpg", 0o755],
      ["identity.pem", 0o700],
    ] as const) {
      if (file !== undefined) writeFileSync(join(dir, file), "");
      chmodSync(dir, 0o755);
      prepareFolder(dir);
      expect(mode(dir), file ?? "empty").to.equal(expected);
    }
  });

  it("with a key that is none is refused in one line, and the file stays as it is", async () => {
    prepareFolder(dir);
    for (const text of ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]) {
      writeFileSync(join(dir, "identity.pem"), text);
      const error = await loadIdentity(dir).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UserError);
      expect(String(error)).to.match(/identity\.pem holds no RSA key .* move it away/);
      expect(readFileSync(join(dir, "identity.pem"), "utf8")).to.equal(text);
    }
  });

  it("cannot be a file", () => {
    writeFileSync(join(parent, "file"), "");
    expect(() => prepareFolder(join(parent, "file"))).to.throw(UserError, "cannot use");
    expect(() => prepareFolder(join(parent, "file", "data"))).to.throw(UserError, "cannot use");
  });
});
