// Splits a command of a lesson into its words, as a Unix shell does, if it is a program with its arguments and nothing more.
// Such commands run without a shell, on every system. Pure.

export interface CommandWords {
  /** Variables that are set for this command alone: NAME=value in front of it. */
  environment: Record<string, string>;
  words: string[];
}

/** Words are quoted, escaped or plain pieces without blanks between them. `$`, pipes, `*` and so on need a shell. */
const PIECE = /'([^']*)'|"((?:[^"\\$`]|\\[\s\S])*)"|\\([\s\S])|([\w@%+=:,./-]+)/y;

/** @returns undefined if the command needs a shell */
export function commandWords(command: string): CommandWords | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let position = 0;
  while (position < command.length) {
    const blanks = /(?:[ \t\n]|\\\n)+/y;
    blanks.lastIndex = position;
    if (blanks.test(command)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      position = blanks.lastIndex;
      continue;
    }
    PIECE.lastIndex = position;
    const piece = PIECE.exec(command);
    if (piece === null) return undefined;
    const [, single, double, escaped, plain] = piece;
    // Between double quotes, a backslash escapes these only (POSIX, Shell Command Language, section 2.2.3).
    word = `${word ?? ""}${single ?? double?.replaceAll(/\\([\\"$`])|\\\n/g, "$1") ?? escaped ?? plain ?? ""}`;
    position = PIECE.lastIndex;
  }
  if (word !== undefined) words.push(word);
  const environment: Record<string, string> = {};
  for (;;) {
    const [, name, value = ""] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(words[0] ?? "") ?? [];
    if (name === undefined) break;
    environment[name] = value;
    words.shift();
  }
  return words.length === 0 ? undefined : { environment, words };
}

/**
 * The file and the arguments that an npm script runs, so that it can run without npm: npm needs 0.3 s, and prints two lines.
 * @param words such as npm, run, 01:client, --, 2
 * @param scripts those of package.json
 * @returns undefined if it is no script of the form `node --import tsx FILE …`
 */
export function scriptWords(
  words: readonly string[],
  scripts: Readonly<Record<string, string>>,
): string[] | undefined {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const [npm, ...named] = words.slice(0, end).filter((word) => word !== "--silent");
  const [name = "", ...plain] = named[0] === "run" ? named.slice(1) : named;
  // npm would keep options in front of `--` for itself.
  if (npm !== "npm" || plain.some((word) => word.startsWith("-"))) return undefined;
  const [node, option, loader, file, ...fixed] = (scripts[name] ?? "").split(" ");
  if (node !== "node" || option !== "--import" || loader !== "tsx" || file === undefined) return undefined;
  return [file, ...fixed, ...plain, ...words.slice(end + 1)];
}
