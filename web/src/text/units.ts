/** Quantities as people read them. Every number carries its unit; an unknown one is a dash, never a zero. */

export type UnitSystem = 'metric' | 'imperial';

export const UNKNOWN = '–';

export interface Quantity {
  value: string;
  unit: string;
}

const M_PER_FT = 0.3048;
const M_PER_MI = 1609.344;
const FEET_BEFORE_MILES = 1000;

function fixed(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Digits after the point so that about three figures are shown. */
function digitsFor(value: number): number {
  const size = Math.abs(value);
  if (size >= 100) return 0;
  return size >= 10 ? 1 : 2;
}

function near(value: number, unit: string): Quantity {
  return { value: fixed(value, digitsFor(value)), unit };
}

/** A way along the ground: metres and kilometres, or feet and miles. */
export function distance(m: number | null | undefined, units: UnitSystem): Quantity | null {
  if (m == null) return null;
  if (units === 'metric') return m < 1000 ? { value: fixed(m, 0), unit: 'm' } : near(m / 1000, 'km');
  const feet = m / M_PER_FT;
  return feet < FEET_BEFORE_MILES ? { value: fixed(feet, 0), unit: 'ft' } : near(m / M_PER_MI, 'mi');
}

/** A height or altitude, in metres or feet. */
export function height(m: number | null | undefined, units: UnitSystem): Quantity | null {
  if (m == null) return null;
  return units === 'metric'
    ? { value: fixed(m, 1), unit: 'm' }
    : { value: fixed(m / M_PER_FT, 0), unit: 'ft' };
}

/** A speed, in metres per second or miles per hour. */
export function speed(mps: number | null | undefined, units: UnitSystem): Quantity | null {
  if (mps == null) return null;
  return units === 'metric'
    ? { value: fixed(mps, 1), unit: 'm/s' }
    : { value: fixed((mps * 3600) / M_PER_MI, 1), unit: 'mph' };
}

/** How wrong a speed may be is never shown as nought: at least this. */
const LEAST_ERROR_MPS = 0.1;

/** Say how wrong a speed may be, as ` ± 0.2 m/s`; nothing where that is not known. */
export function speedError(mps: number | null, units: UnitSystem): string {
  return mps === null ? '' : ` ± ${text(speed(Math.max(mps, LEAST_ERROR_MPS), units))}`;
}

/** A rate of climb, signed, in metres per second or feet per minute. */
export function climb(mps: number | null | undefined, units: UnitSystem): Quantity | null {
  if (mps == null) return null;
  const shown = units === 'metric' ? mps : (mps * 60) / M_PER_FT;
  const text = fixed(Math.abs(shown), units === 'metric' ? 1 : 0);
  const sign = Number(text.replaceAll(',', '')) === 0 ? '' : shown > 0 ? '+' : '−';
  return { value: sign + text, unit: units === 'metric' ? 'm/s' : 'ft/min' };
}

/** What charts multiply by: metres or metres per second to the unit shown. */
export function factor(of: 'height' | 'speed', units: UnitSystem): { by: number; unit: string } {
  if (units === 'metric') return { by: 1, unit: of === 'height' ? 'm' : 'm/s' };
  return of === 'height' ? { by: 1 / M_PER_FT, unit: 'ft' } : { by: 3600 / M_PER_MI, unit: 'mph' };
}

/** Value and unit in one text, with a no-break space between. */
export function text(quantity: Quantity | null): string {
  return quantity ? `${quantity.value}\u00a0${quantity.unit}` : UNKNOWN;
}

/** A length of time: `12:40`, or `1:02:03` from an hour on. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return UNKNOWN;
  const whole = Math.floor(seconds + 1e-6);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A length of time in words for those who do not see the screen: `12 minutes 40 seconds`. */
export function durationAloud(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const rest = Math.floor(seconds % 60);
  return minutes > 0 ? `${minutes} minutes ${rest} seconds` : `${rest} seconds`;
}

export function hours(seconds: number): Quantity {
  const value = seconds / 3600;
  return { value: fixed(value, value >= 1000 ? 0 : 1), unit: 'h' };
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** A size in bytes, in powers of 1000. */
export function bytes(n: number): string {
  if (n < 1000) return `${n}\u00a0B`;
  const names = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(n) / 3), names.length);
  const value = n / 1000 ** power;
  return `${fixed(value, value < 10 ? 1 : 0)}\u00a0${names[power - 1]}`;
}

export function percent(value: number | null | undefined): string {
  return value == null ? UNKNOWN : `${fixed(value, 0)}\u00a0%`;
}
