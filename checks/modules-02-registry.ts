// Checks parts of stage 02's registry directly: how messages.ts turns a line into a message (P2.7), and whom its memory
// lists (P2.4).

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

const user = (username: string, port: number): object => ({ username, host: "127.0.0.1", port });

/** Why a list may be wrong that was right before. */
function whyNotAnew(value: unknown): string | undefined {
  return Array.isArray(value)
    ? "The list is not made anew after somebody came or went: set #sorted to undefined in claim, and do not change the list in it in others."
    : undefined;
}

export const checks: readonly Check[] = [
  defineCheck({
    id: "P2.4-registry",
    stages: ["02"],
    of: "module",
    title: "the registry's memory lists all but the asker, again and again, and everyone to who has no name",
    likelyCause: "others gives every user but the asker, once, in the order of P2.4.",
    async run(scene) {
      const file = await scene.module("registry.ts");
      const registry = await file.creates("Registry", []);
      const [alice, bob, carol] = [user("alice", 50_001), user("Bob", 50_002), user("carol", 50_003)];
      // They come in the order of P2.4: this check is about who is in the list, not about its order.
      await registry.returns("claim", ["first", alice], "registered");
      await registry.returns("claim", ["second", bob], "registered");
      await registry.returns("others", ["first"], [bob]);
      await registry.returns("others", ["second"], [alice], whyNotAnew);
      await registry.returns(
        "others",
        ["a stranger"],
        [alice, bob],
        () => "An asker who has no name is told of all.",
      );
      await registry.returns("others", ["first"], [bob], whyNotAnew);
      await registry.returns("claim", ["third", carol], "registered");
      await registry.returns("others", ["first"], [bob, carol], whyNotAnew);
      await registry.returns("release", ["second"], bob);
      await registry.returns("others", ["third"], [alice], whyNotAnew);
      await registry.returns("others", ["a stranger"], [alice, carol], whyNotAnew);
    },
  }),
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
      const letThrough = (): string =>
        "The object is returned as it is: any type, and any other members, are let through.";
      await messages.returns("parseObject", [JSON.stringify(whole)], whole, letThrough);
      // parseObject() does not decide which types exist.
      await messages.returns("parseObject", ['{"type":""}'], { type: "" }, letThrough);
      for (const line of NO_MESSAGES) await messages.throws("parseObject", [line], { code: "bad-request" });
    },
  }),
];
