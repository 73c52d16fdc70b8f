// A real Chromium for tests of the page: its start, profiles (one context each), and deadlines. Tests that need it are left
// out by name where it is missing, and are an error in CI.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { withStage06, withTool } from "../../tests/support/tools.ts";

/** Where it is looked for: the variable says so, else these names are tried. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Without these, Chromium asks hosts of its maker at every start, and needs a graphics card. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long a step in the page may take, in milliseconds, also on a busy machine. */
export const STEP_DEADLINE = 60_000;

/** The program that is started: Debian's Chromium, or what CHROMIUM in the environment says. */
export function chromiumProgram(): string {
  if (process.env.CHROMIUM !== undefined) return process.env.CHROMIUM;
  const isThere = (name: string) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;
  return NAMES.find(isThere) ?? "chromium";
}

/** Defines tests that need Chromium and the stage's own packages. */
export function withChromium(title: string, define: () => void): void {
  withStage06(title, () => withTool(chromiumProgram(), ["--version"], `${title}, in Chromium`, define));
}

/**
 * Starts Chromium without a window. Whoever starts it closes it.
 * @param flags more of Chromium's flags, such as a camera that plays a file
 */
export async function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  // Only here, so that this file can be loaded without the stage's packages.
  const { chromium } = await import("playwright-core");
  const program = chromiumProgram();
  const executablePath = existsSync(program) ? program : pathOf(program);
  // Chromium's own sandbox does not run for root, and not in most containers.
  const sandbox = process.getuid?.() === 0 || process.env.CI ? ["--no-sandbox"] : [];
  return await chromium.launch({ executablePath, args: [...FLAGS, ...sandbox, ...flags] });
}

function pathOf(program: string): string {
  const found = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program));
  return found.find((path) => existsSync(path)) ?? program;
}

/** How a profile sees the page. */
export interface ProfileOptions {
  /** In pixels. */
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
}

/** One user's browser profile, with one tab. */
export interface Profile {
  context: BrowserContext;
  page: Page;
  /** Errors that no code of the page has caught, and what its console says of errors. */
  errors: string[];
}

/** Opens a profile of its own: it shares no storage with the others. */
export async function openProfile(browser: Browser, options: ProfileOptions = {}): Promise<Profile> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 844 },
    colorScheme: options.scheme ?? "light",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(STEP_DEADLINE);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { context, page, errors };
}

/**
 * The errors that are faults of the page. What the browser itself says of connections to nodes that were killed is none: a
 * request that was under way then ends in one of several ways.
 */
export function faultsIn(errors: readonly string[]): string[] {
  return errors.filter((error) => !/WebSocket|net::ERR_/.test(error));
}
