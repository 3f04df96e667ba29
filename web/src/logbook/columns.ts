/** What the list of the logbook shows of a flight. */
import type { Line } from '../api/logbook';
import { h } from '../dom/h';
import type { Column } from '../dom/virtual-table';
import { flightAddress } from '../state/route';
import { inUtc } from '../text/times';
import { hours, hoursMinutes } from './words';

function takeoff(line: Line): string {
  const moment = line.takeoff ? inUtc(line.takeoff) : null;
  return moment ? `${moment.clock.slice(0, 5)} UTC` : 'take-off time unknown';
}

/** The light of a flight in words: `day`, `night`, or how much of which. */
export function lightText(line: Line): string {
  const { light } = line;
  if (!light) return '–';
  const all: [string, number][] = [
    ['day', light.day_ms],
    ['twilight', light.twilight_ms],
    ['night', light.night_ms],
    ['unknown', light.unknown_ms],
  ];
  const parts = all.filter(([, ms]) => ms > 0);
  if (parts.length < 2) return parts[0]?.[0] ?? '–';
  return parts.map(([name, ms]) => `${name} ${hoursMinutes(ms)}`).join(', ');
}

/** Whether a text is in anything that the list shows of a flight. */
export function fits(line: Line, text: string): boolean {
  if (text === '') return true;
  const said = [line.date, line.place, line.aircraft, line.type, line.flight, ...Object.values(line.said)];
  return said.some((part) => part?.toLowerCase().includes(text));
}

export const COLUMNS: Column<Line>[] = [
  {
    key: 'date',
    label: 'Local date, take-off',
    class: 'col-date',
    cell: (line) => [
      h('a', { class: 'row-link', attrs: { href: flightAddress(line.flight) } }, line.date ?? 'Date unknown'),
      h('span', { class: 'second' }, takeoff(line)),
    ],
  },
  {
    key: 'place',
    label: 'Place, aircraft',
    class: 'col-where',
    cell: (line) => [
      h('span', { class: 'first' }, line.said.site ?? line.place ?? 'Place unknown'),
      h('span', { class: 'second' }, line.aircraft ?? 'Aircraft unknown'),
    ],
  },
  {
    key: 'pilot',
    label: 'Pilot, observers',
    class: 'col-who',
    cell: (line) => [
      line.said.pic
        ? h('span', { class: 'first' }, line.said.pic)
        : h('span', { class: 'first unknown' }, 'nobody said'),
      h('span', { class: 'second' }, line.said.observer ? `with ${line.said.observer}` : ''),
    ],
  },
  {
    key: 'purpose',
    label: 'Purpose, project',
    class: 'col-what',
    cell: (line) => [
      h('span', { class: 'first' }, line.said.purpose ?? '–'),
      h('span', { class: 'second' }, [line.said.project, line.said.client].filter(Boolean).join(' · ')),
    ],
  },
  {
    key: 'time',
    label: 'Time flown',
    class: 'col-time number',
    cell: (line) => [
      h('span', { class: 'first', attrs: { title: line.basis } }, hours(line.total_ms)),
      h('span', { class: 'second', attrs: { title: line.notes.join(' ') } }, lightText(line)),
    ],
  },
];
