/** One photo over the whole window: the image itself, zoom and pan, what is known of it, and the ones beside it. */
import { h } from '../dom/h';
import { button, facts } from '../dom/parts';
import { flightAddress } from '../state/route';
import { originalAddress, type Photo } from './api';
import { when } from './grid';

const CLOSEST = 16;
/** What browsers show; of others the small image is shown, and the original can be saved. */
const SHOWN = new Set(['jpeg', 'r-jpeg']);
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
  private readonly stage = h('div', { class: 'viewer-stage' });
  private readonly side = h('aside', { class: 'viewer-facts' });
  private zoom = 1;
  private at = { x: 0, y: 0 };
  private image: HTMLImageElement | null = null;

  constructor(private readonly listener: ViewerListener) {
    const close = button({
      label: 'Close',
      icon: 'close',
      kind: 'quiet',
      iconOnly: true,
      press: () => this.close(),
    });
    const back = button({ label: 'Photo before', kind: 'quiet', press: () => listener.step(-1) });
    const on = button({ label: 'Next photo', kind: 'quiet', press: () => listener.step(1) });
    const bar = h('div', { class: 'viewer-bar' }, back, on, h('span', { class: 'gap' }), close);
    this.element = h(
      'dialog',
      { class: 'viewer', attrs: { 'aria-label': 'Photo' } },
      bar,
      h('div', { class: 'viewer-body' }, this.stage, this.side),
    );
    this.element.addEventListener('close', () => listener.closed());
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.stage.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.stage.addEventListener('pointerdown', (event) => this.drag(event));
    this.stage.addEventListener('dblclick', () => this.look(this.zoom > 1 ? 1 : 4));
  }

  show(photo: Photo, small: string | null | undefined): void {
    const viewable = SHOWN.has(photo.format);
    const address = viewable ? originalAddress(photo.id) : small;
    this.image = address ? h('img', { attrs: { src: address, alt: photo.file, draggable: 'false' } }) : null;
    this.stage.replaceChildren(
      this.image ??
        h(
          'p',
          { class: 'no-image' },
          photo.kind === 'video' ? 'A video: save it to watch it.' : 'No preview.',
        ),
    );
    this.side.replaceChildren(...described(photo));
    this.look(1);
    if (!this.element.open) this.element.showModal();
  }

  close(): void {
    if (this.element.open) this.element.close();
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'ArrowRight') this.listener.step(1);
    else if (event.key === 'ArrowLeft') this.listener.step(-1);
    else if (event.key === '+') this.look(this.zoom * 1.5);
    else if (event.key === '-') this.look(this.zoom / 1.5);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    const next = Math.min(CLOSEST, Math.max(1, this.zoom * (event.deltaY < 0 ? 1.25 : 0.8)));
    const by = next / this.zoom;
    this.at = { x: x - (x - this.at.x) * by, y: y - (y - this.at.y) * by };
    this.look(next);
  }

  private drag(event: PointerEvent): void {
    if (this.zoom <= 1) return;
    const [x, y] = [event.clientX - this.at.x, event.clientY - this.at.y];
    const move = (to: PointerEvent) => {
      this.at = { x: to.clientX - x, y: to.clientY - y };
      this.look(this.zoom);
    };
    const end = () => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
  }

  private look(zoom: number): void {
    this.zoom = Math.min(CLOSEST, Math.max(1, zoom));
    if (this.zoom === 1) this.at = { x: 0, y: 0 };
    if (this.image) {
      this.image.style.transform = `translate(${this.at.x}px, ${this.at.y}px) scale(${this.zoom})`;
    }
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
      'a',
      { class: 'button', attrs: { href: originalAddress(photo.id), download: photo.file } },
      'Save the original',
    ),
  ];
}
