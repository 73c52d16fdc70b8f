import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { xorWithKey } from "../../../03-dh-chat/toy-cipher.ts";
import { Opener } from "../../../04-aes-chat/sealed-lines.ts";
import * as readability from "../../../captures/explain/readability.ts";
import { fromHex } from "../bytes.ts";
import {
  drawChatKeys,
  entropy,
  importChatKeys,
  messageLine,
  onTheWire,
  printableShare,
  samePlaces,
} from "./three-stages.ts";

interface Session {
  keys: Record<"initiatorKey" | "responderKey", string>;
  records: { sender: "initiator" | "responder"; plaintext: string; line: string }[];
}

const bytes = (from: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(from);

describe("a line in three stages", () => {
  it("is in stage 02 the line itself", async () => {
    const line = messageLine(1, "hello, Bob");
    expect(line).to.equal('{"type":"message","id":1,"text":"hello, Bob"}');
    expect((await onTheWire("02", line, await drawChatKeys(), 0)).json).to.equal(line);
  });

  it("is in stage 03 what the toy cipher makes of it", async () => {
    const toy = randomBytes(32);
    const keys = await importChatKeys(bytes(toy), bytes(randomBytes(64)));
    const line = messageLine(7, "longer than the key: Grüße, 你好, and more");
    const ciphertext = xorWithKey(Buffer.from(line), toy).toString("hex");
    expect((await onTheWire("03", line, keys, 0)).json).to.equal(
      `{"type":"xored","ciphertext":"${ciphertext}"}`,
    );
  });

  it("is in stage 04 the known answer", async () => {
    const vectors = new URL("../../../tests/vectors/sealed.json", import.meta.url);
    const { sessions } = JSON.parse(readFileSync(vectors, "utf8")) as { sessions: Session[] };
    let compared = 0;
    for (const { keys, records } of sessions)
      for (const { sender, plaintext, line } of records) {
        const { seq, iv } = JSON.parse(line) as { seq: number; iv: string };
        const chatKeys = await importChatKeys(bytes(randomBytes(32)), fromHex(keys[`${sender}Key`]));
        expect((await onTheWire("04", plaintext, chatKeys, seq, fromHex(iv))).json).to.equal(line);
        compared += 1;
      }
    expect(compared).to.be.greaterThan(5);
  });

  it("is in stage 04 a line that the stage opens", async () => {
    const sealing = randomBytes(64);
    const keys = await importChatKeys(bytes(randomBytes(32)), bytes(sealing));
    const opener = new Opener(sealing);
    for (const [seq, text] of ["once", "once"].entries()) {
      const { json } = await onTheWire("04", messageLine(seq + 1, text), keys, seq);
      expect(opener.open(JSON.parse(json))?.toString()).to.equal(messageLine(seq + 1, text));
    }
  });
});

describe("what is measured", () => {
  it("is what npm run show measures", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (array) => {
        const [own, theirs] = [new Uint8Array(array), Buffer.from(array)];
        expect(printableShare(own)).to.equal(readability.printableShare(theirs));
        expect(entropy(own)).to.be.closeTo(readability.entropy(theirs), 1e-9);
      }),
    );
    expect(printableShare(new Uint8Array())).to.equal(0);
  });

  it("said twice: the same but for the number in stages 02 and 03, and in stage 04 by chance alone", async () => {
    const keys = await drawChatKeys();
    const [first, second] = [messageLine(1, "pay 100 to carol"), messageLine(2, "pay 100 to carol")];
    for (const stage of ["02", "03", "04"] as const) {
      const one = await onTheWire(stage, first, keys, 0);
      const other = await onTheWire(stage, second, keys, 1);
      const same = samePlaces(one.bytes, other.bytes);
      const different = same.flatMap((isSame, i) => (isSame ? [] : [i]));
      if (stage === "04") expect(different.length).to.be.greaterThan(one.bytes.length / 2);
      else expect(different).to.deep.equal([23]);
    }
  });
});
