// A live recording beside a page. Where nobody may capture, our recorder writes down what programs say, if it is loaded with
// them: the page loads it with those that it starts meanwhile.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIVE = /^npm run capture -- 0[1-4] --live\b/;
const RECORDED = /\bnpm run 0[1-4]:(?:server|client)\b/;
const RECORDER = new URL("../../captures/record/recorder.ts", import.meta.url).href;

/** Where the recorder writes while a recording runs. */
export class RecorderLog {
  readonly #folder = mkdtempSync(join(tmpdir(), "capture-"));

  /** @returns undefined if the command does not record what other programs do */
  static of(command: string): RecorderLog | undefined {
    return LIVE.test(command) ? new RecorderLog() : undefined;
  }

  /** What the recording has to know of it. */
  get environment(): Record<string, string> {
    return { CAPTURE_LOG: this.#folder };
  }

  /** What loads the recorder with a program; nothing for programs that are not recorded. */
  environmentOf(command: string): Record<string, string> {
    if (!RECORDED.test(command)) return {};
    // The recorder is TypeScript: tsx comes first.
    const options = [process.env.NODE_OPTIONS, "--import tsx", `--import ${RECORDER}`].filter((one) => one);
    return { CAPTURE_LOG: this.#folder, NODE_OPTIONS: options.join(" ") };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
