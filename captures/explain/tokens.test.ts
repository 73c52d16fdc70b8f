import { assert } from "chai";
import fc from "fast-check";
import { KNOWN } from "../testing/lan-capture.ts";
import { frameHeaderOf, isFrameEnd } from "./frames.ts";
import { datagramBytes, lineBytes } from "./line-bytes.ts";
import { beginsAsToken, timeOfToken, tokenOf, tokenParts } from "./tokens.ts";

const { valid, invalid } = KNOWN.fernet;

describe("a token, by its form", () => {
  it("tells its time, and how long its ciphertext is, to everybody", () => {
    for (const { name, token, time, plaintext } of valid) {
      const found = tokenOf(Buffer.from(token));
      assert.equal(found?.seconds, time, name);
      // PKCS#7 adds 1 to 16 bytes.
      assert.equal(found?.ciphertext.length, 16 * (Math.floor(plaintext.length / 2 / 16) + 1), name);
      assert.equal(beginsAsToken(Buffer.from(token)), time < 2 ** 32, name);
    }
  });

  it("is not what has another form; whose MAC is wrong, is one by its form", () => {
    const formless = invalid.filter(({ token }) => tokenOf(Buffer.from(token)) === undefined);
    assert.isAtLeast(formless.length, 15);
    const [one] = valid;
    const text = one?.token ?? "";
    for (const wrong of [
      text.slice(0, -1),
      `${text}=`,
      `${text}====`,
      text.replaceAll("=", ""),
      ` ${text}`,
      `${text}\n`,
      `h${text.slice(1)}`,
      text.replace("_", "/"),
      "",
    ])
      assert.isUndefined(tokenOf(Buffer.from(wrong)), wrong);
    assert.isUndefined(tokenOf(Buffer.from(text).fill(0xff, 20, 21)));
    // The last character before the padding has bits that no byte needs. In the one spelling they are 0.
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const padded = valid.filter(({ token }) => token.endsWith("="));
    assert.isAtLeast(padded.length, 2);
    for (const { token } of padded) {
      const [, before = "", last = "", padding = ""] = /^(.*)([^=])(=+)$/.exec(token) ?? [];
      const other = `${before}${alphabet[alphabet.indexOf(last) + 1]}${padding}`;
      assert.deepEqual(Buffer.from(other, "base64url"), Buffer.from(token, "base64url"));
      assert.isUndefined(tokenOf(Buffer.from(other)), other);
    }
  });

  it("has parts that are all of it", () => {
    for (const { token, time } of valid) {
      const parts = tokenParts(Buffer.from(token)) ?? [];
      assert.equal(parts.map(({ bytes }) => bytes.toString()).join(""), token);
      assert.lengthOf(parts, 4);
      assert.include(parts[0]?.label, timeOfToken(time));
    }
    assert.equal(timeOfToken(1_764_360_005), "2025-11-28 20:00:05 UTC");
    assert.equal(timeOfToken(2 ** 53 - 1), "9007199254740991 s after 1970");
  });

  it("labels every byte of a datagram and of a line, whatever they are", () => {
    const [one] = valid;
    const token = Buffer.from(one?.token ?? "");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, isToken) => {
        const data = Buffer.concat([isToken ? token : Buffer.alloc(0), Buffer.from(bytes)]);
        assert.deepEqual(Buffer.concat(datagramBytes(data).map((range) => range.bytes)), data);
        assert.deepEqual(Buffer.concat(lineBytes(data).map((range) => range.bytes)), data);
      }),
    );
    const withCr = Buffer.concat([token, Buffer.from("\r\n")]);
    assert.deepEqual(
      lineBytes(withCr).map(({ label }) => label.slice(0, 5)),
      ["token", "token", "token", "token", "CR", "LF: t"],
    );
  });
});

describe("the lines of a frame (P9.1)", () => {
  const header = (line: string) => frameHeaderOf(Buffer.from(line));

  it("are known by their form", () => {
    assert.deepEqual(header("<10.0.0.1:5000> @ <rocket>"), { address: "10.0.0.1:5000", team: "rocket" });
    assert.deepEqual(header("<[::1]:5000> @ <a-B_9>\r"), { address: "[::1]:5000", team: "a-B_9" });
    for (const wrong of [
      "",
      "<end>",
      "<10.0.0.1:5000> @ <>",
      "<10.0.0.1> @ <rocket>",
      "<10.0.0.1:5000> @ <rocket> ",
      " <10.0.0.1:5000> @ <rocket>",
      "<10.0.0.1:5000>@<rocket>",
      "<::1:5000> @ <rocket>",
      "<alice:5000> @ <rocket>",
      `<10.0.0.1:5000> @ <${"x".repeat(33)}>`,
      `<${"1".repeat(200)}:5000> @ <rocket>`,
    ])
      assert.isUndefined(header(wrong), wrong);
    assert.isTrue(isFrameEnd(Buffer.from("<end>")) && isFrameEnd(Buffer.from("<end>\r")));
    for (const wrong of ["<end> ", "<END>", "<end", "", "<end>\r\r", "\r<end>"])
      assert.isFalse(isFrameEnd(Buffer.from(wrong)), wrong);
  });

  it("are labelled", () => {
    const labels = (line: string) => lineBytes(Buffer.from(line)).map(({ label }) => label);
    assert.deepEqual(labels("<10.0.0.1:5000> @ <rocket>\n"), [
      "frame: from 10.0.0.1:5000 (so they say), team rocket",
      "LF: the end of the line",
    ]);
    assert.deepEqual(labels("<end>\n"), ["frame: its end", "LF: the end of the line"]);
  });
});
