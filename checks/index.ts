// All checks of the course: every other file of this folder exports `checks`.

import { readdirSync } from "node:fs";
import { type Check, clauseOf, type StageNumber } from "./engine/check.ts";

const files = readdirSync(new URL(".", import.meta.url))
  .filter((name) => name.endsWith(".ts") && name !== "index.ts" && !name.endsWith(".test.ts"))
  .sort();

/** Every check, in the order of the clauses. */
export const CHECKS: readonly Check[] = (
  await Promise.all(
    files.map(async (name) => {
      const module: { checks?: readonly Check[] } = await import(`./${name}`);
      if (module.checks === undefined) throw new Error(`checks/${name} does not export checks`);
      return module.checks;
    }),
  )
)
  .flat()
  .sort((left, right) => order(left) - order(right));

/**
 * The checks of a stage.
 * @param pattern an id, or a clause: P2.3 means all checks of that clause, P2 all of the section; without it, all
 */
export function findChecks(stage: StageNumber, pattern?: string): readonly Check[] {
  return CHECKS.filter(
    (check) =>
      check.stages.includes(stage) &&
      (pattern === undefined ||
        check.id === pattern ||
        clauseOf(check) === pattern ||
        clauseOf(check).startsWith(`${pattern}.`)),
  );
}

/** P2.10 comes after P2.9. */
function order(check: Check): number {
  const [section = "0", clause = "0"] = clauseOf(check).slice(1).split(".");
  return Number(section) * 100 + Number(clause);
}
