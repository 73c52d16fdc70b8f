// caught by: P4.6-any-order
// says: The bytewise larger key comes first
  const digest = createHash("sha256").update("p2p-chat safety number").update(one).update(other).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    const value = digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP);
    return String(value % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
