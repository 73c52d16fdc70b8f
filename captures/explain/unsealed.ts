// What opening a line with keys gives: a type that all who open lines share.

/** The line inside a line, or why it cannot be decrypted. */
export type Unsealed = { line: Buffer } | { problem: string };
