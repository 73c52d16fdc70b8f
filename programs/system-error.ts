// Errors of the system about files, in words.

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EISDIR", "it is a folder, not a file"],
  ["ENOTDIR", "a part of its path is a file, not a folder"],
  ["ENOENT", "there is no such file or folder"],
  ["EACCES", "you may not read or write it"],
  ["EPERM", "you may not read or write it"],
  ["EROFS", "the disk can only be read"],
  ["ENOSPC", "the disk is full"],
]);

/**
 * One line about an error of the system: which file, and what is wrong. Undefined for any other error: a bug of ours.
 * @param file named if the error names none, as that of reading a folder does
 */
export function systemProblem(error: unknown, file?: string): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error)) return undefined;
  const { code = "", path = file, message } = error as NodeJS.ErrnoException;
  const reason = REASONS.get(code);
  return path === undefined || reason === undefined ? message : `${path}: ${reason}`;
}
