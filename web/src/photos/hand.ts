/** What a hand does on a picture: drag, wheel, tap, pinch. */
import type { Point } from './turning';

const STILL_PX = 4;

export interface HandListener {
  moved(dx: number, dy: number): void;
  zoomed(by: number, at: Point): void;
  tapped(at: Point): void;
  twice(at: Point): void;
  /** While a line is drawn from one place to another, where drags do not move the picture. */
  dragging(from: Point, to: Point): void;
  dragged(from: Point, to: Point): void;
  /** Whether a drag moves the picture. */
  drags(): boolean;
}

export class Hand {
  private readonly down = new Map<number, Point>();
  private began: Point = { x: 0, y: 0 };
  private still = true;

  constructor(
    private readonly element: HTMLElement,
    marks: HTMLElement,
    private readonly listener: HandListener,
  ) {
    element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    element.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Node && marks !== event.target && marks.contains(event.target)) return;
      if (event.button === 0) this.press(event);
    });
    element.addEventListener('pointermove', (event) => this.move(event));
    element.addEventListener('pointerup', (event) => this.lift(event));
    element.addEventListener('pointercancel', (event) => this.down.delete(event.pointerId));
    element.addEventListener('dblclick', (event) => {
      if (this.listener.drags() && !marks.contains(event.target as Node)) listener.twice(this.at(event));
    });
  }

  private at(event: MouseEvent): Point {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.listener.zoomed(event.deltaY < 0 ? 1.25 : 0.8, this.at(event));
  }

  private press(event: PointerEvent): void {
    this.element.setPointerCapture?.(event.pointerId);
    this.element.focus({ preventScroll: true });
    event.preventDefault();
    this.down.set(event.pointerId, this.at(event));
    if (this.down.size === 1) this.began = this.at(event);
    this.still = this.down.size === 1;
  }

  private move(event: PointerEvent): void {
    const before = this.down.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    if (Math.hypot(now.x - this.began.x, now.y - this.began.y) > STILL_PX) this.still = false;
    if (this.down.size === 2) this.pinch(event.pointerId, before, now);
    else if (!this.listener.drags()) this.listener.dragging(this.began, now);
    else if (!this.still) this.listener.moved(now.x - before.x, now.y - before.y);
    this.down.set(event.pointerId, now);
  }

  private pinch(id: number, before: Point, now: Point): void {
    const other = [...this.down].find(([each]) => each !== id)?.[1];
    if (!other) return;
    const apart = (a: Point) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    this.listener.zoomed(apart(now) / apart(before), {
      x: (now.x + other.x) / 2,
      y: (now.y + other.y) / 2,
    });
  }

  private lift(event: PointerEvent): void {
    if (!this.down.delete(event.pointerId) || this.down.size > 0) return;
    const now = this.at(event);
    if (this.still) this.listener.tapped(now);
    else if (!this.listener.drags()) this.listener.dragged(this.began, now);
  }
}
