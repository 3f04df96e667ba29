/** A picture that can be looked at closely: tiles on a canvas, zoom and pan, and marks over it that can be pressed. */
import { h } from '../dom/h';
import { failure } from '../dom/parts';
import { settled } from '../state/signal';
import { Hand } from './hand';
import { HeldTiles, type Layout, layoutOf, levelFor, placeOf, tilesIn } from './tiles';
import { between, type Point, type Rect } from './turning';
import { PictureWindow } from './window';

const RESTS_MS = 50;

/** Something marked in the picture, in its pixels as shown; a box without size is a point. */
export interface Mark extends Rect {
  id: string;
  /** How it is drawn: a class of the style sheet. */
  look: string;
  text: string;
  label: string;
}

export type Mode = 'look' | 'point' | 'box';

export interface StageListener {
  pointed?(at: Point): void;
  boxed?(box: Rect): void;
  pressed?(id: string): void;
  laidOut?(layout: Layout): void;
}

export class PictureStage {
  readonly element: HTMLElement;
  layout: Layout | null = null;
  private mode: Mode = 'look';
  private readonly canvas = h('canvas', { class: 'stage-canvas' });
  private readonly over = h('div', { class: 'stage-marks' });
  private readonly cross = h('div', { class: 'stage-cross', attrs: { 'aria-hidden': 'true' } });
  private readonly drawn = h('div', { class: 'stage-drawn' });
  private readonly words = h('div', { class: 'stage-words' });
  private marks: readonly Mark[] = [];
  private tiles: HeldTiles | null = null;
  private small: HTMLImageElement | null = null;
  private readonly window = new PictureWindow(() => ({
    width: this.element.clientWidth,
    height: this.element.clientHeight,
  }));
  private readonly soon = settled(RESTS_MS, () => this.fetch());

  constructor(private readonly listener: StageListener = {}) {
    this.element = h(
      'div',
      { class: 'viewer-stage', attrs: { tabindex: 0, role: 'application', 'aria-label': 'Picture' } },
      this.canvas,
      this.over,
      this.drawn,
      this.cross,
      this.words,
    );
    this.cross.hidden = true;
    this.drawn.hidden = true;
    new Hand(this.element, this.over, {
      moved: (dx, dy) => this.moved(() => this.window.move(dx, dy)),
      zoomed: (by, at) => this.zoom(by, at),
      tapped: (at) => this.tap(at),
      twice: (at) => this.zoom(this.window.isFitted ? 4 : 0, at),
      dragging: (from, to) => this.drag(from, to),
      dragged: (from, to) => this.dragged(from, to),
      drags: () => this.mode !== 'box',
    });
    if (typeof ResizeObserver !== 'undefined') new ResizeObserver(() => this.resized()).observe(this.element);
  }

  /** Show another picture; `small` is the address of its small image. */
  async show(id: string, name: string, small: string | null | undefined): Promise<void> {
    this.clear();
    this.element.setAttribute('aria-label', `Picture ${name}`);
    const tiles = new HeldTiles(
      id,
      () => this.draw(),
      (error) => this.say(failure(error)),
    );
    this.tiles = tiles;
    if (small) this.preview(small, tiles);
    try {
      const layout = await layoutOf(id);
      if (this.tiles !== tiles) return;
      this.layout = layout;
      this.window.picture = { width: layout.width_px, height: layout.height_px };
      this.fit();
      this.listener.laidOut?.(layout);
    } catch (error) {
      if (this.tiles === tiles) this.say(failure(error));
    }
  }

  clear(): void {
    this.tiles?.close();
    this.tiles = null;
    this.layout = null;
    this.window.picture = null;
    this.small = null;
    this.marks = [];
    this.over.replaceChildren();
    this.words.replaceChildren();
    this.element.dataset['ready'] = 'false';
    this.draw();
  }

  say(...words: Node[]): void {
    this.words.replaceChildren(...words);
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    this.element.dataset['mode'] = mode;
    this.cross.hidden = mode === 'look';
  }

  setMarks(marks: readonly Mark[]): void {
    this.marks = marks;
    this.over.replaceChildren(
      ...marks.map((mark) =>
        h(
          'button',
          {
            class: `mark ${mark.width || mark.height ? 'mark-box' : 'mark-point'} ${mark.look}`,
            attrs: { type: 'button', 'aria-label': mark.label, title: mark.label },
            data: { mark: mark.id },
            onclick: () => this.listener.pressed?.(mark.id),
          },
          h('span', {}, mark.text),
        ),
      ),
    );
    this.placeMarks();
  }

  /** Bring a part of the picture into the middle, large enough to be looked at. */
  reveal(at: Rect): void {
    this.moved(() => this.window.reveal(at));
  }

