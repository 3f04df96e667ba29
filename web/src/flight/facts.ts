/** What is known of one flight, in words and numbers, each unknown said as such. */
import { exportAddress } from '../api/client';
import type { ExportKind, FlightDetail, FlightSource, Problem } from '../api/types';
import { h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { badge, digest, facts, quantity, section } from '../dom/parts';
import { positionText } from '../map/shapes';
import { units } from '../state/settings';
import { fullText, startText } from '../text/times';
import { count, distance, duration, height, speed, UNKNOWN } from '../text/units';
import { aircraftDetail, aircraftName, badges, TIME_BASIS } from '../text/words';

const A_DAY_S = 86_400;

const EXPORTS: readonly (readonly [ExportKind, string])[] = [
  ['gpx', 'GPX'],
  ['kml', 'KML'],
  ['geojson', 'GeoJSON'],
  ['csv', 'CSV'],
  ['parquet', 'Parquet'],
];

export function heading(flight: FlightDetail): HTMLElement {
  const { first, second } = startText(flight);
  return h(
    'header',
    { class: 'flight-head' },
    h('h1', {}, flight.place ?? 'Place unknown'),
    h('p', { class: 'when' }, [first, second].filter(Boolean).join(' · ')),
    h('p', { class: 'what' }, [aircraftName(flight), aircraftDetail(flight)].filter(Boolean).join(' · ')),
    h('div', { class: 'badges' }, ...badges(flight).map(badge)),
  );
}

export function keyNumbers(flight: FlightDetail): HTMLElement {
  const unit = units.get();
  const tile = (name: string, value: HTMLElement, note = '') =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value), note ? h('dd', { class: 'note' }, note) : null);
  const airborne =
    flight.airborne_s === null
      ? quantity(null)
      : h('span', { class: 'quantity' }, duration(flight.airborne_s));
  return h(
    'dl',
    { class: 'key-numbers' },
    tile('Airborne', airborne),
    tile('Distance', quantity(distance(flight.distance_m, unit)), flight.distance_basis),
    tile('Max height', quantity(height(flight.max_height_m, unit)), 'above take-off'),
    tile('Max speed', quantity(speed(flight.max_speed_mps, unit)), 'over ground'),
    tile('Max range', quantity(distance(flight.max_range_m, unit)), 'from home'),
  );
}

function when(iso: string | null, zone: string | null): HTMLElement {
  const { utc, local } = fullText(iso, zone);
  return h('span', {}, utc, local ? h('span', { class: 'second' }, local) : null);
}

export function times(flight: FlightDetail): HTMLElement {
  const zone = flight.time_zone;
  const error = flight.time_error_s;
  const basis = `${TIME_BASIS[flight.time_basis]}${error === null ? '' : `, ± ${Number(error.toPrecision(2))} s`}`;
  const known = flight.recording_start !== null;
  return section(
    'Time',
    facts(
      ['Take-off', known ? when(flight.takeoff, zone) : null],
      ['Landing', known ? when(flight.landing, zone) : null],
      ['Recording began', known ? when(flight.recording_start, zone) : null],
      ['Wall clock', known ? null : flight.local_start?.replace('T', ' ')],
      ['Time zone there', zone],
      ['Recording lasted', duration(flight.recording_s)],
      ['Clock', basis],
    ),
  );
}

export function aircraft(flight: FlightDetail): HTMLElement {
  const { name, model, serial, kind, firmware } = flight.aircraft;
  const batteries = flight.batteries.map(({ slot, serial: number }) =>
    h('span', { class: 'line' }, `${slot}: `, number || 'serial not recorded'),
  );
  return section(
    'Aircraft',
    facts(
      ['Name', name],
      ['Model', model],
      ['Serial', serial],
      ['Kind', kind],
      ['Firmware', firmware],
      [
        batteries.length === 1 ? 'Battery' : 'Batteries',
        batteries.length > 0 ? h('span', {}, ...batteries) : null,
      ],
      ['Home', flight.home ? positionText(flight.home, 6) : null],
    ),
  );
}

export function exports(flight: FlightDetail): HTMLElement {
  const none = flight.track_rows === 0 || flight.track_locked;
  const why = flight.track_locked ? 'The track is locked' : 'There is no track';
  const links = EXPORTS.map(([kind, label]) => {
    if (none)
      return h('span', { class: 'button off', attrs: { title: why, 'aria-disabled': 'true' } }, label);
    const attrs = {
      href: exportAddress(flight.id, kind),
      download: '',
      'aria-label': `Download as ${label}`,
    };
    return h('a', { class: 'button', attrs }, label);
  });
  return h(
    'div',
    { class: 'exports', attrs: { role: 'group', 'aria-label': 'Download the track' } },
    h('span', { class: 'exports-label' }, icon(ICONS.download), 'Track'),
    ...links,
  );
}

export function inferences(flight: FlightDetail): HTMLElement | null {
  if (flight.inferences.length === 0) return null;
  return section(
    'Inferred, not recorded',
    h('ul', { class: 'plain-list' }, ...flight.inferences.map((text) => h('li', {}, text))),
  );
}

export function sources(flight: FlightDetail): HTMLElement {
  return section('Sources', h('ul', { class: 'sources' }, ...flight.sources.map(source)));
}

/** How a file's clock was moved to meet the flight's; a clock that began at power-on was placed, not moved. */
export function clockMoved(seconds: number | null): string {
  if (seconds === null || seconds === 0) return '';
  if (Math.abs(seconds) > A_DAY_S) return 'Its clock knew no UTC; it was placed by fitting the tracks';
  return `Clock moved by ${seconds > 0 ? '+' : '−'}${Math.abs(seconds).toFixed(1)} s to fit`;
}

function source(from: FlightSource): HTMLElement {
  const chosen = from.chosen
    ? badge({ label: 'Track used', tone: 'ok', title: 'The track of this flight is this file’s.' })
    : null;
  return h(
    'li',
    {},
    h('p', { class: 'file-name' }, from.file, chosen),
    h('p', { class: 'second' }, from.format, ' · ', digest(from.sha256)),
    from.why ? h('p', { class: 'why' }, from.why) : null,
    h('p', { class: 'why' }, clockMoved(from.clock_offset_s)),
  );
}

export function problems(flight: FlightDetail): HTMLElement {
  const list = flight.problems;
  if (list.length === 0)
    return section(
      'Problems',
      h('p', { class: 'quiet-text' }, 'None: every byte of its files was understood.'),
    );
  return section(
    `Problems (${count(list.length)})`,
    h('ul', { class: 'problems' }, ...list.slice(0, 200).map(problem)),
  );
}

function problem({ file, offset, length, what }: Problem): HTMLElement {
  const where =
    offset === null ? file : `${file}, byte ${count(offset)}${length > 0 ? `, ${count(length)} bytes` : ''}`;
  return h('li', {}, h('p', {}, what), h('p', { class: 'second' }, where));
}

export function trackFacts(flight: FlightDetail, origins: Record<string, string>): HTMLElement | null {
  const names = Object.entries(origins);
  if (names.length === 0) return null;
  const rows = names.map(([column, origin]) =>
    h('div', {}, h('dt', {}, h('code', {}, column)), h('dd', {}, origin || UNKNOWN)),
  );
  return section(
    'Track',
    h('p', { class: 'quiet-text' }, `${count(flight.track_rows)} samples.`),
    h('details', {}, h('summary', {}, 'Where each column came from'), h('dl', { class: 'facts' }, ...rows)),
  );
}
