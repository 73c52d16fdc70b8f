// The colours of a terminal: the page's own, by its custom properties, and the sixteen that programs name.

import type { ITheme } from "@xterm/xterm";

const LIGHT: ITheme = {
  black: "#18212b",
  red: "#b42318",
  green: "#0b6b57",
  yellow: "#7a4d00",
  blue: "#1f4fd8",
  magenta: "#7a1fa2",
  cyan: "#0b6477",
  white: "#55616e",
  brightBlack: "#55616e",
  brightRed: "#b42318",
  brightGreen: "#0b6b57",
  brightYellow: "#7a4d00",
  brightBlue: "#1f4fd8",
  brightMagenta: "#7a1fa2",
  brightCyan: "#0b6477",
  brightWhite: "#18212b",
};

const DARK: ITheme = {
  black: "#2d3742",
  red: "#ff9c92",
  green: "#69d3b4",
  yellow: "#f0c064",
  blue: "#8ab0ff",
  magenta: "#dd9cf7",
  cyan: "#7fd4e4",
  white: "#e5ebf1",
  brightBlack: "#a0adba",
  brightRed: "#ff9c92",
  brightGreen: "#69d3b4",
  brightYellow: "#f0c064",
  brightBlue: "#8ab0ff",
  brightMagenta: "#dd9cf7",
  brightCyan: "#7fd4e4",
  brightWhite: "#ffffff",
};

export const dark = matchMedia("(prefers-color-scheme: dark)");

/** What the system prefers now. */
export function terminalColours(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ...(dark.matches ? DARK : LIGHT),
    background: colour("--panel"),
    foreground: colour("--text"),
    cursor: colour("--accent"),
    cursorAccent: colour("--panel"),
    selectionBackground: colour("--chosen"),
    selectionForeground: colour("--text"),
  };
}
