// Remembers in work/ at which port the server was, so that it comes back there, and pages that are still open find it. The
// token is not remembered: it is drawn anew each time.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "web-port.txt";

/** @returns 0 if none is known: then the system chooses */
export function rememberedPort(folder: string): number {
  try {
    const port = /^([0-9]{1,5})\n$/.exec(readFileSync(join(folder, FILE), "utf8"))?.[1];
    return port === undefined || Number(port) > 65_535 ? 0 : Number(port);
  } catch {
    return 0; // It was never started here.
  }
}

/** Does nothing where files cannot be written. */
export function rememberPort(folder: string, port: number): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, FILE), `${port}\n`);
  } catch {
    // The disk is full or read-only.
  }
}
