/** Words and numbers of the logbook, alike on all its pages. */
import type { FieldName, Hours, Line, Standing, Sums } from '../api/logbook';
import { type Child, h } from '../dom/h';
import { quantity } from '../dom/parts';
import type { Tone } from '../text/words';

export const FIELD_LABELS: Readonly<Record<FieldName, string>> = {
  pic: 'Pilot in command',
  observer: 'Observer',
  purpose: 'Purpose',
  project: 'Project',
  client: 'Client',
  site: 'Site',
  sight: 'Line of sight',
  risk: 'Risk notes',
};

export const VERDICT_TONE: Readonly<Record<Standing['verdict'], Tone>> = {
  current: 'ok',
  lapsed: 'bad',
  'never met': 'plain',
  unknown: 'warn',
};

/** Milliseconds as hours and minutes, `12:40`; rounded to whole minutes. */
export function hoursMinutes(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60).toLocaleString('en-US')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The same as an element with its unit; unknown is a dash. */
export function hours(ms: number | null): HTMLElement {
  return quantity(ms === null ? null : { value: hoursMinutes(ms), unit: 'h' });
}

/** The sums that a page is about: real flights, or simulated ones where there are no others. */
export function mainSums(book: { flown: Sums; simulated: Sums }): { sums: Sums; simulated: boolean } {
  const real = book.flown.whole.flights > 0 || book.flown.whole.total_ms > 0;
  const simulated = !real && book.simulated.whole.flights > 0;
  return { sums: simulated ? book.simulated : book.flown, simulated };
}

export const noHours: Hours = {
  flights: 0,
  total_ms: 0,
  day_ms: 0,
  twilight_ms: 0,
  night_ms: 0,
  unknown_light_ms: 0,
  part107_twilight_ms: 0,
  recording_ms: 0,
  carried_ms: 0,
};

/** Add up some groups. */
export function added(groups: readonly Hours[]): Hours {
  const names = Object.keys(noHours) as (keyof Hours)[];
  const sum = { ...noHours };
  for (const group of groups) for (const name of names) sum[name] += group[name];
  return sum;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The class of a cell: numbers stand to the right, and a day is never broken. */
function cellClass(cell: Child, isNumber: boolean): string {
  if (isNumber) return 'number';
  return typeof cell === 'string' && DAY.test(cell) ? 'day' : '';
}

/** A table of plain cells; each heading may be marked as one of numbers. */
export function table(
  label: string,
  heads: readonly (string | { number: string })[],
  rows: readonly Child[][],
): HTMLElement {
  const isNumber = heads.map((head) => typeof head !== 'string');
  const head = heads.map((each) =>
    h(
      'th',
      { class: typeof each === 'string' ? '' : 'number', attrs: { scope: 'col' } },
      typeof each === 'string' ? each : each.number,
    ),
  );
  const body = rows.map((cells) =>
    h('tr', {}, ...cells.map((cell, i) => h('td', { class: cellClass(cell, isNumber[i] ?? false) }, cell))),
  );
  const made = h(
    'table',
    { class: 'plain-table', attrs: { 'aria-label': label } },
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, ...body),
  );
  return h('div', { class: 'table-scroll' }, made);
}

export const pilotAddress = (id: string) => `#/logbook/people/${encodeURIComponent(id)}`;
export const craftAddress = (name: string) => `#/fleet/aircraft/${encodeURIComponent(name)}`;
export const batteryAddress = (key: string) => `#/fleet/battery/${encodeURIComponent(key)}`;

/** The day here, `2026-11-23`, as this browser's clock has it. */
export function today(): string {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Ids of 32 digits in a sentence, short enough to read. */
export const shortIds = (text: string) =>
  text.replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1').replaceAll('_', ' ');

/** So many flights are looked into for what happened without being asked; it takes about 0.1 s each the first time. */
export const LOOKED_UNASKED = 400;

/** Flights by local date and take-off, the newest first; those of unknown date last. */
export function newestFirst(lines: readonly Line[]): Line[] {
  const at = (line: Line) => `${line.date ?? ''} ${line.takeoff ?? ''}`;
  return [...lines].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
}
