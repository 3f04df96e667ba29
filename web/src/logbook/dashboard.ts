/** The dashboard: hours, who may fly, what needs somebody, where and when was flown. */

import type { Currency, Fleet, Overview, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, failure, message, section } from '../dom/parts';
import { EVERYTHING } from '../state/query';
import { flightAddress, flightsAddress } from '../state/route';
import { count } from '../text/units';
import { plural } from '../text/words';
import { alerts, attention } from './attention';
import { monthBars } from './bars';
import { lapsing, whoMayFly } from './standings';
import { added, hours, hoursMinutes, LOOKED_UNASKED, mainSums, table, today } from './words';

export class Dashboard {
  readonly element = h(
    'div',
    { class: 'book-page dashboard', attrs: { 'aria-busy': 'true' } },
    h('p', { class: 'quiet-text', attrs: { role: 'status' } }, 'Adding up…'),
  );
  private fleet: Fleet | null = null;

  async show(): Promise<void> {
    try {
      const [book, people, currency, fleet] = await Promise.all([
        api.overview(),
        api.people(),
        api.currency(),
        api.fleet(false),
      ]);
      this.fleet ??= fleet;
      this.draw(book, people, currency);
      if (book.count === 0 || book.count > LOOKED_UNASKED) return;
      this.fleet = await api.fleet(true);
      this.draw(book, people, currency);
    } catch (error) {
      fill(this.element, failure(error));
    }
  }

  private draw(book: Overview, people: Person[], currency: Currency): void {
    this.element.setAttribute('aria-busy', 'false');
    if (book.count === 0 && book.carried.length === 0) {
      fill(this.element, message('plain', 'There are no flights yet.', 'Drop logs anywhere on this page.'));
      return;
    }
    const { sums, simulated } = mainSums(book);
    const found = alerts(book, currency, this.fleet, people);
    const months = monthBars(sums.groups, 'Hours by month');
    const note = simulated
      ? [badge({ label: 'SIMULATED', tone: 'sim', title: 'None of these flights took place.' })]
      : [];
    fill(
      this.element,
      tiles(book, this.fleet),
      h(
        'div',
        { class: 'two-columns' },
        section(
          'Hours by month',
          h('p', { class: 'quiet-text' }, 'Months of the place; time in the air. ', ...note),
          months,
        ),
        attention(found, this.fleet?.looked ?? false),
      ),
      h('div', { class: 'two-columns' }, whoMayFly(currency, people), lapsing(currency, people)),
      h('div', { class: 'two-columns' }, recent(book), places(book)),
    );
  }
}

function tiles(book: Overview, fleet: Fleet | null): HTMLElement {
  const { sums, simulated } = mainSums(book);
  const now = today();
  const within = (start: string) => added(sums.groups.filter(({ key }) => key.startsWith(start)));
  const [month, year] = [within(now.slice(0, 7)), within(now.slice(0, 4))];
  const tile = (name: string, value: Child, note: string) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value), h('dd', { class: 'note' }, note));
  const apart = book.simulated.whole.total_ms;
  const grounded = fleet?.grounded.length ?? 0;
  return h(
    'dl',
    { class: 'tiles' },
    tile(
      `This month, ${now.slice(0, 7)}`,
      hours(month.total_ms),
      `${plural(month.flights, 'flight')}${simulated ? ', simulated' : ''}`,
    ),
    tile(
      `This year, ${now.slice(0, 4)}`,
      hours(year.total_ms),
      `${hoursMinutes(year.night_ms)} h of it at night${simulated ? ', simulated' : ''}`,
    ),
    tile(
      simulated ? 'All, simulated' : 'All flown',
      hours(sums.whole.total_ms),
      sums.whole.carried_ms > 0
        ? `${hoursMinutes(sums.whole.carried_ms)} h carried over`
        : plural(sums.whole.flights, 'flight'),
    ),
    simulated ? null : tile('Simulated, apart', hours(apart), plural(book.simulated.whole.flights, 'flight')),
    tile(
      'Aircraft',
      count(fleet?.aircraft.length ?? 0),
      grounded > 0 ? `${grounded} must not fly` : 'none is grounded',
    ),
  );
}

function recent(book: Overview): HTMLElement {
  const rows = book.flights.map((line): Child[] => [
    line.date,
    h('a', { attrs: { href: flightAddress(line.flight) } }, line.place ?? 'Place unknown'),
    line.aircraft ?? '–',
    line.said.pic ?? '–',
    hours(line.total_ms),
  ]);
  return section(
    'Last flights',
    table('Last flights', ['Date', 'Place', 'Aircraft', 'Pilot', { number: 'Time' }], rows),
  );
}

function places(book: Overview): HTMLElement {
  const rows = book.places.map(({ place, flights, total_ms }): Child[] => [
    place
      ? h('a', { attrs: { href: flightsAddress({ ...EVERYTHING, text: place }) } }, place)
      : 'Place unknown',
    count(flights),
    hours(total_ms),
  ]);
  const map = h(
    'p',
    { class: 'quiet-text' },
    `${plural(book.place_count, 'place')}. `,
    h('a', { attrs: { href: '#/flights' } }, 'All flights on the map'),
  );
  return section(
    'Where',
    map,
    table('Where was flown', ['Place', { number: 'Flights' }, { number: 'Time' }], rows),
  );
}
