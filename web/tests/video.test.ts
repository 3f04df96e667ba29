/** The path under a video: the flight's track, or the video's own positions, and the moment nearest to a place. */
import { describe, expect, test } from 'vitest';
import type { LonLat, TrackAnswer } from '../src/api/types';
import type { VideoAnswer } from '../src/video/api';
import { lineOf, nearestMoment, pathOfFlight, pathOfSamples, reaches } from '../src/video/path';

const START = Date.parse('2026-05-01T10:00:00Z');
const track = (basis = 'utc-gnss'): TrackAnswer =>
  ({
    rows: 5,
    rows_total: 5,
    time_basis: basis,
    time_error_s: 0.1,
    columns: {
      time_us: [0, 10, 20, 30, 40].map((s) => (START + s * 1000) * 1000),
      lon: [7, 7.001, 7.002, 7.003, 7.004],
      lat: [46, 46, 46, 46, 46],
    },
    origins: {},
  }) as TrackAnswer;
const video = (starts: string | null) => ({ starts }) as VideoAnswer;
function there<T>(found: T | null): T {
  if (found === null) throw new Error('there is none');
  return found;
}
const project = ([lon, lat]: LonLat) => ({ x: (lon - 7) * 1e5, y: (lat - 46) * 1e5 });

describe('the path of a flight', () => {
  const path = there(pathOfFlight(video('2026-05-01T10:00:15Z'), track()));

  test('stands under the video by UTC', () => {
    expect(path.begin).toBe(15);
    expect(reaches(path, 25)).toBe(true);
    expect(reaches(path, 26)).toBe(false);
    expect(pathOfFlight(video('2026-05-01T09:59:55Z'), track())?.begin).toBe(-5);
  });

  test('is none without UTC on either side', () => {
    expect(pathOfFlight(video(null), track())).toBeNull();
    expect(pathOfFlight(video('2026-05-01T10:00:15Z'), track('boot'))).toBeNull();
  });

  test('is cut where the video begins and ends', () => {
    expect(lineOf(path)).toHaveLength(5);
    const filmed = lineOf(path, 0, 10).map(([lon]) => Number(lon.toFixed(6)));
    expect(filmed).toEqual([7.0015, 7.002, 7.0025]);
    expect(lineOf(path, 60, 70)).toEqual([]);
  });

  test('tells the moment nearest to a place, within the video only', () => {
    const found = nearestMoment(path, 10, project, { x: 220, y: 3 });
    expect(found?.at).toBeCloseTo(7, 1);
    expect(found?.away).toBeCloseTo(3, 0);
    expect(nearestMoment(path, 10, project, { x: 400, y: 0 })?.at).toBeCloseTo(10, 1);
  });
});

test('the positions of a video alone are a path with speeds, from two on', () => {
  const at = (at_s: number, lon: number) => ({ at_s, position: [lon, 46] as LonLat, height_m: 60 });
  const path = there(
    pathOfSamples([at(0, 7), at(1, 7.0001), { at_s: 2, position: null, height_m: null }, at(3, 7.0003)]),
  );
  expect(path.from).toBe('video');
  expect(path.begin).toBeCloseTo(0, 9);
  expect(path.track.speed[1]).toBeCloseTo(7.73, 1);
  expect(pathOfSamples([at(0, 7)])).toBeNull();
});
