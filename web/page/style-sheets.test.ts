// Tests that no style sheet reaches farther than it should: all sheets are one when the page is bundled. Only style.css, that
// of the frame, has rules for everything; each other one has rules for elements of the page by their names.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

const PAGE = join(COURSE_FOLDER, "web", "page");

function textsOf(ending: string): [name: string, text: string][] {
  return readdirSync(PAGE, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => [name, readFileSync(join(PAGE, name), "utf8")]);
}

/** What stands before the braces of rules that are in no other rule. Rules in `@media` count as if they stood alone. */
function outermostSelectors(sheet: string): string[] {
  const found: string[] = [];
  const around: string[] = [];
  for (const [, before = "", brace] of sheet.replace(/\/\*.*?\*\//gs, "").matchAll(/([^{};]*)([{};])/g)) {
    if (brace === "}") around.pop();
    if (brace !== "{") continue;
    const selectors = before.trim();
    const isOutermost = around.every((one) => one.startsWith("@media"));
    if (isOutermost && !selectors.startsWith("@")) found.push(...selectors.split(/,\s*(?![^(]*\))/));
    around.push(selectors);
  }
  return found;
}

/** Selectors that begin with no element of the page, and with no class of the same name. */
function leaks(sheet: string, elements: ReadonlySet<string>): string[] {
  return outermostSelectors(sheet).filter((selector) => {
    const [, name = ""] = /^\.?([a-z-]+)/.exec(selector) ?? [];
    return !elements.has(name);
  });
}

describe("the style sheets", () => {
  const elements = new Set(
    textsOf(".ts").flatMap(([, text]) =>
      [...text.matchAll(/customElements\.define\("([a-z-]+)"/g)].map(([, name = ""]) => name),
    ),
  );

  it("have rules for their own elements alone", () => {
    const sheets = textsOf(".css").filter(([name]) => basename(name) !== "style.css");
    expect(sheets).to.not.be.empty;
    for (const [name, text] of sheets) expect(leaks(text, elements), name).to.deep.equal([]);
  });

  it("a rule that reaches farther is found, also in a media query or a list", () => {
    const sheet = `wire-place { .a { color: red; } @media print { p { color: red; } } }
      /* .comment { } */ @keyframes move { from { left: 0; } }
      .notice { margin: 0; }
      wire-place :is(h1, h2), h3 { margin: 0; }
      @media print { .line { margin: 0; } wire-place { margin: 0; } }`;
    expect(leaks(sheet, elements)).to.deep.equal([".notice", "h3", ".line"]);
  });
});
