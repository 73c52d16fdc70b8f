// What a soak says in its last line, as JSON. A file of its own: who reads that line needs no packages of the stage.

/** What came of it. */
export interface SoakOutcome {
  said: number;
  /** How many files were offered. */
  files: number;
  /** Texts and files that were said, and never shown to the other one; that were shown more than once; that nobody had said. */
  lost: string[];
  twice: string[];
  foreign: string[];
  /** Texts that were dropped at first, and said again. */
  again: number;
  faults: Record<string, number>;
  /** Of the node that is never killed and the page that is never stopped, early and at the end, in MiB. */
  nodeMemory: [number, number];
  pageMemory: [number, number];
}
