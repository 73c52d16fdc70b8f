import { expect } from "chai";
import { sentencesOf } from "./sentences.ts";

describe("sentencesOf", () => {
  const CASES: Record<string, { text: string; sentences: string[] }> = {
    "ends a sentence at a point, a question mark and an exclamation mark": {
      text: "It waits. Does it?\nIt does!",
      sentences: ["It waits.", "Does it?", "It does!"],
    },
    "joins the lines of a sentence": {
      text: "A line\nis\n   one message.",
      sentences: ["A line is one message."],
    },
    "leaves points in code and in links alone, and has the text of a link in its place": {
      text: "Call `socket.end(). Then` once. See [the page](../a. B.md) for more. `end` sends a FIN.",
      sentences: ["Call `socket.end(). Then` once.", "See the page for more.", "`end` sends a FIN."],
    },
    "leaves points in numbers, names and abbreviations alone": {
      text: "P1.3 has numbers (e.g. Number 2.5), see RFC 7518 section 5.2.5: 1 to 2. Others, too.",
      sentences: ["P1.3 has numbers (e.g. Number 2.5), see RFC 7518 section 5.2.5: 1 to 2.", "Others, too."],
    },
    "keeps what closes behind the point": {
      text: "It ends. (It is a number.) **What is it?** *A line.* The rest (P3.8). And so on",
      sentences: [
        "It ends.",
        "(It is a number.)",
        "**What is it?**",
        "*A line.*",
        "The rest (P3.8).",
        "And so on",
      ],
    },
    "takes an item of a list for a sentence or several": {
      text: "Each of these:\n\n- the tab;\n- DEL\n  and more. Not `x`.\n\n1. One\n2. Two\n\nThat is all.",
      sentences: ["Each of these:", "the tab;", "DEL and more.", "Not `x`.", "One", "Two", "That is all."],
    },
    "takes a number at the beginning of a line for no item": {
      text: "The keys go from 2 to\n21. Never refuse one.",
      sentences: ["The keys go from 2 to 21.", "Never refuse one."],
    },
    "takes a row of a table for a sentence": {
      text: "| from | line |\n|---|---|\n| client | `a`. B. |\n| server | – |",
      sentences: ["client | `a`. B.", "server | –"],
    },
    "leaves out code, headings and comments": {
      text: "# Title. More\n\n<!-- No. Nothing. -->\n\nIt is so:\n\n```ts\nOne. Two.\n```\n\n> Quoted.",
      sentences: ["It is so:", "Quoted."],
    },
    "finds none in nothing": { text: "", sentences: [] },
  };
  for (const [title, { text, sentences }] of Object.entries(CASES))
    it(title, () => expect(sentencesOf(text)).to.deep.equal(sentences));
});
