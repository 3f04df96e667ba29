/** Fields: the list of them and the map, a new one, and one field with its images. */
import '../styles/crop.css';
import type { LonLat } from '../api/types';
import { fill, h } from '../dom/h';
import { button, failure, message } from '../dom/parts';
import type { MapPane } from '../map/pane';
import { type Box, boxOf } from '../map/shapes';
import { go } from '../state/route';
import type { View, World } from '../views';
import * as api from './api';
import { Boundary } from './boundary';
import { FieldView } from './field';
import { fieldForm } from './form';
import { boxOfField, CropLayer } from './layer';
import { figures } from './parts';
import type { Choices, CropField } from './types';

const NEW = 'new';

export function makeView(world: World): View {
  return new CropPage(world);
}

interface Ready {
  pane: MapPane;
  layer: CropLayer;
  boundary: Boundary;
  choices: Choices;
}

class CropPage implements View {
  readonly element = h('section', {
    class: 'crop',
    attrs: { 'aria-label': 'Fields' },
    data: { ready: 'false' },
  });
  private readonly place = h('div', { class: 'crop-place' });
  private readonly trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly ready: Promise<Ready>;
  private open: FieldView | null = null;
  private fields: CropField[] = [];
  private shown = false;
  private wanted = '';
  private framed = false;

  constructor(world: World) {
    this.element.append(this.trouble, this.place);
    this.ready = this.start(world);
    this.ready.catch((error: unknown) => fill(this.trouble, failure(error)));
  }

  show(path: string[]): void {
    this.shown = true;
    this.wanted = path[0] ?? '';
    void this.ready
      .then((ready) => this.draw(ready))
      .catch((error: unknown) => fill(this.trouble, failure(error)));
  }

  hide(): void {
    this.shown = false;
    void this.ready.then(({ layer }) => {
      this.close();
      layer.clear();
    });
  }

  private async start(world: World): Promise<Ready> {
    const [pane, choices] = await Promise.all([world.map, api.choices()]);
    const layer = new CropLayer(pane, {
      clicked: (at: LonLat) => void this.open?.probe(at),
      chosen: (field) => {
        if (!this.open && this.wanted !== NEW) go(`#/crop/${field}`);
      },
    });
    const boundary = new Boundary(pane, (error) => fill(this.trouble, failure(error)));
    return { pane, layer, boundary, choices };
  }

  private async draw(ready: Ready): Promise<void> {
    if (!this.shown) return;
    this.close();
    this.element.dataset['ready'] = 'false';
    ready.layer.show();
    fill(this.trouble);
    await this.list(ready);
    const asked = this.wanted;
    if (asked === NEW) this.drawNew(ready);
    else if (asked) await this.drawField(ready, asked);
    else this.drawList(ready);
    if (asked === this.wanted) this.element.dataset['ready'] = 'true';
  }

  private close(): void {
    this.open?.close();
    this.open = null;
    void this.ready.then(({ boundary }) => boundary.close());
  }

  private async list({ layer }: Ready): Promise<void> {
    this.fields = await api.fields();
    if (this.shown) layer.fields(this.fields, this.wanted);
  }

  private drawNew({ boundary }: Ready): void {
    const form = fieldForm(boundary, null, {
      kept: (field) => go(`#/crop/${field.id}`),
      given: () => go('#/crop'),
    });
    fill(this.place, h('header', { class: 'crop-head' }, h('h1', {}, 'A new field')), form);
  }

  private async drawField(ready: Ready, id: string): Promise<void> {
    const field = await api.field(id);
    if (!this.shown || this.wanted !== id) return;
    this.open = new FieldView(field, {
      ...ready,
      listed: () => void this.list(ready),
      gone: () => go('#/crop'),
    });
    fill(this.place, this.open.element);
  }

  private drawList({ pane }: Ready): void {
    const add = button({ label: 'New field', kind: 'primary', press: () => go(`#/crop/${NEW}`) });
    fill(
      this.place,
      h('header', { class: 'crop-head' }, h('h1', {}, 'Fields'), h('div', { class: 'crop-tools' }, add)),
      this.fields.length > 0
        ? h('ul', { class: 'crop-list' }, ...this.fields.map((each) => row(each)))
        : message('plain', 'There are no fields yet.', 'Draw the boundary of one, or import it from a file.'),
    );
    const box = together(this.fields);
    if (box && !this.framed) pane.show(box, 17);
    this.framed = true;
  }
}

function row(field: CropField): HTMLElement {
  const season = field.begun ? `${field.began_with} ${field.begun}` : '';
  return h(
    'li',
    {},
    h('a', { attrs: { href: `#/crop/${field.id}` } }, field.name),
    h('span', { class: 'crop-size' }, `${figures(field.area_ha)} ha`),
    h('span', { class: 'quiet-text' }, [field.crop, field.cultivar, season].filter(Boolean).join(' · ')),
  );
}

function together(fields: readonly CropField[]): Box | null {
  const ends = fields.flatMap((each): LonLat[] => {
    const box = boxOfField(each);
    return box
      ? [
          [box.west, box.south],
          [box.east, box.north],
        ]
      : [];
  });
  return boxOf(ends);
}
