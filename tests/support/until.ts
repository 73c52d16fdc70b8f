// Waits for what takes a moment and is announced by nobody: on the disk, in another process, in another connection.

import { DEADLINE } from "../../programs/child-program.ts";
import { patientTimeout } from "../../programs/patience.ts";

/** The pause between two looks, in milliseconds. */
const LOOK_PAUSE = 5;

/** Waits until something is so. @throws Error with `what` if it never is */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  let isLate = false;
  const cancel = patientTimeout(() => {
    isLate = true;
  }, DEADLINE);
  try {
    while (!isSo()) {
      if (isLate) throw new Error(`in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE));
    }
  } finally {
    cancel();
  }
}

/** Whether a process with this id exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists, and is somebody else's.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Waits until no process has any of these ids. */
export async function untilGone(...pids: readonly number[]): Promise<void> {
  await until(() => !pids.some(isRunning), `the end of ${pids.join(", ")}`);
}
