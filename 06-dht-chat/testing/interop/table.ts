// A put into the table as bytes, for records that libp2p's own client would not send (P10.4): a protobuf message of
// kad-dht with its length before it.

/** The message PUT_VALUE: its type is 0; field 2 is the key, field 3 the record (field 1 its key, field 2 its value). */
export function putMessage(key: string, value: Buffer): Buffer {
  const keyBytes = Buffer.from(key);
  const record = Buffer.concat([field(1, keyBytes), field(2, value)]);
  const message = Buffer.concat([Buffer.from([0x08, 0]), field(2, keyBytes), field(3, record)]);
  return Buffer.concat([varint(message.length), message]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
