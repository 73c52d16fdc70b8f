// npm run attack -- NAME: runs an attack. Without a name, it lists the attacks.

import { readable } from "../captures/explain/readable.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { ATTACKS } from "./list.ts";

const [name, ...rest] = process.argv.slice(2);
const attack = ATTACKS.find((other) => other.name === name);
if (attack !== undefined) {
  process.argv.splice(2, process.argv.length, ...rest); // The attack reads its own arguments.
  await import(`./${attack.name}.ts`);
} else if (name === undefined || name === "--help") {
  listAttacks();
} else {
  const shown = readable(Buffer.from(name)).slice(0, 40);
  printError(`error: there is no attack ${shown} (npm run attack lists them)`);
  process.exitCode = 2;
}

function listAttacks(): void {
  const rows = ATTACKS.map(({ name, stages, about }) => `  ${stages[0]}  ${name.padEnd(20)}${about}`);
  printUsage(`npm run attack -- NAME [--stage STAGE]: attacks the programs of the stages

${rows.join("\n")}

Each starts its victims on this machine, says what it does, shows the proof,
and names what stops it. On anybody else's programs such attacks are crimes.`);
}
