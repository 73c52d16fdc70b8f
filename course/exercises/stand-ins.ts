// The course's own code for the regions that a student has not written. A copy of the course without solutions keeps it
// in one file, packed: out of sight, not out of reach.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { ProblemError } from "./problem.ts";

/** The file, relative to the course's folder. */
export const STAND_INS_FILE = "course/templates/stand-ins.json";

/** No region is longer, in bytes. */
const MOST_BYTES = 65_536;

/** The text of the file. @param codes the code of each region, by the id of its exercise */
export function packStandIns(codes: ReadonlyMap<string, string>): string {
  const packed = [...codes].map(([id, code]) => [id, deflateRawSync(code).toString("base64")]);
  return `${JSON.stringify(Object.fromEntries(packed), null, 2)}\n`;
}

/**
 * Reads the file. @returns the code of each region, by the id of its exercise
 * @throws ProblemError if the file is missing or damaged
 */
export function readStandIns(courseFolder: string): Map<string, string> {
  const path = join(courseFolder, STAND_INS_FILE);
  const fail = (what: string): never => {
    throw new ProblemError({
      file: STAND_INS_FILE,
      line: 1,
      message: `the file is ${what}: take it from the copy that you were given`,
    });
  };
  if (!existsSync(path)) return fail("missing");
  try {
    const packed: Record<string, string> = JSON.parse(readFileSync(path, "utf8"));
    const unpack = (text: string): string =>
      inflateRawSync(Buffer.from(text, "base64"), { maxOutputLength: MOST_BYTES }).toString();
    return new Map(Object.entries(packed).map(([id, text]) => [id, unpack(text)]));
  } catch {
    return fail("damaged");
  }
}
