import { assert } from "chai";
import { readOptions, UsageError } from "./options.ts";

function problem(words: string): string {
  try {
    readOptions(words.split(" "));
    return "accepted";
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

describe("the options of show", () => {
  it("are accepted where they do something", () => {
    for (const words of [
      "x",
      "x --partial",
      "x --stream 2 --hex --stats --keys k",
      "x --stream all --partial",
      "x --packets",
      "x --packets --stream 0",
      "x --packet 1",
      "x --find text --keys k --stream 2",
      "x y --compare --keys k --stats",
      "x --json --keys k --stream 1",
    ])
      assert.equal(problem(words), "accepted", words);
  });

  for (const [words, expected] of [
    ["x --hex", "--hex does nothing without --stream"],
    ["x --stats", "--stats does nothing without --stream or --compare"],
    ["x --keys k", "--keys does nothing without --stream, --find, --compare or --json"],
    ["x --json --hex", "--hex does nothing with --json"],
    ["x --stream 1 --find a --hex", "--hex does nothing with --find"],
    ["x --find a --stats", "--stats does nothing with --find"],
    ["x y --compare --stream 1", "--stream does nothing with --compare"],
    ["x --packets --keys k", "--keys does nothing with --packets"],
    ["x --packet 4 --stream 0", "--stream does nothing with --packet"],
    [
      "x --packets --stream all",
      "--stream all does nothing with --packets: without it, all streams are meant",
    ],
    ["x --packets --packet 4", "--packets and --packet do not go together"],
    ["x --find a --json", "--find and --json do not go together"],
    ["x y --json --compare", "--compare and --json do not go together"],
    ["x --stream 1 --stream 2", "--stream is given twice"],
    ["x --packet 0", "--packet takes the number of a packet, from 1"],
    ["x --stream 1.5", "--stream takes a number, or all"],
    ["x y", "give one file, not 2"],
    ["x --compare", "--compare takes two files, not 1"],
  ] as const)
    it(`refuse ${words}`, () => assert.equal(problem(words), expected));
});
