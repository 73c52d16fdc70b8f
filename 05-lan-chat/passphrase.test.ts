import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect } from "chai";
import {
  askPassphrase,
  drawPassphrase,
  passphraseIn,
  passphraseWarnings,
  readPassphraseFile,
} from "./passphrase.ts";
import { UserError } from "./program.ts";
import { WORDS } from "./words.ts";

describe("the passphrase in a file (P8.1)", () => {
  it("is the first line, without its LF or CR LF", () => {
    for (const text of [
      "open sesame",
      "open sesame\n",
      "open sesame\r\n",
      "open sesame\nmore\n",
      "open sesame\r\n\xFF",
    ])
      expect(passphraseIn(Buffer.from(text, "latin1")), JSON.stringify(text)).to.equal("open sesame");
  });

  it("keeps blanks, and a CR that no LF follows", () => {
    expect(passphraseIn(Buffer.from("  a b \t\n"))).to.equal("  a b \t");
    expect(passphraseIn(Buffer.from("a\r"))).to.equal("a\r");
    expect(passphraseIn(Buffer.from("a\r\r\n"))).to.equal("a\r");
    expect(passphraseIn(Buffer.from("é 😀\n"))).to.equal("é 😀");
    expect(passphraseIn(Buffer.from(" \n"))).to.equal(" ");
  });

  it("may not be empty, too long, or anything but UTF-8", () => {
    const wrong: [Buffer, RegExp][] = [
      [Buffer.alloc(0), /empty/],
      [Buffer.from("\nsecond\n"), /empty/],
      [Buffer.from("\r\nsecond\n"), /empty/],
      [Buffer.from([0x61, 0xff, 0x0a]), /UTF-8/],
      [Buffer.alloc(8193, "a"), /8192/],
    ];
    for (const [bytes, problem] of wrong) expect(() => passphraseIn(bytes)).to.throw(UserError, problem);
    expect(passphraseIn(Buffer.alloc(8192, "a"))).to.have.lengthOf(8192);
  });

  it("is read from a file of any size; a file that is not there is one sentence", () => {
    const folder = mkdtempSync(join(tmpdir(), "passphrase-"));
    try {
      const file = join(folder, "team");
      writeFileSync(file, `open sesame\r\n${"x".repeat(100_000)}`);
      expect(readPassphraseFile(file)).to.equal("open sesame");
      writeFileSync(file, `${"é".repeat(4096)}\r\nmore`);
      expect(readPassphraseFile(file)).to.equal("é".repeat(4096));
      writeFileSync(file, "x".repeat(100_000));
      expect(() => readPassphraseFile(file)).to.throw(UserError, `the passphrase file ${file} begins with`);
      expect(() => readPassphraseFile(folder)).to.throw(UserError, "EISDIR");
      expect(() => readPassphraseFile(join(folder, "none"))).to.throw(UserError, "ENOENT");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("warnings about a passphrase (P8.1)", () => {
  it("come below 16 characters, which are not bytes", () => {
    expect(passphraseWarnings("é".repeat(15))).to.have.length(1);
    expect(passphraseWarnings("é".repeat(16))).to.deep.equal([]);
    expect(passphraseWarnings("😀".repeat(15))).to.have.length(1);
    expect(passphraseWarnings("😀".repeat(16))).to.deep.equal([]);
  });

  it("come for a byte order mark, and never show the passphrase", () => {
    const warnings = passphraseWarnings("\uFEFFsesame");
    expect(warnings).to.have.length(2);
    expect(warnings.join()).not.to.include("sesame");
  });
});

describe("a passphrase for a new team (P8.1)", () => {
  it("has six words of the list, each drawn by itself", () => {
    const drawn = [0, 5, WORDS.length - 1, 5, 1, 2];
    const asked: number[] = [];
    const passphrase = drawPassphrase((below) => {
      asked.push(below);
      return drawn[asked.length - 1] ?? 0;
    });
    expect(passphrase).to.equal(drawn.map((index) => WORDS[index]).join(" "));
    expect(asked).to.deep.equal(Array(6).fill(WORDS.length));
    expect(drawPassphrase()).not.to.equal(drawPassphrase());
    expect(passphraseWarnings(drawPassphrase())).to.deep.equal([]);
  });
});

describe("a passphrase that is typed (P8.1)", () => {
  function terminal(): {
    input: PassThrough & { setRawMode: (raw: boolean) => void };
    output: PassThrough;
    raw: boolean[];
  } {
    const raw: boolean[] = [];
    const input = Object.assign(new PassThrough(), { setRawMode: (is: boolean) => raw.push(is) });
    return { input, output: new PassThrough(), raw };
  }

  it("is not shown, and what is typed behind it is left for the next reader", async () => {
    const { input, output, raw } = terminal();
    const asked = askPassphrase("passphrase: ", input, output);
    input.write("open ses");
    input.write("ame\r/peers\r");
    expect(await asked).to.equal("open sesame");
    expect(String(output.read())).to.equal("passphrase: \n");
    expect(String(input.read())).to.equal("/peers\r");
    expect(raw).to.deep.equal([true, false]);
  });

  it("is undefined when the user gives up, or the terminal goes away", async () => {
    for (const end of [
      (input: PassThrough) => input.write("abc\x03"),
      (input: PassThrough) => input.write("\x04"),
      (input: PassThrough) => input.end(),
    ]) {
      const { input, output, raw } = terminal();
      const asked = askPassphrase("? ", input, output);
      end(input);
      expect(await asked).to.equal(undefined);
      expect(raw).to.deep.equal([true, false]);
    }
  });
});
