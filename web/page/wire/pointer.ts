// Whether the pointer was moved. A browser also tells an element that comes to lie under one that rests.

/** Where it was seen last, in the window. */
let last: { x: number; y: number } | undefined;

// On the document, which hears of a move after the elements in it.
document.addEventListener("mousemove", ({ clientX, clientY }) => {
  last = { x: clientX, y: clientY };
});

/** Asked while the event is handled by an element: whether somebody has moved the pointer for it. */
export function hasMoved({ clientX, clientY }: MouseEvent): boolean {
  return last?.x !== clientX || last.y !== clientY;
}
