// Long times in words: `2.8 hours`, `37 years`, `4 * 10^9 years`. Pure.

const UNITS: readonly (readonly [string, number])[] = [
  ["seconds", 1],
  ["minutes", 60],
  ["hours", 3600],
  ["days", 86_400],
  ["years", 365 * 86_400],
];

/** @param seconds not negative */
export function duration(seconds: number): string {
  const [unit, size] = UNITS.findLast(([, length]) => seconds >= length) ?? ["seconds", 1];
  const count = seconds / size;
  if (count >= 1e6) return `${count.toExponential(0).replace("e+", " * 10^")} ${unit}`;
  return `${count < 10 ? count.toFixed(1) : Math.round(count).toLocaleString("en")} ${unit}`;
}
