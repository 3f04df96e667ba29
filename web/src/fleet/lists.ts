/** Aircraft, batteries and components as tables. */
import type { Battery, Component, Craft } from '../api/logbook';
import { type Child, h } from '../dom/h';
import { badge } from '../dom/parts';
import { batteryAddress, craftAddress, hours, table } from '../logbook/words';
import { stamp } from '../text/times';
import { count } from '../text/units';
import { plural, type Tone } from '../text/words';
import { findingText } from './found';

const ADVICE_TONE: Readonly<Record<string, Tone>> = { retire: 'bad', watch: 'warn', keep: 'ok' };

/** Time in the air with how many flights state none. */
export function airborne(row: { airborne_s: number; airborne_unknown: number }): HTMLElement {
  const unknown =
    row.airborne_unknown > 0
      ? h('span', { class: 'second' }, `${plural(row.airborne_unknown, 'flight')} of unknown time`)
      : null;
  return h('span', {}, hours(row.airborne_s * 1000), unknown);
}

export function aircraftTable(all: Craft[]): HTMLElement {
  const rows = all.map((craft): Child[] => [
    h(
      'span',
      { class: 'serial' },
      h('a', { attrs: { href: craftAddress(craft.name ?? '') } }, craft.name ?? 'unknown'),
      craft.registered ? null : h('span', { class: 'second' }, 'not registered: named by its logs'),
    ),
    craft.registration ?? '–',
    craft.type ?? craft.model ?? '–',
    craft.firmwares.at(-1) ?? '–',
    h(
      'span',
      {},
      count(craft.flights),
      craft.simulated > 0 && craft.simulated === craft.flights
        ? h('span', { class: 'second' }, 'simulated')
        : null,
    ),
    airborne(craft),
    stamp(craft.last),
    craft.grounded.length > 0
      ? badge({ label: 'must not fly', tone: 'bad', title: craft.grounded.join('; ') })
      : badge({ label: 'may fly', tone: 'ok', title: 'Nobody and no plan grounds it.' }),
  ]);
  return table(
    'Aircraft',
    [
      'Name',
      'Registration',
      'Type',
      'Firmware',
      { number: 'Flights' },
      { number: 'Airborne' },
      'Last flight',
      'State',
    ],
    rows,
  );
}

export function batteryTable(all: Battery[]): HTMLElement {
  if (all.length === 0) return h('p', { class: 'quiet-text' }, 'No log tells of a battery.');
  const rows = all.map((battery): Child[] => [
    h(
      'a',
      { class: 'serial', attrs: { href: batteryAddress(battery.known_by) } },
      battery.serial ?? battery.known_by,
    ),
    count(battery.flights),
    airborne(battery),
    findingText(battery.full_cycles),
    findingText(battery.capacity),
    findingText(battery.resistance),
    h(
      'span',
      {},
      badge({
        label: battery.advice.verdict,
        tone: ADVICE_TONE[battery.advice.verdict] ?? 'plain',
        title: battery.advice.reasons.map((reason) => reason.says).join('; '),
      }),
      h('span', { class: 'second' }, battery.advice.reasons[0]?.says ?? ''),
    ),
  ]);
  return table(
    'Batteries',
    [
      'Known by',
      { number: 'Flights' },
      { number: 'Airborne' },
      { number: 'Cycles' },
      { number: 'Capacity, Ah' },
      { number: 'Resistance, mΩ' },
      'Advice, and why',
    ],
    rows,
  );
}

export function componentTable(all: Component[]): HTMLElement {
  if (all.length === 0)
    return h(
      'p',
      { class: 'quiet-text' },
      'None is entered: groundside fleet components add NAME --kind propeller --aircraft NAME',
    );
  const rows = all.map((part): Child[] => {
    const now = part.installations.find((each) => each.until === null);
    const usage = part.usage;
    return [
      h('span', { class: 'serial' }, part.name),
      part.kind,
      now ? h('a', { attrs: { href: craftAddress(now.aircraft) } }, now.aircraft) : 'on none',
      count(usage.flights),
      h(
        'span',
        {},
        airborne(usage),
        usage.undated > 0 ? h('span', { class: 'second' }, `${usage.undated} undated, not counted`) : null,
      ),
    ];
  });
  return table('Components', ['Name', 'Kind', 'On', { number: 'Flights' }, { number: 'Airborne' }], rows);
}