  /** A key that moves or zooms the picture; whether it was one. */
  key(event: KeyboardEvent): boolean {
    const step = 80;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [step, 0],
      ArrowRight: [-step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const move = event.shiftKey ? moves[event.key] : undefined;
    if (move) this.moved(() => this.window.move(...move));
    else if (event.key === '+' || event.key === '=') this.zoom(1.5);
    else if (event.key === '-') this.zoom(1 / 1.5);
    else if (event.key === '0') this.fit();
    else if (event.key === 'Enter' && this.mode === 'point') this.tapPicture(this.window.middle());
    else return false;
    return true;
  }

  zoom(by: number, at?: Point): void {
    this.moved(() => this.window.zoom(by, at));
  }

  fit(): void {
    this.moved(() => this.window.fit());
  }

  private moved(how: () => void): void {
    how();
    this.draw();
  }

  private resized(): void {
    if (this.window.whole) this.fit();
    else this.moved(() => this.window.move(0, 0));
  }

  private tap(at: Point): void {
    this.tapPicture(this.window.toPicture(at));
  }

  private tapPicture(at: Point): void {
    const { width_px = 0, height_px = 0 } = this.layout ?? {};
    const inside = at.x >= 0 && at.y >= 0 && at.x <= width_px && at.y <= height_px;
    if (this.mode === 'point' && inside) this.listener.pointed?.(at);
  }

  private boxOf(from: Point, to: Point): Rect {
    const inside = (at: Point) => this.window.inside(this.window.toPicture(at));
    return between(inside(from), inside(to));
  }

  private drag(from: Point, to: Point): void {
    if (this.mode !== 'box') return;
    this.drawn.hidden = false;
    this.put(this.drawn, this.boxOf(from, to));
  }

  private dragged(from: Point, to: Point): void {
    this.drawn.hidden = true;
    const box = this.boxOf(from, to);
    if (this.mode === 'box' && box.width >= 1 && box.height >= 1) this.listener.boxed?.(box);
  }

  private put(element: HTMLElement, { x, y, width, height }: Rect): void {
    const { scale, origin } = this.window;
    element.style.transform = `translate(${origin.x + x * scale}px, ${origin.y + y * scale}px)`;
    element.style.width = width || height ? `${width * scale}px` : '';
    element.style.height = width || height ? `${height * scale}px` : '';
  }

  private placeMarks(): void {
    this.marks.forEach((mark, i) => {
      const element = this.over.children[i];
      if (element instanceof HTMLElement) this.put(element, mark);
    });
    this.over.hidden = this.layout === null;
  }

  private preview(address: string, tiles: HeldTiles): void {
    const image = new Image();
    image.onload = () => {
      if (this.tiles !== tiles) return;
      this.small = image;
      this.draw();
    };
    image.src = address;
  }

  private fetch(): void {
    if (!this.layout || !this.tiles) return;
    const level = levelFor(this.window.scale * devicePixelRatio, this.layout.levels);
    const wanted = tilesIn(this.window.inSight(), level, this.layout);
    const here = wanted.every((tile) => this.tiles?.get(tile));
    this.element.dataset['ready'] = String(here);
    if (!here) void this.tiles.want(wanted);
  }

  private draw(): void {
    const [wide, high] = [this.element.clientWidth, this.element.clientHeight];
    const [w, hh] = [Math.round(wide * devicePixelRatio), Math.round(high * devicePixelRatio)];
    if (this.canvas.width !== w || this.canvas.height !== hh)
      [this.canvas.width, this.canvas.height] = [w, hh];
    const context = this.canvas.getContext?.('2d');
    this.placeMarks();
    if (!context) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, hh);
    if (this.layout) this.paint(context, this.layout);
    this.soon();
  }

  private paint(context: CanvasRenderingContext2D, layout: Layout): void {
    const k = this.window.scale * devicePixelRatio;
    const edge = (at: number, axis: 'x' | 'y') =>
      Math.round(this.window.origin[axis] * devicePixelRatio + at * k);
    const put = (image: CanvasImageSource, { x, y, width, height }: Rect) => {
      const [left, top] = [edge(x, 'x'), edge(y, 'y')];
      context.drawImage(image, left, top, edge(x + width, 'x') - left, edge(y + height, 'y') - top);
    };
    context.imageSmoothingEnabled = k < 3;
    if (this.small) put(this.small, { x: 0, y: 0, width: layout.width_px, height: layout.height_px });
    const sharp = levelFor(k, layout.levels);
    for (let level = layout.levels - 1; level >= sharp; level--) {
      for (const tile of tilesIn(this.window.inSight(), level, layout)) {
        const image = this.tiles?.get(tile);
        if (image) put(image, placeOf(tile, layout));
      }
    }
  }
}
