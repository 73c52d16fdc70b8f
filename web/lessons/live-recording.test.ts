// A live recording beside a page, with real programs: what they say is recorded where nobody may capture.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { linesOf } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { freePorts } from "../../programs/free-ports.ts";
import { until } from "../../tests/support/until.ts";
import { loadTerminals } from "../terminals/start-in-terminal.ts";
import { FakePage } from "../testing/fake-page.ts";
import { shownBlocks } from "./console-parts.ts";
import { ConsoleRuns, type TerminalOpener } from "./console-runs.ts";

describe("a live recording beside a page", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "live-recording-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("has what the programs of the page say, without a right to capture", async () => {
    const start = await loadTerminals();
    const printed: string[] = [];
    const logs: string[] = [];
    const terminals: TerminalOpener = {
      open: async (_, words, options) => {
        const number = printed.push("") - 1;
        logs.push(options.environment.CAPTURE_LOG ?? "");
        const program = start(words, options);
        program.onOutput((text) => {
          printed[number] += text;
        });
        return { number, program };
      },
    };
    const runs = new ConsoleRuns(COURSE_FOLDER, terminals);
    const [port] = await freePorts([0]);
    const file = join(folder, "live.pcap");
    const text = `
\`\`\`console terminal=capture
$ npm run capture -- 01 --live ${file} --method recorder --port ${port}
^C
\`\`\`

\`\`\`console terminal=server
$ npm run 01:server -- --port ${port}
^C
\`\`\`

\`\`\`console
$ npm run 01:client -- --port ${port} "2 + 3"
\`\`\`
`;
    const blocks = shownBlocks("a-page.md", text);
    const page = new FakePage();
    const step = (block: number, line: number): Promise<number> =>
      runs.step(page, { lesson: "01-1", block, line, columns: 200, rows: 24 }, blocks);
    const says = (number: number, words: string): Promise<void> =>
      until(() => printed[number]?.includes(words) === true, words);
    await step(0, 0);
    await says(0, "Ctrl-C here ends the recording");
    await step(1, 0);
    await says(1, "listening on");
    await step(2, 0);
    await says(2, "5");
    await step(1, 1);
    await step(0, 1);
    await says(0, "recorded 01 with our recorder");
    const { streams } = await loadCapture(file, true);
    const lines = streams.flatMap((stream) => linesOf(stream));
    expect(lines.map((line) => ("bytes" in line ? String(line.bytes) : line.kind))).to.deep.equal([
      "2 + 3",
      "= 5",
    ]);
    // Nothing is left behind.
    await until(() => !existsSync(logs[0] ?? ""), "the recorder's folder is removed");
    expect(readdirSync(folder)).to.deep.equal(["live.pcap"]);
    await runs.leave(page);
  });
});
