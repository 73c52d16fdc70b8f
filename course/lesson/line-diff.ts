// Finds the differences between two texts, line by line, in the unified format of `diff -u` and git. Pure.

export interface DiffLine {
  kind: " " | "-" | "+";
  text: string;
}

/** All lines of both texts, in order, each marked as common, old or new. There are as few changes as possible. */
export function diffLines(old: readonly string[], now: readonly string[]): DiffLine[] {
  const common = commonLengths(old, now);
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: " ", text: old[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j === now.length || (i < old.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: "-", text: old[i] ?? "" });
      i += 1;
    } else {
      lines.push({ kind: "+", text: now[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** The lengths of the longest common subsequences after each pair of lines. Our files have some hundred lines. */
function commonLengths(old: readonly string[], now: readonly string[]): Uint32Array[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = lengths[i];
    if (row === undefined) continue;
    for (let j = now.length - 1; j >= 0; j -= 1) {
      row[j] =
        old[i] === now[j]
          ? 1 + at(lengths, i + 1, j + 1)
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly Uint32Array[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}

/**
 * Returns the changes with `context` lines around each. A line `@@ -A,B +C,D @@` comes before each group: it gives the
 * first line and the number of lines, in the old text (A, B) and in the new one (C, D).
 */
export function unified(old: readonly string[], now: readonly string[], context: number): string[] {
  const lines = diffLines(old, now);
  const shown = lines.map((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some(({ kind }) => kind !== " "),
  );
  const rows: string[] = [];
  let [oldLine, newLine] = [1, 1];
  for (let i = 0; i < lines.length; i += 1) {
    if (shown[i] && !shown[i - 1]) {
      const end = shown.indexOf(false, i);
      rows.push(heading(lines.slice(i, end === -1 ? undefined : end), oldLine, newLine));
    }
    const { kind, text } = lines[i] ?? { kind: " ", text: "" };
    if (shown[i]) rows.push(`${kind}${text}`);
    if (kind !== "+") oldLine += 1;
    if (kind !== "-") newLine += 1;
  }
  return rows;
}

function heading(lines: readonly DiffLine[], oldLine: number, newLine: number): string {
  const oldLength = lines.filter(({ kind }) => kind !== "+").length;
  const newLength = lines.filter(({ kind }) => kind !== "-").length;
  // If a group has no lines of a text, it is named after the line before it.
  const [from, to] = [oldLength === 0 ? oldLine - 1 : oldLine, newLength === 0 ? newLine - 1 : newLine];
  return `@@ -${from},${oldLength} +${to},${newLength} @@`;
}
