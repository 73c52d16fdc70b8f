// Each stage is a folder that runs on a bare machine with nothing but tsx.

import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";

/** Stage 05 has one package beside tsx. It is installed once for all tests, so its folder is copied with its parts. */
const PACKAGES = ["libsql", "@libsql", "@neon-rs", "detect-libc"];

describe("a stage's folder", () => {
  for (const stage of ["01-calculator", "02-basic-p2p", "03-dh-chat", "04-aes-chat"]) {
    it(`${stage} runs where there is nothing but tsx`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "stage-"));
      const programs: ChildProgram[] = [];
      try {
        cpSync(join(COURSE_FOLDER, stage), folder, { recursive: true });
        const server = startProgram("server.ts", ["--port", "0"], { folder });
        programs.push(server);
        const port = (await server.line(/^listening on /)).split(":").at(-1);
        const argv =
          stage === "01-calculator"
            ? ["--port", `${port}`, "1 + 1"]
            : ["--registry", `127.0.0.1:${port}`, "--name", "al"];
        const client = startProgram("client.ts", argv, { folder });
        programs.push(client);
        await client.line(stage === "01-calculator" ? "2" : /^registered as al/);
        client.endInput();
        expect(await client.exitCode()).to.equal(0);
      } finally {
        await Promise.all(programs.map((program) => program.kill()));
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  it("05-lan-chat runs where there is nothing but tsx and libsql", async () => {
    const folder = mkdtempSync(join(tmpdir(), "stage-"));
    let peer: ChildProgram | undefined;
    try {
      const stage = join(COURSE_FOLDER, "05-lan-chat");
      const isData = (path: string): boolean => path === join(stage, "data");
      cpSync(stage, folder, { recursive: true, filter: (path) => !isData(path) });
      for (const name of PACKAGES) {
        const from = join(COURSE_FOLDER, "node_modules", name);
        cpSync(from, join(folder, "node_modules", name), { recursive: true });
      }
      writeFileSync(join(folder, "passphrase"), "open sesame, and quickly\n");
      const argv = [
        "--name",
        "al",
        "--team",
        "t",
        "--passphrase-file",
        "passphrase",
        "--port",
        "0",
        "--no-discovery",
      ];
      peer = startProgram("peer.ts", argv, { folder });
      await peer.line(/^listening on 127\.0\.0\.1:[0-9]+$/);
      peer.endInput();
      expect(await peer.exitCode()).to.equal(0);
      expect(readdirSync(join(folder, "data", "al-t"))).to.include.members(["history.db", "identity.pem"]);
    } finally {
      await peer?.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
