/** Which part of a picture a window shows, and how large: kept within bounds whatever is asked. */
import type { Point, Rect, Size } from './turning';

/** Screen pixels for one of the picture, at most. */
const CLOSEST = 8;
const FITTED = 1.01;

export class PictureWindow {
  /** Screen pixels for one of the picture. */
  scale = 1;
  /** Where the picture's upper left corner is, in pixels of the screen. */
  origin: Point = { x: 0, y: 0 };
  /** Of the picture; nothing while it is not known. */
  picture: Size | null = null;

  /** Whether all of the picture is to be seen: it then stays so when the window changes its size. */
  whole = true;

  constructor(private readonly room: () => Size) {}

  /** The scale at which the whole picture is in sight. */
  get fitted(): number {
    if (!this.picture) return 1;
    const { width, height } = this.room();
    return Math.min(1, Math.max(1, width) / this.picture.width, Math.max(1, height) / this.picture.height);
  }

  get isFitted(): boolean {
    return this.scale <= this.fitted * FITTED;
  }

  fit(): void {
    this.scale = this.fitted;
    this.whole = true;
    this.hold();
  }

  move(dx: number, dy: number): void {
    this.origin = { x: this.origin.x + dx, y: this.origin.y + dy };
    this.hold();
  }

  /** Closer or further, so that what is at a place of the window stays there; its middle if none is named. */
  zoom(by: number, at?: Point): void {
    const { width, height } = this.room();
    const { x, y } = at ?? { x: width / 2, y: height / 2 };
    const next = Math.min(CLOSEST, Math.max(this.fitted, this.scale * by));
    const grown = next / this.scale;
    this.origin = { x: x - (x - this.origin.x) * grown, y: y - (y - this.origin.y) * grown };
    this.scale = next;
    this.whole = this.isFitted;
    this.hold();
  }

  /** Bring a part of the picture into the middle, large enough to be looked at. */
  reveal(part: Rect): void {
    const { width, height } = this.room();
    const wide = Math.max(part.width, part.height, 1);
    this.scale = Math.max(this.fitted, Math.min(1, (0.4 * Math.min(width, height)) / wide));
    this.origin = {
      x: width / 2 - (part.x + part.width / 2) * this.scale,
      y: height / 2 - (part.y + part.height / 2) * this.scale,
    };
    this.whole = this.isFitted;
    this.hold();
  }

  toPicture({ x, y }: Point): Point {
    return { x: (x - this.origin.x) / this.scale, y: (y - this.origin.y) / this.scale };
  }

  /** A pixel of the picture that is moved into it where it lies outside. */
  inside({ x, y }: Point): Point {
    const { width, height } = this.picture ?? { width: 0, height: 0 };
    return { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
  }

  middle(): Point {
    const { width, height } = this.room();
    return this.toPicture({ x: width / 2, y: height / 2 });
  }

  inSight(): Rect {
    const { width, height } = this.room();
    return { ...this.toPicture({ x: 0, y: 0 }), width: width / this.scale, height: height / this.scale };
  }

  /** Keep the picture in sight: centred where it is smaller than the window, without a gap where it is larger. */
  private hold(): void {
    if (!this.picture) return;
    const hold = (at: number, size: number, room: number) =>
      size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, at));
    const { width, height } = this.room();
    this.origin = {
      x: hold(this.origin.x, this.picture.width * this.scale, width),
      y: hold(this.origin.y, this.picture.height * this.scale, height),
    };
  }
}
