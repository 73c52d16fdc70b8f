import { assert } from "chai";
import fc from "fast-check";
import { AddressBook, formatIpv4, formatIpv6 } from "./ip-address.ts";

describe("IP addresses", () => {
  it("writes IPv4 addresses with dots", () => {
    assert.equal(formatIpv4(Buffer.from([1, 192, 0, 2, 255, 1]), 1), "192.0.2.255");
  });

  const KNOWN: readonly [hexadecimal: string, text: string][] = [
    ["00000000000000000000000000000000", "::"],
    ["00000000000000000000000000000001", "::1"],
    ["20010db8000000000000000000000001", "2001:db8::1"],
    // RFC 5952: a single zero group is not shortened (4.2.2). Of several longest runs, the first is shortened (4.2.3).
    ["20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"],
    ["20010000000000010000000000000001", "2001:0:0:1::1"],
    ["20010db8000000000001000000000001", "2001:db8::1:0:0:1"],
    ["fe800000000000000000000000000000", "fe80::"],
    ["00000000000000000000ffffc0000201", "::ffff:192.0.2.1"],
  ];
  for (const [hexadecimal, text] of KNOWN) {
    it(`writes ${text}`, () => {
      assert.equal(formatIpv6(Buffer.from(hexadecimal, "hex"), 0), text);
    });
  }

  it("writes IPv6 addresses as the URLs of Node.js have them", () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(!(groups.slice(0, 5).every((one) => one === 0) && groups[5] === 0xffff));
        const bytes = Buffer.alloc(16);
        groups.forEach((value, index) => {
          bytes.writeUInt16BE(value, 2 * index);
        });
        const url = new URL(`http://[${groups.map((value) => value.toString(16)).join(":")}]`);
        assert.equal(`[${formatIpv6(bytes, 0)}]`, url.hostname);
      }),
    );
  });

  it("remembers them, and forgets again", () => {
    const book = new AddressBook();
    for (let i = 0; i < 10_000; i += 1) {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt16BE(i, 2);
      assert.equal(book.ipv4(bytes, 0), `0.0.${i >> 8}.${i & 255}`);
      assert.equal(book.ipv4(bytes, 0), `0.0.${i >> 8}.${i & 255}`);
      assert.equal(book.ipv6(bytes, 0), i === 0 ? "::" : `0:${i.toString(16)}::`);
    }
  });
});
