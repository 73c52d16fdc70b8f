// npm run attack -- NAME: runs an attack. Without a name, it lists the attacks.

import { readable } from "../captures/explain/readable.ts";
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
  console.error(`error: there is no attack ${shown} (npm run attack lists them)`);
  process.exitCode = 2;
}

function listAttacks(): void {
  console.log("npm run attack -- NAME [--stage STAGE]: attacks the programs of the stages\n");
  for (const { name, stages, about } of ATTACKS) {
    console.log(`  ${stages[0]}  ${name.padEnd(16)}${about}`);
  }
  console.log("\nEach starts its victims on this machine, says what it does, shows the proof,");
  console.log("and names what stops it. On anybody else's programs such attacks are crimes.");
}
