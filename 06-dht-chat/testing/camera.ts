// A film for Chromium's pretended camera: one picture, in the YUV4MPEG2 format (luma first, then two planes of chroma).

/** Pixels, 4 bytes each, and their measures: both must be even. */
interface Picture {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/** A film of so many equal frames. Only the brightness is kept: the film is grey. */
export function greyFilm(picture: Picture, frames: number): Uint8Array {
  const { width, height } = picture;
  const head = new TextEncoder().encode(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  const frameHead = new TextEncoder().encode("FRAME\n");
  const frame = new Uint8Array(frameHead.length + (width * height * 3) / 2).fill(128);
  frame.set(frameHead);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    frame[frameHead.length + pixel] = picture.data[pixel * 4] ?? 0;
  const film = new Uint8Array(head.length + frames * frame.length);
  film.set(head);
  for (let n = 0; n < frames; n += 1) film.set(frame, head.length + n * frame.length);
  return film;
}
