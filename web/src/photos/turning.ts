/** Between a picture as stored and as shown: EXIF's eight orientations. */

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export type Rect = Point & Size;

/** Which corner of the stored picture is shown at the upper left, and whether its rows become columns. */
const TURNS: Readonly<Record<number, { flipX: boolean; flipY: boolean; swap: boolean }>> = {
  1: { flipX: false, flipY: false, swap: false },
  2: { flipX: true, flipY: false, swap: false },
  3: { flipX: true, flipY: true, swap: false },
  4: { flipX: false, flipY: true, swap: false },
  5: { flipX: false, flipY: false, swap: true },
  6: { flipX: false, flipY: true, swap: true },
  7: { flipX: true, flipY: true, swap: true },
  8: { flipX: true, flipY: false, swap: true },
};
const UPRIGHT = { flipX: false, flipY: false, swap: false };

/** A point of the stored picture, in pixels of the picture as shown; `stored` is the size before turning. */
export function toShown(at: Point, stored: Size, orientation: number): Point {
  const { flipX, flipY, swap } = TURNS[orientation] ?? UPRIGHT;
  const x = flipX ? stored.width - at.x : at.x;
  const y = flipY ? stored.height - at.y : at.y;
  return swap ? { x: y, y: x } : { x, y };
}

/** The way back. */
export function toStored(at: Point, stored: Size, orientation: number): Point {
  const { flipX, flipY, swap } = TURNS[orientation] ?? UPRIGHT;
  const { x, y } = swap ? { x: at.y, y: at.x } : at;
  return { x: flipX ? stored.width - x : x, y: flipY ? stored.height - y : y };
}

/** A box between two corners, in whichever order they are given. */
export function between(a: Point, b: Point): Rect {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** A box of the stored picture in pixels of the picture as shown. */
export function boxToShown(box: Rect, stored: Size, orientation: number): Rect {
  const end = { x: box.x + box.width, y: box.y + box.height };
  return between(toShown(box, stored, orientation), toShown(end, stored, orientation));
}
