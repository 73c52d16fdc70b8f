import { expect } from "chai";
import { lineWidth, textOf } from "../../terminal/styled-text.ts";
import type { PageHead } from "../exercises/page-head.ts";
import { IN_LIST, LESSON_KEYS, ON_PAGE } from "./keys.ts";
import type { ReadingPage } from "./library.ts";
import { Reader } from "./reader.ts";

function page(id: string, text: string, exercise?: string, head?: PageHead): ReadingPage {
  return { id, file: `lessons/${id}.md`, title: `Page ${id}`, text, exercise, head };
}

const LONG = Array.from({ length: 40 }, (_, i) => `Line ${i + 1}.\n`).join("\n");
const PAGES = [
  page("01-1", `# Page 01-1\n\n${LONG}`, "01-hello"),
  page(
    "01-2",
    "# Page 01-2\n\nShort.\n\n<details><summary>Hint 1</summary>\n\nLook.\n\n</details>\n\n## What it meant\n\nAll.\n",
  ),
  page("glossary", "# Words\n\nA needle.\n"),
];

const SHORT: PageHead = { isShort: true, reading: 4, exercise: 10 };
const DEEP: PageHead = { isShort: false, reading: 12, exercise: 0 };

describe("the lesson reader", () => {
  let reader: Reader;

  beforeEach(() => {
    const [first] = PAGES;
    if (first === undefined) throw new Error("no page");
    reader = new Reader(PAGES, first, { columns: 80, rows: 24 });
  });

  const press = (...keys: string[]): unknown =>
    keys
      .map((key) =>
        reader.press(
          key.length === 1
            ? { name: /[A-Z]/.test(key) ? key.toLowerCase() : key, text: key }
            : { name: key, text: "" },
        ),
      )
      .at(-1);
  const rows = (): string[] => reader.screen().map((line) => textOf(line).trimEnd());
  const shown = (): string => rows().join("\n");

  it("fills the terminal, whatever its size", () => {
    for (const [columns, rowCount] of [
      [80, 24],
      [132, 50],
      [30, 6],
    ] as const) {
      reader.resize({ columns, rows: rowCount });
      expect(reader.screen()).to.have.length(rowCount);
      for (const line of reader.screen()) expect(lineWidth(line)).to.be.at.most(columns);
    }
  });

  it("scrolls, and stops at both ends", () => {
    expect(rows()[1]).to.equal("Page 01-1");
    press("down");
    expect(rows()[2]).to.equal("Line 1.");
    press("space");
    expect(rows()[1]).to.equal("");
    press("G");
    expect(rows()[22]).to.equal("Line 40.");
    press("space");
    expect(rows()[23]).to.equal("the end of the page: n shows the next one");
    press("g");
    expect(rows()[1]).to.equal("Page 01-1");
    press("up");
    expect(rows()[1]).to.equal("Page 01-1");
  });

  it("turns pages, and stops at both ends", () => {
    press("p");
    expect(rows()[23]).to.equal("this is the first page");
    press("n");
    expect(rows()[0]).to.match(/^ 01-2 {2}Page 01-2 .* page 2 of 3, all$/);
    press("right", "right");
    expect(rows()[23]).to.equal("this is the last page");
    press("left");
    expect(reader.page?.id).to.equal("01-2");
  });

  it("opens hints one by one, and the answer only when asked twice", () => {
    press("h");
    expect(rows()[23]).to.equal("this page has no hints");
    press("n", "h");
    expect(shown()).to.include("Look.").and.to.not.include("All.");
    press("h");
    expect(shown()).to.include("h once more opens it").and.to.not.include("All.");
    press("h");
    expect(shown()).to.include("All.");
    press("p", "n");
    expect(shown()).to.not.include("Look.");
  });

  describe("on a page with predictions", () => {
    const fold = (answer: string): string =>
      `<details><summary>What happens</summary>\n\n${answer}\n\n</details>\n`;
    const PREDICTIONS = page(
      "01-3",
      `# P\n\n**Predict:** one?\n\n${fold("It is one.")}\n${LONG}\n**Predict:** two?\n\n${fold("It is two.")}\n<details><summary>Hint 1</summary>\n\nLook.\n\n</details>\n`,
    );

    beforeEach(() => {
      reader = new Reader([PREDICTIONS], PREDICTIONS, { columns: 80, rows: 24 });
    });

    it("takes a guess, and shows it above the answer", () => {
      expect(shown()).to.include("▸ What happens  (a: guess, and see)").and.to.not.include("It is one.");
      press("a", ..."thre", "backspace", "k");
      expect(rows()[23]).to.equal("your guess (or Enter alone): thrk▏");
      expect(shown()).to.not.include("It is one.");
      press("return");
      expect(shown()).to.match(/▾ What happens\n\nYou said: thrk\n\nIt is one\./);
    });

    it("shows the answer without a guess, when only Enter is pressed, and none when it is Esc", () => {
      press("a", "escape");
      expect(shown()).to.not.include("It is one.");
      press("a", "return");
      expect(shown()).to.match(/▾ What happens\n\nIt is one\./);
    });

    it("goes to the next question, and keeps both apart from the hints", () => {
      press("a", "1", "return", "a");
      expect(shown()).to.include("Predict: two?").and.to.include("▸ What happens");
      press("2", "return");
      expect(shown())
        .to.match(/You said: 2\n\nIt is two\./)
        .and.to.include("▸ Hint 1  (h opens it)");
      press("a");
      expect(rows()[23]).to.equal("you have seen all that happens on this page");
      press("g");
      expect(shown()).to.match(/You said: 1\n\nIt is one\./);
    });

    it("finds a question that lies above, and one in no other way", () => {
      press("G", "h");
      expect(shown()).to.include("Look.").and.to.not.include("It is two.");
      press("a");
      expect(shown()).to.include("two?");
      press("return", "G", "a", "return");
      expect(shown()).to.include("It is one.");
      press("/", ..."It is", "return");
      expect(rows()[23]).to.equal('"It is" is in no page');
    });

    it("takes a guess of any characters and length, and shows it harmless, within the screen", () => {
      press("a");
      for (const text of ["\u001b[2J", "\u0007", "漢", ..."x".repeat(300)]) reader.press({ name: "", text });
      for (const line of reader.screen()) expect(lineWidth(line)).to.be.at.most(80);
      press("return");
      for (const line of reader.screen()) expect(lineWidth(line)).to.be.at.most(80);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
      expect(shown()).to.not.match(/[\u0000-\u0009\u000b-\u001f]/);
    });
  });

  it("says that a page has nothing to guess", () => {
    press("a");
    expect(rows()[23]).to.equal("this page asks for no guess");
  });

  it("lists all pages, and opens the chosen one", () => {
    press("c");
    expect(shown()).to.include("> 01-1             *               Page 01-1");
    press("down", "down", "down", "up", "return");
    expect(reader.page?.id).to.equal("01-2");
    press("c", "q");
    expect(reader.page?.id).to.equal("01-2");
  });

  it("lists its keys, and comes back to the same place", () => {
    press("n", "h", "?");
    expect(shown()).to.match(/^ keys .*\n> n, → +the next page\n/);
    expect(shown()).to.include("the list of these keys");
    press("down", "return");
    expect(shown()).to.match(/^ 01-2 /);
    expect(shown(), "the hint is still open").to.include("Look.");
  });

  it("marks in the contents what was read to its end, and what was passed meanwhile", () => {
    const pages = [
      page("01-1", `# Page\n\n${LONG}`, "01-hello", SHORT),
      page("01-2", `# Page\n\n${LONG}`, undefined, DEEP),
      page("01-3", `# Page\n\n${LONG}`, "01-framing", SHORT),
    ];
    let passed: readonly string[] = [];
    reader = new Reader(
      pages,
      pages[0] as ReadingPage,
      { columns: 80, rows: 24 },
      {
        read: new Set(["01-3"]),
        share: 0.5,
        passed: () => new Set(passed),
        isInLearn: false,
      },
    );
    expect(shown()).to.include("Line 22.").and.to.not.include("Line 18.");
    press("n", "c");
    expect(rows().slice(0, 4)).to.deep.equal([
      " contents: ✓ read; * exercise, ✓ passed                                  2 of 3",
      "  01-1             * short  4 min  Page 01-1",
      "> 01-2                     12 min  Page 01-2",
      "  01-3            ✓* short  4 min  Page 01-3",
    ]);
    passed = ["01-hello"];
    press("q", "space", "space", "space", "space", "c");
    expect(rows()[1]).to.equal("  01-1             ✓ short  4 min  Page 01-1");
    expect(rows()[2]).to.match(/^> 01-2 +✓ {3}/);
    expect([...reader.read].sort()).to.deep.equal(["01-2", "01-3"]);
  });

  it("goes along the short way, and goes back to learn where learn has opened it", () => {
    const pages = [
      page("01-1", "# Page\n", "01-hello", SHORT),
      page("01-2", "# Page\n", undefined, DEEP),
      page("01-3", "# Page\n", "01-framing", SHORT),
    ];
    const memory = { read: new Set<string>(), share: 0, passed: () => new Set<string>(), isInLearn: true };
    reader = new Reader(pages, pages[0] as ReadingPage, { columns: 80, rows: 24 }, memory);
    press("s");
    expect(reader.page?.id).to.equal("01-3");
    press("s");
    expect(rows()[23]).to.equal("there is no other page of the short way behind this one");
    expect(press("e")).to.equal("quit");
  });

  it("finds titles first", () => {
    const pages = [page("01-1", "# One\n\nA needle.\n"), page("01-2", "# The needle\n\nText.\n")];
    reader = new Reader(pages, pages[0] as ReadingPage, { columns: 80, rows: 24 });
    press("/", ..."needle", "return");
    expect(rows()[1]).to.equal("> 01-2            The needle");
  });

  it("obeys the keys of its table, and no others", () => {
    const named = [
      "up",
      "down",
      "left",
      "right",
      "return",
      "escape",
      "backspace",
      "home",
      "end",
      "tab",
      "f1",
    ];
    const more = ["pageup", "pagedown", "space", "insert", "delete", "ctrl-l", "ctrl-d"];
    const typed = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
    for (const where of [ON_PAGE, IN_LIST]) {
      for (const key of [...named, ...more, ...typed]) {
        // From the middle of a page, and of a list, every key that does something is seen to do it.
        reader = new Reader(PAGES, PAGES[1] as ReadingPage, { columns: 80, rows: 6 });
        press("down");
        if (where === IN_LIST) press("c");
        const before = shown();
        const request = press(key);
        const isInTable = LESSON_KEYS.some(
          (row) =>
            row.where === where &&
            row.keys.includes(key.length === 1 && /[A-FH-Z]/.test(key) ? key.toLowerCase() : key),
        );
        expect(request !== undefined || shown() !== before, `${key} on ${where}`).to.equal(isInTable);
      }
    }
  });

  it("searches all pages, and opens where it was found", () => {
    press("/", ..."neeedle", "backspace");
    expect(rows()[23]).to.equal("search: neeedl▏");
    press("escape", "/", ..."NEEDLE", "return");
    expect(rows()[1]).to.equal("> glossary        A needle.");
    press("return");
    expect(reader.page?.id).to.equal("glossary");
    press("/", ..."Line 39", "return", "return");
    expect(shown()).to.include("Line 39.");
    press("/", ..."nowhere", "return");
    expect(rows()[23]).to.equal('"nowhere" is in no page');
  });

  it("asks for the exercise of the page, and ends with q or Ctrl-C", () => {
    expect(press("e")).to.equal(undefined);
    expect(rows()[23]).to.equal("e once more starts npm run learn; its list (l) has 01-hello");
    expect(press("down", "e")).to.equal(undefined);
    expect(press("e")).to.equal("exercise");
    press("n");
    expect(press("e")).to.equal(undefined);
    expect(rows()[23]).to.equal("this page has no exercise");
    expect(press("q")).to.equal("quit");
    expect(reader.press({ name: "ctrl-c", text: "" })).to.equal("quit");
    expect(reader.press({ name: "ctrl-z", text: "" })).to.equal("suspend");
  });
});
