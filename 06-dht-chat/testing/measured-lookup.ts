// What table-client.ts prints of a lookup among real nodes, and a measurement reads. Types alone.

/** One lookup that was measured. */
export interface MeasuredLookup {
  /** In hexadecimal. */
  key: string;
  milliseconds: number;
  /** Peer ids, the nearest first. */
  found: readonly string[];
  questions: number;
  hops: number;
}
