// The key that all members of a team make from its passphrase (P8.3).

import { scrypt } from "node:crypto";
import { FERNET_KEY_BYTES } from "./fernet.ts";

/**
 * scrypt (RFC 7914) with N = 2^15, r = 8: to try one passphrase takes 32 MiB and about a tenth of a second, for us as
 * for whoever guesses. Node.js refuses more than 32 MiB unless it is told (maxmem).
 */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/**
 * The team's Fernet key: 32 bytes. NFC makes one of the two ways in which keyboards write an ö. Blanks and case count,
 * in the passphrase as in the team's name.
 */
export function deriveTeamKey(passphrase: string, team: string): Promise<Buffer> {
  const password = Buffer.from(passphrase.normalize("NFC"), "utf8");
  const salt = Buffer.from(`p2p-mesh 05 ${team}`, "ascii");
  return new Promise((resolve, reject) => {
    scrypt(password, salt, FERNET_KEY_BYTES, COST, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
