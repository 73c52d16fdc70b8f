// Mallory's own program: it speaks to nodes of the table in libp2p's bare messages, and has no rules of its own.
// It does what its input says, and answers each command with a line.

import { fromBase64, toBase64 } from "../bytes.ts";
import { RawClient } from "../testing/raw-client.ts";
import { type Command, obey, textOf } from "./commands.ts";

const client = await RawClient.start();
console.log("ready");

await obey(perform, async () => {
  await client.stop();
});

/** `put`: answers "stored" or "reset". `get`: answers with what the node has said, in base64, or "nothing". */
async function perform(command: Command): Promise<void> {
  const [node, key] = [textOf(command, "node"), textOf(command, "key")];
  if (command.do === "put") {
    const value = fromBase64(command.value);
    if (value === undefined) throw new Error("a value is base64");
    console.log(`put ${await client.put(node, key, value)}`);
  } else if (command.do === "get") {
    const answer = await client.get(node, key);
    console.log(`got ${answer === undefined ? "nothing" : toBase64(answer)}`);
  } else throw new Error("there is no such command");
}
