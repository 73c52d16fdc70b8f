// Collects all checks of the course from the files beside this one.

import { checks as attacks } from "./attacks.ts";
import { checks as calculator } from "./calculator.ts";
import { checks as diffieHellman } from "./diffie-hellman.ts";
import { type Check, clauseOf } from "./engine/check.ts";
import type { StageNumber } from "./engine/place.ts";
import { checks as lanDiscovery } from "./lan-discovery.ts";
import { checks as lanEvents } from "./lan-events.ts";
import { checks as lanFiles } from "./lan-files.ts";
import { checks as lanGate } from "./lan-gate.ts";
import { checks as lanLetters } from "./lan-letters.ts";
import { checks as lanMessages } from "./lan-messages.ts";
import { checks as lanProgram } from "./lan-program.ts";
import { checks as lanRooms } from "./lan-rooms.ts";
import { checks as lanSessions } from "./lan-sessions.ts";
import { checks as lanTokens } from "./lan-tokens.ts";
import { checks as lanTrust } from "./lan-trust.ts";
import { checks as lines } from "./lines.ts";
import { checks as modules01 } from "./modules-01.ts";
import { checks as modules02Peer } from "./modules-02-peer.ts";
import { checks as modules02Registry } from "./modules-02-registry.ts";
import { checks as modules03 } from "./modules-03.ts";
import { checks as modules04 } from "./modules-04.ts";
import { checks as modules05Finding } from "./modules-05-finding.ts";
import { checks as modules05Sessions } from "./modules-05-sessions.ts";
import { checks as modules06Finding } from "./modules-06-finding.ts";
import { checks as modules06Talking } from "./modules-06-talking.ts";
import { checks as peerCrossing } from "./peer-crossing.ts";
import { checks as peerGoodbye } from "./peer-goodbye.ts";
import { checks as peerHandshake } from "./peer-handshake.ts";
import { checks as peerLimits } from "./peer-limits.ts";
import { checks as peerMessages } from "./peer-messages.ts";
import { checks as peerPatience } from "./peer-patience.ts";
import { checks as registry } from "./registry.ts";
import { checks as registryClient } from "./registry-client.ts";
import { checks as sealedLines } from "./sealed-lines.ts";
import { checks as terminalLines } from "./terminal-lines.ts";
import { checks as toyCipher } from "./toy-cipher.ts";

/** All checks, in the order of the clauses. */
export const CHECKS: readonly Check[] = [
  ...attacks,
  ...calculator,
  ...diffieHellman,
  ...lanDiscovery,
  ...lanEvents,
  ...lanFiles,
  ...lanGate,
  ...lanLetters,
  ...lanMessages,
  ...lanProgram,
  ...lanRooms,
  ...lanSessions,
  ...lanTokens,
  ...lanTrust,
  ...lines,
  ...modules01,
  ...modules02Peer,
  ...modules02Registry,
  ...modules03,
  ...modules04,
  ...modules05Finding,
  ...modules05Sessions,
  ...modules06Finding,
  ...modules06Talking,
  ...peerCrossing,
  ...peerGoodbye,
  ...peerHandshake,
  ...peerLimits,
  ...peerMessages,
  ...peerPatience,
  ...registryClient,
  ...registry,
  ...sealedLines,
  ...terminalLines,
  ...toyCipher,
].sort((left, right) => order(left) - order(right));

/**
 * Finds the checks of a stage.
 * @param pattern an id, a clause or a section: P2.3 means all checks of that clause, P2 all of the section;
 *   default: all
 */
export function findChecks(stage: StageNumber, pattern?: string): readonly Check[] {
  return CHECKS.filter(
    (check) =>
      check.stages.includes(stage) &&
      (pattern === undefined ||
        check.id === pattern ||
        clauseOf(check) === pattern ||
        clauseOf(check).startsWith(`${pattern}.`)),
  );
}

/** Sorts P2.10 behind P2.9. */
function order(check: Check): number {
  const [section = "0", clause = "0"] = clauseOf(check).slice(1).split(".");
  return Number(section) * 100 + Number(clause);
}
