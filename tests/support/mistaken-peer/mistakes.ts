// The mistakes that the peer for trying the checks makes on purpose: each is named on the command line.

const made = new Set<string>();

/** Takes the mistakes from the arguments: `--mistake NAME`. @returns the other arguments */
export function takeMistakes(argv: readonly string[]): string[] {
  const rest: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    if (argv[index] === "--mistake") {
      index += 1;
      made.add(argv[index] ?? "");
    } else rest.push(argv[index] ?? "");
  }
  return rest;
}

/** Whether this mistake is to be made. */
export function wrongly(mistake: string): boolean {
  return made.has(mistake);
}
