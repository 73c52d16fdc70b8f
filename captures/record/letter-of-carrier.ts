// Takes a letter of stage 05 out of its carrier's history, beside the running program: on the wire nobody can see one,
// because it travels inside of sessions.

import { existsSync } from "node:fs";
import { join } from "node:path";

/** A letter as it is handed over (P9.8), one line of JSON. */
export type CarriedLetter = string;

/** The letters that the program with this data folder carries for others. */
export async function carriedLetters(dir: string): Promise<CarriedLetter[]> {
  const path = join(dir, "history.db");
  if (!existsSync(path)) return [];
  // Only here, so that the other recordings do without it.
  const { default: Database } = await import("libsql");
  const database = new Database(path, { readonly: true });
  try {
    const rows = database.prepare("SELECT body, signature FROM carried_letters ORDER BY rowid").all() as {
      body: string;
      signature: string;
    }[];
    return rows.map(({ body, signature }) => JSON.stringify({ type: "letter", body, signature }));
  } finally {
    database.close();
  }
}
