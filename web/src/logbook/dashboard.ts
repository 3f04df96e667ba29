/** The dashboard: hours, who may fly, what needs somebody, where and when was flown. */

import type { Book, Currency, Fleet, Line, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, failure, message, section } from '../dom/parts';
import { EVERYTHING } from '../state/query';
import { flightAddress, flightsAddress } from '../state/route';
import { count } from '../text/units';
import { plural } from '../text/words';
import { monthBars } from './bars';
import {
  added,
  craftAddress,
  hours,
  hoursMinutes,
  LOOKED_UNASKED,
  mainSums,
  newestFirst,
  pilotAddress,
  shortIds,
  table,
  today,
  VERDICT_TONE,
} from './words';

const PLACES = 6;
const RECENT = 6;
const NAMED = 6;
export interface Alert {
  tone: 'bad' | 'warn' | 'info';
  what: string;
  why: string;
  href: string;
}

export class Dashboard {
  readonly element = h(
    'div',
    { class: 'book-page dashboard', attrs: { 'aria-busy': 'true' } },
    h('p', { class: 'quiet-text', attrs: { role: 'status' } }, 'Adding up…'),
  );
  private fleet: Fleet | null = null;

  async show(): Promise<void> {
    try {
      const months = new URLSearchParams({ by: 'month' });
      const [book, people, currency, fleet] = await Promise.all([
        api.book(months),
        api.people(),
        api.currency(),
        api.fleet(false),
      ]);
      this.fleet ??= fleet;
      this.draw(book, people, currency);
      if (book.flights.length === 0 || book.flights.length > LOOKED_UNASKED) return;
      this.fleet = await api.fleet(true);
      this.draw(book, people, currency);
    } catch (error) {
      fill(this.element, failure(error));
    }
  }

