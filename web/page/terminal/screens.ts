// The screens of this page's terminals. A screen lives longer than the element that shows it: somebody who opens another
// place of the course and comes back finds what the program has printed meanwhile.

import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import type { TerminalEvents } from "../../shared/terminals.ts";
import { MOST_TYPED, MOST_UNSHOWN } from "../../shared/terminals.ts";
import { server } from "../server.ts";
import { allowStyles } from "./allowed-styles.ts";
import { dark, terminalColours } from "./colours.ts";

/** How a program ended. Undefined in place of it: it runs. */
export type Ending = Omit<TerminalEvents["terminals/ended"], "terminal">;

/** How many lines above the screen can be scrolled back to. */
const LINES_BACK = 5000;
/** So many screens of programs that have ended are kept. */
const MOST_KEPT = 24;

/** Ends what a program may have left on: its colours, a hidden cursor. */
const PLAIN = "\x1b[0m\x1b[?25h";

/** One terminal, as it looks. */
export class Screen {
  ending: Ending | undefined;
  /** Whether somebody has typed into it. */
  isTypedInto = false;
  /** The number of the terminal whose program it shows. */
  #number: number;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #watchers = new Set<() => void>();
  #unreported = 0;
  /** Escape was the last key: Tab leaves the terminal now. */
  #leaves = false;

  constructor(number: number) {
    this.#number = number;
    const style = getComputedStyle(document.documentElement);
    this.#terminal = new Terminal({
      fontFamily: style.getPropertyValue("--mono"),
      fontSize: 14,
      scrollback: LINES_BACK,
      screenReaderMode: true,
      minimumContrastRatio: 4.5,
      theme: terminalColours(),
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.onData((text) => this.#type(text));
    this.#terminal.onResize(({ cols, rows }) => this.#tellSize(cols, rows));
    this.#terminal.attachCustomKeyEventHandler((event) => this.#isForProgram(event));
  }

  /** Shows output. */
  write(text: string): void {
    const number = this.#number;
    this.#terminal.write(text, () => {
      if (number !== this.#number) return;
      this.#unreported += text.length;
      // The program waits for this if it prints faster than we can show it.
      if (this.#unreported < MOST_UNSHOWN / 8 || this.ending !== undefined) return;
      const characters = this.#unreported;
      this.#unreported = 0;
      server.call("terminals/shown", { terminal: this.#number, characters }).catch(() => {});
    });
  }

  /** The program has ended. */
  end(ending: Ending): void {
    this.ending = ending;
    this.#terminal.options.cursorBlink = false;
    this.#terminal.options.disableStdin = true;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Shows another terminal's program below what the one before has printed. */
  goOnAs(number: number): void {
    this.#number = number;
    this.#unreported = 0;
    this.ending = undefined;
    this.isTypedInto = false;
    this.#terminal.options.disableStdin = false;
    const { cols, rows, buffer } = this.#terminal;
    this.#tellSize(cols, rows);
    this.#terminal.write(buffer.active.cursorX === 0 ? PLAIN : `${PLAIN}\r\n`);
  }

  /** Shows a command, such as `$ npm run 01:server`. It is no output: the program does not wait until it is shown. */
  showCommand(command: string): void {
    this.#terminal.write(`\x1b[1m${command.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);
  }

  /** Is told when the program has ended. @returns what ends that */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Whether an element watches it. */
  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Shows the screen in an element of the page. @param label how screen readers call it */
  showIn(box: HTMLElement, label: string, hint: string): void {
    if (this.#terminal.element === undefined) this.#terminal.open(box);
    else box.append(this.#terminal.element);
    this.#terminal.textarea?.setAttribute("aria-label", label);
    this.#terminal.textarea?.setAttribute("aria-describedby", hint);
    this.fit();
  }

  /** Takes the box's size of letters, and as many columns and rows as the box has room for. */
  fit(): void {
    const box = this.#terminal.element?.parentElement;
    if (box) this.#terminal.options.fontSize = Number.parseFloat(getComputedStyle(box).fontSize);
    const { cols = 0, rows = 0 } = this.#fit.proposeDimensions() ?? {};
    // A box that is not shown has room for none.
    if (cols > 2 && rows > 1) this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }

  followColours(): void {
    this.#terminal.options.theme = terminalColours();
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  #type(text: string): void {
    if (this.ending !== undefined) return;
    this.isTypedInto = true;
    for (let from = 0; from < text.length; from += MOST_TYPED)
      server
        .call("terminals/type", { terminal: this.#number, text: text.slice(from, from + MOST_TYPED) })
        .catch(() => {}); // It has just ended; an event says so.
  }

  #tellSize(columns: number, rows: number): void {
    if (this.ending !== undefined) return;
    server.call("terminals/resize", { terminal: this.#number, columns, rows }).catch(() => {});
  }

  /** Some keys are for the browser: those that copy and paste, and Tab after Escape. */
  #isForProgram(event: KeyboardEvent): boolean {
    const { type, key, ctrlKey, metaKey } = event;
    if (type !== "keydown") return true;
    if (key === "Tab" && (this.#leaves || this.ending !== undefined)) return false;
    if (key !== "Shift") this.#leaves = key === "Escape";
    if (!ctrlKey && !metaKey) return true;
    if (key.toLowerCase() === "v") return false;
    if (key.toLowerCase() !== "c" || !this.#terminal.hasSelection()) return true;
    // The next Ctrl-C is for the program.
    setTimeout(() => this.#terminal.clearSelection());
    return false;
  }
}

allowStyles();

const screens = new Map<number, Screen>();

/** The screen of a terminal. It is made when its number is first heard of. */
export function screenOf(number: number): Screen {
  const known = screens.get(number);
  if (known !== undefined) return known;
  forgetOld();
  const screen = new Screen(number);
  screens.set(number, screen);
  return screen;
}

/**
 * A terminal shows what it prints below what the one before has printed, as in a shell: both have one screen from now on.
 * @param before a terminal whose program has ended
 */
export function goOnBelow(before: number, number: number): void {
  const screen = screens.get(before);
  // What has a screen already has printed something there.
  if (screen?.ending === undefined || screens.has(number)) return;
  screens.delete(before);
  screens.set(number, screen);
  screen.goOnAs(number);
}

/** Screens that nobody sees, and whose programs have ended, are kept for a while: the oldest go first. */
function forgetOld(): void {
  const old = [...screens].filter(([, screen]) => screen.ending !== undefined && !screen.isWatched);
  for (const [number, screen] of old.slice(0, Math.max(0, old.length - MOST_KEPT))) {
    screen.dispose();
    screens.delete(number);
  }
}

server.on("terminals/output", ({ terminal, text }) => screenOf(terminal).write(text));
server.on("terminals/ended", ({ terminal, ...ending }) => screenOf(terminal).end(ending));
// What ran for this page ends with its connection.
server.watch(() => {
  if (server.state === "open") return;
  for (const screen of screens.values())
    if (screen.ending === undefined)
      screen.end({ code: null, signal: null, problem: "the connection ended" });
});
dark.addEventListener("change", () => {
  for (const screen of screens.values()) screen.followColours();
});
