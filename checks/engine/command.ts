// Makes the command that starts a checked program, from a template such as `python3 my/server.py {port}`. Pure.

/** The template is no valid command. */
export class CommandError extends Error {}

/**
 * Splits a command into words: blanks separate them, quotes keep blanks. No other feature of a shell is supported.
 * @throws CommandError if a quote is not closed, or there is no word
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted: string | undefined;
  for (const character of command) {
    if (quoted !== undefined) {
      if (character === quoted) quoted = undefined;
      else word += character;
    } else if (character === '"' || character === "'") {
      quoted = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quoted !== undefined) throw new CommandError(`the quote ${quoted} is not closed in: ${command}`);
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw new CommandError("a command is missing");
  return words;
}

/** An option without its value, such as --port or -p. */
const OPTION = /^--?[A-Za-z][A-Za-z-]*$/;

/**
 * Fills in the places of a template: `{port}`, `{registry}`, `{name}`. A value without a place is added as the option
 * that the protocol gives it (`--port 4711`). A place without a value is left out, together with the option in front of
 * it. The other options follow.
 */
export function fillTemplate(
  template: readonly string[],
  values: Readonly<Record<string, string | undefined>>,
  options: readonly string[],
): string[] {
  let words = [...template];
  const added: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const place = `{${name}}`;
    const named = words.some((word) => word.includes(place));
    if (!named && value !== undefined) added.push(`--${name}`, value);
    words =
      value === undefined ? withoutPlace(words, place) : words.map((word) => word.replaceAll(place, value));
  }
  return [...words, ...added, ...options];
}

/** Leaves out the words with this place. If such a word is the place alone, an option in front of it goes, too. */
function withoutPlace(words: readonly string[], place: string): string[] {
  return words.filter((word, index) => {
    const isItsOption = words[index + 1] === place && OPTION.test(word);
    return !word.includes(place) && !isItsOption;
  });
}
