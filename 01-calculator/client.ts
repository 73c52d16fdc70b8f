// Stage 01, the client. This file reads the command line; conversation.ts does the work.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ArgumentError, hostOption, portOption, readArguments, usage } from "./arguments.ts";
import { askFromPipe, askFromTerminal, askOnce, connectTo } from "./conversation.ts";
import { runProgram } from "./program.ts";

const OPTIONS = {
  host: hostOption("the server's address (default 127.0.0.1)"),
  port: portOption("the server's port (default 10001)"),
  help: { help: "show this text" },
};

const CALL = "npm run 01:client -- [OPTIONS] [EXPRESSION...]";
const ABOUT = `Sends EXPRESSION to the calculator and prints the value: npm run 01:client -- 2 + 3 "*" 4
Without EXPRESSION it reads lines, from you or from a pipe; END or Ctrl-D ends it.`;

void runProgram(async () => {
  const given = readArguments(process.argv.slice(2), OPTIONS);
  if (given.options.has("help")) return console.log(usage(CALL, ABOUT, OPTIONS));
  const expression = given.rest.join(" ");
  if (/[\r\n]/.test(expression)) throw new ArgumentError("an expression is one line");

  // Where the user is (npm says it in INIT_CWD), their shell has made names of files of a * that was not quoted.
  const isFile = (word: string) =>
    /[a-z]/i.test(word) && existsSync(resolve(process.env.INIT_CWD ?? "", word));
  if (given.rest.some(isFile)) throw new ArgumentError('the shell made file names of *: write 2 + 3 "*" 4');

  const host = given.options.get("host") ?? "127.0.0.1";
  const socket = await connectTo(host, Number(given.options.get("port") ?? 10001));
  if (given.rest.length > 0) await askOnce(socket, expression);
  else if (process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== "dumb")
    await askFromTerminal(socket);
  else await askFromPipe(socket);
});
