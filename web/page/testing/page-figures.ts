// Measures the course's page in a real Chromium: how long its user waits for it and for a text on the other's screen, whether
// ten thousand lines scroll smoothly, and whether a capture of 200 MB stops the page. `npm run bench -- web` starts it as a
// program of its own, which prints its rows as one JSON text.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser, openProfile, type Profile } from "../../../06-dht-chat/testing/browser.ts";
import { writeTraffic } from "../../../bench/capture-files.ts";
import type { Limit, Row } from "../../../bench/report.ts";
import { median, percentile } from "../../../bench/statistics.ts";
import { ChildProgram } from "../../../programs/child-program.ts";
import { nodeCommand } from "../../../programs/node-command.ts";
import { startWeb, type Web } from "../../program.ts";
import { letFunctionsIn, type Page } from "./in-browser.ts";

type Browser = Awaited<ReturnType<typeof launchBrowser>>;

const STARTS = 7;
const RUNS = 3;
const KEY_PRESSES = 40;
/** Half of them are questions, the others answers. */
const LINES = 10_000;
const SCROLLED_FRAMES = 300;
/** The size of the capture, in bytes. */
const CAPTURE = 200_000_000;
/** How long a step may take that is measured, in milliseconds. */
const PATIENCE = 180_000;

/** In milliseconds: what the course promises, and for the page's main thread what a user does not notice. */
const LIMITS = { ready: 1000, key: 60, frame: 34, blocked: 100 } as const;

const atMost = (value: number): Limit => ({ bound: "at most", value, of: "value" });

/** What is measured in the browser, one after the other. */
const PARTS: Readonly<Record<string, (browser: Browser, web: Web, folder: string) => Promise<Row[]>>> = {
  keys: measureKeys,
  lines: measureLines,
  "a large capture": measureCapture,
};

async function measure(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-web-"));
  const web = await startWeb({ port: 0, folder });
  const browser = await launchBrowser();
  try {
    const rows = [await measureStarts()];
    for (const [what, part] of Object.entries(PARTS)) {
      console.error(`  ${what} …`);
      rows.push(...(await part(browser, web, folder)));
    }
    return rows;
  } finally {
    await browser.close();
    await web.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(browser: Browser): Promise<Profile> {
  const profile = await openProfile(browser);
  await letFunctionsIn(profile);
  return profile;
}

async function measureStarts(): Promise<Row> {
  const runs: number[] = [];
  for (let run = 0; run < STARTS; run += 1) {
    const start = performance.now();
    const words = [...nodeCommand("web/web.ts"), "--no-open", "--port", "0"];
    const program = new ChildProgram("npm run web", words);
    await program.line(/^the course: /);
    runs.push(performance.now() - start);
    await program.kill();
  }
  return { name: "until the address is printed", unit: "ms", runs, limit: atMost(LIMITS.ready) };
}

/** From Enter in Alice's terminal until the frame in which Bob's shows the text, all within the page. */
async function measureKeys(browser: Browser, web: Web): Promise<Row[]> {
  const medians: number[] = [];
  const slowest: number[] = [];
  const { page, context } = await open(browser);
  await page.goto(web.address("/wire/02"));
  await page.locator(".people.stage-02 .sayings button:enabled").first().waitFor();
  await page.getByRole("textbox", { name: "Alice", exact: true }).focus();
  let number = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const times: number[] = [];
    for (let i = 0; i < KEY_PRESSES; i += 1) {
      number += 1;
      const text = `hi ${number} there`;
      await page.keyboard.type(text);
      await shows(page, "Alice", text);
      // It looks out for the key before the key is pressed.
      const looking = await page.evaluateHandle(untilShown, { name: "Bob", text: `alice> ${text}` });
      await page.keyboard.press("Enter");
      times.push(await looking.evaluate(({ shown }) => shown));
      await shows(page, "Alice", `delivered to bob: ${number}`);
    }
    medians.push(median(times));
    slowest.push(percentile(times, 0.95));
  }
  await context.close();
  const name = "from key press to the other's screen, with the wire";
  return [
    { name: `${name}, 50th percentile`, unit: "ms", runs: medians, limit: atMost(LIMITS.key) },
    { name: `${name}, 95th percentile`, unit: "ms", runs: slowest, limit: atMost(LIMITS.key) },
  ];
}

/** Runs in the page. Tells how many milliseconds pass from the next key press until a frame begins with the text in it. */
function untilShown({ name, text }: { name: string; text: string }): { shown: Promise<number> } {
  const rows = document.querySelector(`course-terminal[label="${name}"] .xterm-rows`);
  const isShown = (): boolean => rows?.textContent?.replaceAll("\u00a0", " ").includes(text) ?? false;
  const shown = new Promise<number>((resolve) => {
    const onKey = ({ timeStamp }: KeyboardEvent): void => {
      const look = (): void => {
        if (isShown()) resolve(performance.now() - timeStamp);
        else requestAnimationFrame(look);
      };
      look();
    };
    addEventListener("keydown", onKey, { capture: true, once: true });
  });
  return { shown };
}

async function shows(page: Page, name: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([label, wanted]) =>
      document
        .querySelector(`course-terminal[label="${label}"] .xterm-rows`)
        ?.textContent?.replaceAll("\u00a0", " ")
        .includes(wanted),
    [name, text] as const,
    { polling: 5 },
  );
}

