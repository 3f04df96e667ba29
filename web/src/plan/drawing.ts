/**
 * The one drawing component: shapes on the page's map, with corners that are dragged, put in and taken away.
 *
 * Corners are buttons, so that keys reach them: arrows move one, Delete takes it away. While something is drawn, Enter
 * puts a corner in the middle of the map, which arrows move beneath.
 */
import { type MapMouseEvent, Marker } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { h } from '../dom/h';
import type { MapPane } from '../map/pane';
import { addLayers, feature, NOTHING, pendingFeature, SOURCE } from './drawing-layers';
import { FEWEST, isRing, isSingle, type Kind, middles, type Shape, type Sketch } from './sketch';

/** More corners than this get no handles between them: the page would have too many buttons. */
const MOST_MIDDLES = 150;
const CLOSE_PX = 12;
const STEP_PX = 4;
const FAR_STEP_PX = 40;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const WORDS: Record<Kind, string> = {
  area: 'area',
  hole: 'hole',
  'keep-out': 'keep-out',
  line: 'line',
  point: 'point',
  home: 'home',
};

export interface DrawingListener {
  /** Something was drawn or moved; `dragging` while the pointer is still down. */
  changed(dragging: boolean): void;
  /** What is being drawn now, and how many corners it has. */
  drawing(kind: Kind | null, corners: number): void;
}

export class Drawing {
  private readonly handles: Marker[] = [];
  private readonly between: { marker: Marker; id: number; index: number }[] = [];
  private kind: Kind | null = null;
  private pending: LonLat[] = [];
  private pointer: LonLat | null = null;
  private visible = false;

  constructor(
    private readonly pane: MapPane,
    private readonly sketch: Sketch,
    private readonly listener: DrawingListener,
  ) {
    addLayers(pane);
    pane.map.on('click', (event) => this.clicked(event));
    pane.map.on('mousemove', (event) => this.moved(event));
    document.addEventListener('keydown', (event) => this.key(event), { capture: true });
  }

  show(): void {
    this.visible = true;
    this.draw();
  }

  hide(): void {
    this.cancel();
    this.visible = false;
    this.takeHandles();
    this.pane.setData(SOURCE, NOTHING);
  }

  /** Begin to draw; null ends it. */
  begin(kind: Kind | null): void {
    this.kind = kind;
    this.pending = [];
    this.pointer = null;
    this.pane.map.getCanvas().classList.toggle('choosing', kind !== null);
    if (kind) this.pane.map.doubleClickZoom.disable();
    else this.pane.map.doubleClickZoom.enable();
    this.listener.drawing(kind, 0);
    this.draw();
  }

  cancel(): void {
    if (this.kind) this.begin(null);
  }

  /** Put a corner where the middle of the map is. */
  addMiddle(): void {
    const { lng, lat } = this.pane.map.getCenter().wrap();
    this.put([lng, lat]);
  }

  finish(): void {
    if (!this.kind || this.pending.length < FEWEST[this.kind]) return;
    this.sketch.add(this.kind, this.pending);
    this.begin(null);
    this.listener.changed(false);
  }

  /** Take the last corner of what is being drawn away. */
  stepBack(): void {
    this.pending.pop();
    this.listener.drawing(this.kind, this.pending.length);
    this.draw();
  }

  get isDrawing(): boolean {
    return this.kind !== null;
  }

  /** Draw all of it anew, after the sketch was changed from elsewhere. */
  draw(): void {
    if (!this.visible) return;
    this.drawShapes();
    this.takeHandles();
    if (!this.kind) for (const shape of this.sketch.shapes) this.addHandles(shape);
  }

  private drawShapes(): void {
    const features = this.sketch.shapes.map((each) => feature(each.kind, each.points));
    if (this.kind && this.pending.length > 0) {
      const ahead = this.pointer ? [...this.pending, this.pointer] : this.pending;
      features.push(pendingFeature(this.kind, ahead));
      features.push(...this.pending.map((at) => feature('point', [at])));
    }
    this.pane.setData(SOURCE, { type: 'FeatureCollection', features });
  }

  private clicked(event: MapMouseEvent): void {
    if (!this.kind || !this.visible) return;
    const { lng, lat } = event.lngLat.wrap();
    const near = (at: LonLat | undefined) => at && this.pane.map.project(at).dist(event.point) < CLOSE_PX;
    const twice = near(this.pending.at(-1));
    if ((isRing(this.kind) && this.pending.length > 2 && near(this.pending[0])) || twice) this.finish();
    else this.put([lng, lat]);
  }

  private put(at: LonLat): void {
    if (!this.kind) return;
    this.pending.push(at);
    this.listener.drawing(this.kind, this.pending.length);
    if (isSingle(this.kind)) this.finish();
    else this.drawShapes();
  }

  private moved(event: MapMouseEvent): void {
    if (!this.kind || this.pending.length === 0) return;
    const { lng, lat } = event.lngLat.wrap();
    this.pointer = [lng, lat];
    this.drawShapes();
  }

