// Tests with real programs whether isBusy() tells computing from waiting.

import { expect } from "chai";
import { ChildProgram } from "../../programs/child-program.ts";
import { isBusy } from "./busy.ts";

describe("a program that says nothing", () => {
  const start = (code: string): ChildProgram => new ChildProgram("node", [process.execPath, "-e", code]);

  it("is busy if it computes, as far as this system tells", async () => {
    const program = start('console.log("begun"); for (;;);');
    try {
      await program.line("begun");
      if (process.platform === "win32") expect(await isBusy(program.pid)).to.equal(false);
      // The program may still be starting. It will compute in a moment.
      else while (!(await isBusy(program.pid)));
    } finally {
      await program.kill();
    }
  });

  it("is not busy if it waits, or has ended", async () => {
    const program = start('console.log("begun"); setInterval(() => {}, 1_000_000);');
    try {
      await program.line("begun");
      // The program may still be starting. It will wait in a moment.
      while (await isBusy(program.pid));
    } finally {
      await program.kill();
    }
    expect(await isBusy(program.pid)).to.equal(false);
  });
});
