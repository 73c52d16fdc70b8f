import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { loadExercises } from "../exercises/exercises.ts";
import { shownKeys } from "../key-table.ts";
import { Workspace } from "../workspace/workspace.ts";
import { LEARN_KEYS } from "./keys.ts";
import { promptKeys } from "./prompt.ts";
import { keysOf } from "./views.ts";

/** Keys that the bottom row names in its own words: both arrows together, and what is any key. */
const IN_WORDS = ["letters", "↑ ↓", "any other key"];

describe("the keys at the bottom of learn", () => {
  it("are in its table of keys", () => {
    const folder = mkdtempSync(join(tmpdir(), "keys-"));
    try {
      const exercises = loadExercises(COURSE_FOLDER);
      const workspace = new Workspace(folder, exercises);
      const views = [
        "exercise",
        "hints",
        "list",
        "diff",
        "solution",
        "packets",
        "all",
        "finished",
        "keys",
      ] as const;
      const bottom = [
        ...views.flatMap((view) => exercises.flatMap((exercise) => keysOf(view, exercise, workspace))),
        ...promptKeys({ question: "?", typed: "", done: () => {} }),
        ...promptKeys({ question: "?", typed: undefined, done: () => {} }),
      ];
      const table = LEARN_KEYS.flatMap(({ keys }) => keys.map((key) => shownKeys([key]).replaceAll("`", "")));
      const missing = bottom
        .map(({ key }) => key)
        .filter((key) => !table.includes(key) && !IN_WORDS.includes(key));
      expect(missing).to.deep.equal([]);
      expect(bottom.length).to.be.greaterThan(exercises.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
