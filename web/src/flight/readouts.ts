/** The instruments under the map: what the aircraft recorded at the replay's moment. */
import { h } from '../dom/h';
import { units } from '../state/settings';
import { climb, height, type Quantity, speed, UNKNOWN } from '../text/units';
import { headingAt, indexAt, isKnown, numbers, type Track, valueAt } from './track';

type Read = (track: Track, at: number) => Quantity | null;

interface Instrument {
  label: string;
  title: string;
  read: Read;
  columns: string[];
}

const plain = (value: number | null, unit: string, digits = 0): Quantity | null =>
  value === null ? null : { value: value.toFixed(digits), unit };

const column =
  (name: string, unit: string, digits = 0): Read =>
  (track, at) =>
    plain(valueAt(track, numbers(track, name), at), unit, digits);

/** The value of the sample at or before the moment: for what has no in-between. */
const held =
  (name: string): Read =>
  (track, at) => {
    const value = track.columns[name]?.[indexAt(track.t, at)];
    return value == null ? null : { value: String(value), unit: '' };
  };

const INSTRUMENTS: Instrument[] = [
  {
    label: 'Height',
    title: 'Above take-off',
    columns: ['height_m'],
    read: (t, at) => height(valueAt(t, numbers(t, 'height_m'), at), units.get()),
  },
  {
    label: 'Altitude',
    title: 'Above mean sea level',
    columns: ['altitude_m'],
    read: (t, at) => height(valueAt(t, numbers(t, 'altitude_m'), at), units.get()),
  },
  {
    label: 'Speed',
    title: 'Over ground',
    columns: ['vn_mps'],
    read: (t, at) => speed(valueAt(t, t.speed, at), units.get()),
  },
  {
    label: 'Climb',
    title: 'Up is plus',
    columns: ['vd_mps'],
    read: (t, at) => climb(negative(valueAt(t, numbers(t, 'vd_mps'), at)), units.get()),
  },
  {
    label: 'Heading',
    title: 'Yaw, or course over ground where yaw is unknown',
    columns: ['yaw_deg', 'vn_mps'],
    read: (t, at) => plain(headingAt(t, at), '°'),
  },
  {
    label: 'Battery',
    title: 'Battery 1',
    columns: ['battery_percent'],
    read: column('battery_percent', '%'),
  },
  {
    label: 'Battery 2',
    title: 'Battery 2',
    columns: ['battery_percent_2'],
    read: column('battery_percent_2', '%'),
  },
  {
    label: 'Voltage',
    title: 'Battery 1',
    columns: ['battery_voltage_v'],
    read: column('battery_voltage_v', 'V', 1),
  },
  { label: 'Satellites', title: 'Used in the position', columns: ['satellites'], read: held('satellites') },
  { label: 'Link', title: 'Radio link', columns: ['link_percent'], read: column('link_percent', '%') },
  { label: 'Mode', title: 'Flight mode', columns: ['mode'], read: held('mode') },
];

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

export interface Readouts {
  element: HTMLElement;
  show(at: number): void;
}

/** Instruments for whatever columns the track has. */
export function makeReadouts(track: Track): Readouts {
  const fitted = INSTRUMENTS.filter(({ columns }) =>
    columns.some((name) => isKnown(numbers(track, name))),
  ).map((instrument) => {
    const value = document.createTextNode('');
    const unit = h('span', { class: 'unit' });
    const element = h(
      'div',
      { attrs: { title: instrument.title } },
      h('dt', {}, instrument.label),
      h('dd', {}, value, unit),
    );
    return { instrument, value, unit, element };
  });
  return {
    element: h('dl', { class: 'readouts' }, ...fitted.map(({ element }) => element)),
    show(at) {
      for (const { instrument, value, unit } of fitted) {
        const quantity = instrument.read(track, at);
        value.data = quantity?.value ?? UNKNOWN;
        unit.textContent = quantity?.unit ? `\u00a0${quantity.unit}` : '';
      }
    },
  };
}