async function measureLines(browser: Browser, web: Web): Promise<Row[]> {
  const { page, context } = await open(browser);
  await page.goto(web.address("/wire/01"));
  await page.locator(".people.stage-01 .sayings button:enabled").first().waitFor();
  await page.evaluate((count) => navigator.clipboard.writeText("1+1\n".repeat(count)), LINES / 2);
  await page.getByRole("textbox", { name: "Alice", exact: true }).focus();
  const blocked = await page.evaluateHandle(watchMainThread);
  const start = performance.now();
  await page.keyboard.press("Control+V");
  const last = `.line[aria-setsize="${LINES}"][aria-posinset="${LINES}"]`;
  await page.locator(last).waitFor({ timeout: PATIENCE });
  const seconds = (performance.now() - start) / 1000;
  const longest = await blocked.evaluate((watched) => watched.longest());
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run += 1)
    runs.push(percentile(await page.evaluate(framesWhileScrolling, SCROLLED_FRAMES), 0.95));
  await context.close();
  const lines = LINES.toLocaleString("en-US");
  return [
    { name: `${lines} lines, typed at once: until all are on the wire`, unit: "s", runs: [seconds] },
    { name: "the longest time that the page stood still meanwhile", unit: "ms", runs: [longest] },
    {
      name: `scrolling through ${lines} lines: a frame, 95th percentile`,
      unit: "ms",
      runs,
      limit: atMost(LIMITS.frame),
    },
  ];
}

/** Runs in the page. @returns how long each frame took, in milliseconds, while the list of lines was scrolled through */
async function framesWhileScrolling(count: number): Promise<number[]> {
  const box = document.querySelector(".lines");
  if (box === null) throw new Error("there is no list of lines");
  const step = (box.scrollHeight - box.clientHeight) / count;
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  box.scrollTop = 0;
  const times = [await frame()];
  for (let i = 1; i <= count; i += 1) {
    box.scrollTop = i * step;
    times.push(await frame());
  }
  return times.slice(1).map((time, i) => time - (times[i] ?? time));
}

async function measureCapture(browser: Browser, web: Web, folder: string): Promise<Row[]> {
  const path = join(folder, "large.pcap");
  writeTraffic(path, { payload: 1448, answer: 0, repeated: false }, CAPTURE);
  const { page, context } = await open(browser);
  await page.goto(web.address("/captures"));
  const input = page.locator("capture-drop input[type=file]");
  await input.waitFor({ state: "attached" });
  const blocked = await page.evaluateHandle(watchMainThread);
  const start = performance.now();
  await input.setInputFiles(path);
  await page.getByRole("row", { name: /TCP 0/ }).waitFor({ timeout: PATIENCE });
  const seconds = (performance.now() - start) / 1000;
  const longest = await blocked.evaluate((watched) => watched.longest());
  await context.close();
  return [
    { name: "a capture of 200 MB: until its connections are listed", unit: "s", runs: [seconds] },
    {
      name: "the longest time that the page stood still meanwhile",
      unit: "ms",
      runs: [longest],
      limit: atMost(LIMITS.blocked),
    },
  ];
}

/** Runs in the page. Tells the longest time during which nothing else could run, in milliseconds. */
function watchMainThread(): { longest(): number } {
  let longest = 0;
  let before = performance.now();
  // A message comes as soon as nothing else runs; a timer would wait for 4 ms.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    port2.postMessage(null);
  };
  port2.postMessage(null);
  return { longest: () => longest };
}

console.log(JSON.stringify(await measure()));
// A socket or a program that is still open does not hold this one.
process.exit();
