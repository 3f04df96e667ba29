/** The gallery: small images by the grid, the same photos on the map, and which of them see a place. */
import '../styles/photos.css';
import '../styles/findings.css';
import type { LonLat } from '../api/types';
import { fill, h } from '../dom/h';
import { button, failure, message } from '../dom/parts';
import { positionText } from '../map/shapes';
import { go, replace } from '../state/route';
import { settled } from '../state/signal';
import { count } from '../text/units';
import { Player } from '../video/player';
import type { View, World } from '../views';
import * as api from './api';
import { PhotoGrid } from './grid';
import { HeldPhotos, Images } from './held';
import { addPhotoLayer, type PhotoLayer } from './layer';
import { changed, photosAddress, questionOf, seeingText, seenPlace } from './question';
import { Timeline } from './timeline';
import { Viewer } from './viewer';

const ON_MAP = 1000;
const TYPED_MS = 250;

export function makeView(world: World): View {
  return new Gallery(world);
}

class Gallery implements View {
  readonly element: HTMLElement;
  private params = new URLSearchParams();
  private asked = '';
  private open = '';
  private finding = '';
  /** The one that is looked at where the list does not hold it: an address that was followed. */
  private alone: api.Photo | null = null;
  private visible = false;
  private layer: PhotoLayer | null = null;
  private framed = false;
  private readonly trouble = h('div', { class: 'list-state' });
  private readonly total = h('span', { class: 'photo-total', attrs: { role: 'status' } });
  private readonly chips = h('div', { class: 'photo-chips' });
  private readonly camera = this.field('search', 'Camera', 'camera');
  private readonly from = this.field('date', 'From', 'from');
  private readonly to = this.field('date', 'To', 'to');
  private readonly held = new HeldPhotos(api.photos, {
    changed: () => this.draw(),
    failed: (error) => fill(this.trouble, failure(error)),
  });
  private readonly images = new Images((id) => this.grid.came(id));
  private readonly grid: PhotoGrid;
  private readonly viewer = new Viewer({
    closed: () => this.open && !this.player.open && go(photosAddress(this.params)),
    step: (by) => this.step(by),
  });
  private readonly player: Player;
  private readonly timeline = new Timeline({
    narrowed: (from, to) => this.within(from, to),
    widened: () => this.within('', ''),
  });

  constructor(world: World) {
    const held = this.held;
    this.player = new Player(
      { closed: () => go(photosAddress(this.params)), step: (by) => this.step(by) },
      world.map,
    );
    this.grid = new PhotoGrid(
      {
        get total() {
          return held.total;
        },
        get: (index) => held.get(index),
        address: (id) => this.images.address(id),
      },
      {
        inSight: (first, end) => this.inSight(first, end),
        opened: (photo) => go(photosAddress(this.params, photo.id)),
        pointed: (photo) => this.layer?.point(photo),
      },
    );
    const head = h(
      'header',
      { class: 'photo-head' },
      h('div', { class: 'photo-title' }, h('h1', {}, 'Photos'), this.total),
      h('div', { class: 'photo-fields' }, this.camera.label, this.from.label, this.to.label),
      this.chips,
    );
    this.element = h(
      'section',
      { class: 'photos', attrs: { 'aria-label': 'Photos' } },
      head,
      this.timeline.element,
      this.trouble,
      this.grid.element,
      this.viewer.element,
      this.player.element,
    );
    void world.map.then((pane) => {
      this.layer = addPhotoLayer(pane, (at) => this.seeing(at));
      if (this.visible) void this.onMap();
      else this.layer.clear();
    });
  }

  show(path: string[], params: URLSearchParams): void {
    const first = !this.visible;
    this.visible = true;
    this.params = questionOf(params);
    this.open = path[0] ?? '';
    this.finding = params.get('finding') ?? '';
    const asked = this.params.toString();
    if (asked !== this.asked || first) {
      this.asked = asked;
      this.fields();
      this.grid.toTop();
      this.askAll();
    }
    this.look();
  }

  refresh(): void {
    this.askAll();
  }

  private askAll(): void {
    void this.held.ask(this.params);
    void this.timeline.ask(this.params);
    void this.onMap();
  }

  hide(): void {
    this.visible = false;
    this.layer?.clear();
    this.open = '';
    this.viewer.close();
    this.player.close();
  }

  private seeing(at: LonLat): void {
    go(photosAddress(changed(this.params, 'seeing', seeingText(at))));
  }

  private within(from: string, to: string): void {
    go(photosAddress(changed(changed(this.params, 'from', from), 'to', to)));
  }

