/** A colour for a value: what a track is drawn with, and its legend. */

type Rgb = [number, number, number];

function parse(hex: string): Rgb {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

const hex = (rgb: Rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** `count` colours from the first stop to the last, evenly, mixed in sRGB. */
export function ramp(stops: readonly string[], count: number): string[] {
  const parsed = stops.map(parse);
  return Array.from({ length: count }, (_, i) => {
    const at = count === 1 ? 0 : (i / (count - 1)) * (parsed.length - 1);
    const low = parsed[Math.floor(at)] ?? [128, 128, 128];
    const high = parsed[Math.min(Math.floor(at) + 1, parsed.length - 1)] ?? low;
    const part = at - Math.floor(at);
    return hex([0, 1, 2].map((k) => (low[k] ?? 0) + ((high[k] ?? 0) - (low[k] ?? 0)) * part) as Rgb);
  });
}

export interface Range {
  low: number;
  high: number;
}

/** The least and greatest known value; null where there is none. */
export function rangeOf(values: readonly (number | null)[]): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : null;
}

/** Which of `count` equal steps of a range a value falls in; -1 where it is unknown. */
export function step(value: number | null, range: Range, count: number): number {
  if (value === null) return -1;
  const span = range.high - range.low;
  const part = span > 0 ? (value - range.low) / span : 0;
  return Math.max(0, Math.min(count - 1, Math.floor(part * count)));
}
