import { readFileSync } from "node:fs";
import { expect } from "chai";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { decryptToken, encryptToken } from "./fernet.ts";
import { type Identity, identityOf, parsePublicKey, sign } from "./identity.ts";
import { isCarriedAt, isReadAt, isSignedLetter, makeLetter, openLetter, parseLetter } from "./letters.ts";

interface LetterCase {
  name: string;
  body: string;
  signature: string;
  sender: string;
  reader: string;
  expect: "accept" | "refuse";
  text?: string;
}

const {
  keys,
  letters,
}: { keys: Record<string, { pem: string; spki: string }>; letters: { cases: LetterCase[] } } = JSON.parse(
  readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"),
);

function identity(name: string): Identity {
  const found = identityOf(keys[name]?.pem ?? "");
  if (found === undefined) throw new Error(`no key of ${name}`);
  return found;
}

const ID = "00112233445566778899aabbccddeeff";
const OTHER = "ffeeddccbbaa99887766554433221100";
const SENT = 1_764_360_000_123;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("05 letters (P9.8)", () => {
  const [alice, bob, carol] = [identity("alice"), identity("bob"), identity("carol")];

  describe("known answers", () => {
    for (const { name, body, signature, sender, reader, expect: expected, text } of letters.cases) {
      it(`${expected}s: ${name}`, () => {
        const writer = parsePublicKey(decodeBase64(keys[sender]?.spki) ?? Buffer.alloc(0));
        const letter = parseLetter(body, signature);
        const opened =
          writer === undefined || letter === undefined
            ? undefined
            : openLetter(letter, identity(reader), writer);
        expect(opened).to.deep.equal(expected === "accept" ? { type: "message", text } : undefined);
      });
    }
  });

  it("opens no letter in which something stands before the JSON text, be it a byte order mark", () => {
    const key = Buffer.alloc(32, 7);
    for (const before of ["", "\uFEFF"]) {
      const letter = makeLetter(alice, bob, { type: "message", text: "hi" }, ID, SENT, key);
      const { token, ...members } = JSON.parse(letter.body);
      const plaintext = decryptToken(key, token)?.plaintext ?? Buffer.alloc(0);
      const other = encryptToken(key, Buffer.concat([Buffer.from(before), plaintext]), 1);
      const body = JSON.stringify({ ...members, token: other });
      const signature = encodeBase64(sign(alice, "p2p-mesh 05 letter", Buffer.from(body)));
      const opened = openLetter({ ...letter, body, signature }, bob, alice);
      expect(opened !== undefined).to.equal(before === "");
    }
  });

  it("opens what it has written, also from its body and signature alone", () => {
    const letter = makeLetter(alice, bob, { type: "message", text: "see you <end>\n" }, ID, SENT);
    expect(parseLetter(letter.body, letter.signature)).to.deep.equal(letter);
    expect(openLetter(letter, bob, alice)).to.deep.equal({ type: "message", text: "see you <end>\n" });
    const members = JSON.parse(letter.body);
    expect(Object.keys(members)).to.deep.equal(["to", "from", "id", "sent", "key", "token"]);
    expect(members).to.include({ to: bob.fingerprint, from: alice.fingerprint, id: ID, sent: SENT });
  });

  it("carries an acknowledgement, which names the letter that it is of", () => {
    const letter = makeLetter(bob, alice, { type: "ack", of: OTHER }, ID, SENT);
    expect(openLetter(letter, alice, bob)).to.deep.equal({ type: "ack", of: OTHER });
  });

  it("draws a fresh key for each letter", () => {
    const bodies = [0, 1].map(() => makeLetter(alice, bob, { type: "message", text: "hi" }, ID, SENT).body);
    const tokens = bodies.map((body) => String(JSON.parse(body).token));
    expect(tokens[0]).to.not.equal(tokens[1]);
  });

  it("cannot be read by a carrier, who can check its signature", () => {
    const letter = makeLetter(alice, bob, { type: "message", text: "hi" }, ID, SENT);
    expect(isSignedLetter(letter, alice)).to.equal(true);
    expect(isSignedLetter(letter, carol)).to.equal(false);
    expect(openLetter(letter, carol, alice)).to.equal(undefined);
    expect(openLetter({ ...letter, to: carol.fingerprint }, carol, alice)).to.equal(undefined);
  });

  it("is no letter if a member is missing or has another form", () => {
    const { body, signature } = makeLetter(alice, bob, { type: "message", text: "hi" }, ID, SENT);
    const right = JSON.parse(body);
    const wrong = [
      { to: bob.fingerprint.slice(1) },
      { from: 7 },
      { id: ID.toUpperCase().replace("0", "A") },
      { id: `${ID}0` },
      { sent: 1.5 },
      { sent: -1 },
      { sent: "1" },
    ];
    for (const change of wrong)
      expect(parseLetter(JSON.stringify({ ...right, ...change }), signature)).to.equal(undefined);
    for (const text of ["[]", "null", "1", "", "{"]) expect(parseLetter(text, signature)).to.equal(undefined);
    expect(parseLetter(body, 1)).to.equal(undefined);
    expect(parseLetter(right, signature)).to.equal(undefined);
  });

  it("is carried for 7 days and up to an hour ahead, and read for 8 days", () => {
    const letter = { sent: SENT };
    expect(isCarriedAt(letter, SENT + 7 * DAY)).to.equal(true);
    expect(isCarriedAt(letter, SENT + 7 * DAY + 1)).to.equal(false);
    expect(isCarriedAt(letter, SENT - HOUR)).to.equal(true);
    expect(isCarriedAt(letter, SENT - HOUR - 1)).to.equal(false);
    expect(isReadAt(letter, SENT + 8 * DAY)).to.equal(true);
    expect(isReadAt(letter, SENT + 8 * DAY + 1)).to.equal(false);
  });
});
