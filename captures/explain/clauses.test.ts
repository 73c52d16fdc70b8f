import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { encryptToken } from "../../05-lan-chat/fernet.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { clauseOfLine, clauseOfPart, NAMED_CLAUSES } from "./clauses.ts";
import { datagramBytes, lineBytes } from "./line-bytes.ts";
import { lineType } from "./line-type.ts";
import { type Span, spansOf } from "./looks.ts";

const TOKEN = encryptToken(Buffer.alloc(32, 7), Buffer.from("hello"), 1_764_360_000);

describe("the clauses of lines", () => {
  it("all exist in the protocol", () => {
    const protocol = readFileSync(join(COURSE_FOLDER, "lessons/protocol.md"), "utf8");
    const known = [...protocol.matchAll(/^- \*\*(P[0-9]+\.[0-9]+)\*\*/gm)].map(([, id]) => id);
    assert.isAbove(NAMED_CLAUSES.length, 20);
    for (const clause of NAMED_CLAUSES) assert.include(known, clause);
  });

  it("are found by the talk and the type", () => {
    assert.equal(clauseOfLine("registry", "joined"), "P2.5");
    assert.equal(clauseOfLine("peers", "joined"), undefined);
    assert.equal(clauseOfLine("peers", "toString"), undefined);
    assert.equal(clauseOfPart({ of: "sealed", name: "seq" }), "P6.3");
    assert.equal(clauseOfPart({ of: "constructor", name: "name" }), undefined);
  });

  it("the types of lines come from what stands in them, or from their form", () => {
    const type = (line: string, talk: Parameters<typeof lineType>[1] = "session") =>
      lineType(Buffer.from(line), talk, false);
    assert.equal(type('{"type":"ack","id":1}', "peers"), "ack");
    assert.equal(type("<10.0.0.1:5000> @ <rocket>"), "header");
    assert.equal(type("<end>"), "end");
    assert.equal(type(`${TOKEN}\r`), "token");
    assert.equal(type("hm"), "unknown");
    assert.equal(type(" End ", "calculator"), "end");
    assert.equal(type("2 + 3", "calculator"), "question");
    assert.equal(lineType(Buffer.from("= 5"), "calculator", true), "answer");
    assert.equal(type(JSON.stringify({ type: "\u001b[2J" }), "peers"), "\uFFFD[2J");
  });
});

describe("what a stranger has of a line", () => {
  const looks = (line: string): string => shown(line, spansOf(lineBytes(Buffer.from(line))));

  /** The line with the first letter of each look, as often as it has bytes. */
  function shown(line: string, spans: readonly Span[]): string {
    assert.equal(
      spans.reduce((sum, { length }) => sum + length, 0),
      Buffer.byteLength(line),
    );
    return spans.map(({ look, length }) => (look[0] ?? "").repeat(length)).join("");
  }

  it("is the text of a message in clear, and the value alone", () => {
    assert.equal(looks('{"type":"message","id":1,"text":"hi"}\n'), `${"k".repeat(32)}rrrrkk`);
  });

  it("is nothing of a sealed line but its number, and nothing of a token but its time", () => {
    const sealed = '{"type":"sealed","seq":0,"iv":"00","ciphertext":"11","tag":"22"}\n';
    assert.equal(looks(sealed).replace(/(.)\1*/g, "$1"), "ksksksk");
    assert.equal(looks(`${TOKEN}\n`).replace(/(.)\1*/g, "$1"), "ksk");
    assert.equal(
      spansOf(datagramBytes(Buffer.from(TOKEN)))
        .map(({ look }) => look)
        .join(),
      "known,sealed",
    );
  });

  it("is everything of a line that is plain text", () => {
    assert.equal(looks("2 + 3\n"), "rrrrrk");
  });

  it("covers every byte, whatever the names of members are", () => {
    for (const name of ["text", 't"ext', "ü", "__proto__", ""])
      looks(`${JSON.stringify({ type: "x", [name]: "a" })}\n`);
  });
});
