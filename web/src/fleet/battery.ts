/** One battery: its health with the evidence, and how that changed from flight to flight. */
import type { Battery, BatteryFlight, Finding, Fleet } from '../api/logbook';
import { type Child, h } from '../dom/h';
import { facts, message, section } from '../dom/parts';
import { hours, table } from '../logbook/words';
import { flightAddress } from '../state/route';
import { stamp } from '../text/times';
import { count, percent } from '../text/units';
import { factorOf, finding, findingText, trendText, unitOf } from './found';
import { airborne } from './lists';
import { type Measured, trend } from './trend';

export function batteryPage(state: Fleet, name: string): Child[] {
  const up = h('a', { class: 'up', attrs: { href: '#/fleet' } }, '← Fleet');
  const battery = state.batteries.find((each) => each.known_by === name);
  if (!battery && !state.looked)
    return [up, message('plain', 'Looking into flights for what they tell of batteries…')];
  if (!battery) return [up, message('plain', `No flight tells of a battery ${name}.`)];
  const flown = state.battery_flights.filter((each) => each.known_by === name);
  return [
    up,
    h(
      'header',
      { class: 'person-head' },
      h('h2', { class: 'serial' }, battery.serial ?? 'Battery without a serial'),
      battery.serial ? null : h('p', { class: 'quiet-text' }, battery.known_by),
    ),
    numbers(battery),
    advice(battery),
    h('div', { class: 'two-columns' }, health(battery), trends(flown)),
    flights(flown),
  ];
}

function numbers(battery: Battery): HTMLElement {
  const tile = (name: string, value: Child) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
  return h(
    'dl',
    { class: 'tiles' },
    tile('Flights', count(battery.flights)),
    tile('Airborne', airborne(battery)),
    tile('First flight', stamp(battery.first)),
    tile('Last flight', stamp(battery.last)),
  );
}

function advice(battery: Battery): HTMLElement {
  const reasons = battery.advice.reasons.map((each) =>
    h(
      'li',
      {},
      h('strong', {}, each.verdict),
      `: ${each.says}`,
      each.source
        ? h(
            'p',
            { class: 'second' },
            `${each.source.title}${each.source.where ? `: ${each.source.where}` : ''}`,
          )
        : null,
    ),
  );
  return section(`Advice: ${battery.advice.verdict}`, h('ul', { class: 'plain-list' }, ...reasons));
}

function health(battery: Battery): HTMLElement {
  return section(
    'Health, and what it rests on',
    facts(
      ['Capacity', finding(battery.capacity)],
      ['It changes by', trendText(battery.capacity_trend)],
      ['Resistance', finding(battery.resistance)],
      ['It changes by', trendText(battery.resistance_trend)],
      ['Cells apart at rest', finding(battery.spread_rest)],
      ['Charge drawn', finding(battery.drawn_ah)],
      ['Full cycles', finding(battery.full_cycles)],
    ),
  );
}

/** The flights that measure a quantity and whose time is known. */
export function measured(flown: readonly BatteryFlight[], of: (one: BatteryFlight) => Finding): Measured[] {
  return flown.flatMap((one) => {
    const found = of(one);
    if (found.value === undefined || one.start === null) return [];
    const by = factorOf(found.quantity);
    const title = `${stamp(one.start)}: ${findingText(found)}`;
    const { value, low = value, high = value } = found;
    return [{ at: Date.parse(one.start), value: value * by, low: low * by, high: high * by, title }];
  });
}

function trends(flown: BatteryFlight[]): HTMLElement {
  return section(
    'Flight by flight',
    trend(
      measured(flown, (one) => one.resistance),
      unitOf('resistance_ohm'),
      'Internal resistance',
    ),
    trend(
      measured(flown, (one) => one.capacity),
      unitOf('capacity_ah'),
      'Capacity',
    ),
  );
}

function flights(flown: BatteryFlight[]): HTMLElement {
  const rows = [...flown]
    .reverse()
    .map((one): Child[] => [
      h('a', { attrs: { href: flightAddress(one.flight) } }, stamp(one.start)),
      one.airborne_s === null ? '–' : hours(one.airborne_s * 1000),
      `${percent(one.percent_first)} to ${percent(one.percent_last)}`,
      one.least_v === null ? '–' : `${one.least_v.toFixed(2)} V`,
      one.temperature_c === null ? '–' : `${one.temperature_c.toFixed(0)} °C`,
      findingText(one.drawn_ah),
      findingText(one.resistance),
      findingText(one.capacity),
    ]);
  return section(
    'Flights',
    table(
      'Flights of this battery',
      [
        'Began',
        { number: 'Airborne' },
        { number: 'Charge' },
        { number: 'Least voltage' },
        { number: 'Temperature' },
        { number: 'Drawn' },
        { number: 'Resistance' },
        { number: 'Capacity' },
      ],
      rows,
    ),
  );
}
