import { expect } from "chai";
import { quote, quoteBytes } from "./readable-bytes.ts";

describe("readable bytes", () => {
  it("have escapes for quotes, control characters, and every blank but the space", () => {
    expect(quote('a "b" \\\n\t\u00a0\u3000\ufeff\u{e0001}')).to.equal(
      '"a \\"b\\" \\\\\\n\\t\\u00a0\\u3000\\ufeff\\u{e0001}"',
    );
    expect(quoteBytes(Buffer.from([0x61, 0xff, 0x0a]))).to.equal('"a\\xff\\n"');
  });

  it("of a long text say what it consists of", () => {
    expect(quote(`1 + ${"0".repeat(5000)}\n`)).to.equal('"1 + " + "0" × 5000 + "\\n" (5005 characters)');
    expect(quote("x\n".repeat(3000))).to.equal('"x\\n" × 3000 (6000 characters)');
    expect(quote("é".repeat(4096))).to.equal('"é" × 4096 (4096 characters)');
    expect(quote("😀".repeat(2048))).to.equal('"😀" × 2048 (4096 characters)');
  });

  it("of a long text that repeats nothing show its beginning and its end", () => {
    const text = Array.from({ length: 1200 }, (_, i) => i).join(" ");
    expect(quote(text))
      .to.match(/^"0 1 2 /)
      .and.to.include('" … "')
      .and.to.match(/ 1198 1199" \(\d+ characters\)$/);
  });

  it("of a short text are all of it", () => {
    expect(quote("0".repeat(2000))).to.equal(`"${"0".repeat(2000)}"`);
  });
});
