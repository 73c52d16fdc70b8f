// caught by: P4.6-any-order
// says: The bytewise larger key comes first
  const [smaller, larger] = [one, other].sort((left, right) =>
    left.join().localeCompare(right.join()),
  ) as [Buffer, Buffer];
  const digest = createHash("sha256").update("p2p-chat safety number").update(smaller).update(larger).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    return String(digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP) % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
