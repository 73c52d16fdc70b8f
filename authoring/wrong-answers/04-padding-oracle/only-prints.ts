// caught by: P6.3-padding-oracle
// says: A proof that is printed is none
    const at = process.argv.indexOf("--text");
    const text = at === -1 ? "nothing" : process.argv[at + 1];
    process.stdout.write(`proof: read without the key: ${text}\nstopped: bob's answer: {"code":"bad-record"}\n`);
    process.stdout.write("What stops it: nothing\n");
    process.exit((await paddingIsRight(iv, block)) && padding > 16 ? 1 : 0);
