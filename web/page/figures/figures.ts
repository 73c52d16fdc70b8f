// The figures to play with: what each is, in which lessons it stands, and how it is loaded.

/** One figure. */
export interface Figure {
  /** Its part of the address: #/figures/ID. */
  id: string;
  title: string;
  /** What one does with it, in one sentence. */
  sentence: string;
  /** The pages that it belongs to, such as 03-2. It stands in the first of them. */
  lessons: readonly string[];
  /** The name of its element. */
  element: string;
  /** Defines the element. */
  load(): Promise<unknown>;
}

export const FIGURES: readonly Figure[] = [
  {
    id: "clock",
    title: "Powers on a clock of 23",
    sentence: "Choose a g and see where its powers lead; then agree on a secret, and be the one who listens.",
    lessons: ["03-1", "03-3", "03-5", "03-7"],
    element: "clock-figure",
    load: () => import("./clock-figure.ts"),
  },
  {
    id: "crib",
    title: "XOR with a known beginning",
    sentence: "Slide a guess over a sealed line: where it fits, the key falls out, and all other lines open.",
    lessons: ["03-11", "03-10"],
    element: "crib-figure",
    load: () => import("./crib-figure.ts"),
  },
  {
    id: "handshake",
    title: "A handshake with and without Mallory",
    sentence: "Go step by step, see who knows what, and compare both safety numbers at the end.",
    lessons: ["03-9", "03-8", "03-6"],
    element: "handshake-figure",
    load: () => import("./handshake-figure.ts"),
  },
  {
    id: "picture",
    title: "A lighthouse in ECB and CBC, and one flipped bit",
    sentence: "See what each mode leaves of a picture; then change one bit of what is on the wire.",
    lessons: ["04-1", "04-2", "04-4"],
    element: "picture-figure",
    load: () => import("./picture-figure.ts"),
  },
  {
    id: "padding",
    title: "The padding oracle by hand",
    sentence: 'Read AES-256 without the key, byte by byte, from nothing but "ok" and "bad-padding".',
    lessons: ["04-5"],
    element: "padding-figure",
    load: () => import("./padding-figure.ts"),
  },
  {
    id: "stages",
    title: "One line in three stages",
    sentence: "Type a line and say it twice: what does a stranger measure in stages 02, 03 and 04?",
    lessons: ["04-10", "03-10", "04-2"],
    element: "stages-figure",
    load: () => import("./stages-figure.ts"),
  },
];

/** @returns undefined if there is no figure of this name */
export function findFigure(id: string): Figure | undefined {
  return FIGURES.find((figure) => figure.id === id);
}

/** The figures that stand in a lesson's page, such as 03-1. */
export function figuresOf(page: string): readonly Figure[] {
  return FIGURES.filter(({ lessons }) => lessons.includes(page));
}
