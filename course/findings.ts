// What somebody on the way could do in each stage: the table that the tour and the wire end with. Its answers come from what
// really happened. Pure.

/** What happened in one stage. */
export interface Finding {
  stage: StageNumber;
  /** Whether everybody could read the text. */
  readable: boolean;
  /** Whether the receiving program noticed that the message was changed. */
  noticed: boolean;
}

export type StageNumber = "01" | "02" | "03" | "04" | "05";

/** The row of a stage: its name, and a remark that explains the row, if it needs one. */
export interface StageRow {
  title: string;
  remark: string;
}

export const STAGE_ROWS: Readonly<Record<StageNumber, StageRow>> = {
  "01": { title: "01 calculator", remark: "" },
  "02": { title: "02 peer to peer", remark: "" },
  "03": {
    title: "03 Diffie-Hellman and XOR",
    remark: "not readable as it stands; lesson 03 breaks it",
  },
  "04": {
    title: "04 AES-256-CBC and MAC",
    remark: "if they compared safety numbers; if not: npm run attack -- mitm --stage 04",
  },
  "05": {
    title: "05 peers in one network",
    remark: "who Bob is, a pinned key proves; at first contact, compare once",
  },
};

export const TABLE_TITLE = "What somebody on the way could do";

/** What stands under the table. */
export const CLOSING_WORDS = [
  "Who Bob is, stages 01 to 04 do not prove: from 03 on, compare safety numbers.",
  "In 05, a key that was pinned at the first contact does. Compare at that contact.",
] as const;

/** Whether everybody can read the typed text on the wire: in the bytes, or in the hexadecimal digits that they hold. */
export function isReadable(typed: string, wire: Buffer): boolean {
  const digits = wire.toString("latin1").match(/(?:[0-9a-f]{2}){4,}/g) ?? [];
  return [wire, ...digits.map((text) => Buffer.from(text, "hex"))].some((bytes) => bytes.includes(typed));
}
