// caught by: P4.6-five-digits
// says: A group below 10,000 needs zeros in front
  const [smaller, larger] = [one, other].sort(Buffer.compare) as [Buffer, Buffer];
  const digest = createHash("sha256").update("p2p-chat safety number").update(smaller).update(larger).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    return digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP) % 100_000;
  });
  return groups.join(" ");
