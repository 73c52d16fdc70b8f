// Tests that the secrets of a chat are recognised in whatever notation a program prints them, and nothing else is.

import { inspect } from "node:util";
import { expect } from "chai";
import { Chat } from "./chat.ts";
import { decode, encode, MODP2048, power } from "./cryptography.ts";
import { Launcher } from "./launcher.ts";
import { referencePlace } from "./place.ts";
import { Pool } from "./pool.ts";
import { findLeak } from "./secrets.ts";

const context = new Launcher(referencePlace("04"), new Pool(), 1000);
const names = { own: "bob", other: "alice" };
/** Alice's private key, which the checker does not know. */
const alicesKey = decode(Buffer.from("05".repeat(31), "hex"));
const publicKey = encode(power(2n, alicesKey, MODP2048.prime), MODP2048).toString("hex");

/** A chat whose keys are agreed on. */
function newChat(): Chat {
  // The connection is not used.
  const chat = new Chat(undefined as never, "04", "initiator", names, context);
  chat.key.initiator = "{}";
  chat.key.responder = JSON.stringify({ type: "key", group: "modp2048", publicKey });
  chat.derivesKeys();
  return chat;
}

const chat = newChat();
const { sharedSecret, sessionKeys } = chat;
const privateKey = Buffer.from(alicesKey.toString(16).padStart(64, "0"), "hex");

describe("the secrets of a chat", () => {
  for (const [name, bytes] of Object.entries({
    "the shared secret Z": sharedSecret,
    "the initiator's": sessionKeys.initiator,
    "the responder's AES key": sessionKeys.responder.subarray(32),
    "the private key": privateKey,
  })) {
    it(`P4.3 ${name} is found in hexadecimal, decimal and base64, as a whole or dumped`, () => {
      for (const text of [
        bytes.toString("hex"),
        `key=${bytes.toString("hex").toUpperCase()};`,
        `0x${decode(bytes).toString(16)}`,
        `${decode(bytes)}n`,
        bytes.toString("base64"),
        `"${bytes.toString("base64url")}"`,
        inspect(bytes),
        bytes.toString("hex").replace(/..(?!$)/g, "$&:"),
      ]) {
        const found = findLeak(`alice starts\nkeys ${text}\nchat with bob started`, [chat])?.secret;
        expect(found, text).to.contain(name);
      }
    });
  }

  it("P4.3 the beginning of one is enough, and so are the numbers of its bytes", () => {
    for (const text of [
      `${sharedSecret.toString("hex").slice(0, 20)}...`,
      JSON.stringify(sharedSecret),
      inspect(new Uint8Array(sharedSecret)),
    ])
      expect(findLeak(text, [chat])?.secret, text).to.equal("the shared secret Z");
  });

  it("P4.3 a number that is written without the zeros in front of it is found", () => {
    let other = newChat();
    while ((other.sessionKeys.initiator[0] ?? 0) >= 0x10) other = newChat();
    const number = decode(other.sessionKeys.initiator.subarray(0, 32)).toString(16);
    expect(number.length).to.be.lessThan(64);
    expect(findLeak(`0x${number}`, [other])?.secret).to.equal("the initiator's MAC key");
  });

  it("P4.3 what everybody may know is none", () => {
    const text = [
      chat.key.responder,
      chat.publicKey.toString("base64"),
      chat.safetyNumber,
      "f".repeat(64),
    ].join("\n");
    expect(findLeak(text, [chat])).to.equal(undefined);
  });
});
