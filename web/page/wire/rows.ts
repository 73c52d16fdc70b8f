// Which rows of a long list are drawn: those in view, and a few around them. All rows have one height. Pure.

import { rowsInView, scrolledTo } from "../scrolled-rows.ts";

/** What one sees of a list. Lengths are in CSS pixels. */
export interface ListView {
  /** How many rows there are. */
  count: number;
  rowHeight: number;
  /** How far it is scrolled. */
  scrollTop: number;
  /** How much of it is in view. */
  viewHeight: number;
}

/** Rows from `first` to before `end`. */
export interface RowRange {
  first: number;
  end: number;
}

/** So many rows are drawn before and behind those in view: a quick scroll then shows no blank. */
const ROWS_AROUND = 8;

/** Who is so close to the end wants to stay there, in CSS pixels: browsers round what they scroll. */
const END_TOLERANCE = 4;

/** The rows to draw. However many rows there are, it is about as many as fit into the view. */
export function rowsToDraw(view: ListView): RowRange {
  const { first, end } = rowsInView(view, view.scrollTop);
  return { first: Math.max(0, first - ROWS_AROUND), end: Math.min(view.count, end + ROWS_AROUND) };
}

/** Whether the last row is in view, so that new rows are to be followed. */
export function isAtEnd({ count, rowHeight, scrollTop, viewHeight }: ListView): boolean {
  return scrollTop + viewHeight >= count * rowHeight - END_TOLERANCE;
}

/** How far to scroll so that the row is wholly in view: no farther than needed. */
export function scrollTopFor(row: number, view: ListView): number {
  return scrolledTo(view, row, view.scrollTop);
}

/** The row that a key leads to; undefined if the key moves nothing. */
export function rowForKey(
  key: string,
  row: number,
  { count, rowHeight, viewHeight }: ListView,
): number | undefined {
  const page = Math.max(1, Math.floor(viewHeight / rowHeight) - 1);
  const wanted: Readonly<Record<string, number>> = {
    ArrowUp: row - 1,
    ArrowDown: row + 1,
    PageUp: row - page,
    PageDown: row + page,
    Home: 0,
    End: count - 1,
  };
  const to = wanted[key];
  return to === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, to));
}
