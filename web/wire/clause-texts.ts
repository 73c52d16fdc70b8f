// The clauses of the protocol, as they stand in lessons/protocol.md.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

const PROTOCOL = join(COURSE_FOLDER, "lessons", "protocol.md");

let clauses: ReadonlyMap<string, string> | undefined;

/** The text of a clause, without Markdown's marks; empty if there is none. @param id such as `P2.3` */
export function clauseText(id: string): string {
  clauses ??= clausesIn(readFileSync(PROTOCOL, "utf8"));
  return clauses.get(id) ?? "";
}

/** A clause begins with `- **P2.3**`, and goes on in the indented lines that follow. */
function clausesIn(protocol: string): Map<string, string> {
  const found = protocol.matchAll(/^- \*\*(P[0-9]+\.[0-9]+)\*\* (?:† )?(.*(?:\n {2}.*)*)/gm);
  return new Map(
    [...found].map(([, id = "", text = ""]) => [id, text.replace(/\s+/g, " ").replaceAll("`", "")]),
  );
}
