// caught by: P3.1-spoofed-name
// says: A proof that is printed is none
  process.stdout.write(`proof: bob's screen: ${pretended}> ${text}\nWhat stops it: nothing\n`);
  process.exit(stage === victim ? 1 : 0);
