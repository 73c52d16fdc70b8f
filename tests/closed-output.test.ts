// Whoever reads the output of a program may stop reading, as `| head` does: then the program ends, without a stack trace.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { nodeCommand } from "../programs/node-command.ts";

const COMMANDS = [
  "course/tour.ts",
  "course/lesson.ts 01-1",
  "course/learn.ts --help",
  "course/observer.ts captures/04-aes-chat.pcap",
  "captures/show.ts captures/02-basic-p2p.pcap --stream all",
  "captures/capture.ts --help",
  "checks/check.ts 02 --list",
  "attacks/attack.ts",
  "attacks/crib.ts",
  "authoring/generate.ts --help",
  "authoring/grade.ts --help",
  "authoring/handout.ts --help",
  "authoring/pictures/ecb-picture.ts --text yes",
  "03-dh-chat/dh-prime.ts 64",
  "04-aes-chat/server.ts --port 0",
];

describe("when nobody reads its output any more", () => {
  for (const command of COMMANDS) {
    it(`ends without a stack trace: ${command}`, async () => {
      const [file = "", ...given] = command.split(" ");
      const [program = "", ...before] = nodeCommand(file);
      const child = spawn(program, [...before, ...given], { cwd: COURSE_FOLDER });
      child.stdout.destroy();
      const [said] = await Promise.all([text(child.stderr), once(child, "close")]);
      expect(said).to.equal("");
      expect(child.signalCode).to.equal(null);
    });
  }
});
