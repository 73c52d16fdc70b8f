import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { recallPlace, rememberPlace } from "./memory.ts";

describe("where the reader was", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "memory-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is nowhere at first, and is remembered", () => {
    const work = join(folder, "work");
    expect(recallPlace(work)).to.deep.equal({ page: "", share: 0, read: new Set() });
    rememberPlace(work, { page: "01-3", share: 0.42634, read: new Set(["01-3", "01-1"]) });
    expect(recallPlace(work)).to.deep.equal({ page: "01-3", share: 0.4263, read: new Set(["01-1", "01-3"]) });
  });

  it("keeps what another reader has noted as read", () => {
    rememberPlace(folder, { page: "01-3", share: 0, read: new Set(["01-3"]) });
    rememberPlace(folder, { page: "01-1", share: 0, read: new Set(["01-1"]) });
    expect(recallPlace(folder)).to.deep.equal({ page: "01-1", share: 0, read: new Set(["01-1", "01-3"]) });
  });

  it("is nowhere if the files are damaged, and nothing happens where they cannot be written", () => {
    writeFileSync(join(folder, "lesson-page.txt"), "01-3 1.9999\n");
    writeFileSync(join(folder, "lesson-read.txt"), "x".repeat(70_000));
    expect(recallPlace(folder)).to.deep.equal({ page: "01-3", share: 1, read: new Set() });
    mkdirSync(join(folder, "file", "lesson-page.txt"), { recursive: true });
    expect(recallPlace(join(folder, "file"))).to.deep.equal({ page: "", share: 0, read: new Set() });
    rememberPlace(join(folder, "file"), { page: "01-3", share: 0, read: new Set() });
  });
});
