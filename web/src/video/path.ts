/** Where the aircraft was at each moment of a video: by the flight's track, or by the video's own telemetry. */
import type { LonLat, TrackAnswer } from '../api/types';
import { durationOf, indexAt, numbers, positionAt, type Track, trackOf } from '../flight/track';
import type { VideoAnswer, VideoSample } from './api';

const M_PER_DEGREE = 111_319.49;

export interface Path {
  track: Track;
  /** Seconds of the track at which the video begins: below 0 where it began before the track. */
  begin: number;
  /** What it is from, in words. */
  from: 'flight' | 'video';
}

/** The track of a flight under a video; null where either has no time in UTC. */
export function pathOfFlight(video: VideoAnswer, answer: TrackAnswer): Path | null {
  const track = trackOf(answer);
  if (!track?.timeIsUtc || video.starts === null) return null;
  return { track, begin: (Date.parse(video.starts) * 1000 - track.startUs) / 1e6, from: 'flight' };
}

/** A track of a video's own positions; null where it has fewer than two. */
export function pathOfSamples(samples: readonly VideoSample[]): Path | null {
  const placed = samples.filter((each) => each.position !== null);
  if (placed.length < 2) return null;
  const [vn, ve] = velocities(placed);
  const track = trackOf({
    rows: placed.length,
    rows_total: placed.length,
    time_basis: 'none',
    time_error_s: null,
    columns: {
      time_us: placed.map((each) => Math.round(each.at_s * 1e6)),
      lon: placed.map((each) => each.position?.[0] ?? null),
      lat: placed.map((each) => each.position?.[1] ?? null),
      height_m: placed.map((each) => each.height_m),
      vn_mps: vn,
      ve_mps: ve,
    },
    origins: {},
  });
  return track && { track, begin: -(placed[0]?.at_s ?? 0), from: 'video' };
}

/** North and east between each position and the one before, metres a second. */
function velocities(placed: readonly VideoSample[]): [(number | null)[], (number | null)[]] {
  const vn: (number | null)[] = [];
  const ve: (number | null)[] = [];
  placed.forEach((each, i) => {
    const before = placed[Math.max(0, i - 1)];
    const took = each.at_s - (before?.at_s ?? each.at_s);
    const [a, b] = [before?.position, each.position];
    if (!a || !b || took <= 0) {
      vn.push(null);
      ve.push(null);
      return;
    }
    vn.push(((b[1] - a[1]) * M_PER_DEGREE) / took);
    ve.push(((b[0] - a[0]) * M_PER_DEGREE * Math.cos((b[1] * Math.PI) / 180)) / took);
  });
  return [vn, ve];
}

/** Whether the track reaches to a moment of the video. */
export const reaches = ({ track, begin }: Path, at: number) =>
  begin + at >= 0 && begin + at <= durationOf(track);

/** Positions along the path: all of it, or only those of some seconds of the video, its ends in between samples. */
export function lineOf({ track, begin }: Path, from = -begin, to = durationOf(track) - begin): LonLat[] {
  const [lon, lat] = [numbers(track, 'lon'), numbers(track, 'lat')];
  const line: LonLat[] = [];
  const end = (at: number) => {
    const found = positionAt(track, Math.min(Math.max(begin + at, 0), durationOf(track)));
    if (found) line.push(found.at);
  };
  if (begin + to < 0 || begin + from > durationOf(track)) return [];
  end(from);
  for (let i = indexAt(track.t, begin + from) + 1; i < track.t.length; i++) {
    if ((track.t[i] ?? 0) >= begin + to) break;
    const [x, y] = [lon[i] ?? null, lat[i] ?? null];
    if (x !== null && y !== null) line.push([x, y]);
  }
  end(to);
  return line;
}

/**
 * The moment of a video at which the aircraft was nearest to a place, and how far that is in pixels.
 *
 * `project` gives where a place is on the screen; only moments between 0 and `length` count.
 */
export function nearestMoment(
  path: Path,
  length: number,
  project: (at: LonLat) => { x: number; y: number },
  point: { x: number; y: number },
): { at: number; away: number } | null {
  const step = Math.max(0.1, length / 2000);
  let best: { at: number; away: number } | null = null;
  for (let at = 0; at <= length; at += step) {
    const found = reaches(path, at) ? positionAt(path.track, path.begin + at) : null;
    if (!found || found.stale) continue;
    const { x, y } = project(found.at);
    const away = Math.hypot(x - point.x, y - point.y);
    if (best === null || away < best.away) best = { at, away };
  }
  return best;
}
