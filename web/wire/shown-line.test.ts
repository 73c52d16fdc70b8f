import { expect } from "chai";
import { MOST_SHOWN_BYTES } from "../shared/wire.ts";
import { clauseText } from "./clause-texts.ts";
import { type Caught, Mallory } from "./mallory.ts";
import { explainLine, shownLine } from "./shown-line.ts";

describe("what a page is shown of a line", () => {
  const caught = (text: string | Buffer): Caught => {
    const direction = { link: "chat", from: "alice", to: "bob" } as const;
    const [line] = new Mallory([direction]).arrives(direction, 1, Buffer.from(text), 3).lines;
    if (line === undefined) throw new Error("no line");
    return line;
  };

  it("is its beginning, and the colours of that, if it is long", () => {
    const line = shownLine(caught(`{"type":"message","id":1,"text":"${"x".repeat(200_000)}"}\n`));
    expect(Buffer.from(line.bytes, "base64").length).to.equal(MOST_SHOWN_BYTES);
    expect(line.spans.reduce((sum, { length }) => sum + length, 0)).to.equal(MOST_SHOWN_BYTES);
    expect(line.length).to.be.greaterThan(200_000);
    expect(line.words.length).to.be.lessThan(310);
  });

  it("is text that no terminal and no page obeys, whatever stands in it", () => {
    const hostile = [
      '{"type":"\u001b[2J<script>","text":"x"}\n',
      '{"type":"message","id":1,"text":"<img src=x onerror=alert(1)>\\u202e"}\n',
      `{"type":"error","${"a".repeat(500)}\u0000":1}\n`,
      `${"[".repeat(10_000)}\n`,
      Buffer.from([0, 255, 128, 10]),
      Buffer.alloc(0),
      "\n",
      '{"type":{"toString":1},"__proto__":null,"constructor":2}\n',
    ];
    for (const text of hostile) {
      const line = shownLine(caught(text));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there.
      expect(`${line.words}${line.type}`, String(text)).to.not.match(/[\u0000-\u001f\u202e]/);
      const { parts, bytes } = explainLine("02", "chat", Buffer.from(text));
      expect(parts.reduce((sum, { length }) => sum + length, 0)).to.equal(
        Buffer.from(bytes, "base64url").length,
      );
      const names = parts.map(({ name }) => name);
      expect(new Set(names).size).to.equal(names.length);
      for (const name of names) expect(name).to.match(/^[a-z][a-z0-9-]*$/);
    }
  });

  it("has not more parts than a page can show", () => {
    const members = Array.from({ length: 5000 }, (_, i) => `"m${i}":1`).join();
    const { parts } = explainLine("02", "chat", Buffer.from(`{"type":"x",${members}}\n`));
    expect(parts.length).to.equal(1001);
    expect(parts.at(-1)?.label).to.match(/parts more$/);
  });

  it("tells the calculator's answers from its questions", () => {
    expect(explainLine("01", "calculator", Buffer.from("= 5\n"))).to.include({
      type: "answer",
      clause: "P1.2",
    });
    expect(explainLine("01", "calculator", Buffer.from("2 + 3\n")).type).to.equal("question");
    expect(explainLine("01", "calculator", Buffer.from("END\n"))).to.include({ type: "end", clause: "P1.8" });
  });

  it("quotes the protocol", () => {
    expect(clauseText("P2.3")).to.match(/^The host is the address the registry sees/);
    expect(clauseText("P9.4")).to.match(/^From there every token .* answered like a bad proof\.$/);
    expect(clauseText("P77.1")).to.equal("");
  });
});
