// caught by: P4.6-any-order
// says: The two keys come in the wrong order
  let place = 0;
  while (place < one.length - 1 && one[place] === other[place]) place += 1;
  const [smaller, larger] = one.readInt8(place) < other.readInt8(place) ? [one, other] : [other, one];
  const digest = createHash("sha256").update("p2p-chat safety number").update(smaller).update(larger).digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    return String(digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP) % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