  private async onMap(): Promise<void> {
    const query = new URLSearchParams(this.params);
    query.set('limit', String(ON_MAP));
    const asked = this.asked;
    try {
      const { photos } = await api.photos(query, new AbortController().signal);
      if (!this.visible || asked !== this.asked || !this.layer || this.player.open) return;
      const place = seenPlace(this.params);
      this.layer.show(photos, place, !this.framed && photos.length > 0);
      this.framed ||= photos.length > 0;
      if (photos.some((photo) => photo.join.why === 'its flight was not looked for yet')) await this.join();
    } catch {
      // The list says what is wrong.
    }
  }

  /** Photos that were uploaded one by one wait for this. */
  private async join(): Promise<void> {
    const { looked_at } = await api.joinPhotos();
    if (looked_at > 0) await this.held.ask(this.params);
  }

  private inSight(first: number, end: number): void {
    this.held.need(first, end);
    const ids: string[] = [];
    for (let index = first; index < end; index++) {
      const photo = this.held.get(index);
      if (photo && photo.kind === 'photo') ids.push(photo.id);
    }
    this.images.want(ids);
  }

  private draw(): void {
    const { total } = this.held;
    this.total.textContent = `${count(total)} ${total === 1 ? 'photo' : 'photos'}`;
    fill(this.trouble, total === 0 ? this.nothing() : null);
    this.grid.refresh();
    this.drawChips();
    this.look();
  }

  private nothing(): HTMLElement {
    return this.asked
      ? message('plain', 'No photo fits.', 'Take a filter away, or click another place on the map.')
      : message('plain', 'There are no photos yet.', 'Drop photos anywhere on this page.');
  }

  private look(): void {
    if (!this.open) {
      this.viewer.close();
      this.leave();
      return;
    }
    const held = this.held.get(this.held.indexOf(this.open));
    const photo = held ?? (this.alone?.id === this.open ? this.alone : null);
    if (!photo) {
      void this.lookAlone(this.open);
      return;
    }
    if (photo.kind === 'video') {
      this.player.show(photo);
      this.viewer.close();
      this.layer?.clear();
      return;
    }
    this.leave();
    this.viewer.show(photo, this.images.address(photo.id), this.finding, seenPlace(this.params));
    this.layer?.point(photo);
  }

  /** No video is looked at any more: the map shows the photos again. */
  private leave(): void {
    if (!this.player.open) return;
    this.player.close();
    void this.onMap();
  }

  private async lookAlone(id: string): Promise<void> {
    try {
      this.alone = await api.onePhoto(id);
      if (this.open === id) this.look();
    } catch (error) {
      if (this.open === id) fill(this.trouble, failure(error));
    }
  }

  private step(by: number): void {
    const here = this.held.indexOf(this.open);
    const next = here < 0 ? undefined : this.held.get(here + by);
    if (next) replace(photosAddress(this.params, next.id));
  }

  private drawChips(): void {
    const chip = (name: 'seeing' | 'near' | 'flight', text: string) =>
      this.params.has(name)
        ? button({
            label: `${text} ×`,
            kind: 'quiet',
            press: () => go(photosAddress(changed(this.params, name, ''))),
          })
        : null;
    const place = seenPlace(this.params);
    const chips = [
      chip('seeing', `See ${place ? positionText(place) : 'a place'}, best view first`),
      chip('near', 'Near a place'),
      chip('flight', `Flight ${this.params.get('flight')?.slice(0, 8) ?? ''}`),
    ];
    const hint = h('span', { class: 'quiet-text' }, 'Click the map: which photos see that place?');
    const asked = this.params.toString();
    const review = h('a', { attrs: { href: `#/review?${asked || 'all=1'}` } }, 'Review these for sharing');
    fill(this.chips, ...(this.params.has('seeing') ? chips : [...chips, hint]), review);
  }

  private fields(): void {
    for (const [field, name] of [
      [this.camera, 'camera'],
      [this.from, 'from'],
      [this.to, 'to'],
    ] as const) {
      if (document.activeElement !== field.input)
        field.input.value = shownIn(field.input, this.params.get(name) ?? '');
    }
    this.drawChips();
  }

  private field(type: string, label: string, name: 'camera' | 'from' | 'to') {
    const typed = settled(TYPED_MS, () =>
      replace(photosAddress(changed(this.params, name, input.value.trim()))),
    );
    const input = h('input', { attrs: { type, name: `photo-${name}`, 'aria-label': label }, oninput: typed });
    return { input, label: h('label', { class: 'photo-field' }, h('span', {}, label), input) };
  }
}

/** A field of dates shows the day of a time that the timeline asked for. */
const shownIn = (field: HTMLInputElement, value: string) =>
  field.type === 'date' ? value.slice(0, 10) : value;