  private draw(book: Book, people: Person[], currency: Currency): void {
    this.element.setAttribute('aria-busy', 'false');
    if (book.flights.length === 0 && book.carried.length === 0) {
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

function tiles(book: Book, fleet: Fleet | null): HTMLElement {
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

/** What needs somebody, the gravest first. */
export function alerts(book: Book, currency: Currency, fleet: Fleet | null, people: Person[]): Alert[] {
  const id = (name: string) => people.find((person) => person.name === name)?.id ?? '';
  const title = (rule: string) => currency.rules.find((each) => each.id === rule)?.title ?? rule;
  const lapsed = currency.standings
    .filter((each) => each.verdict === 'lapsed')
    .map(
      (each): Alert => ({
        tone: 'bad',
        what: `${each.pilot} may not fly by ${title(each.rule)}`,
        why: each.because,
        href: pilotAddress(id(each.pilot)),
      }),
    );
  const grounded = (fleet?.grounded ?? []).map(
    (each): Alert => ({
      tone: 'bad',
      what: `${each.aircraft} must not fly`,
      why: each.reasons.join('; '),
      href: craftAddress(each.aircraft),
    }),
  );
  const due = (fleet?.maintenance ?? [])
    .filter((task) => task.due !== 'later')
    .map(
      (task): Alert => ({
        tone: task.due === 'soon' ? 'info' : 'warn',
        what: `${task.title}: ${task.component_id}`,
        why: `due ${task.due}; ${task.because.map(shortIds).join('; ')}`,
        href: craftAddress(task.component_id),
      }),
    );
  return [...grounded, ...lapsed, ...due, ...ofTheBook(book)];
}

function ofTheBook(book: Book): Alert[] {
  const found: Alert[] = [];
  const nobody = book.flights.filter((line) => !line.said.pic).length;
  if (nobody > 0)
    found.push({
      tone: 'info',
      what: `${plural(nobody, 'flight')} without a pilot`,
      why: 'Nobody said who flew; choose them in the list and assign them.',
      href: '#/logbook/book?pilot=-',
    });
  if (book.left_out.length > 0)
    found.push({
      tone: 'info',
      what: `${plural(book.left_out.length, 'flight')} in no sum`,
      why: book.left_out[0]?.why ?? '',
      href: '#/logbook/book?counted=no',
    });
  return found;
}

function attention(found: Alert[], looked: boolean): HTMLElement {
  const list = found
    .slice(0, NAMED)
    .map((alert) =>
      h(
        'li',
        { class: `alert tone-${alert.tone}` },
        h('a', { attrs: { href: alert.href } }, alert.what),
        h('p', {}, alert.why),
      ),
    );
  const more =
    found.length > NAMED ? h('p', { class: 'quiet-text' }, `and ${found.length - NAMED} more`) : null;
  const none = found.length === 0 ? h('p', { class: 'quiet-text' }, 'Nothing that is known here.') : null;
  const unlooked = looked
    ? null
    : h(
        'p',
        { class: 'quiet-text' },
        'Flights are not looked into yet for hard landings and battery health. ',
        h('a', { attrs: { href: '#/fleet' } }, 'Fleet'),
      );
  return section(
    `Needs attention${found.length > 0 ? ` (${found.length})` : ''}`,
    h('ul', { class: 'alerts' }, ...list),
    more,
    none,
    unlooked,
  );
}

export function whoMayFly(currency: Currency, people: Person[]): HTMLElement {
  const id = (name: string) => people.find((person) => person.name === name)?.id ?? '';
  const rows = currency.standings.map((each): Child[] => [
    h('a', { attrs: { href: pilotAddress(id(each.pilot)) } }, each.pilot),
    ruleName(currency, each.rule, each.subject),
    badge({ label: each.verdict, tone: VERDICT_TONE[each.verdict], title: each.because }),
    each.until ?? '–',
  ]);
  const body =
    rows.length > 0 ? table('Who may fly', ['Person', 'Rule', 'State', 'Until'], rows) : nobody(people);
  const day = h(
    'p',
    { class: 'quiet-text' },
    `On ${currency.on}; days end at midnight where each is at home. `,
    h('a', { attrs: { href: api.EXPIRIES_ICS, download: '' } }, 'Expiries as a calendar (.ics)'),
  );
  return section('Who may fly tomorrow', day, body);
}

function nobody(people: Person[]): HTMLElement {
  const what =
    people.length === 0 ? 'Nobody is entered yet.' : 'Nobody has a certificate here that a rule is about.';
  return h(
    'p',
    { class: 'quiet-text' },
    `${what} `,
    h('a', { attrs: { href: '#/logbook/people' } }, 'People'),
  );
}

function ruleName(currency: Currency, id: string, subject: string | null): HTMLElement {
  const rule = currency.rules.find((each) => each.id === id);
  const said = rule?.source ? `${rule.authority}: ${rule.source.title}` : '';
  return h(
    'span',
    { attrs: { title: said } },
    rule?.title ?? id,
    subject ? h('span', { class: 'second' }, ` ${subject}`) : null,
  );
}

function lapsing(currency: Currency, people: Person[]): HTMLElement {
  const id = (name: string) => people.find((person) => person.name === name)?.id ?? '';
  const rows = currency.lapsing.map((each): Child[] => [
    each.until ?? '–',
    h('a', { attrs: { href: pilotAddress(id(each.pilot)) } }, each.pilot),
    ruleName(currency, each.rule, each.subject),
  ]);
  const body =
    rows.length > 0
      ? table('What lapses', ['After', 'Person', 'Rule'], rows)
      : h('p', { class: 'quiet-text' }, `Nothing that holds on ${currency.on}.`);
  return section(`Lapses in ${currency.within_days} days`, body);
}

function recent(book: Book): HTMLElement {
  const last = newestFirst(book.flights.filter((line) => line.date !== null)).slice(0, RECENT);
  const rows = last.map((line): Child[] => [
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

/** Places by the time flown there, most first. */
export function byPlace(lines: readonly Line[]): { place: string; flights: number; ms: number }[] {
  const found = new Map<string, { place: string; flights: number; ms: number }>();
  for (const line of lines) {
    const place = line.place ?? '';
    const at = found.get(place) ?? { place, flights: 0, ms: 0 };
    at.flights += 1;
    at.ms += line.total_ms ?? 0;
    found.set(place, at);
  }
  return [...found.values()].sort((a, b) => b.ms - a.ms || b.flights - a.flights);
}

function places(book: Book): HTMLElement {
  const { simulated } = mainSums(book);
  const all = byPlace(book.flights.filter((line) => line.simulated === simulated));
  const rows = all
    .slice(0, PLACES)
    .map(({ place, flights, ms }): Child[] => [
      place
        ? h('a', { attrs: { href: flightsAddress({ ...EVERYTHING, text: place }) } }, place)
        : 'Place unknown',
      count(flights),
      hours(ms),
    ]);
  const map = h(
    'p',
    { class: 'quiet-text' },
    `${plural(all.length, 'place')}. `,
    h('a', { attrs: { href: '#/flights' } }, 'All flights on the map'),
  );
  return section(
    'Where',
    map,
    table('Where was flown', ['Place', { number: 'Flights' }, { number: 'Time' }], rows),
  );
}
