/** Drawing in a field: a boundary, a strip, a zone; or a boundary out of a file. */
import type { LonLat } from '../api/types';
import { h } from '../dom/h';
import { button } from '../dom/parts';
import type { MapPane } from '../map/pane';
import { boxOf } from '../map/shapes';
import { readPlan } from '../plan/api';
import { Drawing } from '../plan/drawing';
import { Sketch } from '../plan/sketch';
import { plural } from '../text/words';
import { fileButton } from './parts';

const FILES = '.geojson,.json,.kml,.kmz,.zip,.gpkg';

/** The one drawing of this page: whoever needs an area opens it, and closes it again. */
export class Boundary {
  readonly element: HTMLElement;
  private readonly sketch = new Sketch();
  private readonly drawing: Drawing;
  private readonly status = h('p', { class: 'quiet-text', attrs: { role: 'status' } });
  private readonly begin = button({ label: 'Draw', icon: 'ruler', press: () => this.start() });
  private readonly middle = button({ label: 'Corner at the middle', press: () => this.drawing.addMiddle() });
  private readonly done = button({ label: 'Done', kind: 'primary', press: () => this.drawing.finish() });
  private readonly undo = button({ label: 'Undo', kind: 'quiet', press: () => this.back() });

  private readonly file = fileButton('Import boundary', FILES, (it) => void this.read(it));

  constructor(
    private readonly pane: MapPane,
    private readonly failed: (error: unknown) => void,
  ) {
    this.drawing = new Drawing(pane, this.sketch, {
      changed: () => this.tell(false, 0),
      drawing: (kind, corners) => this.tell(kind !== null, corners),
    });
    this.element = h(
      'div',
      { class: 'crop-boundary' },
      h('div', { class: 'crop-tools' }, this.begin, this.undo, this.file),
      this.status,
      h('div', { class: 'crop-tools' }, this.middle, this.done),
    );
    this.tell(false, 0);
  }

  /** Begin anew; with areas to go on from, or none. */
  open(areas: LonLat[][][], imports: boolean): HTMLElement {
    this.close();
    this.file.hidden = !imports;
    this.drawing.show();
    if (areas.length > 0) this.load(areas);
    this.tell(false, 0);
    return this.element;
  }

  /** The areas that were drawn, each an outer ring and its holes. */
  areas(): LonLat[][][] {
    return this.sketch.drawn().areas;
  }

  private load(areas: LonLat[][][]): void {
    this.sketch.load({ areas, lines: [], points: [] });
    this.drawing.draw();
    this.tell(false, 0);
  }

  close(): void {
    this.drawing.hide();
    this.sketch.clear();
    this.element.remove();
  }

  private start(): void {
    this.drawing.begin(this.drawing.isDrawing ? null : 'area');
  }

  private back(): void {
    this.sketch.undo();
    this.drawing.draw();
    this.tell(false, 0);
  }

  private async read(file: File): Promise<void> {
    try {
      const found = await readPlan(file);
      const areas = found.drawing?.areas ?? [];
      if (areas.length === 0) throw new Error(`${file.name} holds no area.`);
      this.load(areas);
      const box = boxOf(areas.flat(2));
      if (box) this.pane.show(box, 17);
    } catch (error) {
      this.failed(error);
    }
  }

  private tell(drawing: boolean, corners: number): void {
    this.begin.setAttribute('aria-pressed', String(drawing));
    this.middle.hidden = !drawing;
    this.done.hidden = !drawing;
    this.done.disabled = corners < 3;
    this.undo.disabled = !this.sketch.canUndo;
    const areas = this.areas().length;
    this.status.textContent = drawing
      ? 'Press on the map for each corner; the last one again, or Done, ends it. Enter puts one in the middle of the map.'
      : areas > 0
        ? `${plural(areas, 'area')} drawn. Drag corners to move them.`
        : 'Nothing drawn yet.';
  }
}
