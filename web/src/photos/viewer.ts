/** One photo over the whole window: the picture in tiles, what is known of it and found in it, the ones beside it. */

import type { LonLat } from '../api/types';
import { h } from '../dom/h';
import { button, facts } from '../dom/parts';
import { flightAddress } from '../state/route';
import { originalAddress, type Photo } from './api';
import { Comparison } from './compare';
import { when } from './grid';
import { FindingsInPhoto } from './in-photo';
import { PictureStage } from './stage';

const HOW: Readonly<Record<string, string>> = {
  places: 'by the places of its photos',
  clock: "by the camera's UTC",
  'same-camera': 'by other photos of this camera',
};

export interface ViewerListener {
  closed(): void;
  step(by: number): void;
}

export class Viewer {
  readonly element: HTMLDialogElement;
  private readonly stage: PictureStage;
  private readonly findings: FindingsInPhoto;
  private readonly facts = h('div', { class: 'viewer-said' });
  private readonly other = new Comparison();
  private photo: Photo | null = null;
  private place: LonLat | null = null;
  private shown = '';

  constructor(private readonly listener: ViewerListener) {
    this.stage = new PictureStage({
      pointed: (at) => this.findings.pointed(at),
      pressed: (id) => this.findings.choose(id),
      laidOut: () => this.findings.laidOut(),
    });
    this.findings = new FindingsInPhoto(this.stage);
    const side = h('aside', { class: 'viewer-facts' }, this.facts, this.findings.element);
    this.element = h(
      'dialog',
      { class: 'viewer', attrs: { 'aria-label': 'Photo' } },
      this.bar(),
      h('div', { class: 'viewer-body' }, this.stage.element, this.other.element, side),
    );
    this.element.addEventListener('close', () => {
      this.shown = '';
      this.stage.clear();
      this.findings.forget();
      this.other.close();
      listener.closed();
    });
    this.element.addEventListener('cancel', (event) => {
      if (!this.findings.pinning) return;
      event.preventDefault();
      this.findings.end();
    });
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  /** Show a photo; `place` is what was asked about, if any. */
  show(photo: Photo, small: string | null | undefined, finding = '', place: LonLat | null = null): void {
    this.place = place;
    this.facts.replaceChildren(...described(photo));
    void this.findings.show(photo, finding);
    if (!this.element.open) this.element.showModal();
    if (this.shown === photo.id) return;
    this.shown = photo.id;
    this.photo = photo;
    if (!this.other.element.hidden) void this.other.show(photo, place);
    void this.stage.show(photo.id, photo.file, small);
    this.stage.element.focus({ preventScroll: true });
  }

  close(): void {
    if (this.element.open) this.element.close();
  }

  private bar(): HTMLElement {
    const { listener } = this;
    const act = (label: string, press: () => void) => button({ label, kind: 'quiet', press });
    return h(
      'div',
      { class: 'viewer-bar' },
      act('Photo before', () => listener.step(-1)),
      act('Next photo', () => listener.step(1)),
      h('span', { class: 'gap' }),
      act('Another day', () => this.compare()),
      h(
        'span',
        { class: 'zoomers' },
        act('Closer', () => this.stage.zoom(1.5)),
        act('Further', () => this.stage.zoom(1 / 1.5)),
        act('Whole', () => this.stage.fit()),
      ),
      button({ label: 'Close', icon: 'close', kind: 'quiet', iconOnly: true, press: () => this.close() }),
    );
  }

  /** Show the same place on another day beside this one, or no longer. */
  private compare(): void {
    if (!this.other.element.hidden) this.other.close();
    else if (this.photo) void this.other.show(this.photo, this.place);
  }

  private key(event: KeyboardEvent): void {
    const { target } = event;
    const types = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (types || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = target instanceof HTMLButtonElement && event.key === 'Enter';
    if (!pressed && this.stage.key(event)) {
      // moved or zoomed
    } else if (event.key === 'ArrowRight') this.listener.step(1);
    else if (event.key === 'ArrowLeft') this.listener.step(-1);
    else if (event.key === 'p') this.findings.begin();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function described(photo: Photo): HTMLElement[] {
  const { join } = photo;
  const offset =
    join.clock_offset_s === null
      ? ''
      : `${join.clock_offset_s.toFixed(1)} ± ${(join.clock_error_s ?? 0).toFixed(1)} s ahead of UTC`;
  const place = photo.position ? `${photo.position[1].toFixed(6)}, ${photo.position[0].toFixed(6)}` : '';
  return [
    h('h2', {}, photo.file),
    facts(
      ['Taken', when(photo)],
      ['Camera', photo.camera],
      ['Size', photo.width_px ? `${photo.width_px} × ${photo.height_px} px` : ''],
      ['Camera at (lat, lon)', place && photo.placed_by === 'track' ? `${place}, from the track` : place],
      ['Looks', photo.off_nadir_deg === null ? '' : `${photo.off_nadir_deg.toFixed(0)}° off straight down`],
      ['Pixel on the ground', photo.gsd_m === null ? '' : `${(photo.gsd_m * 100).toFixed(1)} cm`],
      ['No footprint', photo.why_no_footprint ?? ''],
      [
        'Flight',
        join.flight
          ? h('a', { attrs: { href: flightAddress(join.flight) } }, join.flight.slice(0, 8))
          : 'none',
      ],
      ['Joined', join.flight ? (HOW[join.how] ?? '') : join.why],
      ["Camera's clock", offset],
      ['From the track', join.away_m === null ? '' : `${join.away_m.toFixed(1)} m`],
    ),
    h(
      'div',
      { class: 'form-buttons' },
      photo.kind === 'photo'
        ? h('a', { class: 'button', attrs: { href: `#/review/${photo.id}` } }, 'Review for sharing')
        : null,
      h(
        'a',
        { class: 'button', attrs: { href: originalAddress(photo.id), download: photo.file } },
        'Save the original',
      ),
    ),
  ];
}
