// Keeps servers and module processes longer than one check, and lends each to one check at a time.

import type { ModuleHost } from "./module-under-test.ts";
import type { ProgramUnderTest } from "./program-under-test.ts";

/** A server that is checked, and the port where it listens. */
export interface ServerUnderTest {
  program: ProgramUnderTest;
  port: number;
}

export class Pool {
  readonly servers: ServerUnderTest[] = [];
  readonly hosts: ModuleHost[] = [];

  async close(): Promise<void> {
    for (const { program } of this.servers.splice(0)) await program.kill();
    for (const host of this.hosts.splice(0)) host.kill();
  }
}
