// npm run dh:prime -- BITS: draws a safe prime and says how long that took.

import { ArgumentError, readArguments, usage } from "./arguments.ts";
import { findGenerator, generateSafePrime } from "./primes.ts";
import { runProgram } from "./program.ts";

const SMALLEST = 8;
const LARGEST = 2048;
const OPTIONS = { help: { help: "show this text" } };

void runProgram(async () => {
  const given = readArguments(process.argv.slice(2), OPTIONS);
  if (given.options.has("help")) {
    const about = `Draws a fresh safe prime of BITS bits (${SMALLEST} to ${LARGEST}; default 256). 1024 takes minutes, 2048 may take hours.`;
    console.log(usage("npm run dh:prime -- [BITS]", about, OPTIONS));
    return;
  }
  const [text = "256", ...more] = given.rest;
  const bits = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (more.length > 0 || bits < SMALLEST || bits > LARGEST) {
    throw new ArgumentError(`give one number of bits, from ${SMALLEST} to ${LARGEST}`);
  }
  const start = performance.now();
  const { prime, candidates } = generateSafePrime(bits);
  const seconds = (performance.now() - start) / 1000;
  console.log(`p = 0x${prime.toString(16)}`);
  console.log(
    `g = ${findGenerator(prime)}, whose powers are the squares: half of the numbers from 1 to p - 1`,
  );
  console.log(`a safe prime of ${bits} bits: p and (p - 1) / 2 are prime`);
  console.log(`found after ${candidates} candidates in ${seconds.toFixed(2)} s`);
});
