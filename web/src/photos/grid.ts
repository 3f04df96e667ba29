/** The grid of small images: only what is in sight stands in the page, however many photos there are. */
import { h } from '../dom/h';
import type { Photo } from './api';

/** Of rows that are not in sight yet: their images are fetched meanwhile. */
const [ROWS_AHEAD, ROWS_BEHIND] = [9, 1];
const LEAST_PX = 118;
const GAP_PX = 6;

export interface GridSource {
  readonly total: number;
  get(index: number): Photo | undefined;
  address(id: string): string | null | undefined;
}

export interface GridListener {
  inSight(first: number, end: number): void;
  opened(photo: Photo): void;
  pointed(photo: Photo | null): void;
}

interface Cell {
  readonly element: HTMLButtonElement;
  readonly photo: Photo | undefined;
  readonly image: boolean;
}

export class PhotoGrid {
  readonly element: HTMLElement;
  private readonly content = h('div', { class: 'photo-cells', attrs: { role: 'list' } });
  private readonly cells = new Map<number, Cell>();
  private columns = 1;
  private lastTop = 0;
  private side = LEAST_PX;

  constructor(
    private readonly source: GridSource,
    private readonly listener: GridListener,
  ) {
    this.element = h(
      'div',
      { class: 'photo-grid', attrs: { tabindex: 0, 'aria-label': 'Photos' } },
      this.content,
    );
    this.element.addEventListener('scroll', () => this.draw(), { passive: true });
    if (typeof ResizeObserver !== 'undefined') new ResizeObserver(() => this.refresh()).observe(this.element);
  }

  /** Draw what changed: photos that came, others in their place, or the size of all. */
  refresh(): void {
    const wide = Math.max(1, this.element.clientWidth - 2 * GAP_PX);
    const columns = Math.max(2, Math.floor((wide + GAP_PX) / (LEAST_PX + GAP_PX)));
    const side = (wide - GAP_PX * (columns - 1)) / columns;
    if (columns !== this.columns || side !== this.side) this.forget();
    this.columns = columns;
    this.side = side;
    this.content.style.height = `${Math.ceil(this.source.total / columns) * (side + GAP_PX)}px`;
    this.draw();
  }

  private forget(): void {
    for (const { element } of this.cells.values()) element.remove();
    this.cells.clear();
  }

  toTop(): void {
    this.element.scrollTop = 0;
  }

  /** A small image came. */
  came(id: string): void {
    for (const [index, cell] of this.cells) if (cell.photo?.id === id) this.fillCell(index);
  }

  private draw(): void {
    const tall = this.side + GAP_PX;
    const { scrollTop } = this.element;
    const above = scrollTop < this.lastTop ? ROWS_AHEAD : ROWS_BEHIND;
    this.lastTop = scrollTop;
    const top = Math.floor(scrollTop / tall) - above;
    const rows = Math.ceil(this.element.clientHeight / tall) + ROWS_AHEAD + ROWS_BEHIND;
    const first = Math.max(0, top * this.columns);
    const end = Math.min(this.source.total, (top + rows + 1) * this.columns);
    for (const [index, { element }] of this.cells) {
      if (index >= first && index < end) continue;
      element.remove();
      this.cells.delete(index);
    }
    for (let index = first; index < end; index++) this.fillCell(index);
    this.listener.inSight(first, end);
  }

  private fillCell(index: number): void {
    const photo = this.source.get(index);
    const address = photo ? this.source.address(photo.id) : undefined;
    const there = this.cells.get(index);
    if (there && there.photo === photo && (there.image || address === undefined)) return;
    const element = this.cell(index, photo, address);
    this.cells.set(index, { element, photo, image: address !== undefined });
    if (there) there.element.replaceWith(element);
    else this.content.append(element);
  }

  private cell(
    index: number,
    photo: Photo | undefined,
    address: string | null | undefined,
  ): HTMLButtonElement {
    const label = photo ? `${photo.file}, ${when(photo)}` : 'Loading';
    const element = h(
      'button',
      {
        class: 'photo-cell',
        attrs: { type: 'button', 'aria-label': label, title: label, 'data-photo-id': photo?.id ?? null },
        onclick: () => photo && this.listener.opened(photo),
        onpointerenter: () => photo && this.listener.pointed(photo),
        onpointerleave: () => this.listener.pointed(null),
      },
      address ? h('img', { attrs: { src: address, alt: '', draggable: 'false' } }) : null,
      address === null
        ? h('span', { class: 'no-image' }, photo?.kind === 'video' ? 'Video' : 'No preview')
        : null,
      photo ? caption(photo) : null,
    );
    const [row, column] = [Math.floor(index / this.columns), index % this.columns];
    element.style.width = `${this.side}px`;
    element.style.height = `${this.side}px`;
    element.style.transform = `translate(${column * (this.side + GAP_PX)}px, ${row * (this.side + GAP_PX)}px)`;
    return element;
  }
}

/** When it was taken: UTC, or the camera's clock where its zone is unknown. */
export function when(photo: Photo): string {
  if (photo.utc) return `${photo.utc.slice(0, 19).replace('T', ' ')} UTC`;
  return photo.camera_clock
    ? `${photo.camera_clock.slice(0, 19).replace('T', ' ')} (zone unknown)`
    : 'time unknown';
}

function caption(photo: Photo): HTMLElement {
  const seen = photo.seen_off_nadir_deg;
  const text =
    seen === null
      ? (photo.utc ?? photo.camera_clock ?? '').slice(11, 19)
      : `${photo.away_m?.toFixed(0) ?? '?'} m · ${seen.toFixed(0)}° off nadir`;
  return h('span', { class: 'photo-caption' }, text || photo.file);
}
