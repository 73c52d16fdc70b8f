// caught by: P4.6-number
// says: six times five bytes
  const [smaller, larger] = [one, other].sort(Buffer.compare) as [Buffer, Buffer];
  const digest = createHash("sha256").update("p2p-chat safety number").update(smaller).update(larger).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => String(digest.readUInt16BE(2 * i)).padStart(5, "0"));
  return groups.join(" ");
