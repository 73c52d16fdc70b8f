// Checks functions of stage 01 directly, where a check over the wire would depend on chance.

import { defineChecks } from "./engine/check.ts";

const text = (line: string): object => ({ kind: "text", text: line });

export const checks = defineChecks({ stages: ["01"], of: "module" }, [
  {
    id: "P0.2-line-reader",
    title: "the line reader gives each line once, in whatever pieces it comes",
    likelyCause: "What has no LF yet must be held, and joined with what comes next.",
    async run(scene) {
      const file = await scene.module("lines.ts");
      const reader = await file.creates("LineReader", [4096]);
      await reader.returns("push", [Buffer.from("ab")], []);
      await reader.returns("push", [Buffer.from("c\nd\n\ne\r")], [text("abc"), text("d"), text("")]);
      await reader.returns("push", [Buffer.from("\n")], [text("e")]);
      const bytes = Buffer.from("é\n");
      await reader.returns("push", [bytes.subarray(0, 1)], []);
      await reader.returns("push", [bytes.subarray(1)], [text("é")]);
    },
  },

  {
    id: "P0.3-line-reader",
    title: "the line reader has one limit, for a line in one piece and for a line in many",
    likelyCause:
      "The bytes that are held count, too, and a line that is too long is reported once, and at once.",
    async run(scene) {
      const file = await scene.module("lines.ts");
      const reader = await file.creates("LineReader", [8]);
      const tooLong = { kind: "too-long" };
      for (const piece of ["123", "456"]) await reader.returns("push", [Buffer.from(piece)], []);
      await reader.returns("push", [Buffer.from("7\n")], [text("1234567")]);
      for (const piece of ["123", "4567"]) await reader.returns("push", [Buffer.from(piece)], []);
      await reader.returns("push", [Buffer.from("8")], [tooLong]);
      await reader.returns("push", [Buffer.from("9".repeat(100))], []);
      await reader.returns("push", [Buffer.from("x\nnext\n")], [text("next")]);
      await reader.returns("push", [Buffer.from("12345678\n")], [tooLong]);
    },
  },
]);