  private key(event: KeyboardEvent): void {
    if (!this.kind || !this.visible) return;
    const keys: Record<string, () => void> = {
      Enter: () => this.addMiddle(),
      Escape: () => this.cancel(),
      Backspace: () => this.stepBack(),
    };
    const act = keys[event.key];
    if (!act || isBusy(event)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  private takeHandles(): void {
    for (const each of this.handles.splice(0)) each.remove();
    this.between.length = 0;
  }

  private addHandles(shape: Shape): void {
    shape.points.forEach((at, index) => {
      this.addCorner(shape, index, at);
    });
    if (shape.points.length > MOST_MIDDLES) return;
    for (const { index, at } of middles(shape)) this.addMiddleHandle(shape, index, at);
  }

  private addCorner(shape: Shape, index: number, at: LonLat): void {
    const label = isSingle(shape.kind)
      ? `${WORDS[shape.kind]}; arrows move it, Delete takes it away`
      : `Corner ${index + 1} of ${WORDS[shape.kind]}; arrows move it, Delete takes it away`;
    const element = h('button', {
      class: `draw-handle draw-${shape.kind}`,
      attrs: { type: 'button', 'aria-label': label },
      data: { shape: shape.id, corner: index },
    });
    element.addEventListener('keydown', (event) => this.cornerKey(event, shape.id, index));
    element.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      this.takeCorner(shape.id, index);
    });
    const marker = this.mark(element, at);
    marker.on('dragstart', () => this.sketch.hold());
    marker.on('drag', () => {
      this.sketch.drag(shape.id, index, place(marker));
      this.dragged();
    });
    marker.on('dragend', () => this.settled());
  }

  private addMiddleHandle(shape: Shape, index: number, at: LonLat): void {
    const element = h('button', {
      class: 'draw-handle draw-middle',
      attrs: {
        type: 'button',
        tabindex: -1,
        'aria-label': `New corner ${index + 1} of ${WORDS[shape.kind]}`,
      },
    });
    const marker = this.mark(element, at);
    this.between.push({ marker, id: shape.id, index });
    marker.on('dragstart', () => {
      this.sketch.insert(shape.id, index, place(marker));
      element.className = `draw-handle draw-${shape.kind}`;
      for (const other of this.between.splice(0)) if (other.marker !== marker) other.marker.remove();
    });
    marker.on('drag', () => {
      this.sketch.drag(shape.id, index, place(marker));
      this.dragged();
    });
    marker.on('dragend', () => this.settled());
  }

  private mark(element: HTMLElement, at: LonLat): Marker {
    const marker = new Marker({ element, draggable: true }).setLngLat(at).addTo(this.pane.map);
    this.handles.push(marker);
    return marker;
  }

  private dragged(): void {
    this.drawShapes();
    for (const { marker, id, index } of this.between) {
      const shape = this.sketch.shapes.find((each) => each.id === id);
      const found = shape && middles(shape).find((each) => each.index === index);
      if (found) marker.setLngLat(found.at);
    }
    this.listener.changed(true);
  }

  private settled(): void {
    this.draw();
    this.listener.changed(false);
  }

  private takeCorner(id: number, index: number): void {
    this.sketch.remove(id, index);
    this.settled();
  }

  private cornerKey(event: KeyboardEvent, id: number, index: number): void {
    const arrow = ARROWS[event.key];
    const takes = event.key === 'Delete' || event.key === 'Backspace';
    const inserts = event.key === 'Insert' || event.key === '+';
    if (!arrow && !takes && !inserts) return;
    event.preventDefault();
    event.stopPropagation();
    if (takes) this.takeCorner(id, index);
    else if (inserts) this.insertAfter(id, index);
    else if (arrow) this.nudge(id, index, arrow, event.shiftKey ? FAR_STEP_PX : STEP_PX);
    const next = takes ? Math.max(0, index - 1) : index;
    document.querySelector<HTMLElement>(`.draw-handle[data-shape="${id}"][data-corner="${next}"]`)?.focus();
  }

  private nudge(id: number, index: number, [dx, dy]: [number, number], px: number): void {
    const at = this.sketch.shapes.find((each) => each.id === id)?.points[index];
    if (!at) return;
    const from = this.pane.map.project(at);
    const { lng, lat } = this.pane.map.unproject([from.x + dx * px, from.y + dy * px]);
    this.sketch.move(id, index, [lng, lat]);
    this.settled();
  }

  private insertAfter(id: number, index: number): void {
    const shape = this.sketch.shapes.find((each) => each.id === id);
    const found = shape && middles(shape).find((each) => each.index === index + 1);
    if (!found) return;
    this.sketch.insert(id, found.index, found.at);
    this.settled();
  }
}

/** Whether a key belongs to what has the focus: a field, or Enter on a button. */
function isBusy({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  const typing = target.closest('input, select, textarea') !== null;
  return typing || (key === 'Enter' && target.closest('button, a, summary') !== null);
}

function place(marker: Marker): LonLat {
  const { lng, lat } = marker.getLngLat().wrap();
  return [lng, lat];
}
