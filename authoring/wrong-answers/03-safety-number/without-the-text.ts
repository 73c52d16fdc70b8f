// caught by: P4.6-number
// says: SHA-256 of the text "p2p-chat safety number"
  const [smaller, larger] = [one, other].sort(Buffer.compare) as [Buffer, Buffer];
  const digest = createHash("sha256").update(smaller).update(larger).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    return String(digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP) % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
