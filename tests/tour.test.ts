import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { startProgram } from "../programs/stage-programs.ts";
import { Screen } from "./support/screen.ts";
import { withTool } from "./support/tools.ts";
import { untilGone } from "./support/until.ts";

/** The ids of all processes that a process has started, directly or indirectly. */
function descendants(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "ppid=,pid="], { encoding: "utf8" }).trim().split("\n");
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const children = parents.filter(([parent]) => parent === pid).map(([, child = 0]) => child);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

describe("the tour", () => {
  it("shows all stages, and what could be read and changed on the way", async () => {
    const tour = startProgram("course/tour.ts", [], { environment: { NO_COLOR: "1" } });
    for (const stage of ["02", "03", "04", "05"]) await tour.line(new RegExp(`^Stage ${stage} `));
    await tour.line("What somebody on the way could do");
    await tour.line(/^ {2}01 calculator +yes +not noticed$/);
    await tour.line(/^ {2}02 peer to peer +yes +not noticed$/);
    await tour.line(/^ {2}03 Diffie-Hellman and XOR +no \* +not noticed$/);
    await tour.line(/^ {2}04 AES-256-CBC and MAC +no \*\* +noticed, chat ended$/);
    await tour.line(/^ {2}05 peers in one network +no \*\*\* +noticed, chat ended$/);
    await tour.line("  *   not readable as it stands; lesson 03 breaks it");
    await tour.line("  **  if they compared safety numbers; if not: npm run attack -- mitm --stage 04");
    await tour.line("  *** who Bob is, a pinned key proves; at first contact, compare once");
    expect(await tour.exitCode()).to.equal(0);
    const text = tour.lines.join("\n");
    expect(text).to.include('hello, Bob          alice> hello, Bob   7b 22 74 79 70 65 22 3a  {"type":');
    expect(text.match(/printed: +alice> pay 900 to carol/g)).to.have.length(2);
    expect(text.match(/printed: +chat with alice lost: /g)).to.have.length(1);
    // Stage 05: found, proved, a word, changed on the way and said again, gone.
    const scene = text.slice(text.indexOf("Stage 05 "));
    expect(scene).to.match(/found: bob\n[\s\S]*safety number with bob: (?:[0-9]{5} ){5}[0-9]{5}\n/);
    expect(scene).to.match(/\(nothing\) +found: alice +67 41 41 41 41 41 /); // Every token begins like this.
    expect(scene).to.match(/hello, Bob +alice> hello, Bob +3c 31 32 37 /);
    expect(scene).to.match(
      /program: +disconnected from alice: .*\(bad-record\)\n.*program: +alice> pay 100 to carol .*\n.*left: bob\n/,
    );
    for (const line of tour.lines) expect(line.length, line).to.be.lessThan(140);
    const table = tour.lines.slice(tour.lines.indexOf("What somebody on the way could do"));
    for (const line of table) expect(line.length, line).to.be.at.most(80);
    expect(tour.errors).to.equal("");
    // Nobody can press a key here, so it asks for none.
    expect(text).to.not.include("any key");
    expect(text).to.match(/\n {2}npm run lesson .*\n {2}npm run learn .*\n {2}npm run learn -- --short .*$/);
    // Stage 06 is named, and not started: it needs packages and a browser.
    expect(text).to.match(
      /\nStage 06, .*\n {2}npm run 06:setup .*\n {2}npm run 06 .*\n\nYour turn, .*\n {2}npm run web .*\n\nOr in two terminals:\n/,
    );
    expect(text).to.not.match(/^Stage 06 /m);
  });

  if (process.platform !== "win32") {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      it(`leaves no process behind when ${signal} interrupts it`, async () => {
        const tour = startProgram("course/tour.ts");
        await tour.line(/^Stage 02/);
        await tour.line(/^A registry/);
        let started = descendants(tour.pid);
        // Between two of its programs there may be none for a moment.
        if (process.platform === "linux")
          for (let look = 0; look < 1000 && started.length === 0; look += 1) {
            await new Promise((resolve) => setTimeout(resolve, 10));
            started = descendants(tour.pid);
          }
        tour.signal(signal);
        expect(await tour.exitCode()).to.be.oneOf([130, 143]);
        if (process.platform === "linux") expect(started).to.not.be.empty;
        await untilGone(...started);
      });
    }
  }
});

withTool("tmux", ["-V"], "the tour in a real terminal", () => {
  const ASKS = "any key goes on, q ends";
  let screen: Screen;

  afterEach(() => screen.close());

  it("waits for a key after each stage, and ends with what to do next", async () => {
    screen = new Screen("course/tour.ts");
    for (const [stage, key] of [
      ["01", "Space"],
      ["02", "Enter"],
      ["03", "x"],
      ["04", "Down"],
      ["05", "y"],
    ] as const) {
      const shown = await screen.shows(
        new RegExp(`\\nStage ${stage} [\\s\\S]*${ASKS}$|^Stage ${stage} [\\s\\S]*${ASKS}$`),
      );
      expect(shown).to.not.include("What somebody on the way could do");
      screen.press(key);
    }
    const end = await screen.shows("exit code 0");
    expect(end).to.match(/^ {2}04 AES-256-CBC and MAC +no \*\* +noticed, chat ended$/m);
    expect(end).to.match(/^ {2}05 peers in one network +no \*\*\* +noticed, chat ended$/m);
    expect(end).to.match(
      /\n {2}npm run lesson .*\n {2}npm run learn .*\n {2}npm run learn -- --short .*\nexit code 0$/,
    );
    expect(end).to.not.include(ASKS);
    screen.enter("echoed");
    await screen.shows(/echoed\n+echoed$/); // The terminal is as it was.
  });

  it("ends at q, and says what to do next; at Ctrl-C it ends at once", async () => {
    screen = new Screen("course/tour.ts");
    await screen.shows(ASKS);
    screen.type("q");
    const left = await screen.shows("exit code 0");
    expect(left).to.include("npm run learn").and.to.not.include("Stage 02");
    expect(left).to.include("npm run 06:setup");
    screen.close();
    screen = new Screen("course/tour.ts");
    await screen.shows(ASKS);
    screen.press("C-c");
    expect(await screen.shows("exit code 130")).to.not.include("npm run learn");
  });
});
