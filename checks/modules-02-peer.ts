// Checks pure functions of stage 02's peers (in peer-messages.ts, commands.ts and printable.ts).

import { defineChecks } from "./engine/check.ts";
import { quote } from "./engine/readable-bytes.ts";

export const checks = defineChecks({ stages: ["02"], of: "module" }, [
  {
    id: "P3.1-parse-hello",
    title: "parseHello takes a hello for us, of our stage, from a name, and nothing else",
    likelyCause:
      "Each member of a hello is checked: type, from, stage, to, in this order, each with its own code.",
    async run(scene) {
      const messages = await scene.module("peer-messages.ts");
      const own = { stage: "02", name: "bob" };
      const hello = { type: "hello", stage: "02", from: "alice", to: "BOB" };
      await messages.returns("parseHello", [{ ...hello, more: 1 }, own], {
        stage: "02",
        from: "alice",
        to: "BOB",
      });
      const wrong: readonly (readonly [others: Record<string, unknown>, code: string])[] = [
        [{ type: "key" }, "bad-request"],
        [{ from: "al ice" }, "bad-request"],
        [{ from: "Bob" }, "bad-request"],
        [{ from: 7 }, "bad-request"],
        [{ stage: "03" }, "wrong-stage"],
        [{ stage: 2 }, "wrong-stage"],
        [{ to: "bobby" }, "wrong-peer"],
        [{ to: ["bob"] }, "wrong-peer"],
      ];
      for (const [others, code] of wrong)
        await messages.throws("parseHello", [{ ...hello, ...others }, own], { code });
    },
  },

  {
    id: "P3.1-hello-kept",
    title: "the hello is kept exactly as it was sent",
    likelyCause:
      "The line that is sent and the one in #hello are two. Make the line once, keep it, and send what is kept.",
    async run(scene) {
      const program = scene.keptHello();
      const line = await program.shows(/^\{/);
      const { sent, kept } = JSON.parse(line) as { sent: string; kept: string };
      await scene.step("#hello is the line that was sent", () => {
        if (kept !== sent) scene.fails({ expected: quote(sent), received: quote(kept), exact: true });
      });
      await program.endsWith(0);
    },
  },

  {
    id: "P3.4-is-text",
    title: "isText knows what may be a text: 1 to 8,192 bytes of UTF-8, no half characters",
    likelyCause: "The length of a JavaScript string counts code units; a text is measured in bytes of UTF-8.",
    async run(scene) {
      const messages = await scene.module("peer-messages.ts");
      for (const text of ["x", " ", "x".repeat(8192), "é".repeat(4096), "😀".repeat(2048), "\u0000"])
        await messages.returns("isText", [text], true);
      const wrong = [
        "",
        "x".repeat(8193),
        `${"é".repeat(4096)}x`,
        `${"😀".repeat(2048)}x`,
        "\ud800",
        "a\udc00b",
        5,
        null,
      ];
      for (const value of wrong) await messages.returns("isText", [value], false);
    },
  },

  {
    id: "P3.4-printable",
    title: "printable replaces each character that could steer a terminal, and no other",
    likelyCause:
      "The ranges are U+0000 to U+001F without U+0009, U+007F to U+009F, U+202A to U+202E and U+2066 to U+2069.",
    async run(scene) {
      const module = await scene.module("printable.ts");
      const unsafe = [0x00, 0x08, 0x0a, 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0x9f, 0x202a, 0x202e, 0x2066, 0x2069];
      const safe = [0x09, 0x20, 0x7e, 0xa0, 0x2029, 0x202f, 0x2065, 0x206a, 0x1f600];
      for (const code of unsafe)
        await module.returns("printable", [`a${String.fromCodePoint(code)}b`], "a\uFFFDb");
      for (const code of safe) {
        const text = `a${String.fromCodePoint(code)}b`;
        await module.returns("printable", [text], text);
      }
    },
  },

  {
    id: "P7-commands",
    title: "parseCommand tells commands from texts",
    likelyCause:
      "Only a line that begins with / is a command, and the words Get Users, EOM and EXIT alone on a line. All else is a text.",
    async run(scene) {
      const commands = await scene.module("commands.ts");
      const cases: readonly (readonly [line: string, command: Record<string, unknown>])[] = [
        ["hello", { kind: "text", text: "hello" }],
        [" /quit ", { kind: "text", text: " /quit " }],
        ["eom", { kind: "text", text: "eom" }],
        ["", { kind: "nothing" }],
        ["/users", { kind: "users" }],
        ["Get Users", { kind: "users" }],
        ["EOM", { kind: "end" }],
        ["EXIT", { kind: "quit" }],
        ["/chat  Bob ", { kind: "chat", name: "Bob" }],
      ];
      for (const [line, command] of cases) await commands.returns("parseCommand", [line], command);
      for (const line of ["/chat", "/chat a b", "/users now", "/toString", "/"]) {
        const { kind } = (await commands.calls("parseCommand", [line])) as { kind: unknown };
        if (kind !== "wrong")
          scene.fails({ sent: line, expected: 'the kind "wrong"', received: JSON.stringify(kind) });
      }
    },
  },
]);
