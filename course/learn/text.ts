// Text for a terminal: how wide it is, cut, filled up and wrapped; styled text, too. Pure.

/** An SGR sequence, which colours text and takes no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this pattern is about.
const STYLE = /\u001b\[[0-9;]*m/g;
/** C0 controls but tab, DEL, C1 controls, bidirectional controls: a terminal would obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this pattern is about.
const UNSAFE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const RESET = "\u001b[0m";
const TAB = "  ";

/** Text from elsewhere, fit for a line of a terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, "\uFFFD").replaceAll("\t", TAB);
}

/** The lines of a text from elsewhere, fit for a terminal. */
export function printableLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map(printable);
}

/** How many columns styled text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text.replace(STYLE, "")) width += columnsOf(character);
  return width;
}

/** Characters of East Asia and emoji take two columns, combining ones none. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) return 0;
  const isWide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x20000 && code <= 0x3fffd) ||
    /\p{Emoji_Presentation}/u.test(character);
  return isWide ? 2 : 1;
}

/** Cuts styled text to so many columns; an ellipsis says that there was more. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = "";
  let room = Math.max(0, width - 1);
  let isStyled = false;
  for (const [piece] of text.matchAll(new RegExp(`${STYLE.source}|[\\s\\S]`, "gu"))) {
    if (piece.length > 1 && piece.startsWith("\u001b")) {
      shown += piece;
      isStyled = true;
      continue;
    }
    room -= columnsOf(piece);
    if (room < 0) break;
    shown += piece;
  }
  return `${shown}${width > 0 ? "…" : ""}${isStyled ? RESET : ""}`;
}

/** Styled text of exactly so many columns: cut, or filled up with blanks. */
export function column(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - widthOf(shown)));
}

/** Wraps words, each perhaps styled; one that is too long for a line is broken. */
export function wrapWords(words: readonly string[], width: number): string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    const glue = line === "" ? "" : " ";
    if (widthOf(line) + glue.length + widthOf(word) <= room) {
      line += glue + word;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = breakWord(word, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Wraps plain text at blanks. */
export function wrap(text: string, width: number): string[] {
  return wrapWords(
    text.split(/\s+/).filter((word) => word !== ""),
    width,
  );
}

/** Breaks a line of plain code that is too long, at blanks if there are any; what follows stands deeper than the line itself. */
export function wrapCode(line: string, width: number): string[] {
  const indentation = /^ */.exec(line)?.[0].length ?? 0;
  const deeper = " ".repeat(Math.min(indentation + 4, Math.floor(width / 2)));
  const lines: string[] = [];
  let rest = line;
  while (widthOf(rest) > width) {
    const fitting = [...rest];
    while (widthOf(fitting.join("")) > width) fitting.pop();
    const start = fitting.join("");
    const blank = start.lastIndexOf(" ");
    const end = start.slice(0, Math.max(0, blank)).trim() === "" ? start.length : blank;
    lines.push(rest.slice(0, end));
    rest = deeper + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word.replace(STYLE, "")) {
    if (widthOf(piece) + columnsOf(character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}
