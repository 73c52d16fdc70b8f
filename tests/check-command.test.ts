// Tests `npm run check` as a program: what it prints and writes, how it ends, and that it leaves nothing behind.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { loadCapture } from "../captures/follow/load.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { untilGone } from "./support/until.ts";

/** A server in one line of JavaScript: it answers every request with `= 21`. */
const ALWAYS_21 =
  "require('node:net').createServer(s => s.on('data', () => s.write('= 21\\n')).on('error', () => {})).listen(Number(process.argv[1]))";
/** The same, started by a program that only waits. If only that program is killed, the server stays. */
const WRAPPED =
  "const c = require('node:child_process').spawn(process.execPath, ['-e', process.argv[1], process.argv[2]]); require('node:fs').writeFileSync(process.argv[3], String(c.pid)); setInterval(() => {}, 1000)";

const node = `"${process.execPath}"`;

describe("npm run check", () => {
  let folder: string;
  const programs: ChildProgram[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "check-"));
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    rmSync(folder, { recursive: true });
  });

  async function check(...argv: string[]): Promise<{ text: string; errors: string; code: number | null }> {
    const program = startProgram("checks/check.ts", argv);
    programs.push(program);
    const code = await program.exitCode();
    return { text: program.lines.join("\n"), errors: program.errors, code };
  }

  it("passes the course's own program, and tells how to run the same again", async () => {
    const { text, code } = await check("01/P1.4", "--seed", "7");
    expect(text).to.contain("passed").and.to.contain("0 failed, 0 could not run");
    expect(text).to.contain("npm run check -- 01/P1.4 --seed 7");
    expect(code).to.equal(0);
  });

  it("names the line of the TypeScript file at which a program of a student's has ended", async () => {
    const stage = join(folder, "01-calculator");
    cpSync(join(COURSE_FOLDER, "01-calculator"), stage, { recursive: true });
    const file = join(stage, "evaluate.ts");
    const lines = readFileSync(file, "utf8").split("\n");
    const line = lines.findIndex((text) => text.startsWith("export function reply(")) + 1;
    lines.splice(line, 0, '  if (line.includes("*")) throw new Error("planted");');
    writeFileSync(file, lines.join("\n"));
    const { text, code } = await check("01/P1.4", "--folder", stage);
    expect(code).to.equal(1);
    expect(text)
      .to.contain(`${file}:${line + 1}\n`)
      .and.to.contain("Error: planted");
  });

  it("fails a program that always says the same, with the first difference, the clause and a report", async () => {
    const junit = join(folder, "report.xml");
    const record = join(folder, "run.pcap");
    const server = `${node} -e "${ALWAYS_21}" {port}`;
    const { text, code } = await check("01/P1.4", "--server", server, "--junit", junit, "--record", record);
    expect(code).to.equal(1);
    expect(text).to.match(/FAILED {2}01\/P1\.4-/);
    expect(text).to.match(/expected: {2}"= 20\\n"\n *received: {2}"= 21\\n"\n *\^ first difference/);
    expect(text).to.match(/likely: {4}\S/);
    const packet = Number(/packet: {4}([0-9]+) of run\.pcap/.exec(text)?.[1]);
    expect(readFileSync(junit, "utf8")).to.match(
      /^<\?xml [\s\S]*<failure message="[^"]+">[\s\S]*<\/testsuites>\n$/,
    );
    const { packets } = await loadCapture(record, false);
    expect(packets).to.be.at.least(packet);
  });

  it("prints one JSON object", async () => {
    const { text, code } = await check("01/P1.4", "--json");
    const report = JSON.parse(text);
    expect(report.stage).to.equal("01");
    expect(report.passed).to.be.greaterThan(0);
    expect(report.checks).to.have.length(report.passed);
    expect(report.checks[0]).to.include({ clause: "P1.4", verdict: "passed" });
    expect(code).to.equal(0);
  });

  it("stops at once when the program ends by itself, and shows its last lines", async () => {
    const server = `${node} -e "console.error('no such table'); process.exit(3)" {port}`;
    const { text, code } = await check("01/P1.4", "--server", server, "--timeout", "600");
    expect(code).to.equal(2);
    expect(text).to.contain("NOT RUN").and.to.contain("exit code 3").and.to.contain("no such table");
  });

  it("says so if the program is not there", async () => {
    const { text, code } = await check("01/P1.4", "--server", "no-such-program {port}");
    expect(code).to.equal(2);
    expect(text).to.contain("no-such-program is not installed");
  });

  it("ends what the program has started", async () => {
    const pidFile = join(folder, "pid");
    const server = `${node} -e "${WRAPPED}" "${ALWAYS_21}" {port} "${pidFile}"`;
    const { text } = await check("01/P1.4", "--server", server);
    expect(text).to.contain("first difference");
    await untilGone(Number(readFileSync(pidFile, "utf8")));
  });

  it("lists the checks and runs none", async () => {
    const { text, code } = await check("02/P2.2", "--list");
    expect(text).to.match(/^02\/P2\.2-[a-z-]+ +server: /m);
    expect(code).to.equal(0);
  });

  it("says that a peer ends by itself, once for all its checks", async () => {
    const peer = `${node} -e "console.error('no such table'); process.exit(3)" --`;
    const { text, code } = await check("05/P8.5", "--peer", peer);
    expect(text).to.contain("no such table").and.to.contain("all 4 checks of the peer");
    expect(code).to.equal(2);
  });

  for (const [argv, line] of [
    [["07"], /^error: name a stage/],
    [["05", "--server", "x"], /^error: stage 05 has no program for --server/],
    [["04", "--peer", "x"], /^error: stage 04 has no program for --peer/],
    [["02/P9.9"], /^error: stage 02 has no checks of "P9\.9"/],
    [["01", "--server", 'x "y'], /^error: the quote " is not closed/],
    [["01", "--bogus"], /^error: Unknown option '--bogus'/],
    [["01", "--timeout", "soon"], /^error: --timeout takes a number/],
    [["01/P1.4", "--client", "x"], /^error: none of these checks looks at a client/],
  ] as const) {
    it(`answers ${argv.join(" ")} with one line`, async () => {
      const { errors, code } = await check(...argv);
      expect(errors).to.match(line);
      expect(errors.trim().split("\n")).to.have.length(1);
      expect(code).to.equal(2);
    });
  }
});
