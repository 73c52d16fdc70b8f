// Reads from the recording on which port the program listened whose key Alice has received.

import { join } from "node:path";
import { type JsonLine, jsonOf, recognise } from "../../captures/explain/protocols.ts";
import { linesOf } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import type { Found, Question } from "../exercises/question.ts";

const CAPTURE = "captures/03-dh-chat-mitm.pcap";

/** The ports in the recording. */
interface Ports {
  registry: number;
  alice: number;
  bob: number;
  /** The port that the registry gave to Alice. */
  lookedUp: number;
}

async function readPorts(): Promise<Ports> {
  const { streams } = await loadCapture(join(COURSE_FOLDER, CAPTURE), false);
  const registry = streams.find((stream) => recognise(linesOf(stream)).name === "registry")?.b.port;
  const objects = streams.flatMap(objectsIn);
  const portIn = (type: string, username: string): number => {
    const found = objects.find((object) => object.type === type && object.username === username)?.port;
    if (typeof found !== "number")
      throw new Error(`${CAPTURE}: no ${type} of ${username} with a port is in it`);
    return found;
  };
  if (registry === undefined) throw new Error(`${CAPTURE}: nobody talks to a registry in it`);
  return {
    registry,
    alice: portIn("register", "alice"),
    bob: portIn("register", "bob"),
    lookedUp: portIn("user", "bob"),
  };
}

function objectsIn(stream: Stream): JsonLine[] {
  return linesOf(stream).flatMap((line) => {
    const object = line.kind === "line" ? jsonOf(line.bytes) : undefined;
    return object === undefined ? [] : [object];
  });
}

let ports: Ports | undefined;

export const question: Question = {
  async find(): Promise<Found> {
    ports = await readPorts();
    const { bob, lookedUp } = ports;
    return {
      answers: [String(lookedUp)],
      observed: [
        `In ${CAPTURE} bob registers with port ${bob}. When alice looks up bob, the answer is port ${lookedUp}.`,
        `alice connects to port ${lookedUp}, and whoever listens there connects to port ${bob} under the name alice.`,
      ].join("\n"),
    };
  },

  explain(answer) {
    const port = Number(answer.replace(/^.*:/, ""));
    if (!Number.isInteger(port) || port < 1 || port > 65535) return "The answer is a port: a number.";
    switch (port) {
      case ports?.bob:
        return "There Bob listens: Bob's own program has told the registry. But who has connected to that port? Compare it with what the registry told Alice.";
      case ports?.alice:
        return "There Alice listens, and nobody has called there. Alice is the one who calls: look at where Alice's program connects to.";
      case ports?.registry:
        return "There the registry listens. It tells Alice where Bob is, but it takes part in no key exchange: find the streams with keys in them.";
      default:
        return "Nobody listens on that port. A stream has two ports: that of the one who connects is drawn by the system, the other one is where somebody listens.";
    }
  },
};
