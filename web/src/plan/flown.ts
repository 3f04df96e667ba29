/** The plan against a flight of the archive that was near: what was covered, and the gaps on the map. */
import * as client from '../api/client';
import type { Flight } from '../api/types';
import { fill, h } from '../dom/h';
import { button, facts, failure } from '../dom/parts';
import { count } from '../text/units';
import * as api from './api';
import type { Compared, Plan, PlanAsked } from './types';

const NEAR_M = 2000;
const MOST = 30;

export class FlownBy {
  private readonly flight = h('select', { attrs: { 'aria-label': 'Flight', name: 'flown' } });
  private readonly answer = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly press = button({ label: 'Compare', press: () => void this.compare() });
  readonly element = h(
    'div',
    {},
    h('div', { class: 'plan-tools plan-export' }, this.flight, this.press),
    this.answer,
  );
  private asking: AbortController | null = null;
  private place = '';

  constructor(
    private readonly asked: () => PlanAsked | null,
    private readonly found: (it: Compared | null) => void,
    private readonly again: (flight: string) => Promise<void>,
  ) {
    this.offer([]);
  }

  /** The plan is another: what was found of the one before is of no use. */
  forget(): void {
    fill(this.answer);
    this.found(null);
  }

  /** List the flights that came near a plan. */
  near({ way }: Plan): void {
    const [lon, lat] = way[0] ?? [0, 0];
    const place = `${lon.toFixed(2)},${lat.toFixed(2)}`;
    if (place === this.place) return;
    this.place = place;
    this.asking?.abort();
    this.asking = new AbortController();
    const query = new URLSearchParams({ near: `${lon},${lat},${NEAR_M}`, limit: String(MOST) });
    client.flights(query, this.asking.signal).then(
      (page) => this.offer(page.flights),
      () => this.offer([]),
    );
  }

  private offer(flights: readonly Flight[]): void {
    const words = (each: Flight) =>
      [each.takeoff ?? each.recording_start ?? 'time unknown', each.aircraft.name].filter(Boolean).join(', ');
    const none = h('option', { attrs: { value: '' } }, `No flight within ${NEAR_M / 1000} km`);
    const options = flights.map((each) =>
      h('option', { attrs: { value: each.id } }, words(each).replace('T', ' ')),
    );
    fill(this.flight, ...(options.length > 0 ? options : [none]));
    this.press.disabled = options.length === 0;
  }

  /** Offer a plan for the gaps alone. */
  private reflown(flight: string): HTMLElement {
    const trouble = h('div', {});
    const press = () =>
      void this.again(flight).then(
        () => fill(trouble),
        (error: unknown) => fill(trouble, failure(error)),
      );
    return h(
      'div',
      { class: 'plan-kept' },
      button({ label: 'Download a plan for the gaps', icon: 'download', press }),
      h('span', { class: 'quiet-text' }, 'In the format chosen above; its checks are those of a new plan.'),
      trouble,
    );
  }

  private async compare(): Promise<void> {
    const asked = this.asked();
    if (!asked || !this.flight.value) return;
    try {
      const flight = this.flight.value;
      const it = await api.compare(asked, flight);
      this.found(it);
      fill(this.answer, inNumbers(it), it.gaps.length > 0 ? this.reflown(flight) : null);
    } catch (error) {
      fill(this.answer, failure(error));
    }
  }
}

function inNumbers(it: Compared): HTMLElement {
  return facts(
    ['Covered', `${(it.covered * 100).toFixed(1)} % of ${count(Math.round(it.area_m2))} m²`],
    ['Gaps', it.gaps.length === 0 ? 'none' : `${it.gaps.length}, ${count(Math.round(it.gap_m2))} m² in all`],
    ['Photos', `${count(it.flown_photos)} of ${count(it.planned_photos)}, ${it.photos_from}`],
  );
}
