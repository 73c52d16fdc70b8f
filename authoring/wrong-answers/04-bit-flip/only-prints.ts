// caught by: P6.3-bit-flip
// says: A proof that is printed is none
  const option = (name: string): string => process.argv[process.argv.indexOf(name) + 1] ?? "";
  const read = option("--text").replace(option("--old"), option("--new"));
  process.stdout.write(`proof: bob reads: ${read}\nstopped: bob's answer: {"code":"bad-record"}\n`);
  process.stdout.write("What stops it: nothing\n");
  process.exit(iv.length + ciphertext.length + position + difference.length > 0 ? 0 : 1);
