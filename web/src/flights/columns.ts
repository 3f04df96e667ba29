/** The columns of the flights table. */
import type { Flight } from '../api/types';
import { h } from '../dom/h';
import { badge, quantity } from '../dom/parts';
import type { Column } from '../dom/virtual-table';
import { flightAddress } from '../state/route';
import { units } from '../state/settings';
import { startText } from '../text/times';
import { distance, duration, height, UNKNOWN } from '../text/units';
import { aircraftDetail, aircraftName, badges, utcUnknown } from '../text/words';

function start(flight: Flight) {
  const { first, second } = startText(flight);
  const link = h('a', { class: 'row-link', attrs: { href: flightAddress(flight.id), tabindex: -1 } }, first);
  const clock = utcUnknown(flight);
  return [link, h('span', { class: 'second', attrs: { title: second } }, clock ? badge(clock) : second)];
}

function place(flight: Flight) {
  const clock = utcUnknown(flight)?.label;
  const marks = badges(flight).map((mark) => {
    const element = badge(mark);
    element.classList.toggle('beside-start', mark.label === clock); // said in the first column, but not on a phone
    return element;
  });
  const name = h('span', { class: 'first', attrs: { title: flight.place } }, flight.place ?? 'Place unknown');
  return [name, marks.length > 0 ? h('span', { class: 'second badges' }, ...marks) : null];
}

function aircraft(flight: Flight) {
  return [
    h('span', { class: 'first' }, aircraftName(flight)),
    h('span', { class: 'second' }, aircraftDetail(flight)),
  ];
}

function airborne(flight: Flight) {
  if (flight.airborne_s === null) return [quantity(null)];
  return [h('span', { class: 'quantity' }, duration(flight.airborne_s))];
}

function formats(flight: Flight) {
  const names = [...new Set(flight.sources.map((source) => source.format))];
  return [
    h('span', { class: 'first formats', attrs: { title: names.join(', ') } }, names.join(', ') || UNKNOWN),
  ];
}

export const COLUMNS: Column<Flight>[] = [
  { key: 'recording_start', label: 'Start', class: 'col-start', sortable: true, cell: start },
  { key: 'place', label: 'Place', class: 'col-place', sortable: true, cell: place },
  { key: 'aircraft', label: 'Aircraft', class: 'col-aircraft', sortable: true, cell: aircraft },
  { key: 'airborne_s', label: 'Airborne', class: 'col-airborne number', sortable: true, cell: airborne },
  {
    key: 'distance_m',
    label: 'Distance',
    class: 'col-distance number',
    sortable: true,
    cell: (flight) => [quantity(distance(flight.distance_m, units.get()))],
  },
  {
    key: 'max_height_m',
    label: 'Max height',
    class: 'col-height number',
    sortable: true,
    cell: (flight) => [quantity(height(flight.max_height_m, units.get()))],
  },
  { key: 'formats', label: 'Sources', class: 'col-formats', cell: formats },
];
