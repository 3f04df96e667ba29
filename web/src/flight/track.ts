/** A track as the replay needs it: seconds from its first sample, and every column by name. */
import type { LonLat, Numbers, TrackAnswer } from '../api/types';

export interface Track {
  /** Seconds since the first sample, never falling. */
  readonly t: number[];
  /** Microseconds of the first sample, UTC or boot time as `timeIsUtc` says. */
  readonly startUs: number;
  readonly timeIsUtc: boolean;
  readonly columns: TrackAnswer['columns'];
  readonly speed: Numbers;
  readonly answer: TrackAnswer;
}

const US = 1e6;

export function numbers(track: Pick<Track, 'columns'>, name: string): Numbers {
  return (track.columns[name] ?? []) as Numbers;
}

export const isKnown = (values: Numbers | undefined) => values?.some((value) => value !== null) ?? false;

/** Put an answer in the replay's terms; null where it has no time to replay along. */
export function trackOf(answer: TrackAnswer): Track | null {
  const time = (answer.columns['time_us'] ?? []) as Numbers;
  const startUs = time.find((value) => value !== null);
  if (startUs == null || time.length < 2) return null;
  let last = 0;
  const t = time.map((us) => {
    last = us === null ? last : Math.max(last, (us - startUs) / US);
    return last;
  });
  const speed = speeds(numbers(answer, 'vn_mps'), numbers(answer, 've_mps'));
  return {
    t,
    startUs,
    timeIsUtc: answer.time_basis.startsWith('utc'),
    columns: answer.columns,
    speed,
    answer,
  };
}

function speeds(north: Numbers, east: Numbers): Numbers {
  return north.map((vn, i) => {
    const ve = east[i];
    return vn === null || ve == null ? null : Math.hypot(vn, ve);
  });
}

export const durationOf = (track: Track) => track.t.at(-1) ?? 0;

/** The last sample at or before a time; 0 before the first. */
export function indexAt(t: readonly number[], at: number): number {
  let low = 0;
  let high = t.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((t[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A value between two samples, in a straight line; the one known where only one is; null where neither is. */
export function valueAt(track: Pick<Track, 't'>, values: Numbers, at: number): number | null {
  const i = indexAt(track.t, at);
  const [a, b] = [values[i] ?? null, values[i + 1] ?? null];
  if (a === null || b === null) return a;
  return a + (b - a) * fraction(track.t, i, at);
}

function fraction(t: readonly number[], i: number, at: number): number {
  const [from, to] = [t[i] ?? 0, t[i + 1] ?? 0];
  return to > from ? Math.min(1, Math.max(0, (at - from) / (to - from))) : 0;
}

/** An angle between two samples by the shorter way round, 0 to 360. */
export function angleAt(track: Pick<Track, 't'>, values: Numbers, at: number): number | null {
  const i = indexAt(track.t, at);
  const [a, b] = [values[i] ?? null, values[i + 1] ?? null];
  if (a === null) return null;
  const turn = b === null ? 0 : ((b - a + 540) % 360) - 180;
  return (a + turn * fraction(track.t, i, at) + 360) % 360;
}

export interface Position {
  at: LonLat;
  /** Whether there was no position at this moment, so that this is the last one before it. */
  stale: boolean;
}

/** Where the aircraft was: between two samples, or at the last known place; null before the first known one. */
export function positionAt(track: Track, at: number): Position | null {
  const [lon, lat] = [numbers(track, 'lon'), numbers(track, 'lat')];
  const now: [number | null, number | null] = [valueAt(track, lon, at), valueAt(track, lat, at)];
  if (now[0] !== null && now[1] !== null) return { at: [now[0], now[1]], stale: false };
  for (let i = indexAt(track.t, at); i >= 0; i--) {
    const [x, y] = [lon[i] ?? null, lat[i] ?? null];
    if (x !== null && y !== null) return { at: [x, y], stale: true };
  }
  return null;
}

/** What the aircraft pointed to: its yaw, or its course over ground where yaw is unknown and it moves. */
export function headingAt(track: Track, at: number): number | null {
  const yaw = angleAt(track, numbers(track, 'yaw_deg'), at);
  if (yaw !== null) return yaw;
  const vn = valueAt(track, numbers(track, 'vn_mps'), at);
  const ve = valueAt(track, numbers(track, 've_mps'), at);
  if (vn === null || ve === null || Math.hypot(vn, ve) < 0.5) return null;
  return ((Math.atan2(ve, vn) * 180) / Math.PI + 360) % 360;
}

/** Seconds at which the replay starts: a little before the first sample in the air, where that is known. */
export function startAt(track: Track): number {
  const inAir = track.columns['in_air'] ?? [];
  const first = inAir.indexOf(true);
  return first > 0 ? Math.max(0, (track.t[first] ?? 0) - 3) : 0;
}

/** Every known position, for the box that the map shows. */
export function* positions(track: Track): Iterable<LonLat> {
  const [lon, lat] = [numbers(track, 'lon'), numbers(track, 'lat')];
  for (let i = 0; i < lon.length; i++) {
    const [x, y] = [lon[i] ?? null, lat[i] ?? null];
    if (x !== null && y !== null) yield [x, y];
  }
}
