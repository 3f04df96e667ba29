/** A month of days: what was flown on each, and what lapses. Days are those of the place. */

import type { Book, Line, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, failure } from '../dom/parts';
import { flightAddress } from '../state/route';
import { plural } from '../text/words';
import { monthBefore } from './bars';
import { hours, hoursMinutes, pilotAddress, table, today } from './words';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const DAY_MS = 86_400_000;

export class Calendar {
  readonly element = h('div', { class: 'book-page calendar' });
  private asked = 0;

  async show(_: string[], params: URLSearchParams): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    try {
      const [book, people] = await Promise.all([api.book(new URLSearchParams({ by: 'day' })), api.people()]);
      if (asked !== this.asked) return;
      const month = monthOf(params.get('month'), book.flights);
      this.draw(book, people, month, params.get('day') ?? '');
    } catch (error) {
      if (asked === this.asked) fill(this.element, failure(error));
    }
  }

  private draw(book: Book, people: Person[], month: string, day: string): void {
    const lines = new Map<string, Line[]>();
    for (const line of book.flights)
      if (line.date?.startsWith(month)) lines.set(line.date, [...(lines.get(line.date) ?? []), line]);
    const inMonth = [...lines.values()].flat();
    const most = Math.max(...[...lines.values()].map(timeOf), 1);
    const link = (to: string, text: string, label: string) =>
      h('a', { class: 'button', attrs: { href: address(to), 'aria-label': label } }, text);
    const undated = book.flights.filter((line) => line.date === null).length;
    const cells = daysOf(month).map((date) =>
      date === null ? h('td', { class: 'outside' }) : cell(date, { day, most, lines, people }),
    );
    const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, i) =>
      h('tr', {}, ...cells.slice(i * 7, i * 7 + 7)),
    );
    fill(
      this.element,
      h(
        'header',
        { class: 'calendar-head' },
        link(monthBefore(month), '←', 'The month before'),
        h('h2', {}, month),
        link(monthBefore(month, -1), '→', 'The month after'),
        h(
          'span',
          { class: 'quiet-text' },
          `${plural(inMonth.length, 'flight')}, ${hoursMinutes(timeOf(inMonth))} h${inMonth.some((line) => line.simulated) ? ', simulated ones with them' : ''}. Days of the place.`,
        ),
      ),
      h(
        'table',
        { class: 'month', attrs: { 'aria-label': month } },
        h('thead', {}, h('tr', {}, ...WEEKDAYS.map((name) => h('th', { attrs: { scope: 'col' } }, name)))),
        h('tbody', {}, ...weeks),
      ),
      undated > 0
        ? h(
            'p',
            { class: 'quiet-text' },
            `${plural(undated, 'flight')} of unknown date ${undated === 1 ? 'is' : 'are'} in no month.`,
          )
        : null,
      day && lines.has(day) ? ofDay(day, lines.get(day) ?? []) : null,
    );
  }
}

const address = (month: string, day = '') => `#/logbook/calendar?month=${month}${day ? `&day=${day}` : ''}`;
const timeOf = (lines: readonly Line[]) => lines.reduce((sum, line) => sum + (line.total_ms ?? 0), 0);

/** The month asked for; else this one, or that of the last flight where this one has none. */
export function monthOf(asked: string | null, lines: readonly Line[]): string {
  if (asked && /^\d{4}-\d{2}$/.test(asked)) return asked;
  const now = today().slice(0, 7);
  const known = lines
    .map((line) => line.date?.slice(0, 7) ?? '')
    .filter((month) => month !== '' && month <= now);
  return known.includes(now) ? now : (known.sort().at(-1) ?? now);
}

/** The days of a month in weeks that begin on Monday; null outside it. */
export function daysOf(month: string): (string | null)[] {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  if (!Number.isFinite(first)) return [];
  const before = (new Date(first).getUTCDay() + 6) % 7;
  const days: (string | null)[] = Array.from({ length: before }, () => null);
  for (let at = first; new Date(at).toISOString().startsWith(month); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  while (days.length % 7 !== 0) days.push(null);
  return days;
}

interface Month {
  day: string;
  most: number;
  lines: Map<string, Line[]>;
  people: Person[];
}

function cell(date: string, { day, most, lines, people }: Month): HTMLElement {
  const flown = lines.get(date) ?? [];
  const time = timeOf(flown);
  const bar = h('i', { class: 'day-bar' });
  bar.style.width = `${(time / most) * 100}%`;
  const ends = people.flatMap((person) =>
    person.certificates
      .filter((each) => each.expires === date)
      .map((each) =>
        h(
          'a',
          {
            class: 'expiry',
            attrs: {
              href: pilotAddress(person.id),
              title: `${each.kind} of ${person.name} holds through this day`,
            },
          },
          `${each.kind} ends`,
        ),
      ),
  );
  const said =
    flown.length > 0
      ? [
          h(
            'a',
            { class: 'day-flights', attrs: { href: address(date.slice(0, 7), date) } },
            h('strong', {}, hoursMinutes(time)),
            ` h`,
            h('span', { class: 'second' }, plural(flown.length, 'flight')),
          ),
          bar,
        ]
      : [];
  const classes = `${date === today() ? 'today' : ''} ${date === day ? 'chosen' : ''}`.trim();
  return h(
    'td',
    { class: classes },
    h('span', { class: 'day-number' }, String(Number(date.slice(8)))),
    ...said,
    ...ends,
  );
}

function ofDay(day: string, lines: Line[]): HTMLElement {
  const rows = lines.map((line): Child[] => [
    h('a', { attrs: { href: flightAddress(line.flight) } }, line.place ?? 'Place unknown'),
    line.aircraft ?? '–',
    line.said.pic ?? '–',
    hours(line.total_ms),
    line.simulated ? badge({ label: 'SIMULATED', tone: 'sim', title: 'No such flight took place.' }) : null,
  ]);
  return h(
    'section',
    { class: 'section' },
    h('h2', {}, day),
    table(`Flights of ${day}`, ['Place', 'Aircraft', 'Pilot', { number: 'Time' }, ''], rows),
  );
}
