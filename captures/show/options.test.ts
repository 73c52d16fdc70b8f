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
      "x --passphrase-file p --team rocket",
      "x --stream all --hex --passphrase-file p --team rocket",
      "x --udp 3 --hex",
      "x --udp all --passphrase-file p --team rocket --partial",
      "x --packets --passphrase-file p --team rocket",
      "x --packet 3 --passphrase-file p --team rocket",
      "x --find a --stream 1 --passphrase-file p --team rocket",
      "x --letter",
      "x --letter --identity i",
    ])
      assert.equal(problem(words), "accepted", words);
  });

  for (const [words, expected] of [
    ["x --hex", "--hex does nothing without --stream or --udp"],
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
    ["x --passphrase-file p", "--passphrase-file does nothing without --team"],
    ["x --team rocket", "--team does nothing without --passphrase-file"],
    ["x --passphrase-file p --team a.b", "a team is 1 to 32 of A-Z a-z 0-9 _ -"],
    ["x y --compare --team rocket", "--team does nothing with --compare"],
    ["x --json --team rocket", "--team does nothing with --json"],
    [
      "x --packets --stream 1 --passphrase-file p --team rocket",
      "--passphrase-file does nothing with --packets of one stream: it opens datagrams there",
    ],
    ["x --udp 1 --stats", "--stats does nothing with --udp"],
    ["x --udp 1 --stream 1", "--stream does nothing with --udp"],
    ["x --udp 1 --packets", "--udp and --packets do not go together"],
    ["x --udp one", "--udp takes the number of a conversation, or all"],
    ["x --identity i", "--identity does nothing without --letter"],
    ["x --letter --partial", "--partial does nothing with --letter"],
    ["x --letter --packets", "--packets and --letter do not go together"],
    ["x --letter --passphrase-file p --team rocket", "--passphrase-file does nothing with --letter"],
    ["x --compare", "--compare takes two files, not 1"],
  ] as const)
    it(`refuse ${words}`, () => assert.equal(problem(words), expected));
});
