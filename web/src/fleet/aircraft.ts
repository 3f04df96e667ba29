/** One aircraft: what it is, what it did, what is due, and whether it may fly. */

import type { Craft, Fleet, Line } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, button, facts, failure, message, section } from '../dom/parts';
import { monthBars } from '../logbook/bars';
import { batteryAddress, hours, newestFirst, noHours, shortIds, table } from '../logbook/words';
import { flightAddress } from '../state/route';
import { stamp } from '../text/times';
import { count } from '../text/units';
import { airborne, componentTable } from './lists';

const FLIGHTS = 30;
/** How the fleet calls aircraft whose logs name none; the logbook leaves them without a name. */
const UNIDENTIFIED = 'unidentified';

export async function aircraftPage(state: Fleet, name: string, again: () => void): Promise<Child[]> {
  const up = h('a', { class: 'up', attrs: { href: '#/fleet' } }, '← Fleet');
  const craft = state.aircraft.find((each) => each.name === name);
  if (!craft)
    return [up, message('plain', `There is no aircraft ${name}.`, 'It may be a component: see the fleet.')];
  const book = await api.book(new URLSearchParams({ by: 'month' }));
  const lines = book.flights.filter((line) => (line.aircraft ?? UNIDENTIFIED) === name);
  const counted = lines.filter((line) => lines.every((each) => each.simulated) || !line.simulated);
  return [
    up,
    h('header', { class: 'person-head' }, h('h2', { class: 'serial' }, name), mayFly(craft)),
    numbers(craft),
    section('Hours by month', monthBars(byMonth(counted), `Hours of ${name} by month`)),
    h('div', { class: 'two-columns' }, known(craft), tasks(state, craft, again)),
    section(
      'Components aboard',
      componentTable(
        state.components.filter((part) => craft.aboard.includes(part.name) && part.kind !== 'airframe'),
      ),
    ),
    batteries(state, lines),
    flights(lines),
  ];
}

function mayFly(craft: Craft): HTMLElement {
  if (craft.grounded.length === 0)
    return badge({ label: 'may fly', tone: 'ok', title: 'Nobody and no plan grounds it.' });
  return h(
    'p',
    {},
    badge({ label: 'must not fly', tone: 'bad', title: '' }),
    ` ${craft.grounded.map(shortIds).join('; ')}`,
  );
}

function numbers(craft: Craft): HTMLElement {
  const tile = (name: string, value: Child, note = '') =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value), h('dd', { class: 'note' }, note));
  const simulated = craft.simulated > 0 && craft.flights === craft.simulated;
  return h(
    'dl',
    { class: 'tiles' },
    tile(
      'Flights',
      count(craft.flights),
      simulated ? 'all simulated' : craft.simulated > 0 ? `${craft.simulated} simulated, apart` : '',
    ),
    tile('Airborne', airborne(craft)),
    tile('First flight', stamp(craft.first)),
    tile('Last flight', stamp(craft.last)),
  );
}

/** Hours by month of some lines, with their light. */
export function byMonth(lines: readonly Line[]): api.Group[] {
  const found = new Map<string, api.Group>();
  for (const line of lines) {
    const key = line.date?.slice(0, 7) ?? '';
    const group = found.get(key) ?? { ...noHours, key };
    group.flights += 1;
    group.total_ms += line.total_ms ?? 0;
    group.day_ms += line.light?.day_ms ?? 0;
    group.twilight_ms += line.light?.twilight_ms ?? 0;
    group.night_ms += line.light?.night_ms ?? 0;
    group.unknown_light_ms += line.light ? line.light.unknown_ms : (line.total_ms ?? 0);
    found.set(key, group);
  }
  return [...found.values()];
}

function known(craft: Craft): HTMLElement {
  return section(
    'Known of it',
    facts(
      ['Registration', craft.registration],
      ['Type', craft.type],
      ['Model', craft.model],
      ['Serials', h('span', { class: 'serial' }, craft.serials.join(', ') || 'none recorded')],
      ['Firmware seen', craft.firmwares.join(', ') || 'none recorded'],
      ['Named by', craft.registered ? 'its owner' : 'its logs: groundside fleet aircraft add registers it'],
    ),
  );
}

function tasks(state: Fleet, craft: Craft, again: () => void): HTMLElement {
  const mine = state.maintenance.filter(
    (task) => task.component_id === craft.name || craft.aboard.includes(task.component_id),
  );
  const rows = mine.map((task): Child[] => [
    badge({ label: `due ${task.due}`, tone: task.due === 'later' ? 'plain' : 'warn', title: task.plan_id }),
    task.title,
    task.because.map(shortIds).join('; '),
  ]);
  const list =
    rows.length > 0
      ? table('Maintenance', ['', 'What', 'Why'], rows)
      : h('p', { class: 'quiet-text' }, 'Nothing is planned for it.');
  return section('Maintenance', list, grounding(craft, again));
}

function grounding(craft: Craft, again: () => void): HTMLElement {
  const trouble = h('div');
  const why = h('input', {
    attrs: { type: 'text', maxlength: 2000, placeholder: 'cracked arm', 'aria-label': 'Why it must not fly' },
  });
  const send = (asked: Promise<unknown>) =>
    asked.then(again, (error: unknown) => fill(trouble, failure(error)));
  const ground = button({
    label: 'Must not fly',
    press: () => void send(api.ground(craft.name ?? '', why.value.trim())),
  });
  const release = button({ label: 'May fly again', press: () => void send(api.release(craft.name ?? '')) });
  const controls = craft.grounded.length > 0 ? [release] : [why, ground];
  return h('div', { class: 'ground-form' }, ...controls, trouble);
}

function batteries(state: Fleet, lines: readonly Line[]): HTMLElement | null {
  const mine = new Set(lines.map((line) => line.flight));
  const found = new Map<string, number>();
  for (const each of state.battery_flights)
    if (mine.has(each.flight)) found.set(each.known_by, (found.get(each.known_by) ?? 0) + 1);
  if (found.size === 0) return null;
  const rows = [...found].map(([key, flights]): Child[] => [
    h('a', { attrs: { href: batteryAddress(key) } }, key),
    count(flights),
  ]);
  return section(
    'Batteries that it flew with',
    table('Batteries', ['Known by', { number: 'Flights with it' }], rows),
  );
}

function flights(lines: readonly Line[]): HTMLElement {
  const last = newestFirst(lines).slice(0, FLIGHTS);
  const rows = last.map((line): Child[] => [
    line.date ?? 'unknown',
    h('a', { attrs: { href: flightAddress(line.flight) } }, line.place ?? 'Place unknown'),
    line.said.pic ?? '–',
    line.said.purpose ?? '–',
    hours(line.total_ms),
  ]);
  const title =
    lines.length > FLIGHTS
      ? `Last ${FLIGHTS} of ${count(lines.length)} flights`
      : `Flights (${lines.length})`;
  return section(
    title,
    table('Flights', ['Local date', 'Place', 'Pilot', 'Purpose', { number: 'Time' }], rows),
  );
}
