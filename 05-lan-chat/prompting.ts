// A prompt in a real terminal: what readline leaves to the program while a user types.

import { clearScreenDown, cursorTo, type Interface, moveCursor } from "node:readline";

/** A readline, with two members that Node.js does not document. */
export type Prompt = Interface & { isCompletionEnabled?: boolean; prevRows?: number };

/** Keeps the prompt in its place when the user pastes, changes the window's size, or suspends the program (Ctrl-Z). */
export function tendPrompt(prompt: Prompt): void {
  const { stdin, stdout } = process;
  let drawn = true;
  stdin.prependListener("keypress", (_text, { name }) => {
    const { cols, rows } = prompt.getCursorPos();
    // Behind a full row, readline has gone on to the next one. Enter would leave that one empty.
    const isBehindRow = drawn && rows > 0 && cols === 0 && prompt.cursor === prompt.line.length;
    if (isBehindRow && (name === "return" || name === "enter")) moveCursor(stdout, 0, -1);
    // readline redraws at the last key of a paste (isCompletionEnabled), and has not counted the rows before (prevRows).
    drawn = prompt.isCompletionEnabled === true;
    if (drawn) prompt.prevRows = rows;
  });
  // readline then redraws. Many terminals have wrapped the prompt anew, others not: the fewer rows are surely its own.
  stdout.prependListener("resize", () => {
    prompt.prevRows = Math.min(prompt.prevRows ?? 0, prompt.getCursorPos().rows);
  });
  // All of the process group stops, as a shell expects it (npm, say, that started us). Windows knows no Ctrl-Z.
  prompt.on("SIGTSTP", () => {
    stdin.setRawMode(false); // Whoever uses the terminal meanwhile finds it as it was.
    process.once("SIGCONT", () => {
      stdin.setRawMode(true);
      prompt.prompt(true);
    });
    process.kill(0, "SIGTSTP");
  });
}

/** Removes the prompt and what is being typed from the screen. The cursor is then where the prompt began. */
export function removePrompt(prompt: Prompt): void {
  process.emit("SIGWINCH"); // The window may have another size by now, and the signal still be on its way.
  moveCursor(process.stdout, 0, -prompt.getCursorPos().rows);
  cursorTo(process.stdout, 0);
  clearScreenDown(process.stdout);
  prompt.prevRows = 0;
}
