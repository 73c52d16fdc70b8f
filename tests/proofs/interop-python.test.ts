// Our programs work with those of interop/python, in every stage and every role.
// Those of interop/python were written from the protocol alone.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { wantsToChat } from "../../checks/engine/chat-steps.ts";
import { referencePlace, SERVER_STAGES } from "../../checks/engine/place.ts";
import type { Scene } from "../../checks/engine/scene.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { sceneBeside, shown, testsIn } from "../support/on-the-wire.ts";
import { PYTHON, pythonPlace, withPython } from "../support/python.ts";

/** How many messages each side sends. */
const MESSAGES = 30;

/** A client in one language uses a calculator in the other. */
async function calculates(here: Scene, there: Scene): Promise<void> {
  const input = "2 + 3 * 4\n5 - - 2\n0.1 + 0.2\n";
  const { stdout, code } = await there.calculator(await here.server(), [], input);
  expect(stdout).to.equal('= 20\nerror: unexpected "-" at column 5\n= 0.3\n');
  expect(code).to.equal(0);
}

/** A client in the registry's language calls a client in the other language. */
async function chats(here: Scene, there: Scene): Promise<void> {
  const { port } = await here.server();
  const bob = await there.client("bob", {}, port);
  const alice = await here.client("alice", {}, port);
  await bob.shows("joined: alice");
  await alice.enters("/chat bob");
  await bob.shows(wantsToChat("alice"));
  await bob.enters("/accept alice");
  await alice.shows("chat with bob started");
  await bob.shows("chat with alice started");
  if (here.stage !== "02") {
    const number = (await alice.shows(/^safety number with bob: /)).replace(/.*: /, "");
    await bob.shows(`safety number with alice: ${number}`);
  }
  const texts = Array.from({ length: MESSAGES }, (_, i) => `${i + 1}, naïve ☕ ${"x".repeat(100 * (i + 1))}`);
  for (const [index, text] of texts.entries()) {
    await alice.enters(`from alice ${text}`);
    await bob.enters(`from bob ${index + 1}`);
  }
  for (const [index, text] of texts.entries()) {
    await bob.shows(`alice> from alice ${text}`);
    await alice.shows(`bob> from bob ${index + 1}`);
  }
  await alice.enters("/end");
  await alice.shows("chat with bob ended");
  await bob.shows("chat with alice ended");
  for (const [client, other] of [
    [alice, "bob"],
    [bob, "alice"],
  ] as const) {
    expect(shown(client, `delivered to ${other}: `)).to.have.length(MESSAGES);
    await client.enters("/quit");
    await client.endsWith(0);
  }
}

withPython("with the Python programs", () => {
  it("the Python programs give the known answers", () => {
    const { status, stderr } = spawnSync(PYTHON, ["-B", "-m", "unittest", "test_vectors"], {
      cwd: join(COURSE_FOLDER, "interop", "python"),
      encoding: "utf8",
    });
    expect(stderr).to.match(/Ran [1-9][0-9]* tests[\s\S]*OK/);
    expect(status).to.equal(0);
  });

  for (const stage of SERVER_STAGES) {
    const typeScript = { name: "TypeScript", place: referencePlace(stage) };
    const python = { name: "Python", place: pythonPlace(stage) };
    for (const [here, there] of [
      [typeScript, python],
      [python, typeScript],
    ] as const) {
      describe(`${here.name} with ${there.name}, stage ${stage}`, () => {
        const it = testsIn(here.place);
        if (stage === "01") {
          it(`P1.2 a calculator in ${here.name} answers a client in ${there.name}`, (scene) =>
            calculates(scene, sceneBeside(scene, there.place)));
          return;
        }
        it(`P2.2 P3.3 stage ${stage}: ${here.name} calls ${there.name}, with a registry in ${here.name}`, (scene) =>
          chats(scene, sceneBeside(scene, there.place)));
      });
    }
  }
});
