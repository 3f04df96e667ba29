/** Hours by month as stacked bars of light, with the same numbers as a table for those who do not see them. */
import type { Group, Hours } from '../api/logbook';
import { h } from '../dom/h';
import { hoursMinutes, noHours, table } from './words';

const PARTS: readonly (readonly [keyof Hours, string, string])[] = [
  ['night_ms', 'night', 'Night'],
  ['twilight_ms', 'twilight', 'Civil twilight'],
  ['day_ms', 'day', 'Day'],
  ['unknown_light_ms', 'unlit', 'Light unknown'],
];
const SHOWN = 24;
const NICE_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3000, 6000, 12_000, 30_000, 60_000];

/** Every month from the first to the last, also those in which nobody flew; at most the last 24. */
export function everyMonth(groups: readonly Group[]): Group[] {
  const known = groups
    .filter(({ key }) => /^\d{4}-\d{2}$/.test(key))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return [];
  const found = new Map(known.map((group) => [group.key, group]));
  const months: Group[] = [];
  for (let key = last.key; key >= first.key && months.length < SHOWN; key = monthBefore(key))
    months.unshift(found.get(key) ?? { ...noHours, key });
  return months;
}

export function monthBefore(month: string, by = 1): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const all = year * 12 + number - 1 - by;
  return `${String(Math.floor(all / 12)).padStart(4, '0')}-${String((((all % 12) + 12) % 12) + 1).padStart(2, '0')}`;
}

/** The top of the scale: a round number of minutes that holds the greatest month. */
export function scaleTop(ms: number): number {
  const minutes = ms / 60_000;
  return (NICE_MINUTES.find((nice) => nice >= minutes) ?? Math.ceil(minutes / 60_000) * 60_000) * 60_000;
}

export function monthBars(groups: readonly Group[], label: string): HTMLElement {
  const months = everyMonth(groups);
  if (months.length === 0) return h('p', { class: 'quiet-text' }, 'No flight of known date.');
  const top = scaleTop(Math.max(...months.map((month) => month.total_ms), 1));
  const bars = h(
    'div',
    { class: 'bars', attrs: { 'aria-hidden': 'true' } },
    ...months.map((m) => bar(m, top)),
  );
  const axis = h(
    'div',
    { class: 'bars-axis', attrs: { 'aria-hidden': 'true' } },
    ...[top, top / 2, 0].map((ms) => h('span', {}, `${hoursMinutes(ms)} h`)),
  );
  const present = PARTS.filter(([part]) => months.some((month) => month[part] > 0));
  const legend = h(
    'div',
    { class: 'bars-legend' },
    ...present.map(([, name, text]) => h('span', {}, h('i', { class: `light-${name}` }), text)),
  );
  const rows = months.map((m) => [
    m.key,
    String(m.flights),
    ...PARTS.map(([p]) => hoursMinutes(m[p])),
    hoursMinutes(m.total_ms),
  ]);
  const heads = [
    'Month',
    { number: 'Flights' },
    ...PARTS.map(([, , text]) => ({ number: `${text} h` })),
    { number: 'All h' },
  ];
  return h(
    'figure',
    { class: 'bars-figure', attrs: { 'aria-label': label } },
    h('div', { class: 'bars-plot' }, axis, bars),
    legend,
    h('details', {}, h('summary', {}, 'As a table'), table(label, heads, rows)),
  );
}

function bar(month: Group, top: number): HTMLElement {
  const parts = PARTS.map(([part, name]) => {
    const piece = h('i', { class: `light-${name}` });
    piece.style.height = `${(month[part] / top) * 100}%`;
    return piece;
  });
  const title = `${month.key}: ${hoursMinutes(month.total_ms)} h in ${month.flights} flights`;
  const [year, number] = month.key.split('-');
  const name = h('span', { class: 'bar-name' }, number === '01' ? (year ?? '') : (number ?? ''));
  return h(
    'div',
    { class: 'bar-column', attrs: { title } },
    h('div', { class: 'bar-stack' }, ...parts),
    name,
  );
}
