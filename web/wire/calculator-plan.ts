// The scene of stage 01: Alice's client asks the calculator, which is Bob's program.

import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { portIn } from "../../programs/stage-programs.ts";
import { bothWays, type Play, type StagePlan, saidBetween } from "./stage-plan.ts";

/** A class may talk while a connection is open, in seconds. */
const IDLE = "86400";

export const CALCULATOR_PLAN: StagePlan = {
  stage: "01",
  directions: bothWays("calculator", "alice", "calculator"),
  async build(rig) {
    const folder = COURSE_FOLDER;
    const calculator = await rig.start(
      { party: "calculator", title: "Bob's calculator" },
      [...nodeCommand("01-calculator/server.ts"), "--port", "0", "--idle-timeout", IDLE],
      { folder },
    );
    const port = calculator.seen(/^listening on .*:[0-9]+$/).then(portIn);
    port.catch(() => {}); // It is waited for below.
    const way = { link: "calculator", caller: "alice", called: "calculator" } as const;
    const relay = await rig.relay(way, port);
    const alice = await rig.start(
      { party: "alice", title: "Alice" },
      [...nodeCommand("01-calculator/client.ts"), "--port", String(relay.port)],
      { folder },
    );
    const play: Play = async (said) => {
      await port;
      const words = saidBetween(said, ["alice", "bob"]).filter(({ from }) => from === "alice");
      const questions = words.filter(({ text }) => isCalculation(text));
      for (const { text } of questions) {
        const answer = alice.next(/^(?:= |error: )/);
        alice.type(text);
        await answer;
      }
      const wish = "type a calculation in Alice's terminal, such as 2 + 3 * 4";
      return questions.length === words.length ? wish : `what is no calculation was not said again; ${wish}`;
    };
    return { play };
  },
};

/** Whether a text that was said elsewhere can be a question to the calculator: digits, signs and brackets (P1.3). */
function isCalculation(text: string): boolean {
  return /[0-9]/.test(text) && /^[0-9.+*/^%()\s-]+$/.test(text);
}
