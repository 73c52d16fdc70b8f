// A registry may ping at any time (P2.6): on a busy machine, 15 s may pass within a check.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { referencePlace } from "../checks/engine/place.ts";
import { findChecks } from "../checks/index.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { testChecks } from "./support/checks.ts";

/** Loaded before a registry, it puts a ping before each piece of news. */
const PINGS = `
import { Socket } from "node:net";
const write = Socket.prototype.write;
Socket.prototype.write = function (data, ...rest) {
  const pinged = String(data).replace(/^(?=\\{"type":"(?:joined|left)")/gm, '{"type":"ping"}\\n');
  return write.call(this, pinged, ...rest);
};
`;

/** Those that read the news of a user who has registered. */
const CHECKS = ["P2.2-freed", "P2.3-host", "P2.4-others", "P2.5-news"];

describe("a registry that pings before each piece of news", () => {
  const folder = mkdtempSync(join(tmpdir(), "pings-"));
  const pings = join(folder, "pings.mjs");
  writeFileSync(pings, PINGS);
  after(() => rmSync(folder, { recursive: true }));
  const words = nodeCommand("02-basic-p2p/server.ts", undefined, [pathToFileURL(pings).href]);
  const server = words.map((word) => `"${word}"`).join(" ");
  const checks = findChecks("02").filter(({ id }) => CHECKS.includes(id));
  testChecks(checks, () => ({ ...referencePlace("02"), server: `${server} --port {port}` }));
});
