import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withStage06 } from "../tests/support/tools.ts";

withStage06("the bundle of the page", () => {
  let folder: string;
  let bundlePage: typeof import("./bundle.ts").bundlePage;

  before(async () => {
    ({ bundlePage } = await import("./bundle.ts"));
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("P10.13 is one script of a file and all that it imports", async () => {
    writeFileSync(
      join(folder, "one.ts"),
      'import { two } from "./two.ts";\nconsole.log(two satisfies number);\n',
    );
    writeFileSync(join(folder, "two.ts"), "export const two = 1 + 1;\n");
    const { script, size, parts } = await bundlePage(join(folder, "one.ts"));
    const text = new TextDecoder().decode(script);
    expect([...parts]).to.deep.equal([]);
    expect(size).to.equal(script.length);
    expect(text)
      .to.match(/console\.log\(/)
      .and.not.match(/import|satisfies/);
  });

  it("P10.13 what is imported only when it is needed becomes a script of its own, and the first one names it", async () => {
    const later = "./later.ts";
    writeFileSync(join(folder, "main.ts"), `void import("${later}").then(({ later }) => later());\n`);
    writeFileSync(join(folder, "later.ts"), 'export const later = (): void => console.log("much later");\n');
    const { script, parts } = await bundlePage(join(folder, "main.ts"));
    const [[name, part] = []] = [...parts];
    expect(parts.size).to.equal(1);
    expect(name).to.match(/^part-[A-Z0-9]+\.js$/);
    expect(new TextDecoder().decode(part)).to.include("much later");
    expect(new TextDecoder().decode(script)).to.include(`import("./${name}")`).and.not.include("much later");
  });

  it("P10.13 a mistake gives one sentence with file and line", async () => {
    writeFileSync(join(folder, "bad.ts"), "const one = 1;\nconst two = ;\n");
    writeFileSync(join(folder, "lost.ts"), 'import { x } from "./nowhere.ts";\nconsole.log(x);\n');
    for (const [name, expected] of [
      ["bad.ts", /^the page cannot be bundled: .*bad\.ts, line 2: Unexpected ";"$/],
      ["lost.ts", /^the page cannot be bundled: .*lost\.ts, line 1: Could not resolve "\.\/nowhere\.ts"$/],
      ["gone.ts", /^the page cannot be bundled: Could not resolve/],
    ] as const) {
      const error = await bundlePage(join(folder, name)).catch((reason: unknown) => reason);
      expect((error as Error).message).to.match(expected);
    }
  });

  it("P10.13 the engine of a page needs nothing of Node.js", async () => {
    const entry = join(import.meta.dirname, "testing", "page-engine.ts");
    const text = new TextDecoder().decode((await bundlePage(entry)).script);
    expect(text.length).to.be.greaterThan(100_000);
    expect(text).not.to.match(/["']node:/);
    const copies = text.split('The "value" argument must be a Uint8ArrayList or Uint8Array').length - 1;
    expect(copies, "copies of a package that is installed many times, in two versions").to.be.within(1, 2);
  });
});
