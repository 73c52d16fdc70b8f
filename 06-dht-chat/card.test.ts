import { expect } from "chai";
import fc from "fast-check";
import { bytesOf, knownDht } from "../tests/support/known-dht.ts";
import { toHex } from "./bytes.ts";
import { CARD_LIFETIME, formatCard, groupCard, hintOf, makeCard, parseCard } from "./card.ts";

const [known] = knownDht.cards;
const text = known?.text ?? "";

async function problemOf(card: string): Promise<string> {
  const parsed = await parseCard(card);
  return "problem" in parsed ? parsed.problem : "no problem";
}

describe("card", () => {
  for (const card of knownDht.cards) {
    it(`P10.2 is written, shown and read: ${card.text}`, async () => {
      const { id, secret } = card;
      expect(await formatCard({ id, secret: bytesOf(secret) })).to.equal(card.text);
      expect(groupCard(card.text)).to.equal(card.shown);
      expect(await parseCard(card.text)).to.deep.equal({ id, secret: bytesOf(secret) });
      expect(await parseCard(card.shown)).to.deep.equal({ id, secret: bytesOf(secret) });
    });
    it(`P10.6 the hint of ${card.text}`, async () => {
      expect(await hintOf(bytesOf(card.secret))).to.equal(card.hint);
    });
  }

  for (const { name, text: accepted, id, secret } of knownDht.acceptedCards) {
    it(`P10.2 takes: ${name}`, async () => {
      expect(await parseCard(accepted)).to.deep.equal({ id, secret: bytesOf(secret) });
    });
  }

  for (const { name, text: refused } of knownDht.refusedCards) {
    it(`P10.2 refuses, and says what to do: ${name}`, async () => {
      expect(await problemOf(refused)).to.match(/^[A-Z].+\. .*[A-Z].+\.$|^[A-Z].+: .+\. [A-Z].+\.$/);
    });
  }

  it("P10.2 drops each dash, blank, tab, line end and no-break space, wherever it stands", async () => {
    const dashes = ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015"];
    for (const dropped of [...dashes, " ", "\t", "\r", "\n", "\u00a0", "\u202f", "\ufeff"]) {
      const parsed = await parseCard(dropped + Array.from(text).join(dropped) + dropped);
      expect(parsed, dropped.codePointAt(0)?.toString(16)).to.deep.equal({
        id: known?.id,
        secret: bytesOf(known?.secret ?? ""),
      });
    }
    for (const kept of ["\u2016", "\u200f", "\u2212", "_", ".", "/", "\u0000", "\u3000"])
      expect(await problemOf(text.slice(0, 30) + kept + text.slice(30)), JSON.stringify(kept)).not.to.equal(
        "no problem",
      );
  });

  it("P10.2 O is not 0 and I is not 1 in the number", async () => {
    const id = "000752548599030";
    const zeros = await formatCard({ id, secret: bytesOf("00".repeat(32)) });
    expect(await problemOf(zeros.replace(id, "OOO752548599030"))).to.contain("15 digits");
    expect(await problemOf(text.replace("141065404484172", "I41065404484172"))).to.contain("15 digits");
  });

  it("P10.2 any one character changed is found", async () => {
    const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.nat(31), async (at, drawn) => {
        const character = alphabet.charAt(drawn);
        fc.pre(character !== text[at]);
        expect(await problemOf(text.slice(0, at) + character + text.slice(at + 1))).not.to.equal(
          "no problem",
        );
      }),
    );
  });

  it("P10.2 says which of them is wrong", async () => {
    expect(await problemOf("https://example.org/")).to.contain("begins with P2P06");
    expect(await problemOf(text.replace(":", ""))).not.to.equal("no problem");
    expect(await problemOf(text.slice(0, -1))).to.contain("56 characters, and here are 55");
    expect(await problemOf(text.replace("SAA", "UAA"))).to.contain("character U");
    expect(await problemOf(`${text.slice(0, -1)}B`)).to.contain("A character of the card is wrong");
    expect(await problemOf("P2P06:".padEnd(1001, " "))).to.contain("too long");
  });

  it("P10.2 no secret stands in a problem", async () => {
    for (const { text: refused } of knownDht.refusedCards)
      expect(await problemOf(refused)).not.to.match(/[0-9A-Z]{8}/);
  });

  it("P10.2 each card has a secret of 32 bytes of its own, and is read back", async () => {
    const [one, other] = [makeCard("141065404484172"), makeCard("141065404484172")];
    expect(one.secret.length).to.equal(32);
    expect(toHex(one.secret)).not.to.equal(toHex(other.secret));
    expect(await parseCard(await formatCard(one))).to.deep.equal(one);
  });

  it("P10.2 unused it expires after 15 minutes", () => {
    expect(CARD_LIFETIME).to.equal(900_000);
  });

  it("P10.2 whatever text there is, it is a card or a problem", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(0xffff), { maxLength: 200 }), async (units) => {
        const drawn = String.fromCharCode(...units);
        expect(await parseCard(drawn)).to.have.property("problem");
        expect(await parseCard(`P2P06:141065404484172:${drawn}`)).to.have.property("problem");
      }),
    );
  });
});
