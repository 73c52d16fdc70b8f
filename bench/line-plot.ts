// Draws how something grows, as an SVG: figures over sizes, on a scale on which doubling is one step. Pure.

/** Points of one kind. */
export interface Series {
  /** Empty if it needs none. */
  name: string;
  colour: string;
  points: readonly { size: number; value: number }[];
  /** A line through the points, or a dot on each. */
  kind: "line" | "dots";
}

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { left: 60, right: 44, top: 44, bottom: 90 };

/** @param sizes that are written below the plot */
export function linePlot(
  title: string,
  unit: string,
  sizes: readonly number[],
  all: readonly Series[],
): string {
  const points = all.flatMap((series) => series.points);
  const least = Math.log2(Math.min(...sizes, ...points.map(({ size }) => size)));
  const most = Math.log2(Math.max(...sizes, ...points.map(({ size }) => size)));
  const highest = Math.ceil(Math.max(1, ...points.map(({ value }) => value)) * 1.05);
  const { left, right, top, bottom } = MARGIN;
  const x = (size: number) =>
    round(left + ((WIDTH - left - right) * (Math.log2(size) - least)) / (most - least || 1));
  const y = (value: number) => round(HEIGHT - bottom - ((HEIGHT - top - bottom) * value) / highest);
  const step = Math.max(1, Math.ceil(highest / 6));
  const levels = Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step);
  const text = (at: [number, number], anchor: string, words: string) =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${left}" y="24" font-size="16" font-weight="bold">${title}</text>`,
    ...levels.map(
      (value) =>
        `<path d="M${left} ${y(value)}H${WIDTH - right}" stroke="#d0d7de"/>${text([left - 8, y(value) + 4], "end", String(value))}`,
    ),
    ...sizes.map((size) => text([x(size), HEIGHT - bottom + 20], "middle", size.toLocaleString("en-US"))),
    text([(left + WIDTH - right) / 2, HEIGHT - bottom + 40], "middle", `nodes; upwards: ${unit}`),
    ...all.flatMap((series) => marksOf(series, x, y)),
    ...all
      .filter(({ name }) => name !== "")
      .flatMap(({ name, colour }, index) => [
        `<rect x="${left + index * 210}" y="${HEIGHT - 30}" width="12" height="12" fill="${colour}"/>`,
        text([left + index * 210 + 18, HEIGHT - 19], "start", name),
      ]),
    "</svg>",
    "",
  ].join("\n");
}

function marksOf(
  { points, kind, colour }: Series,
  x: (size: number) => number,
  y: (value: number) => number,
): string[] {
  if (kind === "dots") {
    return points.map(
      ({ size, value }) => `<circle cx="${x(size)}" cy="${y(value)}" r="5" fill="${colour}"/>`,
    );
  }
  const path = points
    .map(({ size, value }, index) => `${index === 0 ? "M" : "L"}${x(size)} ${y(value)}`)
    .join(" ");
  return [`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`];
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
