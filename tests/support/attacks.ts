// Attack programs as a test runs them, and what they have printed. All is gone after each test.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ChildProgram } from "../../programs/child-program.ts";
import { startProgram } from "../../programs/stage-programs.ts";

/** Where attacks run: call it in a describe. */
export class AttackScene {
  /** A folder for files of the test, and for the attacks' temporary ones. */
  folder = "";
  #programs: ChildProgram[] = [];

  constructor() {
    beforeEach(() => {
      this.folder = mkdtempSync(join(tmpdir(), "attacks-test-"));
    });
    afterEach(async () => {
      await Promise.all(this.#programs.splice(0).map((program) => program.kill()));
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** Any program of the course. */
  start(file: string, argv: readonly string[]): ChildProgram {
    const program = startProgram(file, argv, { environment: { NO_COLOR: "1", TMPDIR: this.folder } });
    this.#programs.push(program);
    return program;
  }

  /** `npm run attack -- ARGV`, without npm. */
  startAttack(...argv: string[]): ChildProgram {
    return this.start("attacks/attack.ts", argv);
  }

  /** Runs an attack that goes as it should. @returns what it has printed */
  async attack(...argv: string[]): Promise<string[]> {
    const program = this.startAttack(...argv);
    const code = await program.exitCode();
    expect(`${code} ${program.errors}`, program.lines.join("\n")).to.equal("0 ");
    return program.lines;
  }
}

/** What an attack has proved. */
export function proofs(lines: readonly string[]): string[] {
  return behind(lines, "proof");
}

/** What has stopped an attack. */
export function stops(lines: readonly string[]): string[] {
  return behind(lines, "stopped");
}

function behind(lines: readonly string[], word: string): string[] {
  return lines.flatMap((line) => (line.startsWith(`${word}: `) ? [line.slice(word.length + 2)] : []));
}

/** The safety numbers that screens have shown, in the order in which they were shown. */
export function safetyNumbers(lines: readonly string[]): string[] {
  return lines.flatMap((line) => / safety number with \S+: ((?:\d{5} ?){6})$/.exec(line)?.[1] ?? []);
}

/** A text that nobody has said before. */
export function secret(): string {
  return `the word of the day is ${randomBytes(6).toString("hex")}`;
}
