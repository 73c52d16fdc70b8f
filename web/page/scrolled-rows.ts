// Which rows of a long list are in view. Browsers do not make an element as high as a million rows (Firefox ends at some 17
// million pixels, Chromium at 33), so a list that is longer is scrolled on a smaller scale. Pure.

/** How high an element may be, in pixels. */
export const MOST_HEIGHT = 8_000_000;

/** A list with rows of one height; heights are in pixels. */
export interface ScrolledList {
  count: number;
  rowHeight: number;
  /** How high the part is that one sees. */
  viewHeight: number;
}

export interface RowsInView {
  /** The first row of which something is in view, counted from 0. */
  first: number;
  /** The row after the last one. */
  end: number;
  /** Where the first row begins, from the top of the scrolled element, in pixels. */
  top: number;
}

/** How high the scrolled element is. */
export function heightOf({ count, rowHeight }: ScrolledList): number {
  return Math.min(count * rowHeight, MOST_HEIGHT);
}

/** @param scrollTop how far the element has been scrolled, in pixels */
export function rowsInView(list: ScrolledList, scrollTop: number): RowsInView {
  const { count, rowHeight, viewHeight } = list;
  const position = Math.min(Math.max(0, scrollTop * scaleOf(list)), mostPosition(list));
  const first = Math.floor(position / rowHeight);
  const end = Math.min(count, Math.ceil((position + viewHeight) / rowHeight));
  return { first, end, top: Math.max(0, scrollTop - (position - first * rowHeight)) };
}

/** How far to scroll, at least, so that the whole row is in view: `scrollTop` itself if it is already. */
export function scrolledTo(list: ScrolledList, row: number, scrollTop: number): number {
  const { rowHeight, viewHeight } = list;
  const scale = scaleOf(list);
  const position = scrollTop * scale;
  const start = row * rowHeight;
  if (start < position) return start / scale;
  const lowest = start + rowHeight - viewHeight;
  return lowest > position ? lowest / scale : scrollTop;
}

/** How far the last row is from being the lowest in view. */
function mostPosition({ count, rowHeight, viewHeight }: ScrolledList): number {
  return Math.max(0, count * rowHeight - viewHeight);
}

/** How many pixels of the list pass for one pixel that is scrolled. */
function scaleOf(list: ScrolledList): number {
  const room = heightOf(list) - list.viewHeight;
  return room <= 0 ? 1 : mostPosition(list) / room;
}
