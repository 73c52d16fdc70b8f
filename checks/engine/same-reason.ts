// Finds results that have the same reason, so that it is told once. Pure.

import type { CheckResult } from "./run-checks.ts";

export class Reasons {
  readonly #groups = new Map<string, CheckResult[]>();

  /** @returns the first result with the same reason; undefined if this is the first, or its reason is its own */
  add(result: CheckResult): CheckResult | undefined {
    if (result.reason === undefined) return undefined;
    const group = this.#groups.get(key(result.reason)) ?? [];
    this.#groups.set(key(result.reason), group);
    group.push(result);
    return group[0] === result ? undefined : group[0];
  }

  /** How many results so far have this result's reason, itself among them. */
  count({ reason }: CheckResult): number {
    return reason === undefined ? 1 : (this.#groups.get(key(reason))?.length ?? 0);
  }

  /** The first result of each reason that several results have, and how many these are. */
  get shared(): { first: CheckResult; count: number }[] {
    return [...this.#groups.values()].flatMap(([first, ...others]) =>
      first === undefined || others.length === 0 ? [] : [{ first, count: 1 + others.length }],
    );
  }
}

/** Ports, addresses, the names of users and what was sent change from check to check. The reason is the same. */
function key(reason: string): string {
  return reason.replace(
    /(["'`]).*?\1|\b(?:alice|bob|carol|dave|zoe)\d*\b|\b0x[0-9a-f]+\b|\b\d{4,}\b/gis,
    "…",
  );
}
