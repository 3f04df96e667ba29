import { describe, expect, test } from 'vitest';
import { advance, nextSpeed, seek, toggle } from '../src/flight/clock';
import {
  angleAt,
  headingAt,
  indexAt,
  positionAt,
  positions,
  startAt,
  trackOf,
  valueAt,
} from '../src/flight/track';
import { aTrack } from './builders';

const S = 1_000_000;

function made(columns: Parameters<typeof aTrack>[0]) {
  const track = trackOf(aTrack(columns));
  if (!track) throw new Error('no track');
  return track;
}

describe('the clock of a replay', () => {
  const still = { at: 10, playing: false, speed: 8 };

  test('stands still until it is played, then goes at its speed', () => {
    expect(advance(still, 1, 100)).toBe(still);
    expect(advance({ ...still, playing: true }, 0.5, 100).at).toBe(14);
  });

  test('stops at the end, and plays again from the beginning', () => {
    const end = advance({ ...still, playing: true }, 60, 100);
    expect(end).toEqual({ at: 100, playing: false, speed: 8 });
    expect(toggle(end, 100)).toEqual({ at: 0, playing: true, speed: 8 });
  });

  test('keeps inside the track', () => {
    expect(seek(still, -5, 100).at).toBe(0);
    expect(seek(still, 500, 100).at).toBe(100);
  });

  test('has speeds from 1 to 60 and no further', () => {
    expect([nextSpeed(8, 1), nextSpeed(8, -1), nextSpeed(60, 1), nextSpeed(1, -1)]).toEqual([16, 4, 60, 1]);
  });
});

describe('a track', () => {
  test('without times cannot be replayed', () => {
    expect(trackOf(aTrack({ time_us: [null, null], lon: [1, 2], lat: [1, 2] }))).toBeNull();
    expect(trackOf(aTrack({}))).toBeNull();
  });

  test('never goes back in time, whatever its clock did', () => {
    const track = made({ time_us: [5 * S, 6 * S, 4 * S, null, 8 * S] });
    expect(track.t).toEqual([0, 1, 1, 1, 3]);
  });

  test('is found by halving: the sample at or before a time', () => {
    const t = [0, 1, 2, 3];
    expect([-1, 0, 0.5, 1, 2.9, 3, 99].map((at) => indexAt(t, at))).toEqual([0, 0, 0, 1, 2, 3, 3]);
  });

  test('is straight between samples, and where one is unknown takes the one before', () => {
    const track = { t: [0, 10, 20] };
    expect(valueAt(track, [0, 100, null], 5)).toBe(50);
    expect(valueAt(track, [0, 100, null], 15)).toBe(100);
    expect(valueAt(track, [null, 100, 200], 5)).toBeNull();
  });

  test('turns the short way round past north', () => {
    expect(angleAt({ t: [0, 10] }, [350, 10], 5)).toBeCloseTo(0);
    expect(angleAt({ t: [0, 10] }, [10, 350], 2.5)).toBeCloseTo(5);
    expect(angleAt({ t: [0, 10] }, [-170, 170], 5)).toBeCloseTo(180);
  });

  test('keeps the last known place where positions are missing, and says that it is old', () => {
    const track = made({
      time_us: [0, S, 2 * S, 3 * S],
      lon: [null, 8, null, null],
      lat: [null, 47, null, null],
    });
    expect(positionAt(track, 0.5)).toBeNull();
    expect(positionAt(track, 1)).toEqual({ at: [8, 47], stale: false });
    expect(positionAt(track, 2.5)).toEqual({ at: [8, 47], stale: true });
    expect([...positions(track)]).toEqual([[8, 47]]);
  });

  test('points where it goes when yaw is unknown, and nowhere when it hovers', () => {
    const moving = { time_us: [0, S], vn_mps: [0, 0], ve_mps: [5, 5] };
    expect(headingAt(made(moving), 0.5)).toBeCloseTo(90);
    expect(headingAt(made({ ...moving, ve_mps: [0.1, 0.1] }), 0.5)).toBeNull();
    expect(headingAt(made({ ...moving, yaw_deg: [-90, -90] }), 0.5)).toBeCloseTo(270);
  });

  test('is played from a little before take-off', () => {
    const time_us = Array.from({ length: 20 }, (_, i) => i * S);
    expect(startAt(made({ time_us, in_air: time_us.map((us) => us >= 10 * S) }))).toBe(7);
    expect(startAt(made({ time_us }))).toBe(0);
  });
});
