/** One field: its images on the map, one place of it, nitrogen, a prescription, its calendar and history. */
import type { LonLat } from '../api/types';
import { fill, h } from '../dom/h';
import { button, failure, message, section } from '../dom/parts';
import type { MapPane } from '../map/pane';
import { positionText } from '../map/shapes';
import * as api from './api';
import type { Boundary } from './boundary';
import { calendar, history } from './calendar';
import { probeBox } from './evidence';
import { fieldForm } from './form';
import { imageForm } from './images';
import { boxOfField, type CropLayer } from './layer';
import { Look } from './look';
import { Nitrogen } from './nitrogen';
import { figures, fileButton } from './parts';
import { Patches } from './patches';
import { Prescription } from './prescription';
import type { Choices, Entry, FieldPage, Made } from './types';

export interface FieldParts {
  pane: MapPane;
  layer: CropLayer;
  boundary: Boundary;
  choices: Choices;
  /** The list of fields is to be asked for again. */
  listed(): void;
  gone(): void;
}

export class FieldView {
  readonly element: HTMLElement;
  private readonly head = h('header', { class: 'crop-head' });
  private readonly editing = h('div', {});
  private readonly trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly adding = h('details', { class: 'section' });
  private readonly found = h('div', { class: 'crop-probe' });
  private readonly days = h('div', {});
  private readonly past = h('div', {});
  private readonly look: Look;
  private readonly nitrogen: Nitrogen;
  private readonly prescription: Prescription;
  private readonly patches: Patches;
  private readonly work = h('div', { class: 'crop-work' });
  private asked = 0;
  private place: LonLat | null = null;

  constructor(
    private field: FieldPage,
    private readonly parts: FieldParts,
  ) {
    const { choices, layer } = parts;
    this.look = new Look(choices, layer, { changed: () => this.forget() });
    this.nitrogen = new Nitrogen(choices, this.look, (answer) => {
      this.prescription.forget();
      void this.look.rated(answer);
      if (this.place) void this.probe(this.place);
    });
    this.prescription = new Prescription(field, choices, this.look, this.nitrogen, {
      made: (made) => this.zones(made),
      taken: () => void this.again(),
    });
    this.patches = new Patches(field, parts.boundary, (known) => this.use(known));
    this.element = this.layOut();
    this.use(field);
    void this.start();
  }

  /** A place on the map was pressed. */
  async probe(at: LonLat): Promise<void> {
    const { image, index } = this.look;
    if (!image) return;
    this.asked += 1;
    const mine = this.asked;
    this.place = at;
    this.parts.layer.place(at);
    const { answer } = this.nitrogen;
    const rate = answer && answer.outcome === 'rate' ? answer.rate : '';
    try {
      const found = await api.probe(image.id, at, image.indices.length > 0 ? index : '', rate);
      if (mine !== this.asked) return;
      const title = this.parts.choices.indices.find((each) => each.name === index)?.title ?? index;
      fill(this.found, probeBox(found, title, positionText(at, 6)));
      this.found.scrollIntoView?.({ block: 'nearest' });
    } catch (error) {
      if (mine === this.asked) fill(this.found, failure(error));
    }
  }

  close(): void {
    this.parts.boundary.close();
    this.parts.layer.picture(null);
    this.parts.layer.zones(null, []);
    this.parts.layer.patches([]);
    this.parts.layer.place(null);
  }

  private layOut(): HTMLElement {
    const middle = button({
      label: 'Look at the middle of the map',
      press: () => {
        const { lng, lat } = this.parts.pane.map.getCenter().wrap();
        void this.probe([lng, lat]);
      },
    });
    fill(
      this.adding,
      h('summary', {}, 'Add an image'),
      imageForm(
        this.field,
        (image) => void this.again().then(() => this.look.start(this.field.images, image.id)),
      ),
    );
    const weather = fileButton('Weather of the season', '.csv,.txt', (file) => void this.weather(file));
    fill(
      this.work,
      this.look.element,
      section(
        'One place',
        h('p', { class: 'quiet-text' }, 'Press on the map: bands, index, stage, rate and why.'),
        middle,
        this.found,
      ),
      this.patches.element,
      this.nitrogen.element,
      this.prescription.element,
    );
    return h(
      'div',
      { class: 'crop-field-page' },
      this.head,
      this.editing,
      this.trouble,
      this.adding,
      this.work,
      section('Calendar', this.days, h('div', { class: 'crop-tools' }, weather)),
      h('details', { class: 'section' }, h('summary', {}, 'What was stated before'), this.past),
    );
  }

  private async start(): Promise<void> {
    const box = boxOfField(this.field);
    if (box) this.parts.pane.show(box, 18);
    await this.look.start(this.field.images);
  }

  private use(field: FieldPage): void {
    this.field = field;
    this.drawHead();
    this.patches.use(field);
    this.nitrogen.use(field.patches);
    this.prescription.use(field.patches);
    this.parts.layer.patches(field.patches);
    this.adding.open = field.images.length === 0;
    this.work.hidden = field.images.length === 0;
    fill(
      this.days,
      calendar(field, (entry) => void this.drop(entry)),
    );
    fill(this.past, history(field));
  }

  private drawHead(): void {
    const { field } = this;
    const season = field.begun ? `${field.began_with} ${field.begun}` : '';
    const words = [field.crop, field.cultivar, season, `${figures(field.area_ha)} ha`]
      .filter(Boolean)
      .join(' · ');
    fill(
      this.head,
      h('a', { class: 'crop-back', attrs: { href: '#/crop' } }, '← All fields'),
      h('h1', {}, field.name),
      h('p', { class: 'quiet-text' }, words),
      h(
        'div',
        { class: 'crop-tools' },
        button({ label: 'Change', press: () => this.edit() }),
        button({ label: 'Remove', kind: 'quiet', press: () => this.askRemove() }),
      ),
    );
  }

  private edit(): void {
    const done = () => {
      this.parts.boundary.close();
      fill(this.editing);
    };
    const kept = (field: FieldPage) => {
      done();
      this.use(field);
      this.parts.listed();
      void this.look.start(field.images);
    };
    fill(this.editing, fieldForm(this.parts.boundary, this.field, { kept, given: done }));
  }

  private askRemove(): void {
    const sure = button({
      label: `Remove ${this.field.name}`,
      kind: 'primary',
      press: () => void this.remove(),
    });
    const no = button({ label: 'Keep it', kind: 'quiet', press: () => fill(this.trouble) });
    const what = 'The field goes from the list. What was stated of it, and its images, stay in the archive.';
    fill(this.trouble, message('warn', what), h('div', { class: 'crop-tools' }, sure, no));
  }

  private async remove(): Promise<void> {
    try {
      await api.dropField(this.field.id);
      this.parts.gone();
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private async again(): Promise<void> {
    try {
      this.use(await api.field(this.field.id));
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private async drop(entry: Entry): Promise<void> {
    try {
      await api.dropRecord(entry.id);
      await this.again();
      if (entry.kind === 'image') await this.look.start(this.field.images);
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private async weather(file: File): Promise<void> {
    try {
      this.use(await api.setWeather(this.field.id, file.name, await file.text()));
      fill(this.trouble);
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private forget(): void {
    this.nitrogen.forget();
    this.prescription.forget();
    fill(this.found);
    this.place = null;
    this.parts.layer.place(null);
  }

  private zones(made: Made | null): void {
    this.parts.layer.zones(made?.outlines ?? null, made?.stops ?? []);
    if (made?.outlines) this.look.zoned(true);
  }
}
