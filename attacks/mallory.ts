// npm run attack -- mallory: the attack of mitm.ts, but you start Alice and Bob in terminals of your own. Mallory's
// registry takes the place of the real one. Mallory sits between any two users who call each other. Ctrl-C ends the attack.

import type { LineSocket } from "./line-socket.ts";
import { LyingRegistry } from "./lying-registry.ts";
import { Middle, raise } from "./middle.ts";
import { portOption, runAttack } from "./program.ts";
import { AttackError, proof, say } from "./report.ts";

const OPTIONS = {
  port: portOption("where Mallory's registry listens (default: any port)"),
  listen: portOption("where Mallory's false users listen (default: any port)"),
};

await runAttack("mallory", OPTIONS, async (lab, { stage, option }) => {
  const callers = await lab.listen(Number(option("listen")));
  const registry = await LyingRegistry.start(lab, callers.port, Number(option("port")));
  say(`Mallory is the registry, listening on 127.0.0.1:${registry.port}`);
  say("Start two users, each in a terminal of its own, and let one call the other:");
  for (const name of ["alice", "bob"]) {
    say(`  npm run ${stage}:client -- --name ${name} --registry 127.0.0.1:${registry.port}`);
  }
  say("Ctrl-C here ends it.");
  for (;;) void sitBetween(await callers.accept());

  async function sitBetween(wire: LineSocket): Promise<void> {
    try {
      const middle = await Middle.take(wire, lab, registry, stage);
      const { from, to } = middle.hello;
      say(`${from} has called ${to}; Mallory sits between them`);
      say(`${from} is shown the safety number ${middle.caller.safetyNumber}`);
      say(`${to} is shown the safety number ${middle.called.safetyNumber}`);
      await middle.passOn((text, speaker) => {
        proof("mallory reads", `${speaker}> ${text}`);
        const changed = raise(text);
        if (changed !== text) proof("mallory passes on", `${speaker}> ${changed}`);
        return changed;
      });
    } catch (error) {
      if (!(error instanceof AttackError)) throw error;
      say(`a call is over: ${error.message}`);
    }
    wire.close();
  }
});
