// caught by: P10.3-record-seq
/**
 * What every node checks before it stores a record, and every reader before they use it (P10.4).
 * @param key where it stands in the table: /u/ID
 * @param now milliseconds since 1970
 */
export async function checkRecord(key: string, value: Bytes, now: number): Promise<RecordVerdict> {
  if (value.length > MAX_RECORD_BYTES) return { refused: "size" };
  const id = key.startsWith("/u/") ? key.slice("/u/".length) : "";
  const signed = parseRecord(value);
  if (!isId(id) || signed === undefined) return { refused: "form" };
  const { record, signature } = signed;
  if (record.id !== id || (await idOf(record.key)) !== id) return { refused: "id" };
  if (record.expires <= now || record.expires > now + MAX_RECORD_LIFETIME) return { refused: "expired" };
  if (!(await isSignedBy(record.key, concat(SIGNATURE_LABEL, toUtf8(record.body)), signature)))
    return { refused: "signature" };
  return { record };
}

/** Whether one record counts more than another: by seq; if these are equal, by the bytes of the body. */
function isAfter(one: PeerRecord, other: PeerRecord): boolean {
  if (one.seq !== other.seq) return one.seq > other.seq;
  const body = toUtf8(one.body);
  const otherBody = toUtf8(other.body);
  const at = body.findIndex((byte, index) => byte !== otherBody[index]);
  // Where the bodies begin to differ, or the other one has ended.
  return at !== -1 && (body[at] ?? 0) > (otherBody[at] ?? -1);
}
