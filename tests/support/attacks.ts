// Runs attack programs for tests, and reads what they print. Everything is removed after each test.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ChildProgram } from "../../programs/child-program.ts";
import { startProgram } from "../../programs/stage-programs.ts";

/** Runs attacks. Construct it in a describe. */
export class AttackScene {
  /** A folder for files of the test and for the attacks' temporary files. */
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

  /** Starts any program of the course. */
  start(file: string, argv: readonly string[]): ChildProgram {
    const program = startProgram(file, argv, { environment: { NO_COLOR: "1", TMPDIR: this.folder } });
    this.#programs.push(program);
    return program;
  }

  /** Starts `npm run attack -- ARGV`, but without npm. */
  startAttack(...argv: string[]): ChildProgram {
    return this.start("attacks/attack.ts", argv);
  }

  /** Runs an attack that must succeed or be stopped as expected. @returns the lines that it has printed */
  async attack(...argv: string[]): Promise<string[]> {
    const program = this.startAttack(...argv);
    const code = await program.exitCode();
    expect(`${code} ${program.errors}`, program.lines.join("\n")).to.equal("0 ");
    return program.lines;
  }
}

/** The proofs that an attack has printed. */
export function proofs(lines: readonly string[]): string[] {
  return behind(lines, "proof");
}

/** The lines that say what has stopped an attack. */
export function stops(lines: readonly string[]): string[] {
  return behind(lines, "stopped");
}

function behind(lines: readonly string[], word: string): string[] {
  return lines.flatMap((line) => (line.startsWith(`${word}: `) ? [line.slice(word.length + 2)] : []));
}

/** All safety numbers on the screens, in order. */
export function safetyNumbers(lines: readonly string[]): string[] {
  return lines.flatMap((line) => / safety number with \S+: ((?:\d{5} ?){6})$/.exec(line)?.[1] ?? []);
}

/** A random text. */
export function secret(): string {
  return `the word of the day is ${randomBytes(6).toString("hex")}`;
}
