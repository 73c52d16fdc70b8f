// caught by: P4.6-any-order
// says: compare all bytes
  const [smaller, larger] = (one[0] ?? 0) <= (other[0] ?? 0) ? [one, other] : [other, one];
  const digest = createHash("sha256").update("p2p-chat safety number").update(smaller).update(larger).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    return String(digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP) % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
