// Opens a data folder as the program does, in a process of its own, and says what came of it: for tests of disks that
// are full, folders without rights, and two programs at once. Arguments: the folder, and what to do there.

import { writeSync } from "node:fs";
import { loadIdentity, prepareFolder } from "../../05-lan-chat/folder.ts";
import { type History, openHistory } from "../../05-lan-chat/history.ts";
import { runProgram } from "../../05-lan-chat/program.ts";

const [dir = "", work = "open"] = process.argv.slice(2);

/** Writes messages until the disk does not take any more. */
function fill(history: History): never {
  for (let number = 1; ; number++) {
    const message = { id: `${number}`, target: "you", text: "x".repeat(2000), written: number };
    history.writeMessage(message, ["bob"]);
    writeSync(1, `kept ${number}\n`);
  }
}

void runProgram(async () => {
  // Whoever is not root can be shut out by rights; root cannot.
  if (work === "as-nobody") process.setuid?.(65_534);
  prepareFolder(dir);
  const history = openHistory(dir);
  await loadIdentity(dir);
  if (work === "fill") fill(history);
  writeSync(1, `opened ${history.lines("bob", 1_000_000).length}\n`);
  history.close();
});
