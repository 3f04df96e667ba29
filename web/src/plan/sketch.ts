/** What is drawn: areas with holes, keep-outs, lines, points and home; every step can be undone. */
import type { LonLat } from '../api/types';
import type { Drawn } from './types';

export type Kind = 'area' | 'hole' | 'keep-out' | 'line' | 'point' | 'home';

export interface Shape {
  readonly id: number;
  readonly kind: Kind;
  readonly points: readonly LonLat[];
}

export const FEWEST: Record<Kind, number> = {
  area: 3,
  hole: 3,
  'keep-out': 3,
  line: 2,
  point: 1,
  home: 1,
};
const MOST_STEPS = 200;
const SINGLE: ReadonlySet<Kind> = new Set(['point', 'home']);

export const isRing = (kind: Kind) => kind === 'area' || kind === 'hole' || kind === 'keep-out';
export const isSingle = (kind: Kind) => SINGLE.has(kind);

export class Sketch {
  private now: readonly Shape[] = [];
  private past: (readonly Shape[])[] = [];
  private future: (readonly Shape[])[] = [];
  private lastId = 0;

  get shapes(): readonly Shape[] {
    return this.now;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  add(kind: Kind, points: readonly LonLat[]): Shape | null {
    if (points.length < FEWEST[kind]) return null;
    this.lastId += 1;
    const shape = { id: this.lastId, kind, points: [...points] };
    const others = kind === 'home' ? this.now.filter((each) => each.kind !== 'home') : this.now;
    this.become([...others, shape]);
    return shape;
  }

  /** Begin a drag: all moves until the next step are undone as one. */
  hold(): void {
    this.become(this.now);
  }

  /** Move a corner, as part of the step that `hold` began. */
  drag(id: number, index: number, to: LonLat): void {
    this.now = this.now.map((each) =>
      each.id === id ? { ...each, points: each.points.with(index, to) } : each,
    );
  }

  move(id: number, index: number, to: LonLat): void {
    this.hold();
    this.drag(id, index, to);
  }

  /** Put a corner in before the one of this number. */
  insert(id: number, index: number, at: LonLat): void {
    this.change(id, (points) => points.toSpliced(index, 0, at));
  }

  /** Take a corner away; the whole shape, where too few would be left. */
  remove(id: number, index: number): void {
    const shape = this.now.find((each) => each.id === id);
    if (!shape) return;
    if (shape.points.length <= FEWEST[shape.kind]) this.removeShape(id);
    else this.change(id, (points) => points.toSpliced(index, 1));
  }

  removeShape(id: number): void {
    this.become(this.now.filter((each) => each.id !== id));
  }

  clear(): void {
    if (this.now.length > 0) this.become([]);
  }

  undo(): void {
    const before = this.past.pop();
    if (!before) return;
    this.future.push(this.now);
    this.now = before;
  }

  redo(): void {
    const after = this.future.pop();
    if (!after) return;
    this.past.push(this.now);
    this.now = after;
  }

  /** Take over areas, lines and points from a file, as one step. */
  load(drawn: Drawn): void {
    const shape = (kind: Kind, points: readonly LonLat[]): Shape => {
      this.lastId += 1;
      return { id: this.lastId, kind, points };
    };
    const rings = drawn.areas.flatMap((area) =>
      area.map((ring, i) => shape(i === 0 ? 'area' : 'hole', unclosed(ring))),
    );
    const lines = drawn.lines.map((line) => shape('line', line));
    const points = drawn.points.map((at) => shape('point', [at]));
    this.become([...this.now, ...rings, ...lines, ...points]);
  }

  /** Say it as the server asks: each hole in the area that holds its first corner. */
  drawn(): Drawn {
    const holes = this.of('hole');
    const areas = this.of('area').map((ring) => [ring, ...holes.filter((hole) => isInside(hole[0], ring))]);
    return { areas, lines: this.of('line'), points: this.of('point').flatMap((at) => at.slice(0, 1)) };
  }

  keepOuts(): LonLat[][][] {
    return this.of('keep-out').map((ring) => [ring]);
  }

  home(): LonLat | null {
    return this.of('home')[0]?.[0] ?? null;
  }

  private of(kind: Kind): LonLat[][] {
    return this.now.filter((each) => each.kind === kind).map((each) => [...each.points]);
  }

  private change(id: number, how: (points: readonly LonLat[]) => LonLat[]): void {
    this.become(this.now.map((each) => (each.id === id ? { ...each, points: how(each.points) } : each)));
  }

  private become(next: readonly Shape[]): void {
    this.past = [...this.past, this.now].slice(-MOST_STEPS);
    this.future = [];
    this.now = next;
  }
}

function unclosed(ring: readonly LonLat[]): LonLat[] {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = ring.length > 3 && first && last && first[0] === last[0] && first[1] === last[1];
  return closed ? ring.slice(0, -1) : [...ring];
}

/** Whether a ray to the east crosses the ring an odd number of times. */
export function isInside(at: LonLat | undefined, ring: readonly LonLat[]): boolean {
  if (!at) return false;
  const [x, y] = at;
  let inside = false;
  ring.forEach(([x1, y1], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length] ?? [x1, y1];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

/** Where a new corner would go in: the middle of each side, and before which corner. */
export function middles({ kind, points }: Shape): { index: number; at: LonLat }[] {
  if (isSingle(kind)) return [];
  const sides = isRing(kind) ? points.length : points.length - 1;
  return Array.from({ length: sides }, (_, i) => {
    const [a, b] = [points[i], points[(i + 1) % points.length]];
    const at: LonLat = a && b ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] : [0, 0];
    return { index: i + 1, at };
  });
}
