// Every import follows the plan in authoring/import-rules.ts, and no files import each other in a circle.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  findCircle,
  IMPORT_RULES,
  type Import,
  importProblem,
  importsOf,
} from "../authoring/import-rules.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

/** Folders without our code, or with code that is wrong on purpose. */
const NO_CODE = /^(?:node_modules|work|\.git|06-dht-chat\/node_modules|authoring\/wrong-answers)\//;

const FILES: readonly string[] = readdirSync(COURSE_FOLDER).flatMap((top) => {
  if (NO_CODE.test(`${top}/`)) return [];
  if (top.endsWith(".ts")) return [top];
  try {
    return readdirSync(join(COURSE_FOLDER, top), { recursive: true, encoding: "utf8" })
      .map((name) => `${top}/${name.replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".ts") && !NO_CODE.test(file));
  } catch {
    return []; // This is a file, not a folder.
  }
});

const IMPORTS: readonly Import[] = FILES.flatMap((file) =>
  importsOf(file, readFileSync(join(COURSE_FOLDER, file), "utf8")),
);

describe("the imports of all files", () => {
  it("are many, and lead to files that exist", () => {
    expect(FILES.length).to.be.greaterThan(300);
    expect(IMPORTS.length).to.be.greaterThan(1000);
    const missing = IMPORTS.filter(
      ({ target }) => target.endsWith(".ts") && !existsSync(join(COURSE_FOLDER, target)),
    );
    expect(missing).to.deep.equal([]);
  });

  it("keep the plan of the house", () => {
    expect(IMPORTS.flatMap((one) => importProblem(one) ?? [])).to.deep.equal([]);
  });

  it("make no circle", () => {
    expect(findCircle(IMPORTS)).to.equal(undefined);
  });

  it("are of folders that all stand in the plan", () => {
    const tops = new Set(FILES.map((file) => file.split("/")[0] ?? ""));
    const known = new Set([
      ...Object.keys(IMPORT_RULES).map((folder) => folder.split("/")[0] ?? ""),
      "tests",
      "bench",
    ]);
    expect([...tops].filter((top) => !known.has(top))).to.deep.equal([]);
  });
});

describe("the rules for imports", () => {
  const problems = (file: string, text: string): string[] =>
    importsOf(file, text).flatMap((one) => importProblem(one) ?? []);

  it("refuse what the plan does not have", () => {
    const refused: [string, string][] = [
      ["02-basic-p2p/peer.ts", 'import { a } from "../01-calculator/lines.ts";'],
      ["02-basic-p2p/peer.ts", 'import { x } from "lodash";'],
      ["programs/child-program.ts", 'import type { A } from "../terminal/paint.ts";'],
      ["captures/read/packet.ts", 'import {\n  type A,\n  b,\n} from "../follow/follow.ts";'],
      ["captures/explain/unseal.ts", 'import { a } from "../../terminal/text.ts";'],
      ["captures/explain/unseal.ts", 'import { a } from "../../04-aes-chat/peer.ts";'],
      ["checks/engine/scene.ts", 'export * from "../../course/exercises/exercises.ts";'],
      ["checks/lines.ts", 'const a = await import("../02-basic-p2p/lines.ts");'],
      ["course/tour.ts", 'import { a } from "../04-aes-chat/sealed-lines.ts";'],
      ["course/tour.ts", 'import "../authoring/rules.ts";'],
      ["attacks/lab.ts", 'import { a } from "../checks/index.ts";'],
      ["course/learn.ts", 'import { a } from "../tests/support/course.ts";'],
      ["captures/show/show-find.ts", 'import { a } from "../testing/packets.ts";'],
      ["06-dht-chat/node-program.ts", 'import { createLibp2p } from "libp2p";'],
      ["06-dht-chat/page/profile.ts", 'import type { PeerId } from "@libp2p/interface";'],
      ["06-dht-chat/engine.ts", 'import { LitElement } from "litter";'],
      ["06-dht-chat/messenger.ts", 'import { pipePair } from "./testing/pipes.ts";'],
      ["elsewhere/a.ts", 'import { a } from "../programs/child-program.ts";'],
    ];
    for (const [file, text] of refused) expect(problems(file, text), `${file}: ${text}`).to.have.length(1);
  });

  it("accept what it has, and see no import where there is none", () => {
    const accepted: [string, string][] = [
      ["02-basic-p2p/peer.ts", 'import { a } from "./lines.ts";\nimport { b } from "node:net";'],
      ["captures/explain/unseal.ts", 'import { a } from "../../04-aes-chat/aes-cbc-hmac.ts";'],
      ["06-dht-chat/engine-page.ts", 'import { kadDHT } from "@libp2p/kad-dht";'],
      ["06-dht-chat/page/main.ts", 'import { repeat } from "lit/directives/repeat.js";'],
      ["tests/a.test.ts", 'import { a } from "../02-basic-p2p/peer.ts";'],
      [
        "course/tour.ts",
        '// import { a } from "../bench/bench.ts";\nconst a = `\nimport { a } from "../bench/bench.ts";\n`;',
      ],
    ];
    for (const [file, text] of accepted) expect(problems(file, text), `${file}: ${text}`).to.deep.equal([]);
  });

  it("find a circle, also of types alone", () => {
    const circle = [
      ...importsOf("checks/engine/a.ts", 'import { b } from "./b.ts";'),
      ...importsOf("checks/engine/b.ts", 'import type { C } from "./c.ts";'),
      ...importsOf("checks/engine/c.ts", 'export type { A } from "./a.ts";'),
    ];
    expect(findCircle(circle)).to.deep.equal([
      "checks/engine/a.ts",
      "checks/engine/b.ts",
      "checks/engine/c.ts",
      "checks/engine/a.ts",
    ]);
    expect(findCircle(circle.slice(0, 2))).to.equal(undefined);
  });
});
