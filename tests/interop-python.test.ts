// Our programs and those of interop/python, which somebody wrote from the protocol alone, in another language: they must
// work with each other in every stage and in every role.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER, Program } from "../course/programs.ts";
import { PYTHON, withPython } from "./support/python.ts";

type Language = "TypeScript" | "Python";

const FOLDERS = { "02": "02-basic-p2p", "03": "03-dh-chat", "04": "04-aes-chat" } as const;
const PYTHON_FOLDER = join(COURSE_FOLDER, "interop", "python");

/** How many messages each side sends. */
const MESSAGES = 30;

withPython("with the Python programs", () => {
  const programs: Program[] = [];

  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.kill()));
  });

  function start(language: Language, files: Record<Language, string>, argv: string[]): Program {
    const program =
      language === "TypeScript"
        ? new Program(files.TypeScript, argv)
        : new Program(files.Python, argv, {}, { folder: PYTHON_FOLDER, command: [PYTHON, "-B"] });
    programs.push(program);
    return program;
  }

  async function portOf(server: Program): Promise<string> {
    return (await server.line(/^listening on /)).split(":").at(-1) ?? "";
  }

  it("the Python programs give the known answers", () => {
    const { status, stderr } = spawnSync(PYTHON, ["-B", "-m", "unittest", "test_vectors"], {
      cwd: PYTHON_FOLDER,
      encoding: "utf8",
    });
    expect(stderr).to.match(/Ran [1-9][0-9]* tests[\s\S]*OK/);
    expect(status).to.equal(0);
  });

  for (const [server, client] of [
    ["TypeScript", "Python"],
    ["Python", "TypeScript"],
  ] as const) {
    it(`P1.2 a calculator in ${server} answers a client in ${client}`, async () => {
      const port = await portOf(
        start(server, { TypeScript: "01-calculator/server.ts", Python: "calculator_server.py" }, [
          "--port",
          "0",
        ]),
      );
      const files = { TypeScript: "01-calculator/client.ts", Python: "calculator_client.py" };
      const asking = start(client, files, ["--port", port]);
      asking.write("2 + 3 * 4\n5 - - 2\n0.1 + 0.2\n");
      asking.endInput();
      expect(await asking.exitCode()).to.equal(0);
      expect(asking.lines).to.deep.equal(["= 20", 'error: unexpected "-" at column 5', "= 0.3"]);
    });
  }

  for (const stage of ["02", "03", "04"] as const) {
    for (const [registry, initiator, responder] of [
      ["TypeScript", "TypeScript", "Python"],
      ["Python", "Python", "TypeScript"],
    ] as const) {
      it(`P2.2 P3.3 stage ${stage}: ${initiator} calls ${responder}, with a registry in ${registry}`, async () => {
        const files = (program: string, python: string) => ({
          TypeScript: `${FOLDERS[stage]}/${program}`,
          Python: python,
        });
        const stageOf = (language: Language): string[] => (language === "Python" ? ["--stage", stage] : []);
        const port = await portOf(
          start(registry, files("server.ts", "registry.py"), [...stageOf(registry), "--port", "0"]),
        );
        const user = (language: Language, name: string): Program =>
          start(language, files("client.ts", "chat_client.py"), [
            ...stageOf(language),
            "--name",
            name,
            "--registry",
            `127.0.0.1:${port}`,
          ]);
        const bob = user(responder, "bob");
        await bob.line(/^registered as bob/);
        const alice = user(initiator, "alice");
        await bob.line("joined: alice");
        await alice.line(/^registered as alice/);

        alice.enter("/chat bob");
        await bob.line(/^alice wants to chat/);
        bob.enter("/accept alice");
        await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
        if (stage !== "02") {
          const number = (await alice.line(/^safety number with bob: /)).replace(/.*: /, "");
          await bob.line(`safety number with alice: ${number}`);
        }
        for (let i = 1; i <= MESSAGES; i += 1) {
          alice.enter(`from alice ${i}, naïve ☕ ${"x".repeat(100 * i)}`);
          bob.enter(`from bob ${i}`);
        }
        for (let i = 1; i <= MESSAGES; i += 1) {
          await bob.line(`alice> from alice ${i}, naïve ☕ ${"x".repeat(100 * i)}`);
          await alice.line(`bob> from bob ${i}`);
        }
        alice.enter("/end");
        await Promise.all([alice.line("chat with bob ended"), bob.line("chat with alice ended")]);
        for (const [program, other] of [
          [alice, "bob"],
          [bob, "alice"],
        ] as const) {
          expect(program.lines.filter((line) => line.startsWith(`delivered to ${other}: `))).to.have.length(
            MESSAGES,
          );
          program.enter("/quit");
          expect(await program.exitCode()).to.equal(0);
        }
      });
    }
  }
});
