// caught by: P10.2-look-alikes
/** What people take for a digit is that digit: O for 0, I and L for 1. @param text in capitals */
function asDigits(text: string): string {
  return text.replaceAll("O", "0").replaceAll(/[IL]/g, "1").replaceAll("U", "V");
}

/**
 * Reads the code of a card, and compares its check bytes with the id and the secret.
 * @param code in capitals, with digits for what looks like them
 * @returns the card, or one sentence for the user: what is wrong, and what to do
 */
async function readCode(id: string, code: string): Promise<Card | { problem: string }> {
  const wrong = [...code].find((character) => !ALPHABET.includes(character));
  if (wrong !== undefined) return { problem: strangeCharacter(wrong) };
  if (code.length !== CODE_LENGTH) return { problem: wrongLength(code.length) };
  let number = 0n;
  for (const character of code) number = (number << 5n) | BigInt(ALPHABET.indexOf(character));
  const bytes = bytesOf(number, KEY_BYTES + CHECK_BYTES);
  const card = { id, secret: bytes.slice(0, KEY_BYTES) };
  const isRight = isEqual(bytes.subarray(KEY_BYTES), await checkOf(card));
  return isRight ? card : { problem: WRONG_CHARACTER };
}
