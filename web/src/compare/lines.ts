/** Tracks of several flights on one axis: seconds since each took off. */
import type { LonLat, Numbers } from '../api/types';
import { numbers, positionAt, type Track, valueAt } from '../flight/track';

/** A track of which is known when it took off, in seconds from its first sample. */
export interface Laid {
  /** Which of the flights compared, from 0. */
  index: number;
  track: Track;
  takeoff: number;
  /** Whether the take-off is not recorded, so that the first sample stands for it. */
  fromFirst: boolean;
}

/** Lay a track on the axis: by the take-off that is stated, else by the first sample in the air, else by its first. */
export function laid(index: number, track: Track, takeoff: string | null): Laid {
  const stated = takeoff === null ? Number.NaN : Date.parse(takeoff) / 1000 - track.startUs / 1e6;
  const last = track.t.at(-1) ?? 0;
  if (stated >= -1 && stated <= last) return { index, track, takeoff: stated, fromFirst: false };
  const first = (track.columns['in_air'] ?? []).indexOf(true);
  return { index, track, takeoff: first >= 0 ? (track.t[first] ?? 0) : 0, fromFirst: first < 0 };
}

export interface Span {
  from: number;
  to: number;
}

/** From the earliest to the latest second since take-off that any of them has. */
export function spanOf(all: readonly Laid[]): Span {
  const from = Math.min(...all.map(({ takeoff }) => -takeoff));
  const to = Math.max(...all.map(({ track, takeoff }) => (track.t.at(-1) ?? 0) - takeoff));
  return { from: Math.min(from, 0), to: Math.max(to, 0) };
}

/** Whether a flight was recorded at a time since take-off. */
function isInside({ track, takeoff }: Laid, at: number): boolean {
  return at >= -takeoff && at <= (track.t.at(-1) ?? 0) - takeoff;
}

/** A value at a time since take-off; null before the recording, after it and in its gaps. */
export function valueSince(of: Laid, values: Numbers, at: number): number | null {
  return isInside(of, at) ? valueAt(of.track, values, at + of.takeoff) : null;
}

/** Where a flight was so long after it took off; null where it was not recorded then. */
export function placeSince(of: Laid, at: number): LonLat | null {
  const found = isInside(of, at) ? positionAt(of.track, at + of.takeoff) : null;
  return found && !found.stale ? found.at : null;
}

/** Seconds since take-off of every sample. */
export const timesOf = ({ track, takeoff }: Laid) => track.t.map((t) => t - takeoff);

/** The positions of a track in parts without gaps. */
export function pathOf(track: Track): LonLat[][] {
  const [lon, lat] = [numbers(track, 'lon'), numbers(track, 'lat')];
  const parts: LonLat[][] = [[]];
  for (let i = 0; i < lon.length; i++) {
    const [x, y] = [lon[i] ?? null, lat[i] ?? null];
    if (x === null || y === null) parts.push([]);
    else parts.at(-1)?.push([x, y]);
  }
  return parts.filter((part) => part.length > 0);
}

/** `+1:05`, or `−0:10` before take-off. */
export function sinceText(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const [m, s] = [Math.floor(whole / 60), whole % 60];
  const said = m >= 60 ? `${Math.floor(m / 60)}:${String(m % 60).padStart(2, '0')}` : String(m);
  return `${seconds < 0 && whole > 0 ? '−' : '+'}${said}:${String(s).padStart(2, '0')}`;
}
