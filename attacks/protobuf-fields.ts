// Reads messages of protocol buffers (its encoding, section "Message Structure") as far as libp2p's need it. Pure.

/** The fields of a message by their numbers, each in its order. */
export type Fields = ReadonlyMap<number, readonly (Buffer | number)[]>;

/** A number of base 128, and where it ends; undefined if it is not whole. */
export function readVarint(bytes: Buffer, start = 0): { value: number; end: number } | undefined {
  let [value, factor] = [0, 1];
  for (let at = start; at < bytes.length && at < start + 8; at += 1) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
    factor *= 128;
  }
  return undefined;
}

/** What stands behind a length, and where it ends; undefined if it is not whole. */
export function readPrefixed(bytes: Buffer, start = 0): { message: Buffer; end: number } | undefined {
  const length = readVarint(bytes, start);
  if (length === undefined || bytes.length < length.end + length.value) return undefined;
  const end = length.end + length.value;
  return { message: bytes.subarray(length.end, end), end };
}

/** The fields of a message; undefined if it is none. */
export function readFields(message: Buffer): Fields | undefined {
  const fields = new Map<number, (Buffer | number)[]>();
  for (let at = 0; at < message.length; ) {
    const tag = readVarint(message, at);
    if (tag === undefined) return undefined;
    const isBytes = (tag.value & 7) === 2;
    if (!isBytes && (tag.value & 7) !== 0) return undefined;
    const content = isBytes ? readPrefixed(message, tag.end) : readVarint(message, tag.end);
    if (content === undefined) return undefined;
    const number = Math.floor(tag.value / 8);
    const value = "message" in content ? content.message : content.value;
    fields.set(number, [...(fields.get(number) ?? []), value]);
    at = content.end;
  }
  return fields;
}

/** The first field of this number that is bytes. */
export function bytesField(fields: Fields | undefined, number: number): Buffer | undefined {
  return fields?.get(number)?.find((value) => Buffer.isBuffer(value));
}

/** The first field of this number that is a number. */
export function numberField(fields: Fields | undefined, number: number): number | undefined {
  return fields?.get(number)?.find((value) => typeof value === "number");
}
