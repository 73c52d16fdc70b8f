// The files that a later stage takes over are byte-identical, so that the lesson is the diff between two stages.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

/** The files that each stage takes over from the one before, and those that it adds. */
const STAGES = [
  {
    folder: "01-calculator",
    from: undefined,
    carried: [],
    own: [
      "arguments.ts",
      "calculator.ts",
      "client.ts",
      "conversation.ts",
      "evaluate.ts",
      "lines.ts",
      "lingering.ts",
      "listening.ts",
      "printable.ts",
      "program.ts",
      "server.ts",
      "suspending.ts",
    ],
  },
  {
    folder: "02-basic-p2p",
    from: "01-calculator",
    carried: ["arguments.ts", "lines.ts", "lingering.ts", "listening.ts", "printable.ts", "program.ts"],
    own: [
      "channel.ts",
      "chat-client.ts",
      "client.ts",
      "commands.ts",
      "contacts.ts",
      "line-connection.ts",
      "messages.ts",
      "peer-messages.ts",
      "peer.ts",
      "registry-link.ts",
      "registry-messages.ts",
      "registry-server.ts",
      "registry.ts",
      "server.ts",
      "stage-interface.ts",
      "suspending.ts",
      "stage.ts",
      "terminal.ts",
    ],
  },
  {
    folder: "03-dh-chat",
    from: "02-basic-p2p",
    carried: [
      "arguments.ts",
      "chat-client.ts",
      "client.ts",
      "commands.ts",
      "contacts.ts",
      "line-connection.ts",
      "lines.ts",
      "lingering.ts",
      "listening.ts",
      "messages.ts",
      "peer-messages.ts",
      "peer.ts",
      "printable.ts",
      "program.ts",
      "registry-link.ts",
      "registry-messages.ts",
      "registry-server.ts",
      "registry.ts",
      "server.ts",
      "stage-interface.ts",
      "suspending.ts",
      "terminal.ts",
    ],
    own: [
      "channel.ts",
      "dh-prime.ts",
      "diffie-hellman.ts",
      "group-option.ts",
      "groups.ts",
      "hexadecimal.ts",
      "integers.ts",
      "key-exchange.ts",
      "primes.ts",
      "safety-number.ts",
      "stage.ts",
      "toy-cipher.ts",
    ],
  },
  {
    folder: "04-aes-chat",
    from: "03-dh-chat",
    carried: [
      "arguments.ts",
      "chat-client.ts",
      "client.ts",
      "commands.ts",
      "contacts.ts",
      "diffie-hellman.ts",
      "group-option.ts",
      "groups.ts",
      "hexadecimal.ts",
      "integers.ts",
      "key-exchange.ts",
      "line-connection.ts",
      "lines.ts",
      "lingering.ts",
      "listening.ts",
      "messages.ts",
      "peer-messages.ts",
      "peer.ts",
      "printable.ts",
      "program.ts",
      "registry-link.ts",
      "registry-messages.ts",
      "registry-server.ts",
      "registry.ts",
      "safety-number.ts",
      "server.ts",
      "stage-interface.ts",
      "suspending.ts",
      "terminal.ts",
    ],
    own: ["aes-cbc-hmac.ts", "channel.ts", "key-log.ts", "key-schedule.ts", "sealed-lines.ts", "stage.ts"],
  },
];

describe("the stages' files", () => {
  for (const { folder, from, carried, own } of STAGES) {
    it(`${folder} holds the files listed here and no others`, () => {
      const programs = readdirSync(join(COURSE_FOLDER, folder)).filter((name) =>
        /(?<!\.test)\.ts$/.test(name),
      );
      expect(programs.sort()).to.deep.equal([...carried, ...own].sort());
    });

    for (const name of carried) {
      it(`${folder}/${name} is the same as ${from}/${name}`, () => {
        const original = readFileSync(join(COURSE_FOLDER, from ?? "", name));
        expect(readFileSync(join(COURSE_FOLDER, folder, name)).equals(original)).to.equal(true);
      });
    }

    it(`${folder} imports Node's own modules and its own files, nothing else`, () => {
      for (const name of [...carried, ...own]) {
        const text = readFileSync(join(COURSE_FOLDER, folder, name), "utf8");
        const imported = [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";/gm)].map(
          ([, source = ""]) => source,
        );
        for (const source of imported)
          expect(source, `${folder}/${name}`).to.match(/^(?:node:[a-z/_]+|\.\/[a-z-]+\.ts)$/);
      }
    });
  }
});
