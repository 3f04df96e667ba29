/** The table of a comparison, row by row: what a flight does not have is said to be not recorded, and is never a zero. */
import type { Happened, Happening } from '../api/logbook';
import type { FlightDetail, Numbers } from '../api/types';
import { phaseSums } from '../flight/phases';
import { numbers, type Track } from '../flight/track';
import { inUtc, inZone } from '../text/times';
import {
  distance,
  duration,
  height,
  percent,
  type Quantity,
  speed,
  speedError,
  text,
  type UnitSystem,
} from '../text/units';
import { aircraftDetail, aircraftName } from '../text/words';
import type { Compared } from './read';

export const NOT_RECORDED = 'not recorded';

export interface Cell {
  /** Null where it is not recorded. */
  value: string | null;
  second?: string;
}

export interface Row {
  label: string;
  cells: Cell[];
}

const SEVERITIES: readonly Happening['severity'][] = ['critical', 'warning', 'notice', 'info'];

export function rowsOf(all: readonly Compared[], units: UnitSystem): Row[] {
  const row = (label: string, cell: (of: Compared) => Cell): Row => ({ label, cells: all.map(cell) });
  const fact = (label: string, of: (flight: FlightDetail) => Quantity | null, second = ''): Row =>
    row(label, ({ flight }) => measured(flight && of(flight), second));
  return [
    row('Began', began),
    row('Aircraft', aircraft),
    row('Pilot', ({ pilot }) => ({ value: pilot })),
    row('Airborne', ({ flight }) => ({
      value: flight?.airborne_s == null ? null : duration(flight.airborne_s),
    })),
    row('Distance', ({ flight }) =>
      measured(distance(flight?.distance_m, units), flight?.distance_basis ?? ''),
    ),
    fact('Greatest height', (f) => height(f.max_height_m, units), 'above take-off'),
    fact('Greatest speed', (f) => speed(f.max_speed_mps, units), 'over ground'),
    fact('Mean speed', (f) => speed(meanSpeed(f), units), 'distance by time in the air'),
    ...batteryRows(all),
    row('Wind', ({ happened }) => wind(happened, units)),
    row('Events', ({ happened }) => events(happened)),
    row('Phases', ({ happened }) => phases(happened)),
  ];
}

function measured(quantity: Quantity | null, second: string): Cell {
  return quantity ? { value: text(quantity), second } : { value: null };
}

function began({ flight }: Compared): Cell {
  if (!flight) return { value: null };
  const { recording_start: start, time_zone: zone, local_start: wall } = flight;
  const utc = start === null ? null : inUtc(start);
  if (start === null || !utc)
    return wall
      ? { value: wall.replace('T', ' ').slice(0, 19), second: 'wall clock, zone unknown' }
      : { value: null };
  const local = inZone(start, zone);
  const full = `${utc.date} ${utc.clock} UTC`;
  if (!local || zone === 'UTC') return { value: full };
  return { value: `${local.date} ${local.clock} ${local.zone}`, second: full };
}

function aircraft({ flight }: Compared): Cell {
  if (!flight || !Object.values(flight.aircraft).some(Boolean)) return { value: null };
  return { value: aircraftName(flight), second: aircraftDetail(flight) };
}

/** Metres per second in the mean over the time in the air; null where either is unknown. */
export function meanSpeed({
  distance_m,
  airborne_s,
}: Pick<FlightDetail, 'distance_m' | 'airborne_s'>): number | null {
  return distance_m === null || !airborne_s ? null : distance_m / airborne_s;
}

/** The first and the last of a column that are known. */
export function ends(values: Numbers): [first: number, last: number] | null {
  const first = values.find((value) => value !== null);
  const last = values.findLast((value) => value !== null);
  return first == null || last == null ? null : [first, last];
}

function batteryRows(all: readonly Compared[]): Row[] {
  const two = all.some(({ track }) => track && battery(track, '_2') !== null);
  const cell = ({ track }: Compared, suffix: string): Cell =>
    (track && battery(track, suffix)) ?? { value: null };
  const one: Row = {
    label: two ? 'Battery 1 used' : 'Battery used',
    cells: all.map((each) => cell(each, '')),
  };
  return two ? [one, { label: 'Battery 2 used', cells: all.map((each) => cell(each, '_2')) }] : [one];
}

/** The charge that was used, from the first to the last that the log states; null where it states none. */
function battery(track: Track, suffix: string): Cell | null {
  const charge = ends(numbers(track, `battery_percent${suffix}`));
  const volts = ends(numbers(track, `battery_voltage_v${suffix}`));
  const tension = volts ? `${volts[0].toFixed(1)} to ${volts[1].toFixed(1)}\u00a0V` : '';
  if (!charge) return tension ? { value: null, second: tension } : null;
  const [first, last] = charge;
  const span = `${percent(first)} to ${percent(last)}`;
  if (last > first) return { value: null, second: `${span}: it rose` };
  return { value: percent(first - last), second: [span, tension].filter(Boolean).join(', ') };
}

function wind(found: Happened | null, units: UnitSystem): Cell {
  if (!found?.wind) return { value: null };
  const { from_deg, speed_mps, error_mps, basis } = found.wind;
  return {
    value: `${text(speed(speed_mps, units))}${speedError(error_mps, units)} from ${from_deg.toFixed(0)}°`,
    second: basis,
  };
}

/** Whether anything is told of a flight, so that no event is a finding and not a want of evidence. */
const isTold = (found: Happened) => found.phases.length > 0 || found.events.length > 0;

/** How many events there are of each severity, the gravest first; none where there are none of one. */
export function eventCounts(found: Happened): [Happening['severity'], number][] {
  return SEVERITIES.map((severity): [Happening['severity'], number] => [
    severity,
    found.events.filter((each) => each.severity === severity).length,
  ]).filter(([, count]) => count > 0);
}

function events(found: Happened | null): Cell {
  if (!found || !isTold(found)) return { value: null };
  const counts = eventCounts(found).map(([severity, count]) => `${count} ${severity}`);
  return { value: counts.join(', ') || 'none found' };
}

function phases(found: Happened | null): Cell {
  if (!found || found.phases.length === 0) return { value: null };
  const sums = phaseSums(found.phases).map(({ phase, seconds }) => `${phase} ${duration(seconds)}`);
  return { value: sums.join(', ') };
}
