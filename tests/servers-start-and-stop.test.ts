// Tests how the four servers start and stop, beyond the checks of P0.6.

import { expect } from "chai";
import { SERVER_STAGES } from "../checks/engine/place.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { endsAtSignal, testsOf } from "./support/on-the-wire.ts";

/** With each of these options, a server must print one matching line, on standard error, and no stack trace. */
async function areRefused(scene: Scene, wrong: readonly (readonly string[])[], line = /./): Promise<void> {
  const servers = wrong.map((options) => ({
    server: scene.runServer({}, options),
    shown: options.join(" "),
  }));
  for (const { server, shown } of servers) {
    await server.endsWith(2);
    const { lines, errors } = server;
    expect({ lines, count: errors.length }, shown).to.deep.equal({ lines: [], count: 1 });
    expect(errors[0], shown).to.match(line);
  }
}

for (const stage of SERVER_STAGES) {
  describe(`the server of stage ${stage}: start and stop`, () => {
    const it = testsOf(stage);

    it("P0.6 answers arguments that it does not know with one line and exit code 2", async (scene) => {
      await areRefused(scene, [["--nonsense"], ["surplus"]]);
    });

    // Later registries have the same options (see tests/carried-files.test.ts), so stage 02 is enough.
    if (stage === "03" || stage === "04") return;

    it("P0.6 answers a port that is none with one line and exit code 2", async (scene) => {
      const ports = ["65536", "-1", "1.5", "x"].map((port) => ["--port", port]);
      await areRefused(scene, [...ports, ["--port"]], /--port/);
    });

    it("P0.6 P1.9 P2.6 answers seconds that are none with one line and exit code 2", async (scene) => {
      const options = stage === "01" ? ["--idle-timeout"] : ["--heartbeat", "--register-timeout"];
      const wrong = options.flatMap((option) => [
        [option, "soon"],
        [option, "-1"],
      ]);
      await areRefused(scene, wrong);
    });

    if (stage === "02") return;

    it("P0.6 ends at SIGTERM also while a client reads nothing of what it is sent", async (scene) => {
      const server = await scene.startServer();
      const deaf = await scene.connect(server, "a deaf client");
      deaf.ignoresTheRest();
      deaf.socket.pause();
      const other = await scene.connect(server, "another client");
      for (let round = 0; round < 50; round += 1) {
        await deaf.sends("x\n".repeat(32_768));
        await other.sends("1 + 1\n");
        await other.receives("= 2\n");
      }
      await endsAtSignal(scene, server.program, "SIGTERM");
    });
  });
}
