// Checks how messages.ts of stage 02 turns a line into a message (P2.7).

import { type Check, defineCheck } from "./engine/check.ts";
import { CHAT_STAGES } from "./engine/place.ts";

/** Lines that are no messages. */
const NO_MESSAGES = [
  "null",
  "",
  "hello",
  '{"type":"list"',
  "{'type':'list'}",
  "7",
  "true",
  '"list"',
  "[]",
  '["list"]',
  '[{"type":"list"}]',
  "{}",
  '{"Type":"list"}',
  '{"type":null}',
  '{"type":7}',
  '{"type":["list"]}',
];

export const checks: readonly Check[] = [
  defineCheck({
    id: "P2.7-parse",
    stages: CHAT_STAGES,
    of: "module",
    title: "parseObject takes a JSON object with a string type, and refuses everything else with bad-request",
    likelyCause:
      "JSON.parse gives back whatever stands in the line: null, a number, an array. Ask what it is before you believe it.",
    async run(scene) {
      const messages = await scene.module("messages.ts");
      await messages.returns("parseObject", ['{"type":"list"}'], { type: "list" });
      const whole = { type: "register", username: "alice", port: 50001, more: [1, null] };
      await messages.returns("parseObject", [JSON.stringify(whole)], whole);
      // parseObject() does not decide which types exist.
      await messages.returns("parseObject", ['{"type":""}'], { type: "" });
      for (const line of NO_MESSAGES) await messages.throws("parseObject", [line], { code: "bad-request" });
    },
  }),
];
