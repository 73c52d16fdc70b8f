// Makes the stub that stands in the region of an exercise that is not done yet: it says which exercise it belongs to,
// compiles, and gives nothing away. Pure.

/** The first line of a function or a method: its whole signature, and the brace. */
const SIGNATURE = /^(?:export )?(?:static )?(?:async )?(?:function\*? \w+|\*?#?\w+)\(.*\)(?:: .+)? \{$/;

/**
 * The stub of an exercise, for the place of its starter. Where the starter declares functions or methods, the stub
 * declares the same ones; any other starter at the top of a file, such as a constant, stays, because the rest of the
 * file needs it.
 * @returns whole lines
 */
export function stubOf({ id, starter }: { id: string; starter: string }): string {
  const lines = starter.split("\n").filter((line) => line.trim() !== "");
  const depth = Math.min(...lines.map(depthOf));
  const indent = " ".repeat(depth);
  const label = `${indent}// comes in ${id}`;
  const refusal = `throw new Error("comes in ${id}: until then, start the program with npm run learn -- run");`;
  const signatures = lines.filter((line) => depthOf(line) === depth && SIGNATURE.test(line.trim()));
  const functions = signatures.flatMap((signature, index) => {
    const gap = index === 0 ? [] : [""];
    return [...gap, signature, `${indent}  ${refusal}`, `${indent}}`];
  });
  if (functions.length > 0) return wholeText([label, ...functions]);
  if (depth === 0) return wholeText([label, ...lines]);
  return wholeText([label, indent + refusal]);
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

function wholeText(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

/** Whether there is nothing but blank lines and `//` comments: somebody has deleted the stub. */
export function isBlank(code: string): boolean {
  return code.split("\n").every((line) => /^\s*(?:\/\/.*)?$/.test(line));
}

/**
 * Puts the code of a region into one line, without comments, so that it fits into the place of a stub. It relies on how
 * the course's solutions are written: every statement ends with a semicolon or a brace, and a comment has a line of its
 * own, or stands at the end of one behind ` // `.
 */
export function inOneLine(code: string): string {
  return code
    .replace(/^\s*\/\*\*[\s\S]*?\*\/$/gm, "")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)\/\/ .*$/, "").trim())
    .filter((line) => line !== "")
    .join(" ");
}
