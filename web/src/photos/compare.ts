/** The same place on another day, beside the photo that is looked at: the best view of each day. */
import type { LonLat } from '../api/types';
import { fill, h } from '../dom/h';
import { failure } from '../dom/parts';
import { type Photo, photos } from './api';
import { seeingText } from './question';
import { PictureStage } from './stage';

const MOST = 500;

/** The day on which a photo was taken: in UTC, or by the camera's clock; empty where no time is known. */
export const dayOf = (photo: Photo) => (photo.utc ?? photo.camera_clock ?? '').slice(0, 10);

/** The middle of what a photo shows of the ground; null where that is unknown. */
export function middleOf(photo: Photo): LonLat | null {
  const ring = photo.outline?.[0]?.slice(0, -1) ?? [];
  if (ring.length === 0) return null;
  const mean = (axis: 0 | 1) => ring.reduce((sum, at) => sum + at[axis], 0) / ring.length;
  return [mean(0), mean(1)];
}

/** Of photos that see a place, the best view first: the first of each day but the one that is shown, by day. */
export function otherDays(seen: readonly Photo[], shown: Photo): Photo[] {
  const days = new Map<string, Photo>();
  for (const each of seen) {
    const day = dayOf(each);
    if (each.kind === 'photo' && day && day !== dayOf(shown) && !days.has(day)) days.set(day, each);
  }
  return [...days.values()].sort((a, b) => dayOf(b).localeCompare(dayOf(a)));
}

export class Comparison {
  readonly element: HTMLElement;
  private readonly stage = new PictureStage();
  private readonly head = h('div', { class: 'compare-head' });
  private of: Photo | null = null;

  constructor() {
    this.element = h('div', { class: 'compare' }, this.head, this.stage.element);
    this.stage.element.addEventListener('keydown', (event) => {
      if (!this.stage.key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.element.hidden = true;
  }

  /** Show another day of the place that was asked about, or of the middle of the photo. */
  async show(photo: Photo, asked: LonLat | null): Promise<void> {
    this.of = photo;
    this.element.hidden = false;
    this.stage.clear();
    const place = asked ?? middleOf(photo);
    if (!place) {
      fill(this.head, 'It is not known what this photo shows of the ground.');
      return;
    }
    try {
      const query = new URLSearchParams({ seeing: seeingText(place), limit: String(MOST) });
      const { photos: seen } = await photos(query, new AbortController().signal);
      if (this.of === photo) this.choose(otherDays(seen, photo));
    } catch (error) {
      fill(this.head, failure(error));
    }
  }

  close(): void {
    this.of = null;
    this.element.hidden = true;
    this.stage.clear();
  }

  private choose(days: readonly Photo[]): void {
    const [first] = days;
    if (!first) {
      fill(this.head, 'No photo of another day sees this place.');
      return;
    }
    const pick = h(
      'select',
      { attrs: { name: 'compare-day', 'aria-label': 'The day to compare with' } },
      ...days.map((each) => h('option', { attrs: { value: each.id } }, `${dayOf(each)}  ${each.file}`)),
    );
    const look = () => {
      const chosen = days.find((each) => each.id === pick.value) ?? first;
      void this.stage.show(chosen.id, chosen.file, null);
    };
    pick.addEventListener('change', look);
    fill(
      this.head,
      pick,
      h('span', { class: 'quiet-text' }, 'Not laid over each other: each as it was taken.'),
    );
    look();
  }
}
