// caught by: P10.5-closest
// says: Look at all contacts before you cut
/**
 * Compares how far two ids are from a third. The distance of two ids is their XOR, read as one large number.
 * @returns a negative number if `one` is nearer, a positive one if `other` is, 0 if they are the same id
 */
export function compareDistances(target: Bytes, one: Bytes, other: Bytes): number {
  for (let index = 0; index < target.length; index++) {
    const byte = target[index] ?? 0;
    const difference = ((one[index] ?? 0) ^ byte) - ((other[index] ?? 0) ^ byte);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Of many contacts the nearest to an id, the nearest first: `count` of them, or all if there are fewer. */
export function closestOf(contacts: Iterable<Contact>, target: Bytes, count: number): Contact[] {
  const closest: Contact[] = [];
  for (const contact of [...contacts].slice(0, count)) {
    const last = closest[count - 1];
    if (last !== undefined && compareDistances(target, contact.id, last.id) >= 0) continue;
    const place = closest.findIndex(({ id }) => compareDistances(target, contact.id, id) < 0);
    closest.splice(place < 0 ? closest.length : place, 0, contact);
    if (closest.length > count) closest.pop();
  }
  return closest;
}
